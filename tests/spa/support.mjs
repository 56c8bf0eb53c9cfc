// What the tests of the browser client share: the services, the browsers, people who sign in.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe } from "node:test";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { BROWSERS, launch, openContext, popupBy } from "./browsers.mjs";
import { startSite } from "./site.mjs";

export const ADA = "ada@contoso.example";
export const BLAISE = "blaise@contoso.example";
export const FAY = "fay@fabrikam.example";
export const SCOPES = ["User.Read"];
/** The library under test. */
export const LIBRARY = process.env.GRAPH_TOKEN_SPA_LIBRARY ?? "ours";
/** How long a test may take, with a browser that starts slowly. */
export const LIMIT = { timeout: 60_000 };

const ENTRA = "https://login.microsoftonline.com";

/**
 * Starts identity provider, Graph and site for one test file. On `host: "localhost"` the provider is of the same site as
 * the app, so that a hidden frame finds its session; on 127.0.0.1 it is a third party, whose cookies a frame has not.
 */
export async function spa({ host = "localhost", site: options } = {}) {
  const idp = await startIdentityProvider({ host });
  const graph = await startGraph({ idp, host });
  const site = await startSite(options);
  after(() => Promise.all([site.close(), graph.close(), idp.close()]));
  beforeEach(() => {
    idp.clearFaults();
    idp.setClock();
    idp.setLifetimes();
    idp.setPages();
    idp.onIdToken = undefined;
    idp.onToken = undefined;
    graph.clearChallenges();
    graph.clearFaults();
    idp.clearLog();
    graph.clearLog();
    Object.assign(site, { settings: { library: LIBRARY }, clockOffsetMs: 0 });
  });
  return { idp, graph, site, configuration: (more) => configurationOf({ idp, site }, more) };
}

/** A configuration of the app "spa" that both libraries take; MSAL takes no http authority, so it is told the endpoints. */
export function configurationOf({ idp, site }, { library = LIBRARY, tenant = "contoso", auth, cache, system } = {}) {
  const { clientId } = idp.clients.spa;
  const ours = { authority: idp.authority(tenant) };
  const segment = idp.tenants[tenant]?.id ?? tenant;
  const base = `${idp.origin}/${segment}`;
  const msal = {
    authority: `${ENTRA}/${segment}`,
    authorityMetadata: JSON.stringify({
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`, token_endpoint: `${base}/oauth2/v2.0/token`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`, issuer: `${idp.issuer}/${segment}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys`,
    }),
  };
  return {
    auth: { clientId, redirectUri: `${site.origin}/redirect`, postLogoutRedirectUri: `${site.origin}/`, ...(library === "msal" ? msal : ours), ...auth },
    cache: { ...cache },
    system: { ...system },
  };
}

/** The same tests in each browser: `tests(visit)`, where `visit(use)` gives `use` a context of its own. */
export function inEachBrowser(tests, browsers = BROWSERS) {
  const { GRAPH_TOKEN_SPA_BROWSER } = process.env;
  for (const name of browsers.filter((one) => !GRAPH_TOKEN_SPA_BROWSER || one === GRAPH_TOKEN_SPA_BROWSER)) {
    describe(name, () => {
      let browser;
      before(async () => {
        browser = await launch(name);
      }, LIMIT);
      after(() => browser?.close());
      const visit = async (use) => {
        const opened = await openContext(browser);
        try {
          return await use(opened);
        } catch (error) {
          // What the pages complained of is often why.
          if (opened.complaints.length > 0) error.message += `\n${opened.complaints.join("\n")}`;
          throw error;
        } finally {
          await opened.context.close();
        }
      };
      tests(visit, name);
    });
  }
}

/** Opens the app, and starts the library in it. */
export async function openApp(context, { site, library = LIBRARY, configuration, path = "/" }) {
  const page = await context.newPage();
  await load(page, `${site.origin}${path}`);
  if (configuration) {
    const { error } = await page.evaluate(([name, given]) => window.start(name, given), [library, configuration]);
    if (error) throw new Error(`the app does not start: ${error.message}`);
  }
  return page;
}

export async function load(page, address) {
  await page.goto(address);
  await ready(page);
}

export const ready = (page) => page.waitForSelector("body[data-ready]", { state: "attached" });

export const call = (page, method, ...args) => page.evaluate(([name, given]) => window.call(name, ...given), [method, args]);

/** Has the button make the call; gives the popup that opens by the click. */
export async function clickFor(page, method, ...args) {
  await page.evaluate(([name, given]) => window.prepare(name, ...given), [method, args]);
  return popupBy(page, "#run");
}

/** What came of the call that the button made. */
export const outcome = (page) => page.evaluate(() => window.outcome);

/** Fills in the sign-in page, as a person does. */
export async function enter(page, { login = ADA, password = "any" } = {}) {
  await page.fill("#login", login);
  await page.fill("#password", password);
  // The answer closes a window, at times before the click is told to be over.
  await page.click("#submit", { noWaitAfter: true }).catch((error) => {
    if (!page.isClosed()) throw error;
  });
}

/** Signs in by a popup; gives the outcome. */
export async function signInByPopup(page, { method = "acquireTokenPopup", request = { scopes: SCOPES }, login } = {}) {
  const popup = await clickFor(page, method, request);
  await enter(popup, { login }).catch((error) => {
    // A call that fails closes its window: then the outcome tells more than the form that is gone.
    if (!popup.isClosed()) throw error;
  });
  return outcome(page);
}

export const eventTypes = async (page) => (await page.evaluate(() => window.events)).map(({ eventType }) => eventType);

/** What the page did by itself when it loaded: an outcome for each of the settings' calls. */
export async function ran(page) {
  await ready(page);
  return page.evaluate(() => window.ran);
}

/** Waits until the popups are gone: they close themselves a moment after the answer. */
export async function alone(context) {
  for (const page of context.pages().slice(1)) if (!page.isClosed()) await page.waitForEvent("close");
  assert.equal(context.pages().length, 1);
}

/** What a token says. */
export const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url").toString("utf8"));

/** Fails unless the call failed with this code; gives the error. */
export function failedWith({ error, result }, code) {
  assert.ok(error, `no error, but ${JSON.stringify(result)}`);
  assert.equal(error.errorCode, code, error.message);
  return error;
}

/** Fails with the error's text unless the call succeeded; gives the result. */
export function succeeded({ error, result }) {
  assert.equal(error && `${error.errorCode ?? error.name}: ${error.message}`, undefined);
  return result;
}

/** A refusal of the token endpoint. */
export const refusal = (number, { error = "invalid_grant", ...more } = {}) => ({ status: 400, body: {
  error, error_codes: [number], error_description: `AADSTS${number}: as the test wants it.`, timestamp: "2026-01-01 00:00:00Z",
  trace_id: "4b3a2c1d-0000-4000-8000-000000000001", correlation_id: "4b3a2c1d-0000-4000-8000-000000000002", ...more,
} });

/** A claims parameter that wants a second factor. */
export const SECOND_FACTOR = JSON.stringify({ access_token: { acrs: { essential: true, value: "c1" } } });

/** The requests at the provider, in short: `authorize none`, `token refresh_token`. */
export const asked = (idp) => idp.log.filter(({ endpoint, method }) => ["authorize", "logout"].includes(endpoint) || (endpoint === "token" && method === "POST"))
  .map(({ endpoint, url, body }) => [endpoint, endpoint === "token" ? body.grant_type : new URL(url).searchParams.get("prompt")].filter(Boolean).join(" "));
