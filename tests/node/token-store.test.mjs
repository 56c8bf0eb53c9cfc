// The program's own store, an entry for each token and each user: another instance finds what one has got, and a store
// that is broken costs a warning and a request, never the call.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { failureOf, services, until } from "../support.mjs";
import { ADA, BLAISE, people, SCOPES } from "./people.mjs";

const all = await services();
const { idp, client } = all;
const { web, api, visit, signedIn, assertionOf, homeIdOf } = people(all);
const MINUTE_MS = 60_000;
const USER_DAYS_MS = 90 * 24 * 60 * MINUTE_MS;

/** A store over a Map; `list` and the promises are as the options say. What `set` was told is in `expiries`. */
function storeOver(map = new Map(), { list = true, later = false, onSet } = {}) {
  const expiries = new Map();
  const give = (value) => (later ? new Promise((resolve) => setTimeout(resolve, 2, value)) : value);
  const store = {
    get: (key) => give(map.get(key) ?? null),
    set(key, value, options) {
      onSet?.(key, value, options);
      expiries.set(key, options.expiresAt);
      map.set(key, value);
      return give(undefined);
    },
    delete: (key) => give(map.delete(key)),
    ...(list ? { list: (prefix) => give([...map.keys()].filter((key) => key.startsWith(prefix))) } : {}),
  };
  return { map, expiries, store, cache: { tokenStore: store } };
}

/** Told warnings, in one text. */
function listening() {
  const told = [];
  return { told, loggerOptions: { logLevel: 1, loggerCallback: (_level, message) => void told.push(message) } };
}

for (const [name, options] of [["a Map", {}], ["a Map without list", { list: false }], ["promises", { later: true }], ["promises without list", { later: true, list: false }]]) {
  describe(`a store of ${name}`, () => {
    test("an application's token is found by another instance", async () => {
      const { cache } = storeOver(new Map(), options);
      const { accessToken } = await client({ cache }).acquireTokenByClientCredential();
      const found = await client({ cache }).acquireTokenByClientCredential();
      assert.deepEqual([found.fromCache, found.accessToken], [true, accessToken]);
      assert.equal(idp.tokenRequests().length, 1);
      assert.equal((await client({ cache }).acquireTokenByClientCredential({ forceRefresh: true })).fromCache, false);
    });

    test("users, their accounts and refresh tokens are found by another instance", async () => {
      const { cache } = storeOver(new Map(), options);
      for (const login of [ADA, BLAISE]) await signedIn(web({ cache }), { login });
      idp.clearLog();
      const other = web({ cache });
      const accounts = await other.getTokenCache().getAllAccounts();
      assert.deepEqual(accounts.map(({ username }) => username).sort(), [ADA, BLAISE]);
      const account = await web({ cache }).getTokenCache().getAccountByHomeId(homeIdOf(ADA));
      const third = web({ cache });
      assert.equal((await third.acquireTokenSilent({ account, scopes: SCOPES })).fromCache, true);
      assert.equal(idp.tokenRequests().length, 0);
      assert.equal((await web({ cache }).acquireTokenSilent({ account, scopes: ["Mail.Read"] })).account.username, ADA);
      assert.equal((await third.acquireTokenSilent({ account, scopes: ["Mail.Read"] })).fromCache, true);
      assert.equal(idp.tokenRequests().length, 1);
    });

    test("what an API got on behalf of its caller is found by another instance", async () => {
      const { cache } = storeOver(new Map(), options);
      const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
      const { accessToken } = await api({ cache }).acquireTokenOnBehalfOf(request);
      const found = await api({ cache }).acquireTokenOnBehalfOf(request);
      assert.deepEqual([found.fromCache, found.accessToken, found.account.username], [true, accessToken, ADA]);
    });

    test("who signs out is signed out everywhere, and leaves nothing", async () => {
      const { cache, map } = storeOver(new Map(), options);
      const app = web({ cache });
      const { account } = await signedIn(app);
      await app.getTokenCache().removeAccount(account);
      assert.ok(![...map.values()].some((value) => value.includes("secret")), [...map.values()].join());
      const other = web({ cache });
      assert.deepEqual(await other.getTokenCache().getAllAccounts(), []);
      assert.equal((await failureOf(other.acquireTokenSilent({ account, scopes: SCOPES }))).errorCode, "no_tokens_found");
    });
  });
}

test("who is removed while a token is being renewed does not come back", async () => {
  const { cache, map } = storeOver();
  const app = web({ cache });
  const { account } = await signedIn(app);
  idp.fault({ delayMs: 200 });
  idp.clearLog();
  const renewing = app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
  await until(() => idp.tokenRequests().length === 1);
  await app.getTokenCache().removeAccount(account);
  assert.ok((await renewing).accessToken);
  assert.deepEqual([...map], []);
  assert.deepEqual(await app.getTokenCache().getAllAccounts(), []);
});

test("a dead refresh token is taken out of the store", async () => {
  const { cache, map } = storeOver();
  const { account } = await signedIn(web({ cache }));
  idp.fault({ status: 400, body: { error: "invalid_grant", error_description: "AADSTS700082: expired", error_codes: [700082] } });
  await failureOf(web({ cache }).acquireTokenSilent({ account, scopes: ["Mail.Read"] }));
  assert.ok(![...map.values()].some((value) => Object.keys(JSON.parse(value).RefreshToken ?? {}).length));
  assert.equal((await failureOf(web({ cache }).acquireTokenSilent({ account, scopes: ["Mail.Read"] }))).errorCode, "no_tokens_found");
});

test("entries end when their tokens do, and keys are short and show nothing", async () => {
  const { cache, map, expiries } = storeOver(new Map(), { list: false });
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 7200 });
  const at = Date.now();
  await client({ cache }).acquireTokenByClientCredential({ extraQueryParameters: { dc: "x".repeat(2000) } });
  const app = [...expiries.values()][0] - at;
  assert.ok(app >= 7_199_000 && app <= 7_260_000, `${app}`);
  await signedIn(web({ cache }));
  await api({ cache }).acquireTokenOnBehalfOf({ oboAssertion: await assertionOf(), scopes: SCOPES });
  const users = [...expiries].filter(([key]) => /:(user|accounts):/.test(key)).map(([, value]) => value - at);
  assert.equal(users.length, 2);
  for (const user of users) assert.ok(Math.abs(user - USER_DAYS_MS) < MINUTE_MS, `${user}`);
  for (const key of map.keys()) {
    assert.match(key, /^graph-token:1:/);
    assert.ok(Buffer.byteLength(key) < 512);
    assert.doesNotMatch(key, /eyJ|ada|contoso|[0-9a-f]{8}-[0-9a-f]{4}-/);
  }
});

const CORRUPT = ["", "{", "null", "[]", "7", '"text"', "{}", '{"graph_token_key":7}', "x".repeat(100_000)];
describe("an entry that is corrupt costs a request, and is written anew", () => {
  for (const corrupt of CORRUPT) {
    test(JSON.stringify(corrupt).slice(0, 40), async () => {
      const { cache, map } = storeOver();
      await client({ cache }).acquireTokenByClientCredential();
      const { account } = await signedIn(web({ cache }));
      const [appKey, userKey] = [...map.keys()];
      for (const key of [appKey, userKey]) map.set(key, corrupt);
      assert.equal((await client({ cache }).acquireTokenByClientCredential()).fromCache, false);
      assert.equal((await client({ cache }).acquireTokenByClientCredential()).fromCache, true);
      assert.deepEqual(await web({ cache }).getTokenCache().getAllAccounts(), []);
      assert.equal((await failureOf(web({ cache }).acquireTokenSilent({ account, scopes: SCOPES }))).errorCode, "no_tokens_found");
      await signedIn(web({ cache }));
      assert.equal((await web({ cache }).acquireTokenSilent({ account, scopes: SCOPES })).fromCache, true);
    });
  }

  test("and one that belongs under another key serves nobody", async () => {
    const { cache, map } = storeOver();
    for (const login of [ADA, BLAISE]) await signedIn(web({ cache }), { login });
    const [adas, blaises] = [...map.keys()];
    map.set(adas, map.get(blaises));
    const app = web({ cache });
    const account = { homeAccountId: homeIdOf(ADA), tenantId: idp.tenants.contoso.id };
    assert.equal((await failureOf(app.acquireTokenSilent({ account, scopes: SCOPES }))).errorCode, "no_tokens_found");
  });
});

const throwing = () => {
  throw new TypeError("down: eyJsecret");
};
for (const [name, store] of [
  ["get throws", { get: throwing }], ["get rejects", { get: async () => throwing() }], ["get gives something else", { get: () => 7 }],
  ["set throws", { set: throwing }], ["set rejects", { set: async () => throwing() }],
]) {
  test(`${name}: a warning without a word of what it was, and the token all the same`, async () => {
    const { told, loggerOptions } = listening();
    const { store: whole } = storeOver();
    const options = { cache: { tokenStore: { ...whole, ...store } }, system: { loggerOptions } };
    assert.ok((await client(options).acquireTokenByClientCredential()).accessToken);
    const { account } = await signedIn(web(options));
    assert.equal(account.username, ADA);
    if (!name.includes("else")) assert.match(told.join("\n"), /tokenStore\.(get|set) failed/);
    assert.doesNotMatch(told.join("\n"), /eyJ/);
  });
}

test("list and delete that throw are warnings too", async () => {
  const { told, loggerOptions } = listening();
  const { store } = storeOver();
  const app = web({ cache: { tokenStore: { ...store, list: throwing, delete: throwing } }, system: { loggerOptions } });
  const { account } = await signedIn(app);
  await app.getTokenCache().getAllAccounts();
  await app.getTokenCache().removeAccount(account);
  assert.match(told.join("\n"), /tokenStore\.list failed[^]*tokenStore\.delete failed/);
});

test("a store that hangs is waited for no longer than the call may take", { timeout: 20_000 }, async () => {
  const { told, loggerOptions } = listening();
  const hanging = () => new Promise(() => {});
  const asked = [];
  const hang = (what) => () => {
    asked.push(what);
    return hanging();
  };
  const cache = { tokenStore: { get: hang("get"), set: hang("set"), delete: hang("delete") } };
  assert.ok((await client({ cache, system: { loggerOptions } }).acquireTokenByClientCredential()).accessToken);
  assert.match(told.join("\n"), /tokenStore\.get did not answer in time/);
  const app = web({ cache, system: { loggerOptions, timeoutMs: 2500 } });
  const { request, answer } = await visit(app);
  asked.length = 0;
  assert.equal((await app.acquireTokenByCode(request, answer)).account.username, ADA);
  // Whatever did not answer is not asked again and again, each time for as long.
  assert.ok(asked.length <= 2, asked.join());
});

test("a store that keeps nothing for less than a minute, as KV, refuses, and the token serves all the same", async () => {
  idp.setLifetimes({ expires_in: 40, ext_expires_in: 40 });
  const refused = [];
  const { cache } = storeOver(new Map(), { onSet(key, _value, { expiresAt }) {
    if (expiresAt - Date.now() < MINUTE_MS) {
      refused.push(key);
      throw new Error("expiration must be at least 60 seconds in the future");
    }
  } });
  const app = client({ cache });
  const { accessToken } = await app.acquireTokenByClientCredential();
  assert.ok(accessToken);
  assert.equal((await app.acquireTokenByClientCredential()).accessToken, accessToken);
});

test("writers at once: nobody's account is lost from the index", async () => {
  const { cache } = storeOver(new Map(), { list: false, later: true });
  const logins = ["ada", "blaise", "charles"].map((name) => `${name}@contoso.example`);
  const visits = await Promise.all(logins.map(async (login) => {
    const app = web({ cache });
    return { app, ...await visit(app, { login }) };
  }));
  await Promise.all(visits.map(({ app, request, answer }) => app.acquireTokenByCode(request, answer)));
  const known = (await web({ cache }).getTokenCache().getAllAccounts()).map(({ username }) => username);
  assert.deepEqual(known.sort(), logins);
});

test("a store that hangs leaves a short call the time for its request", { timeout: 20_000 }, async () => {
  const hang = () => new Promise(() => {});
  for (const tokenStore of [{ get: hang, set: async () => {}, delete: hang }, { get: async () => undefined, set: hang, delete: hang }]) {
    const began = performance.now();
    assert.ok((await client({ cache: { tokenStore } }).acquireTokenByClientCredential({ timeoutMs: 800 })).accessToken);
    assert.ok(performance.now() - began < 1_600, `${performance.now() - began} ms`);
  }
});

test("what a short call has no time for, one has a second later", { timeout: 20_000 }, async () => {
  const called = [];
  const slow = (what) => () => {
    called.push(what);
    return new Promise((resolve) => setTimeout(resolve, 80));
  };
  const tokenStore = { get: slow("get"), set: slow("set"), delete: slow("delete") };
  const app = client({ cache: { tokenStore } });
  await app.acquireTokenByClientCredential({ timeoutMs: 200, forceRefresh: true });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  called.length = 0;
  await app.acquireTokenByClientCredential({ forceRefresh: true });
  assert.deepEqual(called, ["get", "set"]);
});
