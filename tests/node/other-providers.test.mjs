// Identity providers of other makers, and Microsoft's that answer otherwise than Entra: AD FS and B2C.
import assert from "node:assert/strict";
import test from "node:test";
import { ConfidentialClientApplication } from "graph-token";
import { selfSignedCertificate } from "../idp/index.mjs";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { failureOf } from "../support.mjs";
import { ADA, REDIRECT_URI } from "./people.mjs";

const CLIENT_ID = "a-client";
const PATHS = { authorization_endpoint: "/authorize", token_endpoint: "/token", jwks_uri: "/keys" };

/** A provider with one key; `client` gives a client of it, `requests` what it was asked. */
async function provider(issuer, { alg = "RS256", listed = [alg], authority = issuer, protocolMode = "OIDC", claims = {}, token = {} } = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", use: "sig", alg };
  const person = { sub: "7" };
  const idToken = () => new SignJWT({ preferred_username: ADA, ...claims }).setProtectedHeader({ alg, kid: "one" }).setSubject(person.sub).setIssuer(issuer)
    .setAudience(CLIENT_ID).setIssuedAt().setNotBefore("0s").setExpirationTime("1h").sign(privateKey);
  const requests = [];
  const fetch = async (url, { body } = {}) => {
    requests.push({ url, body: new URLSearchParams(body) });
    if (url.includes("/.well-known/")) {
      const endpoints = Object.fromEntries(Object.entries(PATHS).map(([name, path]) => [name, issuer + path]));
      return Response.json({ issuer, ...endpoints, id_token_signing_alg_values_supported: listed });
    }
    if (new URL(url).pathname.endsWith("/keys")) return Response.json({ keys: [jwk] });
    return Response.json({ token_type: "Bearer", access_token: `opaque-${person.sub}`, expires_in: 3_600, refresh_token: "a-refresh-token", id_token: await idToken(), ...token });
  };
  const client = (cache, auth) => new ConfidentialClientApplication({
    auth: { clientId: CLIENT_ID, clientSecret: "a secret of some length", authority, knownAuthorities: [new URL(issuer).host], protocolMode, ...auth }, cache, system: { fetch },
  });
  return { client, requests, person, issuer, fetch };
}

const redeem = (app, scopes = ["things.read"]) => app.acquireTokenByCode({ code: "a-code", redirectUri: REDIRECT_URI, scopes });

for (const alg of ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]) {
  test(`a provider that signs by ${alg}, and says so`, async () => {
    const issuer = "https://idp.example/realms/one";
    const { client } = await provider(issuer, { alg });
    assert.equal((await redeem(client())).account.username, ADA);
    if (alg === "RS256") return;
    const silent = await provider(issuer, { alg, listed: ["RS256"] });
    assert.equal((await failureOf(redeem(silent.client()))).errorCode, "invalid_id_token");
  });
}

const WITHOUT_TENANTS = {
  "a provider whose issuer has a path": ["https://idp.example/realms/one", {}],
  "AD FS": ["https://fs.contoso.example/adfs", { protocolMode: "AAD" }],
};
for (const [name, [issuer, options]] of Object.entries(WITHOUT_TENANTS)) {
  test(`${name}: id_tokens name no tenant, and are the result's all the same`, async () => {
    const { client } = await provider(issuer, options);
    const app = client();
    const first = await redeem(app);
    const again = await app.acquireTokenSilent({ account: first.account, scopes: ["things.read"] });
    const [account] = await app.getTokenCache().getAllAccounts();
    assert.equal(again.fromCache, true);
    for (const { idToken, idTokenClaims, uniqueId, account } of [first, again]) {
      assert.equal(idToken.split(".").length, 3);
      assert.deepEqual([idTokenClaims.sub, uniqueId, account.idTokenClaims.sub], ["7", "7", "7"]);
    }
    assert.equal(account.idTokenClaims.sub, "7");
    // Who has no name has no empty one.
    assert.equal(account.name ?? account.username, ADA);
  });
}

const B2C = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_signin";
const IDENTITY = { protocolMode: "AAD", authority: B2C, claims: { tfp: "b2c_1_signin" }, token: { access_token: undefined, expires_in: undefined } };

test("B2C gives no access token where nothing but the user's identity is asked for", async () => {
  const { client, requests } = await provider(`${B2C}/v2.0`, IDENTITY);
  const app = client();
  const url = new URL(await app.getAuthCodeUrl({ redirectUri: REDIRECT_URI }));
  assert.equal(url.searchParams.get("scope"), "openid profile offline_access");
  for (const scopes of [[], ["openid"]]) {
    const result = await redeem(app, scopes);
    assert.deepEqual([result.accessToken, result.account.username, result.idTokenClaims.sub], ["", ADA, "7"]);
    assert.equal(requests.findLast(({ url }) => url.includes("/token")).body.get("scope"), "openid profile offline_access");
    const again = await app.acquireTokenSilent({ account: result.account, scopes: [] });
    assert.deepEqual([again.accessToken, again.fromCache], ["", false]);
  }
  assert.deepEqual(JSON.parse(app.getTokenCache().serialize()).AccessToken, {});
});

test("an access token that was asked for has to come, from B2C too", async () => {
  const { client } = await provider(`${B2C}/v2.0`, IDENTITY);
  const app = client();
  assert.equal((await failureOf(redeem(app, ["https://contoso.onmicrosoft.com/api/read"]))).errorCode, "invalid_token_response");
  assert.deepEqual(await app.getTokenCache().getAllAccounts(), []);
  const elsewhere = await provider("https://idp.example/realms/one", { token: { access_token: undefined } });
  assert.equal((await failureOf(redeem(elsewhere.client(), []))).errorCode, "invalid_token_response");
});

for (const stored of [false, true]) {
  test(`users whose names differ in case alone are two users${stored ? ", in a store, too" : ""}`, async () => {
    const { client, person } = await provider("https://idp.example/realms/one");
    const cache = { tokenStore: stored ? new Map() : undefined };
    const app = client(cache);
    const signedIn = [];
    for (const sub of ["alice", "Alice"]) {
      person.sub = sub;
      signedIn.push(await redeem(app));
    }
    const other = stored ? client(cache) : app;
    for (const [index, sub] of ["alice", "Alice"].entries()) {
      const { account } = signedIn[index];
      assert.equal(account.homeAccountId, sub);
      const result = await other.acquireTokenSilent({ account, scopes: ["things.read"] });
      assert.deepEqual([result.accessToken, result.uniqueId, result.fromCache], [`opaque-${sub}`, sub, true]);
    }
    assert.equal((await other.getTokenCache().getAllAccounts()).length, 2);
  });
}

/** Two providers behind one fetch. */
function together(...providers) {
  return (url, options) => providers.find(({ issuer }) => url.startsWith(`${issuer}/`)).fetch(url, options);
}

async function twoIssuers(one, other, more) {
  const both = [await provider(one, { token: { access_token: "of-one", refresh_token: "refresh-one" } }), await provider(other, { token: { access_token: "of-other", refresh_token: "refresh-other" }, ...more })];
  const system = { fetch: together(...both) };
  const app = new ConfidentialClientApplication({ auth: { clientId: CLIENT_ID, clientSecret: "a secret of some length", authority: one, knownAuthorities: [one, other].map((issuer) => new URL(issuer).host), protocolMode: "OIDC" }, system });
  const signIn = (authority) => app.acquireTokenByCode({ authority, code: `a-code-of-${authority}`, redirectUri: REDIRECT_URI, scopes: ["things.read"] });
  return { app, signIn, asked: (index) => both[index].requests.filter(({ url }) => url.includes("/token")).map(({ body }) => body.get("refresh_token")) };
}

test("two issuers on one host: neither gets the other's refresh token, or serves the other's access token", async () => {
  const [one, other] = ["https://idp.example/pool-a", "https://idp.example/pool-b"];
  // The other one names a tenant that it is not.
  const { app, signIn, asked } = await twoIssuers(one, other, { claims: { tid: "pool-a" } });
  const { account } = await signIn(one);
  await signIn(other);
  const silent = (authority, more) => app.acquireTokenSilent({ account, scopes: ["things.read"], authority, ...more });
  assert.equal((await silent(one)).accessToken, "of-one");
  assert.equal((await silent(other)).accessToken, "of-other");
  assert.equal((await silent(one, { forceRefresh: true })).accessToken, "of-one");
  assert.equal((await silent(other, { forceRefresh: true })).accessToken, "of-other");
  assert.deepEqual([asked(0), asked(1)], [[null, "refresh-one"], [null, "refresh-other"]]);
});

test("an account of another host is not this host's of the same name", async () => {
  const { app, signIn, asked } = await twoIssuers("https://a.example", "https://b.example");
  await signIn("https://a.example");
  const { account } = await signIn("https://b.example");
  assert.equal(account.environment, "b.example");
  for (const forceRefresh of [false, true]) {
    const error = await failureOf(app.acquireTokenSilent({ account, scopes: ["things.read"], authority: "https://a.example", forceRefresh }));
    assert.equal(error.errorCode, "no_tokens_found");
  }
  assert.deepEqual(asked(0), [null]);
});

for (const [kind, environment, authority] of [
  ["AD FS", "login.windows.net", "https://fs.example/adfs"], ["B2C", "login.windows.net", "https://other.b2clogin.com/other.onmicrosoft.com/b2c_1_x"],
  ["Entra", "fs.example", "https://login.microsoftonline.com/contoso.com"], ["another maker's provider", "login.windows.net", "https://idp.example/realm"],
]) {
  for (const stored of [false, true]) {
    test(`${kind} gets no refresh token of another provider's account${stored ? " out of a store" : ""}`, async () => {
      const entry = JSON.stringify({ RefreshToken: { one: { credential_type: "RefreshToken", home_account_id: "7", environment, client_id: CLIENT_ID, secret: "a-refresh-token" } } });
      const names = [];
      const tokenStore = { get: async (key) => (names.push(key), entry), set: async () => {}, delete: async () => {} };
      const app = new ConfidentialClientApplication({
        auth: { clientId: CLIENT_ID, clientSecret: "a secret of some length", authority, knownAuthorities: [new URL(authority).host], protocolMode: kind.startsWith("another") ? "OIDC" : "AAD" },
        cache: stored ? { tokenStore } : {}, system: { fetch: () => assert.fail("sent") },
      });
      if (!stored) app.getTokenCache().deserialize(entry);
      const error = await failureOf(app.acquireTokenSilent({ account: { homeAccountId: "7", environment, tenantId: "", username: ADA, localAccountId: "7" }, scopes: ["things.read"] }));
      assert.equal(error.errorCode, "no_tokens_found");
    });
  }
}

test("an environment may name the port that everybody knows, and be in capitals", async () => {
  const { client } = await provider("https://idp.example/realms/one");
  const app = client();
  const { account } = await redeem(app);
  assert.equal((await app.acquireTokenSilent({ account: { ...account, environment: "IDP.example:443" }, scopes: ["things.read"] })).fromCache, true);
});

test("a renewal names the scopes that the program named, OpenID Connect's too", async () => {
  const { client, requests } = await provider("https://idp.example/realms/one");
  const app = client();
  const { account } = await redeem(app, ["openid", "profile", "things.read"]);
  for (const scopes of [["openid", "profile", "things.read"], ["things.read"], []]) {
    await app.acquireTokenSilent({ account, scopes, forceRefresh: true });
    assert.equal(requests.at(-1).body.get("scope"), scopes.join(" ") || null);
  }
});

test("no query goes to another maker's endpoint but what the program wants", async () => {
  const { client, requests } = await provider("https://idp.example/realms/one");
  const app = client();
  const correlationId = "11111111-2222-4333-8444-555555555555";
  await app.acquireTokenByClientCredential({ scopes: ["a"], correlationId });
  await app.acquireTokenByClientCredential({ scopes: ["b"], correlationId, extraQueryParameters: { tenant: "x" } });
  const [one, other] = requests.filter(({ url }) => url.includes("/token"));
  assert.deepEqual([one.url, other.url], ["https://idp.example/realms/one/token", "https://idp.example/realms/one/token?tenant=x"]);
  assert.equal(one.body.get("client-request-id"), correlationId);
});

test("other makers' servers may take each assertion once: none is sent twice", async () => {
  const { client, requests } = await provider("https://idp.example/realms/one");
  const { privateKey, certificate } = selfSignedCertificate({ commonName: "once" });
  const app = client(undefined, { clientSecret: undefined, clientCertificate: { privateKey, certificate } });
  for (const scope of ["a", "b"]) await app.acquireTokenByClientCredential({ scopes: [scope] });
  const assertions = requests.filter(({ url }) => url.includes("/token")).map(({ body }) => body.get("client_assertion"));
  assert.equal(new Set(assertions).size, 2);
});

/** A plugin over one text. */
function plugin() {
  let blob = "";
  return {
    beforeCacheAccess: async ({ tokenCache }) => tokenCache.deserialize(blob),
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      if (cacheHasChanged) blob = tokenCache.serialize();
    },
  };
}

for (const issuer of ["https://idp.example", "https://idp.example/", "https://idp.example/one", "https://idp.example/realms/one"]) {
  test(`a cachePlugin has the tokens of ${issuer}`, async () => {
    const { client } = await provider(issuer, { authority: issuer });
    const cachePlugin = plugin();
    const app = client({ cachePlugin });
    const { account } = await redeem(app);
    const ask = async (app) => [(await app.acquireTokenByClientCredential({ scopes: ["a"] })).fromCache, (await app.acquireTokenSilent({ account, scopes: ["things.read"] })).fromCache];
    assert.deepEqual([await ask(app), await ask(app), await ask(client({ cachePlugin }))], [[false, true], [true, true], [true, true]]);
  });
}

test("a user's token is no application's, though nobody says whose it is", async () => {
  const { client } = await provider("https://idp.example/realms/one", { token: { id_token: undefined, refresh_token: undefined, scope: "a" } });
  const cachePlugin = plugin();
  const app = client({ cachePlugin });
  await redeem(app, ["a"]);
  assert.deepEqual(JSON.parse(app.getTokenCache().serialize()).AccessToken, {});
  for (const other of [app, client({ cachePlugin })]) {
    const { fromCache, tenantId } = await other.acquireTokenByClientCredential({ scopes: ["a"] });
    assert.deepEqual([fromCache, tenantId], [other !== app, "one"]);
  }
});

test("endpoints that seem to be on this machine are not", async () => {
  for (const token_endpoint of ["http://evil.example?.localhost/t", "http://evil.example;.localhost/t", "http://127.0.0.1.evil.example/t", "http://localhost@evil.example/t", "http://evil.example/t"]) {
    const authorityMetadata = JSON.stringify({ token_endpoint, issuer: "https://idp.example" });
    const error = await failureOf(async () => new ConfidentialClientApplication({ auth: { clientId: CLIENT_ID, clientSecret: "s", authority: "https://idp.example", knownAuthorities: ["idp.example"], protocolMode: "OIDC", authorityMetadata },
      system: { fetch: () => assert.fail("sent") } }).acquireTokenByClientCredential({ scopes: ["a"] }));
    assert.equal(error.errorCode, "invalid_authority_metadata", token_endpoint);
  }
});

test("who grants what was asked for need not say so", async () => {
  const { client } = await provider("https://idp.example/realms/one");
  const app = client();
  const first = await redeem(app);
  assert.deepEqual(first.scopes, ["things.read"]);
  const again = await app.acquireTokenSilent({ account: first.account, scopes: ["things.read"] });
  assert.deepEqual([again.scopes, again.fromCache], [["things.read"], true]);
});
