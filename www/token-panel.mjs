// Getting tokens, and the one that was got last: how long it still serves, and what is in it.
import { attempt, signInAgain } from "./attempt.mjs";
import { claimRows, claimsOf } from "./claims.mjs";
import { announce, button, byId, copyButton, facts, make, NOT_YET, table } from "./elements.mjs";
import { MASK } from "./masks.mjs";
import { CacheLookupPolicy } from "./package.mjs";
import { tabs } from "./tabs.mjs";


/** Gives `show(result)`, and `recall()`, which shows what the cache has for the account, if anything. */
export function tokenPanel(session, { signIn, onChange }) {
  const result = byId("token-result");
  byId("policy").replaceChildren(...Object.entries(CacheLookupPolicy).map(([name, value]) => make("option", { value }, name)));
  const request = (more) => ({ scopes: session.scopes, account: session.account, ...more });

  const silent = (more, pressed) => attempt(result, {
    label: "Asking for a token", pressed, waysOn: signInAgain(signIn),
    act: () => session.app.acquireTokenSilent(request({ cacheLookupPolicy: Number(byId("policy").value), ...more })),
    show: (tokens) => view(tokens, session), tell,
  }).then(onChange);
  const popup = (pressed) => attempt(result, {
    label: "Waiting for the window", pressed, waysOn: signInAgain(signIn),
    act: () => session.app.acquireTokenPopup(request({})), show: (tokens) => view(tokens, session), tell,
  }).then(onChange);

  byId("token-actions").prepend(
    button("Get a token silently", (pressed) => silent({}, pressed), { class: "primary", ...NOT_YET }),
    button("Get a new one", (pressed) => silent({ forceRefresh: true }, pressed), NOT_YET),
    button("By popup", popup, { ...NOT_YET, "aria-label": "Get a token by popup" }));
  setInterval(() => tick(session), 1000);

  const show = (tokens) => result.replaceChildren(...(tokens ? view(tokens, session) : []));
  return {
    show,
    recall: async () => show(await session.app.acquireTokenSilent(request({ cacheLookupPolicy: CacheLookupPolicy.AccessToken })).catch(() => undefined)),
  };
}

function tell({ fromCache }) {
  return fromCache ? "The cache answered with a token." : "A new token came.";
}

function view(tokens, session) {
  const { accessToken, idToken, idTokenClaims, fromCache, scopes, expiresOn, refreshOn, extExpiresOn, refreshTokenExpiresOn, correlationId, tenantId, isExtendedLifeTimeToken } = tokens;
  const claims = claimsOf(accessToken);
  const from = claims?.iat ? claims.iat * 1000 : session.now();
  const countdown = make("div", { class: "countdown", id: "countdown", "data-from": from, "data-until": expiresOn.getTime() },
    make("strong", { role: "timer", "aria-label": "The access token still serves for" }),
    make("progress", { "aria-label": "What is left of its time" }));
  const list = make("div", { role: "tablist", "aria-label": "Tokens" });
  const panels = make("div", { class: "panels" });
  tabs(list, panels, [
    { id: "access", label: "Access token", content: tokenView("access token", accessToken, claims) },
    ...(idToken ? [{ id: "id", label: "ID token", content: tokenView("ID token", idToken, idTokenClaims) }] : []),
  ]);
  queueMicrotask(() => tick(session));
  return [
    make("div", { class: "token-head" },
      make("p", {}, make("span", { class: fromCache ? "tag good" : "tag" }, fromCache ? "from the cache" : "new"), ...(isExtendedLifeTimeToken ? [" ", make("span", { class: "tag" }, "extended")] : [])),
      countdown),
    facts({
      scopes: make("code", {}, scopes.join(" ")), expires: when(expiresOn), "renewed ahead from": when(refreshOn),
      "serves in an outage until": when(extExpiresOn), "refresh token ends": when(refreshTokenExpiresOn), tenant: make("code", {}, tenantId), "correlation ID": make("code", {}, correlationId),
    }),
    make("div", { class: "tabbed" }, list, panels),
  ];
}

/** The token itself is in the page only while it is shown. */
function tokenView(what, token, claims) {
  const raw = make("code", { class: "raw" }, MASK);
  const reveal = button("Show", () => {
    const shown = reveal.getAttribute("aria-pressed") === "true";
    reveal.setAttribute("aria-pressed", String(!shown));
    raw.textContent = shown ? MASK : token;
  }, { class: "small", "aria-pressed": "false", "aria-label": `Show the ${what}` });
  return [
    make("div", { class: "token-raw" }, raw, make("div", { class: "actions" }, reveal, copyButton(`the ${what}`, () => token))),
    claims ? make("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": `Claims of the ${what}` }, table(`Claims of the ${what}`, ["Claim", "Value", "What for"], claimRows(claims)))
      : make("p", { class: "note" }, "Not a JWT: only its resource can read it."),
  ];
}

function tick(session) {
  const node = byId("countdown");
  if (!node) return;
  const until = Number(node.dataset.until);
  const left = Math.round((until - session.now()) / 1000);
  const [text, bar] = node.children;
  const isOver = left <= 0;
  text.textContent = isOver ? "expired" : duration(left);
  bar.max = Math.max(1, (until - Number(node.dataset.from)) / 1000);
  bar.value = Math.max(0, left);
  if (isOver && !node.classList.contains("over")) announce("The access token has expired.");
  node.classList.toggle("over", isOver);
}

/** `1:02:03` or `2:03`. */
function duration(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? part : String(part).padStart(2, "0"))).join(":");
}

function when(date) {
  return date && new Date(date).toLocaleString();
}
