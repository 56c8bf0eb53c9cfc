// The test services themselves: client credentials, errors, faults, logs. Users' grants are in user-grants.test.mjs,
// Graph in graph.test.mjs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, beforeEach, test } from "node:test";
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, importPKCS8, jwtVerify, SignJWT } from "jose";
import { GRAPH_APP_ID, selfSignedCertificate, startIdentityProvider } from "./index.mjs";

const idp = await startIdentityProvider();
after(() => idp.close());
beforeEach(() => {
  idp.clearFaults();
  idp.clearLog();
  idp.setLifetimes();
  idp.onToken = undefined;
});

const GRAPH_DEFAULT = "https://graph.microsoft.com/.default";
const { daemon } = idp.clients;

function post(fields = {}, { authority = idp.authority("contoso"), headers = {}, query = "", ...init } = {}) {
  const form = { grant_type: "client_credentials", client_id: daemon.clientId, client_secret: daemon.clientSecret, scope: GRAPH_DEFAULT, ...fields };
  for (const name of Object.keys(form)) if (form[name] === undefined) delete form[name];
  return fetch(`${authority}/oauth2/v2.0/token${query}`, { method: "POST", body: new URLSearchParams(form), headers, ...init });
}

async function refused(response, status, error, code) {
  const body = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  assert.equal(body.error, error);
  assert.deepEqual(body.error_codes, [code]);
  assert.match(body.error_description, new RegExp(`^AADSTS${code}: .+ Trace ID: \\S+ Correlation ID: \\S+ Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`));
  assert.match(body.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
  assert.match(body.error_uri, new RegExp(`${code}$`));
  assert.ok(body.trace_id);
  return body;
}

test("client credentials give Entra's response and a token that verifies", async () => {
  const response = await post();
  const body = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  assert.deepEqual(Object.keys(body), ["token_type", "expires_in", "ext_expires_in", "access_token"]);
  assert.equal(body.token_type, "Bearer");
  assert.equal(body.expires_in, 3599);
  assert.equal(body.ext_expires_in, 3599);
  const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(idp.jwks()), { audience: "https://graph.microsoft.com" });
  assert.equal(protectedHeader.alg, "RS256");
  assert.equal(protectedHeader.typ, "JWT");
  const { id } = idp.tenants.contoso;
  assert.equal(payload.iss, `${idp.origin}/${id}/`);
  assert.equal(payload.tid, id);
  assert.equal(payload.appid, daemon.clientId);
  assert.equal(payload.idtyp, "app");
  assert.equal(payload.ver, "1.0");
  assert.equal(payload.sub, payload.oid);
  assert.deepEqual(payload.roles, ["User.Read.All"]);
  assert.equal(payload.xms_cc, undefined);
  assert.ok(Math.abs(payload.exp - Date.now() / 1000 - 3599) < 5);
  assert.equal(response.headers.get("cache-control"), "no-store, no-cache");
});

test("every name of a tenant, other resources, and capabilities", async () => {
  const tokens = [];
  for (const form of ["id", "initialDomain", "customDomain"]) {
    tokens.push((await (await post({}, { authority: idp.authority("fabrikam", form) })).json()).access_token);
  }
  assert.equal(new Set(tokens).size, 3);
  const claims = async (fields) => {
    const { access_token } = await (await post(fields)).json();
    const jwks = createRemoteJWKSet(new URL(`${idp.authority("contoso")}/discovery/v2.0/keys`));
    return (await jwtVerify(access_token, jwks)).payload;
  };
  assert.equal((await claims({ scope: `${GRAPH_APP_ID}/.default` })).aud, GRAPH_APP_ID);
  assert.equal((await claims({ scope: "https://graph.microsoft.com//.default" })).aud, "https://graph.microsoft.com/");
  const api = idp.clients.api.clientId;
  const toApi = await claims({ scope: `api://${api}/.default` });
  assert.equal(toApi.aud, api);
  assert.equal(toApi.ver, "2.0");
  assert.equal(toApi.iss, `${idp.origin}/${idp.tenants.contoso.id}/v2.0`);
  assert.equal((await claims({ scope: `${api}/.default` })).azp, daemon.clientId);
  assert.deepEqual((await claims({ claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}' })).xms_cc, ["cp1"]);
  const { noRoles } = idp.clients;
  assert.equal((await claims({ client_id: noRoles.clientId, client_secret: noRoles.clientSecret })).roles, undefined);
});

test("a slash at the token endpoint's end changes nothing, nor at the end of an audience", async () => {
  const made = selfSignedCertificate();
  const { clientId } = idp.clients.certificate;
  idp.registerCertificate("certificate", made.certificate);
  const endpoint = `${idp.authority("contoso")}/oauth2/v2.0/token/`;
  const now = Math.floor(Date.now() / 1000);
  const client_assertion = await new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: "PS256", "x5t#S256": made.x5tS256 })
    .setIssuer(clientId).setSubject(clientId).setAudience(endpoint).setNotBefore(now).setExpirationTime(now + 600)
    .sign(await importPKCS8(made.privateKey, "PS256"));
  const response = await fetch(`${endpoint}?client-request-id=abc`, { method: "POST", body: new URLSearchParams({ grant_type: "client_credentials",
    client_id: clientId, scope: GRAPH_DEFAULT, client_assertion, client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" }) });
  assert.equal(response.status, 200, await response.text());
  assert.match(response.headers.get("x-ms-request-id"), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(idp.tokenRequests().length, 1);
});

test("refusals carry Entra's body", async () => {
  const id = randomUUID();
  const unknown = await refused(await post({}, { authority: `${idp.origin}/nowhere.example`, query: `?client-request-id=${id}` }), 400, "invalid_request", 90002);
  assert.equal(unknown.correlation_id, id);
  assert.match(unknown.error_description, /Tenant 'nowhere\.example' not found/);
  await refused(await post({ client_secret: "wrong" }), 401, "invalid_client", 7000215);
  await refused(await post({ client_secret: undefined }), 401, "invalid_client", 7000218);
  await refused(await post({ client_id: randomUUID() }), 400, "unauthorized_client", 700016);
  const { singleTenant, spa } = idp.clients;
  const single = { client_id: singleTenant.clientId, client_secret: singleTenant.clientSecret };
  await refused(await post(single, { authority: idp.authority("fabrikam") }), 400, "unauthorized_client", 700016);
  await refused(await post(single, { authority: `${idp.origin}/common` }), 400, "invalid_request", 50194);
  for (const segment of ["common", "organizations", "consumers"]) {
    await refused(await post({}, { authority: `${idp.origin}/${segment}` }), 400, "invalid_request", 9001023);
  }
  await refused(await post({ scope: "User.Read" }), 400, "invalid_scope", 1002012);
  await refused(await post({ scope: undefined }), 400, "invalid_request", 900144);
  await refused(await post({ scope: `${GRAPH_DEFAULT} api://${idp.clients.api.clientId}/.default` }), 400, "invalid_request", 28000);
  await refused(await post({ scope: "https://nothing.example/.default" }), 400, "invalid_resource", 500011);
  await refused(await post({ grant_type: "password" }), 400, "unsupported_grant_type", 70003);
  await refused(await post({ grant_type: undefined }), 400, "invalid_request", 900144);
  await refused(await post({ claims: "{" }), 400, "invalid_request", 9002313);
  await refused(await post({ client_id: spa.clientId }), 401, "invalid_client", 700025);
  await refused(await fetch(`${idp.authority("contoso")}/oauth2/v2.0/token`), 400, "invalid_request", 900561);
});

test("the Origin rule, and no preflight", async () => {
  const response = await post({}, { headers: { origin: "http://page.example" } });
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  await refused(response, 400, "invalid_request", 9002326);
  const preflight = await fetch(`${idp.authority("contoso")}/oauth2/v2.0/token`, { method: "OPTIONS",
    headers: { origin: "http://page.example", "access-control-request-method": "POST", "access-control-request-headers": "x-anything" } });
  assert.equal(preflight.status, 405);
  assert.equal(preflight.headers.get("access-control-allow-origin"), null);
});

test("certificates: both forms of assertion, and what is wrong with others", async () => {
  const made = selfSignedCertificate();
  const { clientId } = idp.clients.certificate;
  const audience = `${idp.authority("contoso")}/oauth2/v2.0/token`;
  const assertion = async ({ alg = "PS256", header = { "x5t#S256": made.x5tS256 }, aud = audience, from = 0, key = made.privateKey } = {}) => {
    const now = Math.floor(Date.now() / 1000) + from;
    const jwt = new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg, typ: "JWT", ...header }).setIssuer(clientId).setSubject(clientId)
      .setAudience(aud).setIssuedAt(now).setNotBefore(now).setExpirationTime(now + 600);
    return jwt.sign(await importPKCS8(key, alg));
  };
  const send = async (options) => post({ client_id: clientId, client_secret: undefined, client_assertion: await assertion(options),
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" });
  await refused(await send(), 401, "invalid_client", 700027);
  idp.registerCertificate("certificate", made.certificate);
  assert.equal((await send()).status, 200);
  assert.equal((await send({ alg: "RS256", header: { x5t: made.x5t } })).status, 200);
  await refused(await send({ header: { x5t: made.x5t } }), 401, "invalid_client", 700027);
  await refused(await send({ key: selfSignedCertificate().privateKey }), 401, "invalid_client", 700027);
  await refused(await send({ aud: "https://elsewhere.example/token" }), 401, "invalid_client", 700027);
  await refused(await send({ from: -3600 }), 401, "invalid_client", 700024);
  await refused(await send({ from: 3600 }), 401, "invalid_client", 700024);
});

test("lifetimes and the hook", async () => {
  idp.setLifetimes({ expires_in: 86400, ext_expires_in: 90000, refresh_in: 43200 });
  const long = await (await post()).json();
  assert.deepEqual([long.expires_in, long.ext_expires_in, long.refresh_in], [86400, 90000, 43200]);
  assert.deepEqual(Object.keys(long), ["token_type", "expires_in", "ext_expires_in", "refresh_in", "access_token"]);
  idp.onToken = (form, { access_token: _dropped, ...rest }) => ({ ...rest, expires_in: "-5", asked: form.scope });
  const odd = await (await post()).json();
  assert.equal(odd.access_token, undefined);
  assert.equal(odd.expires_in, "-5");
  assert.equal(odd.asked, GRAPH_DEFAULT);
});

test("faults: statuses, bodies, redirect, delay, cuts, hanging", async () => {
  idp.fault({ times: 2, status: 503, headers: { "retry-after": "7" } });
  idp.fault({ status: 200, body: "<html>", contentType: "text/html" });
  for (let i = 0; i < 2; i += 1) {
    const busy = await post();
    assert.equal(busy.status, 503);
    assert.equal(busy.headers.get("retry-after"), "7");
    assert.equal((await busy.json()).error, "temporarily_unavailable");
  }
  const html = await post();
  assert.equal(html.headers.get("content-type"), "text/html");
  assert.equal(await html.text(), "<html>");
  assert.equal((await post()).status, 200);

  idp.fault({ redirectTo: `${idp.origin}/elsewhere` });
  const moved = await post({}, { redirect: "manual" });
  assert.equal(moved.status, 302);
  assert.equal(moved.headers.get("location"), `${idp.origin}/elsewhere`);

  idp.fault({ delayMs: 150 });
  const start = Date.now();
  assert.equal((await post()).status, 200);
  assert.ok(Date.now() - start >= 145);

  idp.fault({ status: 200, body: Buffer.alloc(10_000_000, 32) });
  assert.equal((await (await post()).arrayBuffer()).byteLength, 10_000_000);

  idp.fault({ cut: "before" });
  await assert.rejects(post(), TypeError);
  for (const cut of ["headers", "body"]) {
    idp.fault({ cut });
    await assert.rejects(async () => (await post()).text());
  }
  idp.fault({ hang: true });
  await assert.rejects(post({}, { signal: AbortSignal.timeout(200) }), { name: "TimeoutError" });
  // A fault waits for what it matches, and spends nothing on the rest.
  idp.fault({ match: "keys", status: 500 });
  assert.equal((await post()).status, 200);
  assert.equal((await fetch(`${idp.authority("contoso")}/discovery/v2.0/keys`)).status, 500);
});

test("the log holds what was sent and what was answered", async () => {
  await post({}, { query: "?client-request-id=abc" });
  await fetch(`${idp.authority("contoso")}/v2.0/.well-known/openid-configuration`);
  assert.equal(idp.log.length, 2);
  const [entry] = idp.tokenRequests();
  assert.equal(idp.tokenRequests().length, 1);
  assert.equal(entry.method, "POST");
  assert.equal(entry.tenant, idp.tenants.contoso.id);
  assert.equal(entry.path, `/${idp.tenants.contoso.id}/oauth2/v2.0/token`);
  assert.match(entry.url, /\?client-request-id=abc$/);
  assert.equal(entry.body.client_secret, daemon.clientSecret);
  assert.match(entry.headers["content-type"], /^application\/x-www-form-urlencoded/);
  assert.equal(entry.status, 200);
  assert.ok(decodeProtectedHeader(entry.response.access_token).kid);
});

test("discovery names Entra's endpoints, with a literal {tenantid} on common", async () => {
  const read = async (segment) => (await fetch(`${idp.origin}/${segment}/v2.0/.well-known/openid-configuration`)).json();
  const { id } = idp.tenants.contoso;
  const contoso = await read("contoso.onmicrosoft.com");
  assert.equal(contoso.issuer, `${idp.origin}/${id}/v2.0`);
  assert.equal(contoso.token_endpoint, `${idp.origin}/${id}/oauth2/v2.0/token`);
  for (const segment of ["common", "organizations"]) {
    const shared = await read(segment);
    assert.equal(shared.issuer, `${idp.origin}/{tenantid}/v2.0`);
    assert.equal(shared.jwks_uri, `${idp.origin}/${segment}/discovery/v2.0/keys`);
  }
});

test("closing is prompt with a kept-alive connection and a hanging request", async () => {
  const other = await startIdentityProvider({ grants: ["client_credentials"] });
  await refused(await post({ grant_type: "refresh_token" }, { authority: other.authority("contoso") }), 400, "unsupported_grant_type", 70003);
  other.fault({ hang: true });
  const hanging = assert.rejects(post({}, { authority: other.authority("contoso") }));
  const start = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await other.close();
  await hanging;
  assert.ok(Date.now() - start < 1000);
});
