// The grants that have a person in them: authorization code, refresh token, on-behalf-of, device code.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { answerOf, signIn, startGraph, startIdentityProvider } from "./index.mjs";

const idp = await startIdentityProvider({ deviceIntervalSeconds: 1 });
const graph = await startGraph({ idp });
after(() => Promise.all([idp.close(), graph.close()]));

const { web, spa, device, api } = idp.clients;
const contoso = idp.tenants.contoso;
const PAGE = { origin: "http://localhost:4000" };
const OIDC = "openid profile offline_access";

function authorizeUrl(app, { authority = idp.authority("contoso"), verifier, ...more } = {}) {
  const url = new URL(`${authority}/oauth2/v2.0/authorize`);
  const challenge = verifier && createHash("sha256").update(verifier).digest("base64url");
  const query = { client_id: app.clientId, response_type: "code", redirect_uri: "http://localhost:4000/auth", scope: `${OIDC} User.Read`,
    state: "s1", nonce: "n1", client_info: "1", ...(challenge ? { code_challenge: challenge, code_challenge_method: "S256" } : {}), ...more };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

async function token(app, fields, { authority = idp.authority("contoso"), headers = {} } = {}) {
  const form = { client_id: app.clientId, ...(app.clientSecret ? { client_secret: app.clientSecret } : {}), client_info: "1", ...fields };
  const response = await fetch(`${authority}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(form), headers });
  return { status: response.status, body: await response.json() };
}

async function codeOf(app, options = {}, person = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const answer = answerOf(await signIn(authorizeUrl(app, { verifier, ...options }), person));
  return { ...answer, verifier };
}

const redeem = (app, { code, verifier }, { headers, authority, ...more } = {}) => token(app, { grant_type: "authorization_code", code,
  code_verifier: verifier, redirect_uri: "http://localhost:4000/auth", ...more }, { headers, authority });

function verify(jwt, options) {
  return jwtVerify(jwt, createLocalJWKSet(idp.jwks()), options);
}

test("authorization code: web, with id_token, client_info and a token Graph takes", async () => {
  const answer = await codeOf(web);
  assert.equal(answer.state, "s1");
  assert.equal(answer.iss, undefined);
  assert.ok(answer.session_state);
  assert.ok(answer.client_info);
  const { status, body } = await redeem(web, answer, { scope: `User.Read ${OIDC}` });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.scope, "openid profile User.Read");
  assert.ok(body.refresh_token);
  const { payload } = await verify(body.id_token, { issuer: `${idp.origin}/${contoso.id}/v2.0`, audience: web.clientId });
  const user = contoso.users.get("ada@contoso.example");
  assert.equal(payload.nonce, "n1");
  assert.equal(payload.tid, contoso.id);
  assert.equal(payload.oid, user.oid);
  assert.equal(payload.preferred_username, user.upn);
  assert.equal(payload.ver, "2.0");
  assert.deepEqual(JSON.parse(Buffer.from(body.client_info, "base64url")), { uid: user.oid, utid: contoso.id });
  const access = decodeJwt(body.access_token);
  assert.equal(access.scp, "User.Read");
  assert.equal(access.oid, user.oid);
  assert.equal(access.sub, payload.sub);
  const me = await fetch(`${graph.origin}/v1.0/me`, { headers: { authorization: `Bearer ${body.access_token}` } });
  assert.equal(me.status, 200);
  assert.equal((await me.json()).userPrincipalName, user.upn);
  const again = await redeem(web, answer);
  assert.deepEqual([again.status, again.body.error, again.body.error_codes], [400, "invalid_grant", [54005]]);
});

test("authorization code: a page needs PKCE, a fragment, and its Origin", async () => {
  const answer = await codeOf(spa, { response_mode: "fragment" });
  const without = await redeem(spa, answer);
  assert.deepEqual(without.body.error_codes, [9002327]);
  const wrong = await redeem(spa, { ...answer, verifier: "x".repeat(43) }, { headers: PAGE });
  assert.deepEqual(wrong.body.error_codes, [501481]);
  const { status, body } = await redeem(spa, answer, { headers: PAGE });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.refresh_token_expires_in, 86400);
  assert.deepEqual((await redeem(web, await codeOf(web), { headers: PAGE })).body.error_codes, [9002326]);
});

test("single sign-on, prompt=none, another tenant, an unregistered redirect URI, a refusal", async () => {
  const jar = new Map();
  const silent = await codeOf(web, { prompt: "none" }, { jar });
  assert.equal(silent.error, "login_required");
  assert.match(silent.error_description, /^AADSTS50058/);
  await codeOf(web, {}, { jar });
  assert.ok((await codeOf(web, { prompt: "none" }, { jar })).code);
  assert.ok((await codeOf(web, { prompt: "consent" }, { jar })).code);
  const out = new URL(`${idp.authority("contoso")}/oauth2/v2.0/logout?state=s2&post_logout_redirect_uri=http://localhost:4000/auth`);
  assert.equal((await signIn(out, { jar })).href, "http://localhost:4000/auth?state=s2");
  assert.equal((await codeOf(web, { prompt: "none" }, { jar })).error, "login_required");
  const consent = await fetch(`${idp.authority("contoso")}/adminconsent?client_id=${web.clientId}&state=s3&redirect_uri=http://localhost:4000/auth`, { redirect: "manual" });
  assert.equal(consent.headers.get("location"), `http://localhost:4000/auth?admin_consent=True&tenant=${contoso.id}&state=s3`);

  const common = `${idp.origin}/common`;
  const guest = await codeOf(web, { authority: common, login_hint: "fay@fabrikam.example" }, { login: "fay@fabrikam.example" });
  const { body } = await redeem(web, guest, { authority: common });
  assert.equal(decodeJwt(body.id_token).iss, `${idp.origin}/${idp.tenants.fabrikam.id}/v2.0`);

  await assert.rejects(signIn(authorizeUrl(web, { redirect_uri: "http://elsewhere.example/" })), /AADSTS50011/);
  idp.registerRedirectUri("web", "http://elsewhere.example/");
  assert.equal((await signIn(authorizeUrl(web, { redirect_uri: "http://elsewhere.example/" }))).origin, "http://elsewhere.example");
  const declined = answerOf(await signIn(authorizeUrl(web), { decline: true }));
  assert.equal(declined.error, "access_denied");
  assert.match(declined.error_description, /^AADSTS65004/);
});

test("refresh tokens serve other resources and tenants, and stay usable", async () => {
  const { body: first } = await redeem(web, await codeOf(web));
  const refresh = (fields, options) => token(web, { grant_type: "refresh_token", refresh_token: first.refresh_token, ...fields }, options);
  const same = await refresh({ scope: `Mail.Read ${OIDC}` });
  assert.equal(same.status, 200, JSON.stringify(same.body));
  assert.equal(decodeJwt(same.body.access_token).scp, "Mail.Read");
  assert.ok(same.body.id_token);
  assert.notEqual(same.body.refresh_token, first.refresh_token);
  const other = await refresh({ scope: `api://${api.clientId}/access_as_user` });
  assert.equal(decodeJwt(other.body.access_token).aud, api.clientId);
  const elsewhere = await refresh({}, { authority: idp.authority("fabrikam") });
  assert.equal(decodeJwt(elsewhere.body.access_token).tid, idp.tenants.fabrikam.id);
  // The account stays that of the home tenant, whichever tenant is asked.
  assert.equal(elsewhere.body.client_info, first.client_info);
  assert.equal(decodeJwt(elsewhere.body.id_token).iss, `${idp.origin}/${idp.tenants.fabrikam.id}/v2.0`);
  const dead = await token(web, { grant_type: "refresh_token", refresh_token: "unknown" });
  assert.deepEqual([dead.status, dead.body.error, dead.body.error_codes], [400, "invalid_grant", [70000]]);
});

test("the scope of an answer is spelled as it was asked for", async () => {
  const FULL = "https://graph.microsoft.com/User.Read";
  // At the sign-in, where the redemption names none.
  const signedIn = async (scope) => (await redeem(web, await codeOf(web, { scope }))).body;
  assert.equal((await signedIn("openid User.Read")).scope, "openid User.Read");
  assert.equal((await signedIn(`openid ${FULL} Mail.Read`)).scope, `openid ${FULL} Mail.Read`);
  const first = await signedIn(`openid profile email offline_access ${FULL}`);
  assert.equal(first.scope, `openid profile email ${FULL}`);
  const renewed = async (scope) => (await token(web, { grant_type: "refresh_token", refresh_token: first.refresh_token, ...(scope ? { scope } : {}) })).body;
  assert.equal((await renewed()).scope, `openid profile email ${FULL}`);
  assert.equal((await renewed(`${OIDC} Mail.Read User.Read`)).scope, "openid profile email Mail.Read User.Read");
  assert.equal((await renewed(FULL)).scope, `openid profile email ${FULL}`);
  assert.equal((await renewed(`api://${api.clientId}/access_as_user`)).scope, `openid profile email api://${api.clientId}/access_as_user`);
  const all = await renewed("https://graph.microsoft.com/.default");
  assert.equal(all.scope, `openid profile email ${FULL} https://graph.microsoft.com/Mail.Read`);
  assert.equal(decodeJwt(all.access_token).scp, "User.Read Mail.Read");
});

test("a page's refresh token keeps its first expiry", async () => {
  const { body: first } = await redeem(spa, await codeOf(spa), { headers: PAGE });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const { body } = await token(spa, { grant_type: "refresh_token", refresh_token: first.refresh_token }, { headers: PAGE });
  assert.ok(body.refresh_token_expires_in < 86400, JSON.stringify(body));
  assert.deepEqual((await token(spa, { grant_type: "refresh_token", refresh_token: body.refresh_token })).body.error_codes, [9002327]);
});

test("on-behalf-of", async () => {
  const { body: incoming } = await redeem(web, await codeOf(web, { scope: `${OIDC} api://${api.clientId}/access_as_user` }));
  const swap = (assertion, more) => token(api, { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion,
    scope: "https://graph.microsoft.com/.default", requested_token_use: "on_behalf_of", ...more });
  const { status, body } = await swap(incoming.access_token, { scope: `https://graph.microsoft.com/User.Read ${OIDC}` });
  assert.equal(status, 200, JSON.stringify(body));
  const claims = decodeJwt(body.access_token);
  assert.equal(claims.appid, api.clientId);
  assert.equal(claims.oid, decodeJwt(incoming.access_token).oid);
  assert.equal(claims.scp, "User.Read");
  assert.equal(body.scope, "openid profile https://graph.microsoft.com/User.Read");
  assert.ok(body.refresh_token);
  assert.ok(body.id_token);
  // `.default` gives what was consented to before.
  const { body: all } = await swap(incoming.access_token);
  assert.equal(decodeJwt(all.access_token).scp, "User.Read Mail.Read");
  assert.equal(all.scope, "https://graph.microsoft.com/User.Read https://graph.microsoft.com/Mail.Read");
  assert.equal((await swap(incoming.access_token, { scope: "User.Read" })).body.scope, "User.Read");
  assert.deepEqual((await swap(body.access_token)).body.error_codes, [50013]);
  assert.deepEqual((await swap("a.b.c")).body.error_codes, [50013]);
  idp.setLifetimes({ expires_in: -10 });
  const { body: old } = await redeem(web, await codeOf(web, { scope: `${OIDC} api://${api.clientId}/access_as_user` }));
  idp.setLifetimes();
  assert.deepEqual((await swap(old.access_token)).body.error_codes, [500133]);
});

test("device code: pending, approved, declined, with either grant type", async () => {
  const begin = async () => (await fetch(`${idp.origin}/organizations/oauth2/v2.0/devicecode`, { method: "POST",
    body: new URLSearchParams({ client_id: device.clientId, scope: `${OIDC} User.Read` }) })).json();
  const poll = (code, grant = "urn:ietf:params:oauth:grant-type:device_code") =>
    token(device, { grant_type: grant, device_code: code.device_code }, { authority: `${idp.origin}/organizations` });
  const code = await begin();
  assert.deepEqual(Object.keys(code).sort(), ["device_code", "expires_in", "interval", "message", "user_code", "verification_uri"]);
  assert.deepEqual([code.expires_in, code.interval], [900, 1]);
  assert.ok(code.message.includes(code.user_code));
  const pending = await poll(code);
  assert.deepEqual([pending.status, pending.body.error, pending.body.error_codes], [400, "authorization_pending", [70016]]);
  await idp.approveDevice(code.user_code, "blaise@contoso.example");
  const { status, body } = await poll(code, "device_code");
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(decodeJwt(body.id_token).preferred_username, "blaise@contoso.example");
  assert.equal(decodeJwt(body.access_token).scp, "User.Read");
  assert.equal(body.scope, "openid profile User.Read");
  assert.ok(body.refresh_token);
  const second = await begin();
  await idp.declineDevice(second.user_code);
  assert.equal((await poll(second)).body.error, "authorization_declined");
  assert.equal((await poll({ device_code: "nothing" })).body.error, "bad_verification_code");
  // The page itself is oidc-provider's.
  assert.match(await (await fetch(code.verification_uri, { headers: { accept: "text/html" } })).text(), /user_code/);
});
