// Users who have signed in: what was kept serves them from then on, until they sign out or have to sign in anew.
import assert from "node:assert/strict";
import test from "node:test";
import { InteractionRequiredAuthError, NetworkError } from "graph-token";
import { failureOf, services, until } from "../support.mjs";
import { ADA, BLAISE, FAY, people, REDIRECT_URI, SCOPES } from "./people.mjs";

const all = await services();
const { idp } = all;
const { web, signedIn, homeIdOf } = people(all);
const { contoso, fabrikam } = idp.tenants;
const OTHER = ["Mail.Read"];
const apiScopes = [`api://${idp.clients.api.clientId}/access_as_user`];
const grants = () => idp.tokenRequests().map(({ body }) => body.grant_type);
const refusal = (code, more) => ({ status: 400, body: { error: "invalid_grant", error_description: `AADSTS${code}: no`, error_codes: [code], ...more } });
/** What the cache holds of refresh tokens. */
const refreshTokens = (app) => Object.values(JSON.parse(app.getTokenCache().serialize()).RefreshToken).map(({ secret }) => secret);

test("silently: from the cache, for fewer scopes too, each time a copy", async () => {
  const app = web();
  const first = await signedIn(app, { scopes: ["User.Read", "Mail.Read"] });
  idp.clearLog();
  const { account } = first;
  for (const scopes of [["User.Read", "Mail.Read"], ["mail.read"], ["User.Read"], []]) {
    const hit = await app.acquireTokenSilent({ account, scopes });
    assert.deepEqual([hit.fromCache, hit.accessToken], [true, first.accessToken], `${scopes}`);
    assert.equal(hit.account.username, ADA);
    hit.account.username = hit.idTokenClaims.name = "changed";
    hit.account.tenantProfiles.clear();
    hit.expiresOn.setFullYear(1990);
    hit.scopes.length = 0;
  }
  assert.deepEqual(grants(), []);
  const { correlationId } = await app.acquireTokenSilent({ account, scopes: SCOPES, correlationId: "11111111-2222-4333-8444-555555555555" });
  assert.equal(correlationId, "11111111-2222-4333-8444-555555555555");
});

test("a user's token in a cache is no application's, nor another user's, whatever it says that it is found by", async () => {
  const app = web();
  const { account } = await signedIn(app, { loginHint: ADA });
  const blob = JSON.parse(app.getTokenCache().serialize());
  const [token] = Object.values(blob.AccessToken);
  const { environment, realm, client_id: clientId, target, home_account_id: home } = token;
  const scopes = target.toLowerCase().split(" ").sort().join(" ");
  for (const key of [`app\n${environment}/${realm}\n${clientId}\nhttps://graph.microsoft.com/.default`, `user\n${environment}/${realm}\n${clientId}\n${scopes}\n${homeIdOf(BLAISE)}`]) {
    const other = web();
    token.graph_token = { key, location: `${environment}/${realm}`, asked: target, variant: "" };
    other.getTokenCache().deserialize(JSON.stringify(blob));
    idp.clearLog();
    const result = await other.acquireTokenByClientCredential({ authority: idp.authority("contoso") });
    assert.deepEqual([result.fromCache, idp.tokenRequests().length], [false, 1], key);
    assert.notEqual(result.accessToken, token.secret);
    const silent = await failureOf(other.acquireTokenSilent({ account: { ...account, homeAccountId: homeIdOf(BLAISE) }, scopes: SCOPES }));
    assert.equal(silent.errorCode, "no_tokens_found", home);
  }
});

test("an account that went through JSON serves as well", async () => {
  const app = web();
  const { account } = await signedIn(app);
  assert.equal((await app.acquireTokenSilent({ account: JSON.parse(JSON.stringify(account)), scopes: SCOPES })).fromCache, true);
});

test("silently: more scopes, another resource and another tenant by the one refresh token", async () => {
  const app = web({ auth: { authority: idp.authority("common") } });
  const { account } = await signedIn(app, { loginHint: ADA });
  const [refreshToken] = refreshTokens(app);
  idp.clearLog();
  for (const request of [{ scopes: OTHER }, { scopes: apiScopes }, { scopes: SCOPES, authority: idp.authority("fabrikam") }]) {
    for (const fromCache of [false, true]) {
      const result = await app.acquireTokenSilent({ account, ...request });
      assert.equal(result.fromCache, fromCache, JSON.stringify(request));
      assert.equal(result.account.homeAccountId, account.homeAccountId);
    }
  }
  assert.deepEqual(grants(), Array(3).fill("refresh_token"));
  assert.equal(idp.tokenRequests()[0].body.refresh_token, refreshToken);
  assert.match(idp.tokenRequests()[0].headers["x-anchormailbox"], /^Oid:/);
  const profiles = (await app.getTokenCache().getAllAccounts()).map(({ tenantId }) => tenantId);
  assert.deepEqual(profiles.sort(), [contoso.id, fabrikam.id]);
});

for (const request of [{ forceRefresh: true }, { claims: '{"access_token":{"nbf":{"essential":true}}}' }]) {
  test(`silently: ${Object.keys(request)[0]} asks anew, and what comes takes the old one's place`, async () => {
    const app = web();
    const { account, accessToken } = await signedIn(app);
    const renewed = await app.acquireTokenSilent({ account, scopes: SCOPES, ...request });
    assert.deepEqual([renewed.fromCache, renewed.accessToken === accessToken], [false, false]);
    assert.equal((await app.acquireTokenSilent({ account, scopes: SCOPES })).accessToken, renewed.accessToken);
  });
}

test("a rotated refresh token is used from then on; where none comes, the old one is", async () => {
  const app = web();
  const { account } = await signedIn(app);
  const renew = async () => {
    idp.clearLog();
    await app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
    return idp.tokenRequests()[0].body.refresh_token;
  };
  const [first] = refreshTokens(app);
  assert.equal(await renew(), first);
  const [second] = refreshTokens(app);
  assert.notEqual(second, first);
  idp.onToken = (_form, { refresh_token, ...body }) => body;
  try {
    assert.equal(await renew(), second);
    assert.equal(await renew(), second);
  } finally {
    idp.onToken = undefined;
  }
});

for (const [name, fault] of [["expired", refusal(700082)], ["revoked", refusal(50173)], ["a bad token", refusal(70000, { suberror: "bad_token" })]]) {
  test(`a dead refresh token is forgotten, and the user has to sign in: ${name}`, async () => {
    const app = web();
    const { account } = await signedIn(app);
    idp.fault(fault);
    const error = await failureOf(app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }));
    assert.ok(error instanceof InteractionRequiredAuthError, `${error}`);
    assert.match(error.hint, /sign in/i);
    assert.deepEqual(refreshTokens(app), []);
    assert.equal((await app.acquireTokenSilent({ account, scopes: SCOPES })).fromCache, true, "the access token still serves");
    idp.clearLog();
    assert.equal((await failureOf(app.acquireTokenSilent({ account, scopes: OTHER }))).errorCode, "no_tokens_found");
    assert.deepEqual(grants(), []);
  });
}

test("more proof is asked for: the claims come out, and go into the next sign-in", async () => {
  const app = web();
  const { account } = await signedIn(app);
  const claims = '{"access_token":{"capolids":{"essential":true,"values":["c1"]}}}';
  idp.fault(refusal(50076, { error: "interaction_required", suberror: "basic_action", claims }));
  const error = await failureOf(app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }));
  assert.ok(error instanceof InteractionRequiredAuthError, `${error}`);
  assert.deepEqual(JSON.parse(error.claims), JSON.parse(claims));
  assert.equal(refreshTokens(app).length, 1, "the refresh token is good");
  const url = new URL(await app.getAuthCodeUrl({ scopes: SCOPES, redirectUri: REDIRECT_URI, account, claims: error.claims }));
  assert.deepEqual(JSON.parse(url.searchParams.get("claims")).access_token.capolids, JSON.parse(claims).access_token.capolids);
});

test("without an account, or with one that nobody knows", async () => {
  const app = web();
  assert.equal((await failureOf(app.acquireTokenSilent({ scopes: SCOPES }))).errorCode, "no_account_in_silent_request");
  const { account } = await signedIn(app);
  const stranger = { ...account, homeAccountId: "someone.else" };
  const error = await failureOf(app.acquireTokenSilent({ account: stranger, scopes: SCOPES }));
  assert.ok(error instanceof InteractionRequiredAuthError, `${error}`);
  assert.equal(error.errorCode, "no_tokens_found");
});

test("accounts: all, by home id, by local id; removed, one alone and with all its tokens", async () => {
  const app = web();
  const cache = app.getTokenCache();
  for (const login of [ADA, BLAISE, FAY]) await signedIn(app, { login });
  assert.deepEqual((await cache.getAllAccounts()).map(({ username }) => username).sort(), [ADA, BLAISE, FAY]);
  const ada = await cache.getAccountByHomeId(homeIdOf(ADA));
  assert.equal(ada.username, ADA);
  assert.equal((await cache.getAccountByLocalId(idp.directory.user(contoso, FAY).oid)).homeAccountId, homeIdOf(FAY));
  for (const id of ["nobody", "", undefined]) {
    assert.equal(await cache.getAccountByHomeId(id), null);
    assert.equal(await cache.getAccountByLocalId(id), null);
  }
  await cache.removeAccount(ada);
  assert.deepEqual((await cache.getAllAccounts()).map(({ username }) => username).sort(), [BLAISE, FAY]);
  assert.doesNotMatch(cache.serialize(), new RegExp(`${ADA}|${homeIdOf(ADA)}`));
  assert.equal((await failureOf(app.acquireTokenSilent({ account: ada, scopes: SCOPES }))).errorCode, "no_tokens_found");
  assert.equal((await app.acquireTokenSilent({ account: await cache.getAccountByHomeId(homeIdOf(BLAISE)), scopes: SCOPES })).fromCache, true);
});

test("who is removed while a token is being renewed does not come back", async () => {
  const app = web();
  const { account } = await signedIn(app);
  idp.fault({ delayMs: 200 });
  idp.clearLog();
  const renewing = app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
  await until(() => grants().length === 1);
  await app.getTokenCache().removeAccount(account);
  assert.ok((await renewing).accessToken);
  assert.deepEqual(await app.getTokenCache().getAllAccounts(), []);
  assert.deepEqual(refreshTokens(app), []);
});

test("by a refresh token: kept with forceCache or where the account is known, whoever else asks at once", async () => {
  const source = web();
  await signedIn(source);
  const [refreshToken] = refreshTokens(source);
  const request = { refreshToken, scopes: SCOPES };
  const app = web();
  const result = await app.acquireTokenByRefreshToken(request);
  assert.equal(result.account.username, ADA);
  assert.deepEqual(await app.getTokenCache().getAllAccounts(), []);
  await Promise.all([app.acquireTokenByRefreshToken(request), app.acquireTokenByRefreshToken({ ...request, forceCache: true })]);
  assert.equal((await app.getTokenCache().getAllAccounts()).length, 1);
  const { accessToken } = await app.acquireTokenByRefreshToken(request);
  assert.equal((await app.acquireTokenSilent({ account: result.account, scopes: SCOPES })).accessToken, accessToken);
  assert.equal((await failureOf(app.acquireTokenByRefreshToken({ scopes: SCOPES }))).errorCode, "request_cannot_be_made");
});

test("a hundred identical renewals at once are one request", async () => {
  const app = web();
  const { account } = await signedIn(app);
  idp.clearLog();
  const results = await Promise.all(Array.from({ length: 100 }, () => app.acquireTokenSilent({ account, scopes: OTHER })));
  assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1);
  assert.equal(new Set(results.map(({ account }) => account)).size, 100);
  assert.equal(grants().length, 1);
});

test("a caller's signal and time limit end its own wait", async () => {
  const app = web();
  const { account } = await signedIn(app);
  idp.clearLog();
  idp.fault({ hang: true, times: 2 });
  const controller = new AbortController();
  const left = failureOf(app.acquireTokenSilent({ account, scopes: OTHER, signal: controller.signal }));
  await until(() => grants().length === 1);
  controller.abort();
  assert.equal((await left).name, "AbortError");
  const late = await failureOf(app.acquireTokenSilent({ account, scopes: OTHER, timeoutMs: 100 }));
  assert.ok(late instanceof NetworkError, `${late}`);
  assert.equal(late.subError, "timeout");
  assert.equal((await app.acquireTokenSilent({ account, scopes: OTHER })).fromCache, false);
});

test("a user's token is renewed ahead while it is served", async () => {
  let now = Date.now();
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600, refresh_in: 1000 });
  const app = web({ system: { now: () => now } });
  const { account, accessToken } = await signedIn(app);
  now += 1_100_000;
  idp.clearLog();
  const due = await app.acquireTokenSilent({ account, scopes: SCOPES });
  assert.deepEqual([due.fromCache, due.accessToken], [true, accessToken]);
  await until(async () => (await app.acquireTokenSilent({ account, scopes: SCOPES })).accessToken !== accessToken, "the renewed token");
  assert.deepEqual(grants(), ["refresh_token"]);
});

test("clearCache signs everybody out of the cache", async () => {
  const app = web();
  const { account } = await signedIn(app);
  await app.clearCache();
  assert.deepEqual(await app.getTokenCache().getAllAccounts(), []);
  assert.equal((await failureOf(app.acquireTokenSilent({ account, scopes: SCOPES }))).errorCode, "no_tokens_found");
});

test("where a provider takes each refresh token once, calls spend them one after the other", async () => {
  const app = web({ auth: { authority: `${idp.origin}/${contoso.id}/v2.0`, protocolMode: "OIDC" } });
  const { account } = await signedIn(app, { scopes: ["https://graph.microsoft.com/User.Read"] });
  idp.clearLog();
  idp.fault({ times: 2, delayMs: 100 });
  await Promise.all(["User.Read", "Mail.Read"].map((scope) =>
    app.acquireTokenSilent({ account, scopes: [`https://graph.microsoft.com/${scope}`], forceRefresh: true })));
  const [first, second] = idp.tokenRequests();
  assert.equal(second.body.refresh_token, first.response.refresh_token);
});

for (const [what, more, isRight] of [
  ["gives up", () => ({ signal: AbortSignal.timeout(100) }), ({ name }) => name === "TimeoutError"],
  ["has no more time", () => ({ timeoutMs: 100 }), ({ errorCode, subError }) => errorCode === "network_error" && subError === "timeout"],
]) {
  test(`where a provider takes each refresh token once, what comes for one is kept, though who asked ${what}`, async () => {
    const app = web({ auth: { authority: `${idp.origin}/${contoso.id}/v2.0`, protocolMode: "OIDC" } });
    const scopes = ["https://graph.microsoft.com/User.Read"];
    const { account } = await signedIn(app, { scopes });
    idp.clearLog();
    idp.fault({ delayMs: 400 });
    const silent = (more) => app.acquireTokenSilent({ account, scopes, forceRefresh: true, ...more });
    const [error, other] = await Promise.all([failureOf(silent(more())), failureOf(silent({ ...more(), correlationId: crypto.randomUUID() }))]);
    for (const one of [error, other]) assert.ok(isRight(one), String(one));
    // Who asks the same meanwhile waits for the same.
    const tokens = [await silent(), await silent()].map(({ accessToken }) => accessToken);
    const [first, second, ...further] = idp.tokenRequests();
    assert.equal(second.body.refresh_token, first.response.refresh_token);
    assert.deepEqual(tokens, [first.response.access_token, second.response.access_token]);
    assert.deepEqual(further, []);
  });
}

test("where a provider takes each refresh token once, a token that still serves is served where the time limit passes", async () => {
  let now = Date.now();
  const app = web({ auth: { authority: `${idp.origin}/${contoso.id}/v2.0`, protocolMode: "OIDC" }, system: { now: () => now } });
  const request = { scopes: ["https://graph.microsoft.com/User.Read"] };
  const { account, accessToken } = await signedIn(app, request);
  now += 3_450e3;
  for (const timeoutMs of [300, undefined]) {
    idp.fault({ delayMs: 700 });
    const result = await app.acquireTokenSilent({ ...request, account, timeoutMs });
    assert.equal(result.accessToken === accessToken, timeoutMs !== undefined);
  }
  idp.fault({ delayMs: 300 });
  assert.equal((await app.acquireTokenSilent({ ...request, account, forceRefresh: true, timeoutMs: null })).fromCache, false);
});

test("where a provider takes each refresh token once, whose turn has not come is not sent when nobody waits", async () => {
  const app = web({ auth: { authority: `${idp.origin}/${contoso.id}/v2.0`, protocolMode: "OIDC" } });
  const scopes = ["User.Read", "Mail.Read"].map((scope) => [`https://graph.microsoft.com/${scope}`]);
  const { account } = await signedIn(app, { scopes: scopes[0] });
  idp.clearLog();
  idp.fault({ delayMs: 400 });
  const first = app.acquireTokenSilent({ account, scopes: scopes[0], forceRefresh: true });
  await failureOf(app.acquireTokenSilent({ account, scopes: scopes[1], signal: AbortSignal.timeout(50) }));
  await first;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(idp.tokenRequests().length, 1);
});

test("accounts stay in the order in which people signed in", async () => {
  const app = web();
  const { account } = await signedIn(app);
  await signedIn(app, { login: BLAISE });
  await app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
  const names = async () => (await app.getTokenCache().getAllAccounts()).map(({ username }) => username);
  assert.deepEqual(await names(), [ADA, BLAISE]);
  const other = web();
  other.getTokenCache().deserialize(app.getTokenCache().serialize());
  assert.deepEqual((await other.getTokenCache().getAllAccounts()).map(({ username }) => username), [ADA, BLAISE]);
});

test("who was granted less than asked for is not served that again: the provider is asked, as by MSAL", async () => {
  const app = web();
  const asked = ["User.Read", "Mail.Read"];
  let granted = ["User.Read"];
  idp.onToken = (_form, body) => ({ ...body, scope: granted.join(" ") });
  try {
    const { account, scopes } = await signedIn(app, { scopes: asked });
    assert.deepEqual(scopes, granted);
    idp.clearLog();
    assert.equal((await app.acquireTokenSilent({ account, scopes: ["User.Read"] })).fromCache, true);
    for (let i = 0; i < 2; i++) assert.equal((await app.acquireTokenSilent({ account, scopes: asked })).fromCache, false);
    granted = asked;
    assert.deepEqual((await app.acquireTokenSilent({ account, scopes: asked })).scopes, asked);
    assert.equal((await app.acquireTokenSilent({ account, scopes: asked })).fromCache, true);
    assert.equal(idp.tokenRequests().length, 3);
  } finally {
    idp.onToken = undefined;
  }
});

test("a provider may write the scopes that it grants in another way", async () => {
  const app = web();
  for (const [asked, granted] of [["https://graph.microsoft.com/User.Read", "User.Read"], ["User.Read", "https://graph.microsoft.com/User.Read"], ["api://abc/x", "x"], ["11111111-1111-4111-8111-111111111111/read", "api://11111111-1111-4111-8111-111111111111/read"]]) {
    const { account } = await signedIn(app);
    idp.onToken = (_form, body) => ({ ...body, scope: granted });
    idp.fault({ status: 200, body: { token_type: "Bearer", access_token: `at-${asked}`, expires_in: 3600, scope: granted } });
    try {
      assert.equal((await app.acquireTokenSilent({ account, scopes: [asked], forceRefresh: true })).fromCache, false);
      assert.equal((await app.acquireTokenSilent({ account, scopes: [asked] })).fromCache, true, `${asked}, granted as ${granted}`);
    } finally {
      idp.onToken = undefined;
    }
  }
});
