// id_tokens: in whose name they are, with which key they are signed, and how a test has wrong ones.
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, beforeEach, test } from "node:test";
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, exportSPKI, importJWK, jwtVerify } from "jose";
import { answerOf, selfSignedCertificate, signIn, startGraph, startIdentityProvider } from "./index.mjs";

const ENTRA = "https://login.microsoftonline.com";
const idp = await startIdentityProvider({ aliases: [ENTRA], issuer: ENTRA });
const graph = await startGraph({ idp });
after(() => Promise.all([idp.close(), graph.close()]));
beforeEach(() => {
  idp.onIdToken = undefined;
});

const { web, api } = idp.clients;
const { contoso } = idp.tenants;
const ISSUER = `${ENTRA}/${contoso.id}/v2.0`;
const redirect_uri = "http://localhost/auth";

async function ask(app, fields) {
  const response = await fetch(`${idp.authority("contoso")}/oauth2/v2.0/token`, { method: "POST",
    body: new URLSearchParams({ client_id: app.clientId, client_secret: app.clientSecret, ...fields }) });
  const body = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return body;
}

async function codeOf({ scope = "openid profile offline_access User.Read" } = {}) {
  const url = new URL(`${idp.authority("contoso")}/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({ client_id: web.clientId, response_type: "code", redirect_uri, scope, nonce: "n1" });
  return answerOf(await signIn(url)).code;
}

const redeem = (code) => ask(web, { grant_type: "authorization_code", code, redirect_uri });
const signedIn = async (options) => redeem(await codeOf(options));
const idToken = async () => (await signedIn()).id_token;
const read = async (path) => (await fetch(idp.origin + path)).json();
const verify = (token, keys = idp.jwks()) => jwtVerify(token, createLocalJWKSet(keys), { issuer: ISSUER, audience: web.clientId, algorithms: ["RS256"] });

test("id_tokens, version 2 access tokens, keys and discovery are in the issuer's name", async () => {
  const body = await signedIn({ scope: `openid api://${api.clientId}/access_as_user` });
  assert.equal((await verify(body.id_token)).payload.nonce, "n1");
  assert.equal(decodeJwt(body.access_token).iss, ISSUER);
  assert.equal((await read(`/${contoso.id}/discovery/v2.0/keys`)).keys[0].issuer, ISSUER);
  assert.equal((await read("/common/discovery/v2.0/keys")).keys[0].issuer, `${ENTRA}/{tenantid}/v2.0`);
  const discovery = await read(`/${contoso.id}/v2.0/.well-known/openid-configuration`);
  assert.equal(discovery.issuer, ISSUER);
  for (const name of ["token_endpoint", "authorization_endpoint", "jwks_uri", "end_session_endpoint", "device_authorization_endpoint"]) {
    assert.ok(discovery[name].startsWith(`${ENTRA}/${contoso.id}/`), discovery[name]);
  }
});

test("an API swaps a token in the issuer's name for one that Graph takes", async () => {
  const { access_token: assertion } = await signedIn({ scope: `openid api://${api.clientId}/access_as_user` });
  const { access_token } = await ask(api, { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion,
    requested_token_use: "on_behalf_of", scope: "https://graph.microsoft.com/User.Read" });
  const me = await fetch(`${graph.origin}/v1.0/me`, { headers: { authorization: `Bearer ${access_token}` } });
  assert.equal((await me.json()).userPrincipalName, "ada@contoso.example");
});

test("a rotated key signs what comes after, and the old one stays until it is dropped", async () => {
  const code = await codeOf();
  const keys = idp.jwks();
  const first = await signedIn();
  const kid = await idp.rotateKeys();
  // A code from before is redeemed with the new key.
  const second = await redeem(code);
  for (const name of ["id_token", "access_token"]) assert.equal(decodeProtectedHeader(second[name]).kid, kid);
  await assert.rejects(verify(second.id_token, keys), { code: "ERR_JWKS_NO_MATCHING_KEY" });
  const published = createRemoteJWKSet(new URL(`${idp.authority("contoso")}/discovery/v2.0/keys`));
  for (const token of [first.id_token, second.id_token, first.access_token, second.access_token]) await jwtVerify(token, published);
  const last = await idp.rotateKeys({ drop: true });
  assert.deepEqual((await read("/common/discovery/v2.0/keys")).keys.map((key) => key.kid), [last]);
  const renewed = await ask(web, { grant_type: "refresh_token", refresh_token: first.refresh_token, scope: "openid User.Read" });
  assert.equal((await verify(renewed.id_token)).protectedHeader.kid, last);
});

test("the hook changes claims, which stay signed", async () => {
  idp.onIdToken = (claims) => ({ ...claims, aud: "another", nonce: undefined });
  const token = await idToken();
  await assert.rejects(verify(token), { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "aud" });
  const { payload } = await jwtVerify(token, createLocalJWKSet(idp.jwks()), { issuer: ISSUER, audience: "another" });
  assert.equal(payload.nonce, undefined);
  idp.onIdToken = async (claims) => ({ ...claims, exp: claims.iat - 3600 });
  await assert.rejects(async () => verify(await idToken()), { code: "ERR_JWT_EXPIRED" });
  idp.onIdToken = () => "no token at all";
  assert.equal(await idToken(), "no token at all");
});

test("the hook changes algorithm, key id and key", async () => {
  idp.onIdToken = (claims, header) => idp.signIdToken(claims, { ...header, alg: "none" });
  const unsigned = await idToken();
  assert.equal(decodeProtectedHeader(unsigned).alg, "none");
  assert.equal(decodeJwt(unsigned).iss, ISSUER);
  assert.match(unsigned, /\.$/);

  // Signed with what is published, which anybody can do.
  idp.onIdToken = (claims) => idp.signIdToken(claims, { alg: "HS256" });
  const pem = await exportSPKI(await importJWK(idp.jwks().keys[0], "RS256"));
  const confused = await idToken();
  await jwtVerify(confused, Buffer.from(`${pem.trim()}\n`), { algorithms: ["HS256"] });

  const foreign = selfSignedCertificate();
  idp.onIdToken = (claims) => idp.signIdToken(claims, { key: foreign.privateKey });
  const forged = await idToken();
  await assert.rejects(verify(forged), { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
  await jwtVerify(forged, createPublicKey(foreign.certificate));

  idp.onIdToken = (claims) => idp.signIdToken(claims, { kid: "unknown" });
  await assert.rejects(async () => verify(await idToken()), { code: "ERR_JWKS_NO_MATCHING_KEY" });
  idp.onIdToken = (claims) => idp.signIdToken(claims, { kid: null });
  assert.equal(decodeProtectedHeader(await idToken()).kid, undefined);
});
