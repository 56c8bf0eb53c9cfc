// Every flow of the confidential client in workerd without nodejs_compat, with every credential and every cache.
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { selfSignedCertificate } from "../idp/index.mjs";
import { ADA, BLAISE, people, SCOPES } from "../node/people.mjs";
import { failureOf, services, until } from "../support.mjs";
import { startRemote } from "./remote.mjs";

const all = await services({ deviceIntervalSeconds: 1 });
const { idp } = all;
const { visit, signedIn, assertionOf, homeIdOf } = people(all);
const file = (name) => readFileSync(new URL(`../native/certificates/${name}`, import.meta.url));
const made = selfSignedCertificate();
for (const name of ["web", "api"]) {
  for (const pem of [made.certificate, file("leaf.pem").toString()]) idp.registerCertificate(name, pem);
}
const assertion = await new SignJWT({ jti: "one" }).setProtectedHeader({ alg: "PS256", "x5t#S256": made.x5tS256 })
  .setIssuer(idp.clients.web.clientId).setSubject(idp.clients.web.clientId).setAudience(`${idp.authority("contoso")}/oauth2/v2.0/token`)
  .setIssuedAt().setNotBefore("0s").setExpirationTime("1h").sign(createPrivateKey(made.privateKey));
const pkcs1 = createPrivateKey(made.privateKey).export({ type: "pkcs1", format: "pem" });

const authOf = (name, credential) => ({ clientId: idp.clients[name].clientId, authority: idp.authority("contoso"), ...credential });
const secretOf = (name) => ({ auth: authOf(name, { clientSecret: idp.clients[name].clientSecret }) });
const keyOf = (name, privateKey = made.privateKey) => ({ auth: authOf(name, { clientCertificate: { privateKey, certificate: made.certificate } }) });
const pfxOf = (name, passphrase = "Pässwörd ☂") => ({ auth: authOf(name), pfx: { file: file("modern.pfx").toString("base64"), passphrase } });

// Every test has an isolate of its own, and so empty caches.
const inWorker = (name, configuration, run) => test(name, { timeout: 60_000 }, async () => {
  const worker = await startRemote(configuration);
  try {
    await run(worker);
  } finally {
    await worker.close();
  }
});

inWorker("there is no Node in this runtime", { web: secretOf("web") }, async (worker) => {
  const { process, buffer } = await worker.told();
  assert.deepEqual([process, buffer], ["undefined", "undefined"]);
});

/** Each credential: what it is, and how many WebAssembly modules it takes. */
const CREDENTIALS = [
  ["a secret", secretOf, 1],
  ["a plain key with its certificate", keyOf, 1],
  ["a PKCS#1 key", (name) => keyOf(name, pkcs1), 2],
  ["a PFX", pfxOf, 2],
];
for (const [name, make, modules] of CREDENTIALS) {
  inWorker(`every flow with ${name}, ${modules === 1 ? "without" : "by"} the second module`, { web: make("web"), api: make("api") }, async (worker) => {
    const [web, api] = [worker.app("web"), worker.app("api")];
    const own = await web.acquireTokenByClientCredential();
    assert.equal(own.fromCache, false);
    assert.deepEqual(await web.acquireTokenByClientCredential(), { ...own, fromCache: true, requestId: "", correlationId: own.correlationId });

    const first = await signedIn(web);
    assert.equal(first.account.username, ADA);
    assert.equal(decodeJwt(first.accessToken).oid, first.uniqueId);
    const { account } = first;
    const hit = await web.acquireTokenSilent({ account, scopes: SCOPES });
    assert.deepEqual([hit.fromCache, hit.accessToken], [true, first.accessToken]);
    assert.equal((await web.acquireTokenSilent({ account, scopes: ["Mail.Read"] })).fromCache, false);

    const refreshToken = Object.values(JSON.parse(await web.serialize()).RefreshToken)[0].secret;
    assert.equal((await web.acquireTokenByRefreshToken({ refreshToken, scopes: SCOPES })).account.username, ADA);

    const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
    const behalf = await api.acquireTokenOnBehalfOf(request);
    assert.deepEqual([behalf.fromCache, behalf.account.username], [false, ADA]);
    assert.equal((await api.acquireTokenOnBehalfOf(request)).accessToken, behalf.accessToken);

    await signedIn(web, { login: BLAISE });
    assert.deepEqual((await web.getAllAccounts()).map(({ username }) => username).sort(), [ADA, BLAISE]);
    await web.removeAccount(await web.getAccountByHomeId(homeIdOf(ADA)));
    assert.deepEqual((await web.getAllAccounts()).map(({ username }) => username), [BLAISE]);
    assert.equal((await failureOf(web.acquireTokenSilent({ account, scopes: SCOPES }))).errorCode, "no_tokens_found");

    assert.equal((await worker.told()).instances, modules);
    // Those of the application which people() signs in beside these have a secret.
    const sent = idp.tokenRequests().map(({ body }) => body.client_assertion).filter(Boolean);
    if (name === "a secret") return assert.deepEqual(sent, []);
    assert.equal(sent.length, 6);
    assert.equal(new Set(sent).size, 2, "one for each client");
    for (const jwt of sent) assert.deepEqual([decodeProtectedHeader(jwt).alg, decodeJwt(jwt).exp - decodeJwt(jwt).nbf], ["PS256", 600]);
  });
}

inWorker("a function for the assertion is asked for each request", { web: { auth: authOf("web"), assertion } }, async (worker) => {
  const web = worker.app("web");
  const { account } = await signedIn(web);
  await web.acquireTokenSilent({ account, scopes: SCOPES });
  await web.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
  await web.acquireTokenByClientCredential();
  assert.equal((await worker.told()).asked, 3);
  for (const { body } of idp.tokenRequests()) assert.equal(body.client_assertion, assertion);
});

inWorker("what cannot work is refused with its reason here too", { wrong: pfxOf("web", "wr0ng"), none: pfxOf("web", null) }, async (worker) => {
  for (const [name, code] of [["wrong", "wrong_passphrase"], ["none", "missing_passphrase"]]) {
    const error = await failureOf(worker.app(name).acquireTokenByClientCredential());
    assert.deepEqual([error.name, error.errorCode], ["ClientConfigurationError", code]);
    assert.ok(error.hint);
    assert.doesNotMatch(error.message, /wr0ng/);
  }
  assert.deepEqual(idp.log, []);
});

inWorker("what a sign-in brings is checked", { web: secretOf("web") }, async (worker) => {
  const web = worker.app("web");
  const { request, answer } = await visit(web);
  assert.equal((await failureOf(web.acquireTokenByCode(request, { ...answer, state: "another" }))).errorCode, "state_mismatch");
  assert.deepEqual(idp.tokenRequests(), []);
  assert.equal((await failureOf(web.acquireTokenByCode({ ...request, nonce: "another" }, answer))).errorCode, "nonce_mismatch");
  assert.deepEqual(await web.getAllAccounts(), []);
});

inWorker("a device code, as a public client", { program: { auth: authOf("device"), isPublic: true } }, async (worker) => {
  const app = worker.app("program");
  const signingIn = app.acquireTokenByDeviceCode({ scopes: SCOPES });
  await until(async () => (await worker.told()).shown.length === 1);
  const [{ userCode, message }] = (await worker.told()).shown;
  assert.match(message, new RegExp(userCode));
  await until(() => idp.tokenRequests().length === 1);
  await idp.approveDevice(userCode);
  const { account, accessToken } = await signingIn;
  assert.equal(account.username, ADA);
  assert.equal((await app.acquireTokenSilent({ account, scopes: SCOPES })).accessToken, accessToken);
  assert.equal((await failureOf(app.acquireTokenInteractive({ scopes: SCOPES }))).errorCode, "method_not_implemented");
  await app.signOut({ account });
  assert.deepEqual(await app.getAllAccounts(), []);
});

for (const [name, cache] of [["a tokenStore over KV", "list"], ["a tokenStore over KV without list", "kv"], ["a cachePlugin", "plugin"]]) {
  const both = (application) => ({ [application]: { ...secretOf(application), cache }, [`${application} elsewhere`]: { ...secretOf(application), cache } });
  inWorker(`another client finds what one has got, by ${name}`, { ...both("web"), ...both("api") }, async (worker) => {
    const [web, elsewhere] = [worker.app("web"), worker.app("web elsewhere")];
    const own = await web.acquireTokenByClientCredential();
    const { account, accessToken } = await signedIn(web);
    const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
    const behalf = await worker.app("api").acquireTokenOnBehalfOf(request);
    idp.clearLog();
    assert.equal((await elsewhere.acquireTokenByClientCredential()).accessToken, own.accessToken);
    const [known] = await elsewhere.getAllAccounts();
    assert.equal(known.homeAccountId, account.homeAccountId);
    assert.equal((await elsewhere.acquireTokenSilent({ account: known, scopes: SCOPES })).accessToken, accessToken);
    // MSAL Node asks no plugin for what is on behalf of somebody, and neither does this client.
    if (cache !== "plugin") assert.equal((await worker.app("api elsewhere").acquireTokenOnBehalfOf(request)).accessToken, behalf.accessToken);
    assert.deepEqual(idp.tokenRequests(), []);
    assert.equal((await elsewhere.acquireTokenSilent({ account: known, scopes: ["Mail.Read"] })).fromCache, false);
    await elsewhere.removeAccount(known);
    assert.deepEqual(await elsewhere.getAllAccounts(), []);
    assert.equal((await failureOf(elsewhere.acquireTokenSilent({ account, scopes: SCOPES }))).errorCode, "no_tokens_found");
  });
}
