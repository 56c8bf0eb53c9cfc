// MSAL Node's cache plugin: called as MSAL calls it, in the same order and with the same flag, by the real package's
// side.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ENTRA, failureOf, services, until } from "../support.mjs";
import { APP_SCOPES, plugins, SCOPES } from "./recorded-plugin.mjs";

const all = await services({ issuer: ENTRA });
const { idp } = all;
const { recorded, redeeming, signedIn } = plugins(all);
const LIBRARIES = { "@azure/msal-node": all.msalClient, "graph-token": all.clientAtEntra };

/** What is called, for what: name, the application, what comes before, the call. */
const SEQUENCES = [
  ["an application's token, a miss", "b0 a0 POST b1 a1", "web", ({ app }) => app.acquireTokenByClientCredential({ scopes: APP_SCOPES })],
  ["an application's token, a hit", "b0 a0", "web", withAppToken(({ app }) => app.acquireTokenByClientCredential({ scopes: APP_SCOPES }))],
  ["an application's token, empty claims", "b0 a0", "web", withAppToken(({ app }) => app.acquireTokenByClientCredential({ scopes: APP_SCOPES, claims: "{}" }))],
  ["an application's token, skipCache", "POST b1 a1", "web", withAppToken(({ app }) => app.acquireTokenByClientCredential({ scopes: APP_SCOPES, skipCache: true }))],
  ["an application's token, claims", "POST b1 a1", "web", withAppToken(({ app }) => app.acquireTokenByClientCredential({ scopes: APP_SCOPES, claims: '{"access_token":{"nbf":null}}' }))],
  ["an application's token, due for renewal", "b0 a0 POST b1 a1", "web", async (one) => {
    idp.setLifetimes({ expires_in: 3599, ext_expires_in: 3599, refresh_in: 1800 });
    await one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES });
    one.state.blob = one.state.blob.replace(/"refresh_on":"\d+"/, '"refresh_on":"1000000000"');
    await one.app.clearCache();
    one.calls();
    await one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES });
    await until(() => one.state.log.includes("a1"));
  }],
  ["an application's token, refused", "b0 a0 POST", "web", async ({ app }) => {
    idp.fault({ status: 400, body: { error: "invalid_client", error_description: "AADSTS7000215: wrong" } });
    await failureOf(app.acquireTokenByClientCredential({ scopes: APP_SCOPES }));
  }],
  ["on behalf of, a miss", "POST b1 a1", "api", ({ app }) => onBehalfOf(app)],
  ["on behalf of, a hit", "", "api", async ({ app, calls }) => (await onBehalfOf(app))(calls())],
  ["on behalf of, skipCache", "POST b1 a1", "api", async ({ app, calls }) => (await onBehalfOf(app))(calls(), { skipCache: true })],
  ["the address of the sign-in", "", "web", ({ app }) => redeeming(app)],
  ["a code", "POST b1 a1", "web", async ({ app }) => app.acquireTokenByCode(await redeeming(app))],
  ["a refresh token", "POST b1 a1", "web", async (one) => {
    await signedIn(one);
    const [{ secret }] = Object.values(JSON.parse(one.state.blob).RefreshToken);
    await one.app.acquireTokenByRefreshToken({ refreshToken: secret, scopes: SCOPES });
  }],
  ["silently, a hit", "b0 a0", "web", withAccount((app, account) => app.acquireTokenSilent({ account, scopes: SCOPES }))],
  ["silently, renewed", "b0 a0 POST b1 a1", "web", withAccount((app, account) => app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }))],
  ["silently, for other scopes", "b0 a0 POST b1 a1", "web", withAccount((app, account) => app.acquireTokenSilent({ account, scopes: ["https://graph.microsoft.com/Mail.Read"] }))],
  ["silently, nobody there", "b0 a0", "web", withAccount((app, account, { state }) => {
    state.blob = "{}";
    return failureOf(app.acquireTokenSilent({ account, scopes: SCOPES }));
  })],
  ["silently, refused", "b0 a0 POST", "web", withAccount((app, account) => {
    idp.fault({ status: 400, body: { error: "invalid_grant", error_description: "AADSTS700082: expired" } });
    return failureOf(app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }));
  })],
  ["all accounts", "b0 a0", "web", withAccount((app) => app.getTokenCache().getAllAccounts())],
  ["an account by its home id", "b0 a0", "web", withAccount((app, { homeAccountId }) => app.getTokenCache().getAccountByHomeId(homeAccountId))],
  ["an account by its local id", "b0 a0", "web", withAccount((app, { localAccountId }) => app.getTokenCache().getAccountByLocalId(localAccountId))],
  ["signing out", "b1 a1", "web", withAccount((app, account) => app.getTokenCache().removeAccount(account))],
  ["clearCache", "", "web", withAccount((app) => app.clearCache())],
];

function withAppToken(call) {
  return async (one) => {
    await one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES });
    one.calls();
    await call(one);
  };
}

function withAccount(call) {
  return async (one) => {
    const { account } = await signedIn(one);
    await call(one.app, account, one);
  };
}

async function onBehalfOf(app) {
  const { clientId, clientSecret } = idp.clients.web;
  const caller = all.clientAtEntra({ auth: { clientId, clientSecret } });
  const scopes = [`api://${idp.clients.api.clientId}/access_as_user`];
  const { accessToken: oboAssertion } = await caller.acquireTokenByCode(await redeeming(caller, { scopes }));
  const ask = (_log, more) => app.acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES, ...more });
  await ask();
  return ask;
}

for (const [name, expected, application, call] of SEQUENCES) {
  for (const [library, make] of Object.entries(LIBRARIES)) {
    test(`${name}: ${expected || "nothing"} (${library})`, async () => {
      const one = recorded(make, application);
      await call(one);
      assert.equal(one.calls(), expected);
    });
  }
}

describe("what a plugin throws while the cache is read comes out as it is, as with MSAL", () => {
  const down = new RangeError("the store is down");
  const CALLS = {
    "an application's token": (app) => app.acquireTokenByClientCredential({ scopes: APP_SCOPES }),
    "silently": (app, account) => app.acquireTokenSilent({ account, scopes: SCOPES }),
    "all accounts": (app) => app.getTokenCache().getAllAccounts(),
    "signing out": (app, account) => app.getTokenCache().removeAccount(account),
  };
  for (const [name, call] of Object.entries(CALLS)) {
    for (const where of ["before", "after"]) {
      test(`${name}: thrown ${where}`, async () => {
        const sequences = [];
        for (const make of Object.values(LIBRARIES)) {
          let broken = false;
          const one = recorded(make, "web", { [where]: () => {
            if (broken) throw down;
          } });
          const { account } = await signedIn(one);
          broken = true;
          assert.equal(await failureOf(call(one.app, account)), down);
          sequences.push(one.calls());
          broken = false;
          assert.equal((await one.app.getTokenCache().getAllAccounts()).length, 1, "and the next access is served");
        }
        assert.equal(sequences[1], sequences[0]);
      });
    }
  }
});

test("a call whose time is up does not wait until its token is saved", { timeout: 20_000 }, async () => {
  const cachePlugin = { beforeCacheAccess: async () => {}, afterCacheAccess: (context) => (context.cacheHasChanged ? new Promise(() => {}) : Promise.resolve()) };
  const began = performance.now();
  assert.ok((await all.client({ cache: { cachePlugin } }).acquireTokenByClientCredential({ timeoutMs: 500 })).accessToken);
  assert.ok(performance.now() - began < 1_500, `${performance.now() - began} ms`);
});

test("who looks into the cache has not saved it", async () => {
  const app = all.client();
  await app.acquireTokenByClientCredential();
  const cache = app.getTokenCache();
  assert.equal(Object.keys(cache.getKVStore()).length > 0 && Object.keys(cache.getCacheSnapshot()).length > 0, true);
  assert.equal(cache.hasChanged(), true);
  cache.serialize();
  assert.equal(cache.hasChanged(), false);
});
