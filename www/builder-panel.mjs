// The request builder: a form, and the request that it makes in four notations.
import { byId, codeBlock, copyButton, errorCard, make, table } from "./elements.mjs";
import { FORMATS } from "./formats.mjs";
import { marked } from "./marked.mjs";
import { fieldRows } from "./meanings.mjs";
import { buildRequest, consentUrl, GRANTS, makeConstants, THUMBPRINT, trySecret } from "./request-builder.mjs";
import { tabs } from "./tabs.mjs";

const CLOUDS = [
  ["https://login.microsoftonline.com", "Microsoft Entra, global"],
  ["https://login.microsoftonline.us", "Microsoft Entra, US Government"],
  ["https://login.partner.microsoftonline.cn", "Microsoft Entra, China (21Vianet)"],
];
const OTHER = "other";
/** Inputs of one grant or another, and what the grants call them. */
const INPUTS = { redirectUri: "builder-redirect-uri", loginHint: "builder-login-hint", code: "builder-code", refreshToken: "builder-refresh-token", assertion: "builder-assertion", deviceCode: "builder-device-code" };

const code = (text) => make("code", {}, text);

/** `onBuilt(error)` hears of each request that was made, or why there is none. */
export async function builderPanel(demo, { onBuilt }) {
  const constants = await makeConstants();
  const texts = Object.fromEntries(FORMATS.map(({ id }) => [id, make("code")]));
  const form = byId("request-form");
  let grant = GRANTS[0];
  let updates = 0;

  fillForm(demo);
  tabs(byId("format-tabs"), byId("format-panels"), FORMATS.map(({ id, label, what }) => ({
    id, label, content: [copyButton(what, () => texts[id].textContent), make("pre", { tabindex: "0", role: "region", "aria-label": label }, texts[id])],
  })));

  async function update() {
    const turn = ++updates;
    const client = chosenClient();
    const inputs = Object.fromEntries(grant.fields.map((name) => [name, byId(INPUTS[name]).value.trim()]));
    const proof = byId("proof").value === "certificate" ? { thumbprint: byId("thumbprint").value.trim() } : { clientSecret: byId("secret").value };
    const [request, error] = await buildRequest(grant, { ...client, ...proof, ...inputs, scopes: byId("builder-scopes").value }, constants)
      .then((request) => [request], (error) => [undefined, error]);
    // What was typed meanwhile has an answer of its own under way.
    if (turn !== updates) return;
    showRequest(texts, request, error);
    onBuilt(error);
    showConsent(client, constants.state);
  }

  function choose(id) {
    const next = GRANTS.find((known) => known.id === id);
    if (byId("builder-scopes").value === grant.scopes) byId("builder-scopes").value = next.scopes;
    grant = next;
    showInputs(grant);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    choose(form.elements.grant.value);
    update();
  });
  byId("consent-redirect-uri").addEventListener("input", () => showConsent(chosenClient(), constants.state));
  byId("try-secret").addEventListener("click", () => showRefusal(chosenClient()));
  showInputs(grant);
  await update();
}

function fillForm({ identityProvider, tenants, clientId = "" }) {
  const option = (value, label = value) => make("option", { value }, label);
  const known = CLOUDS.some(([origin]) => origin === identityProvider);
  byId("grants").append(...GRANTS.map(({ id, label }, index) =>
    make("label", { class: "chip" }, make("input", { type: "radio", name: "grant", value: id, checked: index === 0 }), make("span", {}, label))));
  byId("provider").replaceChildren(
    ...(identityProvider && !known ? [option(identityProvider, `${new URL(identityProvider).host} (this demo)`)] : []),
    ...CLOUDS.map(([origin, name]) => option(origin, name)),
    option(OTHER, "Another…"));
  if (known) byId("provider").value = identityProvider;
  byId("tenant").replaceChildren(
    ...tenants.map(({ name, id, initialDomain, customDomain }) => make("optgroup", { label: name },
      ...[[id, "GUID"], [initialDomain, "Initial domain"], [customDomain, "Custom domain"]]
        .filter(([value]) => value).map(([value, form]) => option(value, `${form}: ${value}`)))),
    make("optgroup", { label: "for people only" }, option("common"), option("organizations"), option("consumers")),
    option(OTHER, "Another…"));
  byId("builder-client-id").value = clientId;
  byId("builder-scopes").value = GRANTS[0].scopes;
  byId("thumbprint").value = THUMBPRINT;
  byId("builder-redirect-uri").value = `${location.origin}/redirect`;
  byId("consent-redirect-uri").value = `${location.origin}/`;
}

function showInputs({ fields, isProven = false }) {
  for (const [name, id] of Object.entries(INPUTS)) byId(id).parentElement.hidden = !fields.includes(name);
  byId("proof").parentElement.hidden = !isProven;
  const byCertificate = byId("proof").value === "certificate";
  byId("secret").parentElement.hidden = !isProven || byCertificate;
  byId("thumbprint").parentElement.hidden = !isProven || !byCertificate;
}

function chosenClient() {
  return { authority: `${chosen("provider").replace(/\/+$/, "")}/${chosen("tenant")}`, clientId: byId("builder-client-id").value.trim() };
}

/** The value of a list, or of the text field that its last entry opens. */
function chosen(id) {
  const other = byId(id).value === OTHER;
  byId(`${id}-other`).hidden = !other;
  return (other ? byId(`${id}-other`) : byId(id)).value.trim();
}

function showRequest(texts, request, error) {
  const isSent = request?.body.length > 0;
  const pairs = request ? (isSent ? request.body : new URL(request.url).search.slice(1).split("&")) : [];
  for (const { id, write } of FORMATS) texts[id].replaceChildren(...(request ? marked(write(request), pairs) : []));
  byId("format-panels").hidden = byId("request-fields").hidden = !request;
  byId("request-fields").replaceChildren(
    table(isSent ? "What the body says" : "What the address says", ["Field", "Value", "What for"], fieldRows(pairs, code)));
  const assertion = request?.assertion;
  byId("assertion-parts").hidden = !assertion;
  byId("assertion-parts").replaceChildren(...(assertion
    ? [make("h3", {}, "What the assertion says"), codeBlock("The assertion’s header and claims", JSON.stringify(assertion, null, 2)),
      make("p", { class: "note" }, "Signed with a key that was made in this page; your own stays where it is.")] : []));
  byId("builder-error").replaceChildren(...(error ? [errorCard(error)] : []));
}

async function showRefusal(client) {
  const { error, requests } = await trySecret(client).catch((error) => ({ error, requests: 0 }));
  byId("secret-result").replaceChildren(errorCard(error, make("p", { class: "note" }, `Requests sent by this page: ${requests}`)));
}

function showConsent(client, state) {
  try {
    const url = consentUrl({ ...client, redirectUri: byId("consent-redirect-uri").value.trim() || undefined, state });
    byId("consent-result").replaceChildren(
      make("div", { class: "link-box" }, copyButton("the consent address", () => url),
        make("a", { href: url, target: "_blank", rel: "noopener noreferrer", id: "consent-link" }, url, make("span", { class: "unseen" }, " (opens a new tab)"))));
  } catch (error) {
    byId("consent-result").replaceChildren(errorCard(error));
  }
}
