// What programs for MSAL Node do beside calling it: how they import it, stub it, subclass it, and what they put into its
// configuration though it is nothing to it.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import * as msal from "@azure/msal-node";
import * as ours from "graph-token";
import { failureOf, services } from "../support.mjs";
import { ADA, BLAISE, people, REDIRECT_URI } from "./people.mjs";

const all = await services();
const { idp } = all;
const { web, visit, signedIn } = people(all);
const require = createRequire(import.meta.url);
const { clientId } = idp.clients.device;

describe("the CommonJS module", () => {
  const files = { "graph-token": "@azure/msal-node", "graph-token/certificate": undefined, "graph-token/redirect-bridge": undefined };
  for (const [name, theirs] of Object.entries(files)) {
    test(`${name}: a default import that was compiled has the whole`, () => {
      // As TypeScript and Babel write `import library from`.
      const interop = (module) => (module?.__esModule ? module : { default: module });
      const { default: library } = interop(require(name));
      assert.equal(library, require(name));
      assert.ok(Object.keys(library).length > 0);
      if (theirs) assert.equal(typeof interop(require(theirs)).default.ConfidentialClientApplication, typeof library.ConfidentialClientApplication);
    });

    test(`${name}: a test's stub takes the place of a member, and goes again`, () => {
      const library = require(name);
      for (const [member, real] of Object.entries(library)) {
        const stub = () => {};
        library[member] = stub;
        assert.equal(require(name)[member], stub);
        Object.defineProperty(library, member, { value: real, writable: true, configurable: true, enumerable: true });
        assert.equal(require(name)[member], real);
      }
    });
  }
});

for (const [name, library] of Object.entries({ "MSAL Node's": msal, ours })) {
  test(`${name}: a subclass finds its configuration and logger`, () => {
    class Mine extends library.ConfidentialClientApplication {
      known = () => [this.config.auth.authority, this.config.auth.clientId, typeof this.config.system, typeof this.config.cache, this.logger === this.getLogger()];
    }
    const auth = { clientId: "c", clientSecret: "s" };
    assert.deepEqual(new Mine({ auth }).known(), ["https://login.microsoftonline.com/common/", "c", "object", "object", true]);
    class Public extends library.PublicClientApplication {
      known = () => [this.config.auth.clientId, this.logger === this.getLogger()];
    }
    assert.deepEqual(new Public({ auth: { clientId: "c" } }).known(), ["c", true]);
  });
}

test("a managed identity's client says why it is none, and what to do", () => {
  assert.throws(() => new ours.ManagedIdentityApplication({ system: {} }), (error) => error instanceof ours.ClientAuthError && /clientAssertion/.test(error.hint));
});

test("a program's public client may have a page's redirectUri in its configuration", async () => {
  const auth = { clientId, authority: idp.authority("contoso"), redirectUri: REDIRECT_URI };
  const app = new ours.PublicClientApplication({ auth });
  // Up to here it may be a page's, which a server renders.
  assert.deepEqual(app.getAllAccounts(), []);
  assert.match(await app.getAuthCodeUrl({ scopes: ["User.Read"], redirectUri: REDIRECT_URI }), /oauth2\/v2\.0\/authorize/);
  const accounts = app.getAllAccounts();
  assert.ok(accounts instanceof Promise);
  assert.deepEqual(await accounts, []);
  // What redeems a code is a program as well; and a plugin is a program's alone.
  const redeems = await failureOf(new ours.PublicClientApplication({ auth }).acquireTokenByCode({ code: "c", redirectUri: REDIRECT_URI, scopes: ["User.Read"] }));
  assert.ok(redeems instanceof ours.ServerError, `${redeems}`);
  const cachePlugin = { beforeCacheAccess: async () => {}, afterCacheAccess: async () => {} };
  assert.ok(new ours.PublicClientApplication({ auth, cache: { cachePlugin } }).getAllAccounts() instanceof Promise);
});

test("a public client is told the nonce beside the code, as MSAL Node's is", async () => {
  const program = () => new ours.PublicClientApplication({ auth: { clientId, authority: idp.authority("contoso") } });
  const app = program();
  const { request: { nonce, ...request }, answer } = await visit(app);
  assert.equal((await app.acquireTokenByCode(request, { ...answer, nonce })).account.username, ADA);
  const { request: { nonce: _, ...more }, answer: another } = await visit(app);
  for (const given of ["another", undefined]) {
    const error = await failureOf(program().acquireTokenByCode(more, { ...another, nonce: given }));
    // The code was spent by the first of them.
    assert.equal(error.errorCode, given ? "nonce_mismatch" : "invalid_grant");
  }
});

test("accounts of a cachePlugin stand in the order in which they came, whichever run they came in", async () => {
  let stored = "";
  const cachePlugin = {
    beforeCacheAccess: async ({ tokenCache }) => stored && tokenCache.deserialize(stored),
    afterCacheAccess: async (context) => {
      if (context.cacheHasChanged) stored = context.tokenCache.serialize();
    },
  };
  const order = [BLAISE, ADA, "charles@contoso.example"];
  const run = () => web({ cache: { cachePlugin } });
  for (const login of order) await signedIn(run(), { login });
  const names = async () => (await run().getTokenCache().getAllAccounts()).map(({ username }) => username);
  assert.deepEqual(await names(), order);
  assert.deepEqual(Object.values(JSON.parse(stored).Account).map(({ username }) => username), order);
  // Who comes back keeps the place.
  await signedIn(run(), { login: ADA });
  assert.deepEqual(await names(), order);
});

test("an error of ours that a program's network client throws is its word: not tried again, and not replaced", async () => {
  let sent = 0;
  const said = new ours.ClientAuthError("my_proxy_error", "", "the proxy is shut");
  const networkClient = { sendPostRequestAsync: async () => {
    sent++;
    throw said;
  }, sendGetRequestAsync: async () => ({}) };
  const error = await failureOf(all.client({ system: { networkClient } }).acquireTokenByClientCredential());
  assert.equal(error, said);
  assert.equal(sent, 1);
});

test("but not where it shows what was sent", async () => {
  const { clientSecret } = idp.clients.daemon;
  const networkClient = { sendPostRequestAsync: async (_url, { body }) => {
    throw new ours.ClientAuthError("my_proxy_error", "", `could not send ${body}`);
  }, sendGetRequestAsync: async () => ({}) };
  const error = await failureOf(all.client({ system: { networkClient, maxRetries: 0 } }).acquireTokenByClientCredential());
  assert.ok(error instanceof ours.NetworkError);
  for (let at = error; at; at = at.cause) assert.ok(!`${at.message}${at.errorMessage}${at.stack}`.includes(encodeURIComponent(clientSecret)));
});

test("an error's stack names the program's function that made the call", async () => {
  async function theProgramsOwnFunction() {
    return await all.client({ auth: { clientSecret: "wrong" } }).acquireTokenByClientCredential();
  }
  const error = await failureOf(theProgramsOwnFunction());
  assert.ok(error instanceof ours.ServerError);
  assert.match(error.stack, /theProgramsOwnFunction/);
  assert.ok(error.stack.startsWith(`${error.name}: ${error.message}`));
});
