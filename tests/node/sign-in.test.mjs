// Users signed in by a code: what comes back is checked before the code is sent, and the code is sent once.
import assert from "node:assert/strict";
import test from "node:test";
import { decodeJwt } from "jose";
import { ClientAuthError, ServerError } from "graph-token";
import { answerOf, signIn } from "../idp/index.mjs";
import { ENTRA, failureOf, services, until } from "../support.mjs";
import { ADA, people, REDIRECT_URI, SCOPES } from "./people.mjs";

const all = await services();
const { idp } = all;
const { web, visit, signedIn, homeIdOf } = people(all);
const { contoso, fabrikam } = idp.tenants;
const grants = () => idp.tokenRequests().map(({ body }) => body.grant_type);

test("a code gives tokens and an account", async () => {
  const app = web();
  const result = await signedIn(app);
  const user = idp.directory.user(contoso, ADA);
  assert.equal(decodeJwt(result.accessToken).oid, user.oid);
  assert.deepEqual([result.fromCache, result.tenantId, result.uniqueId], [false, contoso.id, user.oid]);
  assert.deepEqual([result.account.homeAccountId, result.account.username, result.account.localAccountId, result.account.tenantId],
    [homeIdOf(ADA), ADA, user.oid, contoso.id]);
  assert.equal(result.idTokenClaims.preferred_username, ADA);
  assert.equal(result.createAuthorizationHeader(), `Bearer ${result.accessToken}`);
});

for (const [name, change, code, more] of [
  ["another state", (answer) => ({ ...answer, state: "another" }), "state_mismatch"],
  ["no state", ({ state, ...answer }) => answer, "state_mismatch"],
  ["a state that nobody sent", (answer) => answer, "invalid_state", { state: undefined }],
  ["another provider's answer", (answer) => ({ ...answer, iss: "https://login.evil.example/v2.0" }), "invalid_issuer"],
]) {
  test(`${name} is refused before the code is sent`, async () => {
    const app = web();
    const { request, answer } = await visit(app);
    const error = await failureOf(app.acquireTokenByCode({ ...request, ...more }, change(answer)));
    assert.ok(error instanceof ClientAuthError, `${error}`);
    assert.equal(error.errorCode, code);
    assert.match(error.hint, /anew/);
    assert.deepEqual(grants(), []);
    assert.equal((await app.acquireTokenByCode(request, { ...answer, iss: `${idp.issuer}/${contoso.id}/v2.0` })).account.username, ADA);
  });
}

test("another tenant's answer is refused before the code is sent", async () => {
  const app = all.clientAtEntra();
  const error = await failureOf(app.acquireTokenByCode({ code: "c", redirectUri: REDIRECT_URI, state: "s" },
    { state: "s", iss: `${ENTRA}/${fabrikam.id}/v2.0` }));
  assert.equal(error.errorCode, "invalid_issuer");
  assert.deepEqual(grants(), []);
});

test("a wrong code, verifier or redirect URI is the server's error, and shows none of them", async () => {
  const app = web();
  for (const wrong of [{ code: "wrong-code" }, { codeVerifier: "wrong-verifier".padEnd(43, "x") }, { redirectUri: "http://localhost/redirect" }]) {
    const { request, answer } = await visit(app);
    const error = await failureOf(app.acquireTokenByCode({ ...request, ...wrong }, answer));
    assert.ok(error instanceof ServerError, `${error}`);
    assert.equal(error.errorCode.startsWith("invalid_"), true);
    const shown = `${error.stack}${JSON.stringify(error)}`;
    for (const secret of [request.code, request.codeVerifier, ...Object.values(wrong)].slice(0, 3)) assert.ok(!shown.includes(secret), shown);
  }
});

test("a code is sent once, whatever comes back, and for the same call twice at once", async () => {
  const app = web();
  const { request, answer } = await visit(app);
  idp.fault({ status: 503, times: 10 });
  await failureOf(app.acquireTokenByCode(request, answer));
  assert.equal(grants().length, 1);
  idp.clearFaults();
  const [one, other] = await Promise.all([1, 2].map(() => app.acquireTokenByCode(request, answer)));
  assert.equal(grants().length, 2);
  assert.equal(one.accessToken, other.accessToken);
  assert.equal((await failureOf(app.acquireTokenByCode(request, answer))).errorNo, "54005");
});

for (const [name, change] of [
  ["verifier", { codeVerifier: "x".repeat(43) }],
  ["redirect URI", { redirectUri: "http://localhost/redirect" }],
  ["nonce", { nonce: "another" }],
]) {
  test(`who brings the same code with another ${name} gets nothing of the one who is redeeming it`, async () => {
    const app = web();
    const { request, answer } = await visit(app);
    idp.fault({ delayMs: 200 });
    const own = app.acquireTokenByCode(request, answer);
    await until(() => grants().length === 1);
    const foreign = await failureOf(app.acquireTokenByCode({ ...request, ...change }, answer));
    assert.ok(foreign instanceof ServerError || foreign instanceof ClientAuthError, `${foreign}`);
    assert.equal((await own).account.username, ADA);
  });
}

test("while a code is being redeemed nobody else sends it, whoever has left meanwhile", async () => {
  const app = web();
  const { request, answer } = await visit(app);
  idp.fault({ delayMs: 300 });
  const own = app.acquireTokenByCode(request, answer);
  await until(() => grants().length === 1);
  const leaving = new AbortController();
  const left = failureOf(app.acquireTokenByCode({ ...request, signal: leaving.signal }, answer));
  leaving.abort();
  assert.equal((await left).name, "AbortError");
  const foreign = failureOf(app.acquireTokenByCode({ ...request, codeVerifier: "x".repeat(43) }, answer));
  const [{ value: redeemed }, { value: error }] = await Promise.allSettled([own, foreign]);
  assert.equal(grants().length, 1);
  assert.equal(error.errorCode, "request_cannot_be_made");
  assert.equal(redeemed.account.username, ADA);
});

test("the address of the sign-in carries what it was given, and no secret", async () => {
  const app = web();
  const url = new URL(await app.getAuthCodeUrl({ scopes: SCOPES, redirectUri: REDIRECT_URI, state: "a b&c", nonce: "n", loginHint: ADA, prompt: "login" }));
  assert.deepEqual(["state", "nonce", "login_hint", "prompt", "response_type"].map((name) => url.searchParams.get(name)), ["a b&c", "n", ADA, "login", "code"]);
  assert.ok(!url.href.includes(encodeURIComponent(idp.clients.web.clientSecret)));
  assert.equal(answerOf(await signIn(url.href)).state, "a b&c");
});
