// What a cache plugin keeps when much happens at once, or when it fails; and MSAL's plugin for a distributed cache.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import * as msal from "@azure/msal-node";
import * as ours from "graph-token";
import { ENTRA, services, until } from "../support.mjs";
import { ADA, BLAISE } from "./people.mjs";
import { APP_SCOPES, plugins, SCOPES } from "./recorded-plugin.mjs";

const all = await services({ issuer: ENTRA });
const { idp } = all;
const { recorded, redeeming, signedIn } = plugins(all);
const LIBRARIES = { "@azure/msal-node": all.msalClient, "graph-token": all.clientAtEntra };

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

test("a plugin that hangs costs no more than the call's time limit, and no token that has come", { timeout: 10_000 }, async () => {
  const never = () => new Promise(() => {});
  const app = (options, timeoutMs) => recorded((given) => all.clientAtEntra({ ...given, system: { ...given.system, timeoutMs } }), "web", options).app;
  await assert.rejects(app({ before: never }).acquireTokenByClientCredential({ scopes: APP_SCOPES, timeoutMs: 200 }),
    ({ name, errorCode, subError, hint }) => name === "NetworkError" && errorCode === "network_error" && subError === "timeout" && Boolean(hint));
  const result = await app({ after: ({ log }) => log.at(-1) === "a1" && never() }, 1000).acquireTokenByClientCredential({ scopes: APP_SCOPES });
  assert.ok(result.accessToken);
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

test("what a renewal brings is saved, though the older is read once more before", async () => {
  const one = recorded(all.clientAtEntra, "web", {});
  const { account } = await signedIn(one);
  const saved = (section) => Object.values(JSON.parse(one.state.blob)[section]).map(({ secret }) => secret);
  for (const scopes of [["Mail.Read"], ["Mail.Send"]]) {
    await one.app.acquireTokenSilent({ account, scopes });
    const { refresh_token, id_token } = idp.tokenRequests().at(-1).response;
    assert.deepEqual([saved("RefreshToken"), saved("IdToken")], [[refresh_token], [id_token]]);
  }
});

test("an answer without a refresh token brings its id_token, and what it says of the account", async () => {
  const one = recorded(all.clientAtEntra, "web", {});
  const { account } = await signedIn(one);
  const saved = (section) => Object.values(JSON.parse(one.state.blob)[section])[0];
  const before = saved("RefreshToken").secret;
  idp.onToken = async (_form, { refresh_token: _, ...body }) => body;
  idp.onIdToken = (claims) => ({ ...claims, preferred_username: "ada.lovelace@contoso.example" });
  try {
    await one.app.acquireTokenSilent({ account, scopes: ["Mail.Read"] });
  } finally {
    idp.onToken = undefined;
  }
  const { id_token } = idp.tokenRequests().at(-1).response;
  assert.deepEqual([saved("IdToken").secret === id_token, saved("RefreshToken").secret === before, saved("Account").username], [true, true, "ada.lovelace@contoso.example"]);
});

test("two people's renewals at once, saved under a key each, keep what came for either", async () => {
  const who = new AsyncLocalStorage();
  const blobs = { [ADA]: "", [BLAISE]: "" };
  const cachePlugin = {
    beforeCacheAccess: async ({ tokenCache }) => tokenCache.deserialize(blobs[who.getStore()]),
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      if (cacheHasChanged) blobs[who.getStore()] = tokenCache.serialize();
    },
  };
  const { clientId, clientSecret } = idp.clients.web;
  const app = all.clientAtEntra({ auth: { clientId, clientSecret }, cache: { cachePlugin } });
  const accounts = {};
  for (const login of [ADA, BLAISE]) accounts[login] = (await who.run(login, () => signedIn({ app, calls: () => "" }, login))).account;
  const began = { ...blobs };
  idp.fault({ delayMs: 100, times: 2 });
  await Promise.all([ADA, BLAISE].map((login) => who.run(login, () => app.acquireTokenSilent({ account: accounts[login], scopes: ["Mail.Read"] }))));
  const newest = idp.tokenRequests().slice(-2).map(({ response }) => response.refresh_token);
  for (const login of [ADA, BLAISE]) {
    const { homeAccountId } = accounts[login];
    const own = Object.values(JSON.parse(blobs[login]).RefreshToken).find(({ home_account_id: id }) => id === homeAccountId);
    assert.ok(newest.includes(own.secret), `${login} has an older one`);
    assert.ok(blobs[login] !== began[login]);
  }
});

test("what could not be read is not written over, and the token is given all the same", async () => {
  let isLocked = false;
  const before = ({ log }) => {
    if (isLocked && log.at(-1) === "b1") throw new Error("the file is locked");
  };
  const one = recorded(all.clientAtEntra, "web", {});
  await signedIn(one);
  const { blob } = one.state;
  const other = recorded(all.clientAtEntra, "web", { before });
  other.state.blob = blob;
  isLocked = true;
  assert.ok((await other.app.acquireTokenByClientCredential({ scopes: APP_SCOPES, skipCache: true })).accessToken);
  assert.ok(other.state.blob === blob);
});

test("a refresh token that is dead is not read in again, and not saved", async () => {
  const one = recorded(all.clientAtEntra, "web", {});
  const { account } = await signedIn(one);
  idp.fault({ status: 400, body: { error: "invalid_grant", suberror: "bad_token", error_codes: [700082], error_description: "AADSTS700082: expired" } });
  await assert.rejects(one.app.acquireTokenSilent({ account, scopes: ["Mail.Read"] }), { name: "InteractionRequiredAuthError", errorCode: "invalid_grant" });
  const asked = idp.tokenRequests().length;
  await assert.rejects(one.app.acquireTokenSilent({ account, scopes: ["Mail.Read"] }), { errorCode: "no_tokens_found" });
  assert.equal(idp.tokenRequests().length, asked);
  assert.equal((await one.app.acquireTokenSilent({ account, scopes: SCOPES })).fromCache, true, "the access token is still good");
  await one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES });
  assert.equal(Object.keys(JSON.parse(one.state.blob).RefreshToken ?? {}).length, 0);
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

for (const failing of ["beforeCacheAccess", "afterCacheAccess"]) {
  test(`what could not be saved, since ${failing} threw once, is there at the next call, and saved with what comes next`, async () => {
    let stored = "";
    let fails = false;
    const guard = (name) => {
      if (fails && name === failing) {
        fails = false;
        throw new Error("busy");
      }
    };
    const cachePlugin = {
      beforeCacheAccess: async ({ tokenCache }) => {
        guard("beforeCacheAccess");
        if (stored) tokenCache.deserialize(stored);
      },
      afterCacheAccess: async (context) => {
        guard("afterCacheAccess");
        if (context.cacheHasChanged) stored = context.tokenCache.serialize();
      },
    };
    const make = () => recorded((options) => all.clientAtEntra({ ...options, cache: { cachePlugin } }), "web", {});
    const one = make();
    await signedIn(one, BLAISE);
    fails = true;
    const { account } = await signedIn(one, ADA);
    assert.ok(!stored.includes(ADA));
    assert.equal((await one.app.acquireTokenSilent({ account, scopes: SCOPES })).fromCache, true);
    assert.deepEqual((await one.app.getTokenCache().getAllAccounts()).map(({ username }) => username).sort(), [ADA, BLAISE]);
    await one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES });
    assert.equal((await make().app.acquireTokenSilent({ account, scopes: SCOPES })).account.username, ADA);
    assert.ok(stored.includes(BLAISE));
  });
}

test("a cache from a machine whose clock is ahead is asked for anew once, and then serves", async () => {
  let stored = "";
  const cachePlugin = {
    beforeCacheAccess: async ({ tokenCache }) => stored && tokenCache.deserialize(stored),
    afterCacheAccess: async (context) => {
      if (context.cacheHasChanged) stored = context.tokenCache.serialize();
    },
  };
  const app = () => all.clientAtEntra({ cache: { cachePlugin } });
  await app().acquireTokenByClientCredential({ scopes: APP_SCOPES });
  stored = stored.replace(/"(cached_at|expires_on|extended_expires_on)":"(\d+)"/g, (_, name, at) => `"${name}":"${Number(at) + 600}"`);
  const fromCache = [];
  for (let times = 0; times < 3; times++) fromCache.push((await app().acquireTokenByClientCredential({ scopes: APP_SCOPES })).fromCache);
  assert.deepEqual(fromCache, [false, true, true]);
});

test("whoever was signed out by another program is gone with the next silent call, though accounts were listed in between", async () => {
  let stored = "";
  const cachePlugin = {
    beforeCacheAccess: async ({ tokenCache }) => stored && tokenCache.deserialize(stored),
    afterCacheAccess: async (context) => {
      if (context.cacheHasChanged) stored = context.tokenCache.serialize();
    },
  };
  const make = () => recorded((options) => all.clientAtEntra({ ...options, cache: { cachePlugin } }), "web", {});
  const [one, other] = [make(), make()];
  const { account } = await signedIn(one, ADA);
  await signedIn(other, BLAISE);
  await one.app.acquireTokenSilent({ account, scopes: SCOPES });
  await other.app.getTokenCache().removeAccount(account);
  await one.app.getTokenCache().getAllAccounts();
  await assert.rejects(one.app.acquireTokenSilent({ account, scopes: SCOPES }), { errorCode: "no_tokens_found" });
});

test("a store that takes no more writes costs no call", async () => {
  let stored = "";
  let fails = false;
  const cachePlugin = {
    beforeCacheAccess: async ({ tokenCache }) => stored && tokenCache.deserialize(stored),
    afterCacheAccess: async (context) => {
      if (fails && context.cacheHasChanged) throw new Error("read-only");
      if (context.cacheHasChanged) stored = context.tokenCache.serialize();
    },
  };
  const one = recorded((options) => all.clientAtEntra({ ...options, cache: { cachePlugin } }), "web", {});
  fails = true;
  const { account } = await signedIn(one, ADA);
  for (let times = 0; times < 2; times++) {
    assert.equal((await one.app.acquireTokenSilent({ account, scopes: SCOPES })).fromCache, true);
    assert.ok((await one.app.acquireTokenByClientCredential({ scopes: APP_SCOPES })).accessToken);
  }
});
