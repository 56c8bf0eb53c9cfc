// An application's own token, got, cached and asked for anew, with MSAL's fields.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { decodeJwt } from "jose";
import { services } from "../support.mjs";

const { idp, client, clientAtEntra, msalClient, networkClient } = await services();
const GRAPH_SCOPE = "https://graph.microsoft.com/.default";

for (const form of ["id", "initialDomain", "customDomain"]) {
  test(`the tenant may be named by its ${form}`, async () => {
    const tenant = idp.tenants.contoso[form];
    const result = await client({ auth: { authority: idp.authority("contoso", form) } }).acquireTokenByClientCredential();
    assert.equal(decodeJwt(result.accessToken).tid, idp.tenants.contoso.id);
    assert.equal(result.tenantId, tenant);
    const [{ path, method, headers, body, correlationId }] = idp.tokenRequests();
    assert.equal(path, `/${tenant}/oauth2/v2.0/token`);
    assert.equal(method, "POST");
    assert.equal(headers["content-type"], "application/x-www-form-urlencoded;charset=utf-8");
    assert.equal(headers.origin, undefined);
    assert.equal(body.grant_type, "client_credentials");
    assert.equal(body.client_id, idp.clients.daemon.clientId);
    assert.equal(body.scope, GRAPH_SCOPE);
    assert.equal(body.client_secret, idp.clients.daemon.clientSecret);
    assert.equal(correlationId, result.correlationId);
  });
}

test("the result is MSAL's, field by field", async () => {
  const correlationId = "0f9ac2a4-9d5e-4b58-8d4e-2b3b1c4d5e6f";
  const request = { scopes: [GRAPH_SCOPE], correlationId };
  const theirs = await msalClient().acquireTokenByClientCredential(request);
  const answered = [];
  const ours = await clientAtEntra({ system: { networkClient: { ...networkClient, async sendPostRequestAsync(...parts) {
    answered.push(await networkClient.sendPostRequestAsync(...parts));
    return answered.at(-1);
  } } } }).acquireTokenByClientCredential(request);
  // These are each exchange's own (extExpiresOn too, since MSAL counts it from the end of the token's life), and MSAL
  // leaves an application's tenantId and requestId empty.
  const own = ["accessToken", "expiresOn", "extExpiresOn", "refreshOn", "tenantId", "requestId"];
  for (const field of Object.keys(theirs).filter((name) => !own.includes(name))) {
    assert.deepEqual(ours[field], theirs[field], field);
  }
  for (const field of own) assert.equal(typeof ours[field], typeof theirs[field], field);
  assert.ok(Math.abs(ours.expiresOn - theirs.expiresOn) < 5000);
  assert.equal(ours.tenantId, idp.tenants.contoso.id);
  assert.equal(ours.requestId, answered.at(-1).headers["x-ms-request-id"]);
  assert.equal(ours.createAuthorizationHeader(), `Bearer ${ours.accessToken}`);
  assert.equal(ours.isExtendedLifeTimeToken, false);
});

test("the lifetimes are the server's", async () => {
  idp.setLifetimes({ expires_in: 4000, ext_expires_in: 9000, refresh_in: 2000 });
  const before = Date.now();
  const result = await client().acquireTokenByClientCredential();
  const after = Date.now();
  for (const [field, seconds] of [["expiresOn", 4000], ["extExpiresOn", 9000], ["refreshOn", 2000]]) {
    const at = result[field].getTime() - seconds * 1000;
    assert.ok(at >= before - 1000 && at <= after + 1000, `${field} ${result[field]}`);
  }
});

test("each call gets a copy of its own", async () => {
  const app = client();
  const first = await app.acquireTokenByClientCredential();
  const second = await app.acquireTokenByClientCredential();
  const { accessToken } = first;
  const expires = first.expiresOn.getTime();
  for (const spoiled of [first, second]) {
    spoiled.accessToken = "spoiled";
    spoiled.scopes.push("spoiled");
    spoiled.expiresOn.setTime(0);
    spoiled.idTokenClaims.spoiled = true;
  }
  const third = await app.acquireTokenByClientCredential();
  assert.equal(third.accessToken, accessToken);
  assert.deepEqual(third.scopes, [GRAPH_SCOPE]);
  assert.equal(third.expiresOn.getTime(), expires);
  assert.deepEqual(third.idTokenClaims, {});
  const [a, b] = await Promise.all([1, 2].map(() => app.acquireTokenByClientCredential({ forceRefresh: true })));
  a.expiresOn.setTime(0);
  a.scopes.length = 0;
  assert.notEqual(b.expiresOn.getTime(), 0);
  assert.deepEqual(b.scopes, [GRAPH_SCOPE]);
});

test("a cached token is served without a request", async () => {
  const app = client();
  const first = await app.acquireTokenByClientCredential({ scopes: [GRAPH_SCOPE] });
  assert.equal(first.fromCache, false);
  for (let i = 0; i < 3; i++) {
    const hit = await app.acquireTokenByClientCredential({ scopes: [GRAPH_SCOPE] });
    assert.deepEqual([hit.fromCache, hit.accessToken], [true, first.accessToken]);
    assert.equal(hit.createAuthorizationHeader(), `Bearer ${first.accessToken}`);
  }
  assert.equal(idp.tokenRequests().length, 1);
});

const ANEW = { forceRefresh: { forceRefresh: true }, skipCache: { skipCache: true }, claims: { claims: '{"access_token":{"nbf":{"essential":true}}}' } };
for (const [name, request] of Object.entries(ANEW)) {
  test(`${name} asks anew, and what comes takes the old one's place`, async () => {
    const app = client();
    const first = await app.acquireTokenByClientCredential();
    const anew = await app.acquireTokenByClientCredential(request);
    assert.equal(anew.fromCache, false);
    assert.notEqual(anew.accessToken, first.accessToken);
    assert.equal(idp.tokenRequests().length, 2);
    assert.equal((await app.acquireTokenByClientCredential()).accessToken, anew.accessToken);
    assert.equal(idp.tokenRequests().length, 2);
  });
}

const NBF = '{"access_token":{"nbf":{"essential":true}}}';
for (const [name, auth, claims] of [
  ["claims", {}, NBF],
  ["capabilities", { clientCapabilities: ["cp1"] }, undefined],
  ["capabilities and claims", { clientCapabilities: ["cp1", "llt"] }, NBF],
  ["claims about the id_token", {}, '{"id_token":{"auth_time":{"essential":true}}}'],
  ["no claims", {}, undefined],
]) {
  test(`what is asked for in \`claims\` is what MSAL asks for: ${name}`, async () => {
    const request = { scopes: [GRAPH_SCOPE], claims };
    const results = [];
    for (const make of [msalClient, clientAtEntra]) results.push(await make({ auth }).acquireTokenByClientCredential(request));
    const [theirs, ours] = idp.tokenRequests().map(({ body }) => body.claims && JSON.parse(body.claims));
    assert.deepEqual(ours, theirs);
    for (const { accessToken } of results) assert.deepEqual(decodeJwt(accessToken).xms_cc, auth.clientCapabilities);
  });
}

test("scopes come as text or list, in any case; the default is Graph's", async () => {
  const app = client();
  const same = [undefined, [], "", GRAPH_SCOPE, [GRAPH_SCOPE], ["HTTPS://Graph.Microsoft.com/.DEFAULT"], ["openid", GRAPH_SCOPE],
    ` ${GRAPH_SCOPE}  offline_access`, [GRAPH_SCOPE, GRAPH_SCOPE]];
  const results = [];
  for (const scopes of same) results.push(await app.acquireTokenByClientCredential({ scopes }));
  assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1);
  assert.equal(idp.tokenRequests().length, 1);
  assert.equal(idp.tokenRequests()[0].body.scope, GRAPH_SCOPE);
});

test("other resources, tenants and applications have tokens of their own", async () => {
  const app = client();
  const api = `api://${idp.clients.api.clientId}/.default`;
  const graph = await app.acquireTokenByClientCredential();
  const other = await app.acquireTokenByClientCredential({ scopes: [api] });
  assert.equal(decodeJwt(other.accessToken).aud, idp.clients.api.clientId);
  for (const request of [{ authority: idp.authority("fabrikam") }, { tenantId: idp.tenants.fabrikam.id }]) {
    const elsewhere = await app.acquireTokenByClientCredential(request);
    assert.equal(decodeJwt(elsewhere.accessToken).tid, idp.tenants.fabrikam.id);
    assert.equal(elsewhere.tenantId, idp.tenants.fabrikam.id);
  }
  assert.equal(idp.tokenRequests().length, 3);
  assert.equal((await app.acquireTokenByClientCredential()).accessToken, graph.accessToken);
  assert.equal((await app.acquireTokenByClientCredential({ scopes: api })).accessToken, other.accessToken);
});

test("the package loads by import and by require, with the same exports", async () => {
  const required = createRequire(import.meta.url)("graph-token");
  const imported = await import("graph-token");
  const names = (module) => Object.keys(module).filter((name) => name !== "default" && name !== "__esModule").sort();
  assert.deepEqual(names(required), names(imported));
  const { clientId, clientSecret } = idp.clients.daemon;
  const app = new required.ConfidentialClientApplication({ auth: { clientId, clientSecret, authority: idp.authority("contoso") } });
  await app.initialize();
  assert.equal(decodeJwt((await app.acquireTokenByClientCredential()).accessToken).tid, idp.tenants.contoso.id);
  const wrong = new required.ConfidentialClientApplication({ auth: { clientId, clientSecret: "wrong", authority: idp.authority("contoso") } });
  await assert.rejects(wrong.acquireTokenByClientCredential(), required.ServerError);
});
