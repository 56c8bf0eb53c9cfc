// The package in a page and in the three kinds of worker, under a strict Content-Security-Policy.
import assert from "node:assert/strict";
import path from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CONTENT_SECURITY_POLICY, packageFile, serveFiles } from "../../www/server.mjs";
import { startIdentityProvider } from "../idp/index.mjs";
import { launch, openPage } from "./browser.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PLACES = ["page", "dedicated worker", "shared worker", "service worker"];
const ENTRIES = ["inline", "url"];
const LIMIT_MS = 30_000;

const idp = await startIdentityProvider();
const strict = await serve(CONTENT_SECURITY_POLICY);
const withoutWasm = await serve(CONTENT_SECURITY_POLICY.replace(" 'wasm-unsafe-eval'", ""));
const browser = await launch();
after(() => Promise.all([browser.close(), strict.close(), withoutWasm.close(), idp.close()]));
beforeEach(() => idp.clearLog());

const { clientId, clientSecret } = idp.clients.daemon;
const auth = { clientId, clientSecret, authority: idp.authority("contoso") };

function serve(policy) {
  return serveFiles({
    headers: () => ({ "content-security-policy": policy, "x-content-type-options": "nosniff" }),
    locate: (pathname) => (/^\/fixture\/[\w-]+\.\w+$/.test(pathname) ? path.join(HERE, pathname) : packageFile(pathname)),
  });
}

/** Each job gets a browser context of its own, so that no module or worker of another is there already. */
async function run(site, where, job) {
  const { context, page, complaints } = await openPage(browser);
  try {
    await page.goto(`${site.origin}/fixture/harness.html`);
    await page.locator("body[data-ready]").waitFor();
    return { ...await page.evaluate(([where, job]) => window.run(where, job), [where, job]), complaints };
  } finally {
    await context.close();
  }
}

for (const where of PLACES) {
  describe(where, { timeout: 4 * LIMIT_MS }, () => {
    for (const entry of ENTRIES) {
      test(`${entry}: a secret is refused, with the reason, before any request`, async () => {
        const { error, sent, complaints } = await run(strict, where, { entry, auth, canned: true });
        assert.deepEqual(error?.classes, ["AuthError", "ClientConfigurationError"]);
        assert.equal(error.errorCode, "secret_in_browser");
        assert.match(error.message, /can be read by everyone who opens the page/);
        assert.match(error.message, /server or in a Worker/);
        assert.ok(!JSON.stringify(error).includes(clientSecret));
        assert.deepEqual([sent, complaints], [[], []]);
      });

      test(`${entry}: with allowSecretsInBrowser it gets a token and keeps it`, async () => {
        const { token, fromCache, sent, error, complaints } = await run(strict, where, { entry, auth, system: { allowSecretsInBrowser: true }, canned: true });
        assert.equal(error, undefined);
        assert.equal(token, "canned.access.token");
        assert.deepEqual(fromCache, [false, true]);
        assert.equal(sent.length, 1);
        assert.equal(new URLSearchParams(sent[0].body).get("client_secret"), clientSecret);
        assert.deepEqual(complaints, []);
      });

      test(`${entry}: a policy without wasm-unsafe-eval is named as the reason`, async () => {
        const { error, sent } = await run(withoutWasm, where, { entry, auth, system: { allowSecretsInBrowser: true }, canned: true });
        assert.deepEqual(error?.classes, ["AuthError", "ClientConfigurationError"]);
        assert.equal(error.errorCode, "wasm_unavailable");
        assert.match(`${error.message} ${error.hint}`, /'wasm-unsafe-eval'.*script-src/);
        assert.deepEqual(sent, []);
      });
    }

    test("the token request is CORS-simple, and Entra's refusal of it is understood", async () => {
      const { error } = await run(strict, where, { entry: "inline", auth, system: { allowSecretsInBrowser: true } });
      assert.deepEqual(error?.classes, ["AuthError", "ServerError"]);
      assert.deepEqual(error.errorCodes, [9002326]);
      assert.match(error.message, /AADSTS9002326/);
      assert.ok(!JSON.stringify(error).includes(clientSecret));
      assert.deepEqual(idp.log.map(({ method, endpoint }) => `${method} ${endpoint}`), ["POST token"]);
      const [{ headers, body }] = idp.log;
      assert.equal(headers.origin, strict.origin);
      assert.equal(headers["content-type"], "application/x-www-form-urlencoded;charset=utf-8");
      assert.equal(body.client_secret, clientSecret);
    });
  });
}

test("without allowSecretsInBrowser the browser's own fetch is not called either", { timeout: LIMIT_MS }, async () => {
  const { error } = await run(strict, "page", { entry: "inline", auth });
  assert.equal(error.errorCode, "secret_in_browser");
  assert.deepEqual(idp.log, []);
});
