// The cache: in and out in MSAL's schema, bounded, and emptied.
import assert from "node:assert/strict";
import test from "node:test";
import { ClientAuthError } from "graph-token";
import { failureOf, services } from "../support.mjs";

const { idp, client, clientAtEntra, msalClient } = await services();
const REQUEST = { scopes: ["https://graph.microsoft.com/.default"] };
const entriesOf = (text) => Object.values(JSON.parse(text).AccessToken);

test("what one client wrote another uses, without a request", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 7200, refresh_in: 1800 });
  const [one, other] = [client(), client()];
  const tokens = [];
  const authorities = [idp.authority("contoso"), idp.authority("contoso", "initialDomain"), idp.authority("fabrikam")];
  for (const authority of authorities) tokens.push(await one.acquireTokenByClientCredential({ authority }));
  other.getTokenCache().deserialize(one.getTokenCache().serialize());
  idp.clearLog();
  for (const [index, authority] of authorities.entries()) {
    const hit = await other.acquireTokenByClientCredential({ authority });
    assert.deepEqual([hit.fromCache, hit.accessToken], [true, tokens[index].accessToken]);
    for (const name of ["expiresOn", "extExpiresOn", "refreshOn"]) {
      assert.ok(Math.abs(hit[name] - tokens[index][name]) <= 1000, name);
    }
    assert.deepEqual(hit.scopes, tokens[index].scopes);
    assert.equal(hit.tenantId, tokens[index].tenantId);
  }
  assert.equal(idp.tokenRequests().length, 0);
});

test("a cache that MSAL wrote is used here, and ours by MSAL", async () => {
  const theirs = msalClient();
  const written = await theirs.acquireTokenByClientCredential(REQUEST);
  const ours = clientAtEntra();
  ours.getTokenCache().deserialize(theirs.getTokenCache().serialize());
  const read = await ours.acquireTokenByClientCredential(REQUEST);
  assert.deepEqual([read.fromCache, read.accessToken], [true, written.accessToken]);
  assert.equal(read.expiresOn.getTime(), written.expiresOn.getTime());

  const source = clientAtEntra();
  const { accessToken } = await source.acquireTokenByClientCredential(REQUEST);
  for (const text of [source.getTokenCache().serialize(), ours.getTokenCache().serialize()]) {
    const reader = msalClient();
    reader.getTokenCache().deserialize(text);
    const hit = await reader.acquireTokenByClientCredential(REQUEST);
    assert.equal(hit.fromCache, true);
    assert.ok([accessToken, written.accessToken].includes(hit.accessToken));
  }
  assert.equal(idp.tokenRequests().length, 2);
});

test("an entry is written as MSAL writes it", async () => {
  const [theirs, ours] = [msalClient(), clientAtEntra()];
  await theirs.acquireTokenByClientCredential(REQUEST);
  await ours.acquireTokenByClientCredential(REQUEST);
  const [msalEntry] = entriesOf(theirs.getTokenCache().serialize());
  const [entry] = entriesOf(ours.getTokenCache().serialize());
  for (const name of ["home_account_id", "environment", "credential_type", "client_id", "realm", "target"]) {
    assert.equal(entry[name], msalEntry[name], name);
  }
  for (const name of ["secret", "cached_at", "expires_on", "extended_expires_on"]) assert.equal(typeof entry[name], typeof msalEntry[name], name);
  const ourKeys = Object.keys(JSON.parse(ours.getTokenCache().serialize()));
  assert.deepEqual(ourKeys.sort(), Object.keys(JSON.parse(theirs.getTokenCache().serialize())).sort());
});

test("what is not ours is kept: other applications' entries, unknown sections, unknown members", async () => {
  const app = client();
  const foreign = {
    Account: { "u.t-login.windows.net-t": { home_account_id: "u.t", environment: "login.windows.net", realm: "t", local_account_id: "u",
      username: "ada", authority_type: "MSSTS", tenantProfiles: ['{"tenantId":"t","localAccountId":"u","username":"ada","isHomeTenant":true}'],
      last_modification_app: "another" } },
    RefreshToken: { key: { secret: "r", home_account_id: "u.t", odd_member: { deep: [1, "2", null, true] } } },
    AccessToken: { user: { home_account_id: "u.t", credential_type: "AccessToken", secret: "a", target: "User.Read" } },
    Later: { anything: [1.5, { a: "\u{1F600}\"\\\n" }] },
  };
  app.getTokenCache().deserialize(JSON.stringify(foreign));
  await app.acquireTokenByClientCredential();
  const written = JSON.parse(app.getTokenCache().serialize());
  for (const name of ["Account", "RefreshToken", "Later"]) assert.deepEqual(written[name], foreign[name]);
  assert.deepEqual(written.AccessToken.user, foreign.AccessToken.user);
  assert.equal(Object.keys(written.AccessToken).length, 2);
});

test("a broken entry costs only itself", async () => {
  const source = client();
  const good = await source.acquireTokenByClientCredential();
  await source.acquireTokenByClientCredential({ authority: idp.authority("fabrikam") });
  const cache = JSON.parse(source.getTokenCache().serialize());
  const [goodKey, brokenKey] = Object.keys(cache.AccessToken).sort((a) => (a.includes(idp.tenants.contoso.id) ? -1 : 1));
  const whole = cache.AccessToken[brokenKey];
  const breaks = [null, 42, "x", [], {}, { ...whole, secret: "" }, { ...whole, secret: 7 }, { ...whole, expires_on: "soon" }, { ...whole, cached_at: undefined },
    { ...whole, expires_on: "1" , extended_expires_on: "1" }, { ...whole, secret: "a\r\nb" }, { ...whole, target: 'a"b' }, { ...whole, token_type: "pop" }];
  for (const broken of breaks) {
    const app = client();
    app.getTokenCache().deserialize(JSON.stringify({ ...cache, AccessToken: { [brokenKey]: broken, [goodKey]: cache.AccessToken[goodKey] } }));
    idp.clearLog();
    assert.equal((await app.acquireTokenByClientCredential()).accessToken, good.accessToken, JSON.stringify(broken));
    assert.equal((await app.acquireTokenByClientCredential({ authority: idp.authority("fabrikam") })).fromCache, false, JSON.stringify(broken));
    assert.equal(idp.tokenRequests().length, 1);
  }
});

test("an entry of another application is not served", async () => {
  const source = client();
  await source.acquireTokenByClientCredential();
  const { clientId, clientSecret } = idp.clients.noRoles;
  const other = client({ auth: { clientId, clientSecret } });
  other.getTokenCache().deserialize(source.getTokenCache().serialize());
  assert.equal((await other.acquireTokenByClientCredential()).fromCache, false);
});

test("an empty text is no cache, and changes nothing, as with MSAL", async () => {
  const app = client();
  await app.acquireTokenByClientCredential();
  app.getTokenCache().deserialize("");
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, true);
});

for (const text of ["{", "[]", "null", "42", '{"AccessToken":[]}']) {
  test(`no cache at all is refused: ${text}`, async () => {
    const app = client();
    await app.acquireTokenByClientCredential();
    const error = await failureOf(() => app.getTokenCache().deserialize(text));
    assert.ok(error instanceof ClientAuthError, `${error}`);
    assert.equal(error.errorCode, "invalid_cache_record");
    assert.equal((await app.acquireTokenByClientCredential()).fromCache, true, "what was there stays");
  });
}

test("the later token wins over an older one that is read in", async () => {
  let now = Date.now();
  const app = client({ system: { now: () => now } });
  await app.acquireTokenByClientCredential();
  const old = app.getTokenCache().serialize();
  now += 10_000;
  const { accessToken } = await app.acquireTokenByClientCredential({ forceRefresh: true });
  app.getTokenCache().deserialize(old);
  assert.equal((await app.acquireTokenByClientCredential()).accessToken, accessToken);
});

test("maxEntries bounds the cache: the least recently used goes first", async () => {
  const app = client({ cache: { maxEntries: 2 } });
  const ask = (tenant, form) => app.acquireTokenByClientCredential({ authority: idp.authority(tenant, form) });
  const a = ["contoso", "id"];
  const b = ["contoso", "initialDomain"];
  const c = ["fabrikam", "id"];
  await ask(...a);
  await ask(...b);
  await ask(...a);
  await ask(...c);
  assert.equal(entriesOf(app.getTokenCache().serialize()).length, 2);
  assert.equal((await ask(...a)).fromCache, true);
  assert.equal((await ask(...c)).fromCache, true);
  assert.equal((await ask(...b)).fromCache, false);
});

test("maxBytes bounds the cache too; a bound of nought keeps nothing", async () => {
  for (const cache of [{ maxBytes: 100 }, { maxEntries: 0 }]) {
    const app = client({ cache });
    for (let i = 0; i < 2; i++) assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
    assert.equal(entriesOf(app.getTokenCache().serialize()).length, 0);
  }
});

test("clearCache forgets everything", async () => {
  const app = client();
  await app.acquireTokenByClientCredential();
  await app.clearCache();
  assert.equal(entriesOf(app.getTokenCache().serialize()).length, 0);
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
});

test("what the schema cannot tell apart is not written: further parameters, other capabilities", async () => {
  const app = client();
  await app.acquireTokenByClientCredential({ extraQueryParameters: { dc: "x" } });
  await app.acquireTokenByClientCredential({ tokenBodyParameters: { dc: "x" } });
  await app.getToken([], { enableCae: true });
  assert.equal(idp.tokenRequests().length, 3, "each is another token here");
  assert.deepEqual(entriesOf(app.getTokenCache().serialize()), []);
});

test("entries with further key components stay in the cache file and serve no plain request", async () => {
  const source = client();
  await source.acquireTokenByClientCredential();
  const cache = JSON.parse(source.getTokenCache().serialize());
  const [[key, entry]] = Object.entries(cache.AccessToken);
  cache.AccessToken = { [`${key}-hash`]: { ...entry, additionalCacheKeyComponents: { fmi_path: "a/b" } } };
  const app = client();
  app.getTokenCache().deserialize(JSON.stringify(cache));
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
  assert.deepEqual(JSON.parse(app.getTokenCache().serialize()).AccessToken[`${key}-hash`], cache.AccessToken[`${key}-hash`]);
});

test("a cache filed under another name of the cloud is used", async () => {
  const theirs = msalClient();
  const written = await theirs.acquireTokenByClientCredential(REQUEST);
  const ours = clientAtEntra();
  ours.getTokenCache().deserialize(theirs.getTokenCache().serialize().replaceAll("login.windows.net", "login.microsoftonline.com"));
  const read = await ours.acquireTokenByClientCredential(REQUEST);
  assert.deepEqual([read.fromCache, read.accessToken], [true, written.accessToken]);
});

test("a second cache that is read in takes nothing of the first away", async () => {
  const app = client();
  app.getTokenCache().deserialize('{"Account":{"a":{}},"X":{"one":1}}');
  app.getTokenCache().deserialize('{"Account":{"b":{}},"X":{"two":2}}');
  const { Account, X } = JSON.parse(app.getTokenCache().serialize());
  assert.deepEqual([Account, X], [{ a: {}, b: {} }, { one: 1, two: 2 }]);
});

test("what was asked for before clearCache is not kept, and nobody joins it", async () => {
  const app = client();
  idp.fault({ times: 1, delayMs: 300 });
  const before = app.acquireTokenByClientCredential();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await app.clearCache();
  const after = await app.acquireTokenByClientCredential();
  assert.notEqual((await before).accessToken, after.accessToken);
  const hit = await app.acquireTokenByClientCredential();
  assert.deepEqual([hit.fromCache, hit.accessToken], [true, after.accessToken]);
});
