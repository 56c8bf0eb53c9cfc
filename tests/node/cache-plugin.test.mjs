// MSAL Node's cache plugin: called as MSAL calls it, in the same order and with the same flag, by the real package's
// side; and one access at a time, which MSAL leaves to the plugin.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as msal from "@azure/msal-node";
import * as ours from "graph-token";
import { answerOf, signIn } from "../idp/index.mjs";
import { ENTRA, failureOf, services, until } from "../support.mjs";
import { ADA, BLAISE, REDIRECT_URI } from "./people.mjs";

const all = await services({ issuer: ENTRA });
const { idp, networkClient } = all;
const LIBRARIES = { "@azure/msal-node": all.msalClient, "graph-token": all.clientAtEntra };
const SCOPES = ["https://graph.microsoft.com/User.Read"];
const APP_SCOPES = ["https://graph.microsoft.com/.default"];

/** A client with a plugin that keeps one text; `log` is what happened since it was last read. */
function recorded(make, name = "web", { before, after } = {}) {
  const { clientId, clientSecret } = idp.clients[name];
  const state = { log: [], blob: "", inside: 0, most: 0 };
  const step = async (letter, { cacheHasChanged }, act, more) => {
    state.log.push(`${letter}${Number(cacheHasChanged)}`);
    state.inside += letter === "b" ? 1 : 0;
    state.most = Math.max(state.most, state.inside);
    await more?.(state);
    act();
    state.inside -= letter === "a" ? 1 : 0;
  };
  const cachePlugin = {
    beforeCacheAccess: (context) => step("b", context, () => context.tokenCache.deserialize(state.blob), before),
    afterCacheAccess: (context) => step("a", context, () => {
      if (context.cacheHasChanged) state.blob = context.tokenCache.serialize();
    }, after),
  };
  const app = make({
    auth: { clientId, clientSecret }, cache: { cachePlugin },
    system: { networkClient: { ...networkClient, sendPostRequestAsync(...parts) {
      state.log.push("POST");
      return networkClient.sendPostRequestAsync(...parts);
    } } },
  });
  const calls = () => state.log.splice(0).join(" ");
  return { app, state, calls };
}

/** Sends a person to sign in; gives the request that redeems the code. */
async function redeeming(app, { login = ADA, scopes = SCOPES } = {}) {
  const url = await app.getAuthCodeUrl({ scopes, redirectUri: REDIRECT_URI });
  const { code } = answerOf(await signIn(url.replace(ENTRA, idp.origin), { login }));
  return { code, scopes, redirectUri: REDIRECT_URI };
}

async function signedIn({ app, calls }, login) {
  const result = await app.acquireTokenByCode(await redeeming(app, { login }));
  calls();
  return result;
}

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

test("a token that cannot be saved is given to the caller all the same, with a warning", async () => {
  const told = [];
  const one = recorded((options) => all.clientAtEntra({ ...options, system: { ...options.system,
    loggerOptions: { logLevel: 1, loggerCallback: (_level, message) => told.push(message) } } }), "web", {
    after: ({ log }) => {
      if (log.at(-1) === "a1") throw new Error("disk full of eyJ");
    },
  });
  const { accessToken } = await one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES });
  assert.ok(accessToken);
  assert.match(told.join("\n"), /cachePlugin/);
  assert.doesNotMatch(told.join("\n"), /eyJ/);
});

const slow = { before: () => new Promise((resolve) => setTimeout(resolve, 30)) };

test("one access at a time", async () => {
  const one = recorded(all.clientAtEntra, "web", slow);
  const { account } = await signedIn(one);
  const { getAllAccounts } = one.app.getTokenCache();
  await Promise.allSettled([1, 2, 3].flatMap(() => [one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES }),
    getAllAccounts.call(one.app.getTokenCache()), one.app.acquireTokenSilent({ account, scopes: SCOPES })]));
  assert.equal(one.state.most, 1);
});

test("silent calls at once are all served from the cache that is read", async () => {
  const one = recorded(all.clientAtEntra, "web", slow);
  const { account } = await signedIn(one);
  const results = await Promise.all([1, 2, 3].map(() => one.app.acquireTokenSilent({ account, scopes: SCOPES })));
  assert.deepEqual(results.map(({ fromCache }) => fromCache), [true, true, true]);
  assert.doesNotMatch(one.calls(), /POST/);
});

test("who signs in while another's cache is being read is saved, and found again", async () => {
  const one = recorded(all.clientAtEntra, "web", slow);
  const { account } = await signedIn(one);
  const request = await redeeming(one.app, { login: BLAISE });
  const others = Array.from({ length: 8 }, () => one.app.acquireTokenSilent({ account, scopes: SCOPES }).catch(() => {}));
  await one.app.acquireTokenByCode(request);
  await Promise.all(others);
  const known = Object.values(JSON.parse(one.state.blob).Account).map(({ username }) => username);
  assert.deepEqual(known.sort(), [ADA, BLAISE]);
});

test("a renewal that comes while another's cache is being read is saved", async () => {
  const one = recorded(all.clientAtEntra, "web", slow);
  const ada = await signedIn(one, ADA);
  const blaise = await signedIn(one, BLAISE);
  idp.fault({ delayMs: 60 });
  const renewing = one.app.acquireTokenSilent({ account: ada.account, scopes: SCOPES, forceRefresh: true });
  await until(() => one.state.log.includes("POST"));
  const others = Array.from({ length: 8 }, () => one.app.acquireTokenSilent({ account: blaise.account, scopes: SCOPES }).catch(() => {}));
  const { accessToken } = await renewing;
  await Promise.all(others);
  assert.ok(one.state.blob.includes(accessToken));
});

describe("MSAL's distributed cache", () => {
  const expected = {
    "an application's token, a miss": "getKey get getKey get getKey set:session",
    "an application's token, a hit": "getKey get",
    "a code": "getKey get extractKey set:account",
  };
  for (const [library, make] of Object.entries(LIBRARIES)) {
    for (const [of, { DistributedCachePlugin }] of Object.entries({ "@azure/msal-node": msal, "graph-token": ours })) {
      test(`the plugin of ${of} with the client of ${library}`, async () => {
        const calls = [];
        const stored = new Map();
        const note = (call) => void calls.push(call);
        const plugin = new DistributedCachePlugin({
          get: async (key) => (note("get"), stored.get(key) ?? ""),
          set: async (key, value) => (note(`set:${key === "session" ? key : "account"}`), stored.set(key, value), value),
        }, {
          getKey: async () => (note("getKey"), "session"),
          extractKey: async ({ homeAccountId }) => (note("extractKey"), homeAccountId),
        });
        const { clientId, clientSecret } = idp.clients.web;
        const app = make({ auth: { clientId, clientSecret }, cache: { cachePlugin: plugin } });
        const happened = async (call) => {
          calls.length = 0;
          await call();
          return calls.join(" ");
        };
        const appToken = () => app.acquireTokenByClientCredential({ scopes: APP_SCOPES });
        assert.equal(await happened(appToken), expected["an application's token, a miss"]);
        assert.equal(await happened(appToken), expected["an application's token, a hit"]);
        const request = await redeeming(app);
        assert.equal(await happened(() => app.acquireTokenByCode(request)), expected["a code"]);
        assert.deepEqual([...stored.keys()].length, 2);
      });
    }
  }
});
