// The test page: reads its settings, then keeps each section up to date.
import { byId, copyButton, errorCard, make } from "./elements.mjs";
import { FORMATS } from "./formats.mjs";
import { fieldRows, marked, usersTable } from "./panels.mjs";
import { buildRequest, consentUrl, trySecret } from "./request-builder.mjs";
import { tabs } from "./tabs.mjs";

const CLOUDS = [
  ["https://login.microsoftonline.com", "Microsoft Entra, global"],
  ["https://login.microsoftonline.us", "Microsoft Entra, US Government"],
  ["https://login.partner.microsoftonline.cn", "Microsoft Entra, China (21Vianet)"],
];
const OTHER = "other";
const WORKER_TIMEOUT_MS = 30_000;

const settings = await (await fetch("/settings.json")).json();
// Fixed for as long as the page is open, so that typing changes nothing but what was typed.
const correlationId = crypto.randomUUID();
const state = crypto.randomUUID();
const code = Object.fromEntries(FORMATS.map(({ id }) => [id, make("code")]));
let updates = 0;

fillForm();
tabs(byId("format-tabs"), byId("format-panels"), FORMATS.map(({ id, label, what }) => ({
  id, label,
  content: [copyButton(what, () => code[id].textContent), make("pre", { tabindex: "0", role: "region", "aria-label": label }, code[id])],
})));
byId("request-form").addEventListener("submit", (event) => event.preventDefault());
byId("request-form").addEventListener("input", update);
byId("redirect-uri").addEventListener("input", showConsent);
byId("load-users").addEventListener("click", loadUsers);
byId("try-secret").addEventListener("click", showRefusal);
showConsentAnswer();
await update();

function fillForm() {
  const { identityProvider, tenants, clientId = "", workerOrigin } = settings;
  const option = (value, label = value) => make("option", { value }, label);
  const known = CLOUDS.some(([origin]) => origin === identityProvider);
  byId("authority").replaceChildren(
    ...(identityProvider && !known ? [option(identityProvider, `${new URL(identityProvider).host} (this demo)`)] : []),
    ...CLOUDS.map(([origin, name]) => option(origin, name)),
    option(OTHER, "Another…"));
  if (known) byId("authority").value = identityProvider;
  byId("tenant").replaceChildren(
    ...tenants.map(({ name, id, initialDomain, customDomain }) => make("optgroup", { label: name },
      ...[[id, "GUID"], [initialDomain, "Initial domain"], [customDomain, "Custom domain"]]
        .filter(([value]) => value).map(([value, form]) => option(value, `${form}: ${value}`)))),
    make("optgroup", { label: "refused for this grant" }, option("common"), option("organizations"), option("consumers")),
    option(OTHER, "Another…"));
  byId("client-id").value = clientId;
  byId("scopes").value = "https://graph.microsoft.com/.default";
  byId("redirect-uri").value = `${location.origin}/`;
  byId("load-users").disabled = !workerOrigin;
  byId("worker-address").replaceChildren(...(workerOrigin ? ["GET ", make("code", {}, `${workerOrigin}/users`)] : ["No Worker is running beside this page."]));
}

/** The value of a list, or of the text field that its last entry opens. */
function chosen(id) {
  const other = byId(id).value === OTHER;
  byId(`${id}-other`).hidden = !other;
  return (other ? byId(`${id}-other`) : byId(id)).value.trim();
}

function client() {
  return { authority: `${chosen("authority").replace(/\/+$/, "")}/${chosen("tenant")}`, clientId: byId("client-id").value.trim() };
}

async function update() {
  const turn = ++updates;
  const [request, error] = await buildRequest({
    ...client(), clientSecret: byId("secret").value, scopes: byId("scopes").value, correlationId,
  }).then((request) => [request], (error) => [undefined, error]);
  // What was typed meanwhile has an answer of its own under way.
  if (turn !== updates) return;
  for (const { id, write } of FORMATS) code[id].replaceChildren(...(request ? marked(write(request), request.body) : []));
  byId("format-panels").hidden = !request;
  byId("fields-of-body").hidden = !request;
  byId("fields-of-body").querySelector("tbody").replaceChildren(...(request ? fieldRows(request.body) : []));
  byId("builder-error").replaceChildren(...(error ? [errorCard(error)] : []));
  const loaded = error?.errorCode !== "wasm_unavailable";
  byId("module-state").textContent = loaded ? "Module loaded" : "Module not loaded";
  byId("module-state").classList.toggle("good", loaded);
  showConsent();
}

async function loadUsers() {
  const button = byId("load-users");
  button.setAttribute("aria-disabled", "true");
  byId("users-result").replaceChildren(make("p", { class: "note" }, "Asking the Worker…"));
  try {
    const response = await fetch(`${settings.workerOrigin}/users`, { signal: AbortSignal.timeout(WORKER_TIMEOUT_MS) });
    const body = await response.json();
    byId("users-result").replaceChildren(...(body.error
      ? [errorCard({ name: `The Worker answered ${response.status}`, errorCode: body.error.code, errorMessage: body.error.message, hint: body.error.hint })]
      : usersTable(body)));
  } catch (error) {
    byId("users-result").replaceChildren(errorCard({ name: "No answer from the Worker", errorMessage: error.message, hint: "See whether it still runs." }));
  }
  button.removeAttribute("aria-disabled");
}

async function showRefusal() {
  const { error, requests } = await trySecret(client()).catch((error) => ({ error, requests: 0 }));
  byId("secret-result").replaceChildren(errorCard(error, make("p", { class: "note" }, `Requests sent by this page: ${requests}`)));
}

function showConsent() {
  try {
    const url = consentUrl({ ...client(), redirectUri: byId("redirect-uri").value.trim() || undefined, state });
    byId("consent-result").replaceChildren(
      make("div", { class: "link-box" }, copyButton("the consent address", () => url),
        make("a", { href: url, target: "_blank", rel: "noopener noreferrer", id: "consent-link" }, url, make("span", { class: "unseen" }, " (opens a new tab)"))));
  } catch (error) {
    byId("consent-result").replaceChildren(errorCard(error));
  }
}

/** Where this page is the redirect URI, it shows what the administrator's consent came to. */
function showConsentAnswer() {
  const answer = new URLSearchParams(location.search);
  if (answer.get("admin_consent") === "True") {
    byId("consent-answer").replaceChildren(make("p", { class: "facts" }, make("span", { class: "tag good" }, "consent given"), " tenant ", make("code", {}, answer.get("tenant") ?? "")));
  } else if (answer.has("error")) {
    byId("consent-answer").replaceChildren(errorCard({ name: "No consent", errorCode: answer.get("error"), errorMessage: answer.get("error_description") ?? "" }));
  }
}
