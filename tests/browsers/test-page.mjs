// The test page as the demo runs it: identity provider, Graph, the Worker in workerd, the page, and a browser.
import assert from "node:assert/strict";
import { startTestPage } from "../../www/server.mjs";
import { startWorker } from "../../www/worker.mjs";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { launch, openPage } from "./browser.mjs";

/** Chromium's remark about the frame of a silent sign-in, whose attribute is MSAL's. */
const SANDBOX = /allow-scripts and allow-same-origin/;

export async function startAll() {
  const idp = await startIdentityProvider();
  const graph = await startGraph({ idp });
  const { clientId, clientSecret } = idp.clients.daemon;
  const spaClientId = idp.clients.spa.clientId;
  const { contoso, fabrikam } = idp.tenants;
  // A secret that strays into the settings must not be served: this one does.
  const site = await startTestPage({ settings: { identityProvider: idp.origin, tenants: [contoso, fabrikam], clientId, clientSecret, spaClientId, graphOrigin: graph.origin } });
  const worker = await startWorker({
    bindings: { TENANT_AUTHORITY: idp.authority("contoso"), CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, GRAPH_ORIGIN: graph.origin, PAGE_ORIGIN: site.origin },
  });
  site.settings.workerOrigin = worker.origin;
  idp.registerRedirectUri("daemon", `${site.origin}/`);
  const browser = await launch();
  return {
    idp, graph, site, worker, browser, clientId, clientSecret,
    close: () => Promise.all([browser.close(), worker.dispose(), site.close(), graph.close(), idp.close()]),
  };
}

/**
 * Opens the page, has `use(page, context)` work with it, and holds the page to a silent console (but for what `expected`
 * matches) and no leak.
 */
export async function onPage(all, { query = "", expected, ...options }, use) {
  const { context, page, complaints } = await openPage(all.browser, options);
  const requests = [];
  context.on("request", (request) => requests.push(`${request.url()}\n${request.postData() ?? ""}`));
  try {
    await page.goto(`${all.site.origin}/${query}`);
    await shownRequest(page);
    await use(page, context);
    assert.deepEqual(complaints.filter((complaint) => !SANDBOX.test(complaint) && !expected?.test(complaint)), []);
    const content = await page.content();
    const seen = [content, ...requests].join("\n");
    for (const form of [all.clientSecret, encoded(all.clientSecret), encodeURIComponent(all.clientSecret)]) {
      assert.ok(!seen.includes(form), "the secret is in the page or in a request of it");
    }
    for (const secret of givenOut(all.idp)) assert.ok(!content.includes(secret), `${secret.slice(0, 8)}… is in the page`);
  } finally {
    await context.close();
  }
}

/** What the provider gave that must not be shown: codes, and the tokens of its answers. */
function givenOut({ log }) {
  return log.flatMap(({ body, response }) => [body?.code, body?.code_verifier, response?.access_token, response?.refresh_token, response?.id_token]).filter(Boolean);
}

/** Signs in by popup, as a person does. */
export async function signIn(page, login = "ada@contoso.example") {
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Sign in by popup" }).click();
  await enter(await opened, login);
  await page.locator("#session-result").getByText(`Signed in as ${login}.`).waitFor();
}

/** Fills in the provider's sign-in page. */
export async function enter(provider, login = "ada@contoso.example") {
  await provider.locator("#login").fill(login);
  await provider.locator("#password").fill("any");
  await provider.locator("#submit").click();
}

/** The text of one format, once there is one. */
export async function shownRequest(page, format = "http") {
  const code = page.locator(`#panel-${format} code:not(:empty)`);
  await code.waitFor({ state: "attached" });
  return code.textContent();
}

/** As a form encodes a value. */
export function encoded(value) {
  return new URLSearchParams([["", value]]).toString().slice(1);
}
