// The packed package in workerd without nodejs_compat, on the way that most Workers go.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { decodeJwt } from "jose";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { startWorker } from "./workerd.mjs";

let idp;
let graph;
let worker;
before(async () => {
  idp = await startIdentityProvider();
  graph = await startGraph({ idp });
});
after(async () => {
  await graph?.close();
  await idp?.close();
});
beforeEach(async () => {
  idp.clearLog();
  idp.clearFaults();
  graph.clearLog();
});
// Every test has an isolate of its own, and so an empty cache.
const inWorker = (name, run, auth) => test(name, { timeout: 60_000 }, async () => {
  const { clientId, clientSecret } = idp.clients.daemon;
  worker = await startWorker({ auth: { clientId, clientSecret, authority: idp.authority("contoso"), ...auth }, system: { graphOrigin: graph.origin } });
  try {
    await run();
  } finally {
    await worker.close();
  }
});

inWorker("there is no Node in this runtime", async () => {
  assert.deepEqual(await worker.json("/host"), { userAgent: "Cloudflare-Workers", process: "undefined", buffer: "undefined" });
});

inWorker("client credentials with a secret, by a client at global scope; then from the cache", async () => {
  const first = await worker.json("/token");
  assert.equal(first.fromCache, false, JSON.stringify(first));
  assert.equal(decodeJwt(first.accessToken).tid, idp.tenants.contoso.id);
  assert.deepEqual(await worker.json("/token"), { accessToken: first.accessToken, fromCache: true });
  assert.equal((await worker.json("/token", { forceRefresh: true })).fromCache, false);
  assert.equal(idp.tokenRequests().length, 2);
  assert.equal(idp.tokenRequests()[0].headers.origin, undefined);
});

inWorker("fetch calls Graph with the bearer header", async () => {
  const response = await worker.ask("/users");
  assert.equal(response.status, 200);
  assert.ok((await response.json()).value.length > 0);
  assert.equal(graph.log[0].path, "/v1.0/users");
});

inWorker("a refusal is MSAL's error here too", async () => {
  const error = await worker.json("/token");
  assert.deepEqual([error.name, error.errorCode], ["ServerError", "invalid_client"]);
  assert.match(error.message, /AADSTS7000215/);
}, { clientSecret: "wrong" });

inWorker("a passing fault is tried again", async () => {
  idp.fault({ times: 2, status: 503 });
  assert.equal((await worker.json("/token")).fromCache, false);
  assert.equal(idp.tokenRequests().length, 3);
});

inWorker("a redirect with a secret is not followed", async () => {
  idp.fault({ status: 307, redirectTo: `${graph.origin}/token` });
  assert.equal((await worker.json("/token")).errorCode, "unexpected_redirect");
  assert.deepEqual(graph.log, []);
});

inWorker("twenty requests at once in one isolate make one token request", async () => {
  idp.fault({ delayMs: 200 });
  const results = await Promise.all(Array.from({ length: 20 }, () => worker.json("/token")));
  assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1);
  assert.ok(results[0].accessToken);
  assert.equal(idp.tokenRequests().length, 1);
});
