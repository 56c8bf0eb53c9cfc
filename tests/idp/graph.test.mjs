// The Graph stand-in: what it gives, and how it judges tokens.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { startGraph, startIdentityProvider } from "./index.mjs";

const idp = await startIdentityProvider({ grants: ["client_credentials"] });
const graph = await startGraph({ idp });
after(() => Promise.all([idp.close(), graph.close()]));
beforeEach(() => {
  graph.clearLog();
  idp.setLifetimes();
});

async function tokenOf({ clientId, clientSecret }, scope = "https://graph.microsoft.com/.default", tenant = "contoso") {
  const response = await fetch(`${idp.authority(tenant)}/oauth2/v2.0/token`, { method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope }) });
  return (await response.json()).access_token;
}

const call = (path, token) => fetch(new URL(path, graph.origin), { headers: token ? { authorization: `Bearer ${token}` } : {} });

test("users come in two pages, tied by @odata.nextLink", async () => {
  const token = await tokenOf(idp.clients.daemon);
  const first = await (await call("/v1.0/users", token)).json();
  assert.equal(first.value.length, 3);
  assert.ok(first["@odata.nextLink"].startsWith(`${graph.origin}/v1.0/users?`));
  const second = await (await call(first["@odata.nextLink"], token)).json();
  assert.equal(second.value.length, 2);
  assert.equal(second["@odata.nextLink"], undefined);
  assert.equal(new Set([...first.value, ...second.value].map(({ id }) => id)).size, 5);
  const fabrikam = await (await call("/v1.0/users", await tokenOf(idp.clients.daemon, undefined, "fabrikam"))).json();
  assert.match(fabrikam.value[0].userPrincipalName, /@fabrikam\.example$/);
});

test("organization, /me with an application's token, an unknown resource", async () => {
  const token = await tokenOf(idp.clients.daemon);
  const { value } = await (await call("/v1.0/organization", token)).json();
  assert.equal(value[0].id, idp.tenants.contoso.id);
  assert.equal((await call("/v1.0/me", token)).status, 400);
  assert.equal((await call("/v1.0/nothing", token)).status, 400);
  assert.equal((await call("/v1.0/users", await tokenOf(idp.clients.daemon, "00000003-0000-0000-c000-000000000000/.default"))).status, 200);
});

test("401 with Graph's header and body", async () => {
  const expired = async () => {
    idp.setLifetimes({ expires_in: -10 });
    return tokenOf(idp.clients.daemon);
  };
  const good = await tokenOf(idp.clients.daemon);
  const [header, payload, signature] = good.split(".");
  const tampered = [header, payload, `${signature.slice(0, -8)}${signature.at(-8) === "A" ? "B" : "A"}${signature.slice(-7)}`].join(".");
  const elsewhere = await tokenOf(idp.clients.daemon, `api://${idp.clients.api.clientId}/.default`);
  for (const token of [undefined, "nonsense", tampered, elsewhere, await expired()]) {
    const response = await call("/v1.0/users", token);
    assert.equal(response.status, 401);
    assert.match(response.headers.get("www-authenticate"), /^Bearer realm="", authorization_uri="[^"]+", client_id="00000003-0000-0000-c000-000000000000"$/);
    const { error } = await response.json();
    assert.equal(error.code, "InvalidAuthenticationToken");
    assert.ok(error.message);
    assert.ok(error.innerError["request-id"]);
    assert.ok(error.innerError.date);
  }
});

test("403 without the role", async () => {
  const response = await call("/v1.0/users", await tokenOf(idp.clients.noRoles));
  assert.equal(response.status, 403);
  assert.equal((await response.json()).error.code, "Authorization_RequestDenied");
});

test("a claims challenge, once", async () => {
  const token = await tokenOf(idp.clients.daemon);
  const claims = { access_token: { nbf: { essential: true, value: "1700000000" } } };
  graph.challenge({ claims });
  const response = await call("/v1.0/users", token);
  assert.equal(response.status, 401);
  const [, encoded] = response.headers.get("www-authenticate").match(/error="insufficient_claims", claims="([^"]+)"/);
  assert.deepEqual(JSON.parse(Buffer.from(encoded, "base64")), claims);
  assert.equal((await call("/v1.0/users", token)).status, 200);
});

test("429 with Retry-After, then an answer; the log; CORS", async () => {
  const token = await tokenOf(idp.clients.daemon);
  graph.fault({ status: 429, headers: { "Retry-After": "2" } });
  const busy = await call("/v1.0/users", token);
  assert.equal(busy.status, 429);
  assert.equal(busy.headers.get("retry-after"), "2");
  assert.equal((await busy.json()).error.code, "TooManyRequests");
  const fine = await call("/v1.0/users", token);
  assert.equal(fine.status, 200);
  assert.equal(fine.headers.get("access-control-allow-origin"), "*");
  assert.deepEqual(graph.log.map(({ status }) => status), [429, 200]);
  const preflight = await fetch(`${graph.origin}/v1.0/users`, { method: "OPTIONS",
    headers: { origin: "http://page.example", "access-control-request-method": "GET", "access-control-request-headers": "authorization" } });
  assert.equal(preflight.status, 200);
  assert.match(preflight.headers.get("access-control-allow-headers"), /authorization/);
});
