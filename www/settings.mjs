// The page's settings: from its address, else from the demo that serves it.
import { byId, make } from "./elements.mjs";

const NAMES = ["clientId", "authority", "redirectUri", "scopes", "cacheLocation", "graphOrigin"];
const ENTRA = "https://login.microsoftonline.com";

/** What the page works with. `demo` is the server's settings.json. */
export function readSettings(demo) {
  return { ...defaults(demo), ...given() };
}

/** Fills the form; submitting it opens the page anew, with the settings in its address. */
export function settingsForm(demo, settings) {
  const form = byId("settings-form");
  const tenants = demo.tenants.flatMap(({ id, initialDomain, customDomain }) => [id, initialDomain, customDomain].filter(Boolean));
  byId("authorities").replaceChildren(
    ...tenants.map((tenant) => make("option", { value: `${demo.identityProvider}/${tenant}` })),
    ...["organizations", "common", "consumers"].map((tenant) => make("option", { value: `${demo.identityProvider ?? ENTRA}/${tenant}` })));
  for (const name of NAMES) form.elements[name].value = settings[name];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(address(demo, Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value.trim()]))));
  });
  const { host, pathname } = URL.canParse(settings.authority) ? new URL(settings.authority) : { host: settings.authority, pathname: "" };
  byId("settings-summary").replaceChildren(
    make("code", {}, host + pathname), make("code", {}, settings.clientId || "no client ID yet"), make("code", {}, settings.cacheLocation));
  byId("settings").open = !settings.clientId;
}

/** The page's own address with these settings: what is as the page would have it anyway is left out. */
function address(demo, settings) {
  const url = new URL(location.pathname, location.origin);
  url.searchParams.set("authority", settings.authority);
  const usual = defaults(demo, settings.authority);
  if (settings.authority === defaults(demo, undefined).authority) url.searchParams.delete("authority");
  for (const name of NAMES) {
    if (name !== "authority" && settings[name] !== usual[name]) url.searchParams.set(name, settings[name]);
  }
  return url;
}

function given() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
}

/** Another provider knows neither the demo's application nor its Graph. */
function defaults({ identityProvider, tenants, spaClientId, graphOrigin }, authority = given().authority) {
  const [tenant] = tenants;
  const own = identityProvider && (!authority || authority.startsWith(`${identityProvider}/`));
  return {
    clientId: (own && spaClientId) || "",
    authority: own ? `${identityProvider}/${tenant.id}` : `${ENTRA}/organizations`,
    redirectUri: `${location.origin}/redirect`,
    scopes: "User.Read",
    cacheLocation: "sessionStorage",
    graphOrigin: (own && graphOrigin) || "",
  };
}
