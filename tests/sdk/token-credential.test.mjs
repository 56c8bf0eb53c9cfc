// The client as a TokenCredential, by itself.
import assert from "node:assert/strict";
import test from "node:test";
import { decodeJwt } from "jose";
import { failureOf, services, until } from "../support.mjs";
import { SCOPE } from "./sdk.mjs";

const { idp, client } = await services();

test("getToken gives core-auth's AccessToken", async () => {
  idp.setLifetimes({ expires_in: 3600, refresh_in: 1800 });
  const before = Date.now();
  const given = await client().getToken(SCOPE);
  assert.deepEqual(Object.keys(given).sort(), ["expiresOnTimestamp", "refreshAfterTimestamp", "token", "tokenType"]);
  assert.equal(given.tokenType, "Bearer");
  assert.equal(decodeJwt(given.token).tid, idp.tenants.contoso.id);
  assert.ok(Math.abs(given.expiresOnTimestamp - before - 3600_000) < 10_000);
  assert.ok(Math.abs(given.refreshAfterTimestamp - before - 1800_000) < 10_000);
});

test("getToken caches, and takes tenantId, enableCae, claims and abortSignal", async () => {
  const app = client();
  const first = await app.getToken([SCOPE]);
  assert.equal((await app.getToken([SCOPE], {})).token, first.token);
  assert.equal(first.refreshAfterTimestamp, undefined);
  assert.equal(decodeJwt((await app.getToken(SCOPE, { tenantId: idp.tenants.fabrikam.id })).token).tid, idp.tenants.fabrikam.id);
  assert.deepEqual(decodeJwt((await app.getToken(SCOPE, { enableCae: true })).token).xms_cc, ["cp1"]);
  assert.notEqual((await app.getToken(SCOPE, { claims: '{"access_token":{"nbf":{"essential":true}}}' })).token, first.token);
  assert.equal((await failureOf(app.getToken(SCOPE, { abortSignal: AbortSignal.abort() }))).name, "AbortError");
  assert.equal(idp.tokenRequests().length, 4);
});

test("the Azure SDKs' older signals are obeyed, which say no reason", async () => {
  const listeners = new Set();
  const abortSignal = {
    aborted: false,
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
  };
  const app = client();
  assert.match((await app.getToken([], { abortSignal })).token, /^ey/);
  assert.equal(listeners.size, 0, "none is left behind");
  idp.fault({ times: 1, hang: true });
  const asked = failureOf(app.getToken([], { abortSignal, claims: '{"a":1}' }));
  await until(() => listeners.size > 0);
  abortSignal.aborted = true;
  for (const listener of listeners) listener();
  assert.equal((await asked).name, "AbortError");
  assert.equal((await failureOf(app.getToken(["api://x/.default"], { abortSignal }))).name, "AbortError");
});
