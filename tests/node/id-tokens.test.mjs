// id_tokens are verified: what does not hold is refused, and nothing that came with it is kept.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import test from "node:test";
import { ClientAuthError, NetworkError } from "graph-token";
import { failureOf, services, until } from "../support.mjs";
import { ADA, FAY, people } from "./people.mjs";

const all = await services();
const { idp } = all;
const { web, visit, signedIn } = people(all);
const { contoso, fabrikam } = idp.tenants;
const MINUTE_MS = 60_000;
const keyRequests = () => idp.log.filter(({ endpoint }) => endpoint === "keys");
const seconds = () => Math.floor(Date.now() / 1000);

/** Nothing that came is to be found again. */
async function assertEmpty(app) {
  assert.deepEqual(await app.getTokenCache().getAllAccounts(), []);
  for (const [section, entries] of Object.entries(JSON.parse(app.getTokenCache().serialize()))) assert.deepEqual(entries, {}, section);
}

const { privateKey: foreignKey, publicKey: foreignPublicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** By hand, for jose signs no header that names what it does not know. */
function signedByHand(claims, header) {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${sign("sha256", Buffer.from(input), foreignKey).toString("base64url")}`;
}

const REFUSED = {
  "signed with another key": (claims) => idp.signIdToken(claims, { key: foreignKey }),
  "signed by a key that nobody knows": (claims) => idp.signIdToken(claims, { kid: "unknown" }),
  "signed by nobody": (claims) => idp.signIdToken(claims, { alg: "none" }),
  "none in other letters": (claims) => idp.signIdToken(claims, { alg: "none" }).then((token) => token.replace(/^[^.]+/, Buffer.from('{"alg":"NoNe"}').toString("base64url"))),
  "signed with the public key as a shared secret": (claims) => idp.signIdToken(claims, { alg: "HS256" }),
  "signed in a way that this provider does not use": (claims) => idp.signIdToken(claims, { alg: "RS512" }),
  "with other claims than those that were signed": async (claims) => {
    const [header, , signature] = (await idp.signIdToken(claims)).split(".");
    return [header, Buffer.from(JSON.stringify({ ...claims, name: "Eve" })).toString("base64url"), signature].join(".");
  },
  "no JWT at all": () => "id_token",
  "of another tenant": (claims) => ({ ...claims, tid: fabrikam.id, iss: `${idp.issuer}/${fabrikam.id}/v2.0` }),
  "whose issuer is not its tenant's": (claims) => ({ ...claims, iss: `${idp.issuer}/${fabrikam.id}/v2.0` }),
  "of another provider": (claims) => ({ ...claims, iss: `https://login.evil.example/${contoso.id}/v2.0` }),
  "without an issuer": ({ iss, ...claims }) => claims,
  "for another application": (claims) => ({ ...claims, aud: idp.clients.api.clientId }),
  "for several applications, issued to another": (claims) => ({ ...claims, aud: [claims.aud, idp.clients.api.clientId], azp: idp.clients.api.clientId }),
  "for nobody": ({ aud, ...claims }) => claims,
  "that has expired": (claims) => ({ ...claims, exp: seconds() - 600 }),
  "that never expires": ({ exp, ...claims }) => claims,
  "that is not valid yet": (claims) => ({ ...claims, nbf: seconds() + 600 }),
  "that is valid from no time on": (claims) => ({ ...claims, nbf: 1e22 }),
  "that is valid from a word on": (claims) => ({ ...claims, nbf: "never" }),
  "of a tenant with an endless name": (claims) => ({ ...claims, tid: "x".repeat(100_000) }),
  "without a subject": ({ sub, ...claims }) => claims,
};
test("a time that is null is none", async () => {
  const app = web();
  const { request, answer } = await visit(app);
  idp.onIdToken = (claims) => ({ ...claims, nbf: null });
  assert.equal((await app.acquireTokenByCode(request, answer)).account.username, ADA);
});

for (const [name, onIdToken] of Object.entries(REFUSED)) {
  test(`refused: an id_token ${name}`, async () => {
    const app = web();
    const { request, answer } = await visit(app);
    idp.onIdToken = onIdToken;
    const error = await failureOf(app.acquireTokenByCode(request, answer));
    assert.ok(error instanceof ClientAuthError, `${error}`);
    assert.equal(error.errorCode, "invalid_id_token");
    assert.match(error.hint, /\w/);
    assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /eyJ/);
    await assertEmpty(app);
  });
}

test("refused: an id_token whose header has to be understood, and is not", async () => {
  const jwk = { ...foreignPublicKey.export({ format: "jwk" }), kid: "by hand", use: "sig" };
  const signInWith = async (more) => {
    idp.fault({ match: "keys", body: { keys: [jwk] } });
    idp.onIdToken = (claims, header) => signedByHand(claims, { ...header, kid: jwk.kid, ...more });
    return signedIn(web());
  };
  assert.equal((await signInWith({})).account.username, ADA);
  assert.equal((await failureOf(signInWith({ crit: ["b64"], b64: false }))).errorCode, "invalid_id_token");
});

test("refused: another nonce than was sent, none, and one where none was sent", async () => {
  for (const onIdToken of [(claims) => ({ ...claims, nonce: "another" }), ({ nonce, ...claims }) => claims]) {
    const app = web();
    const { request, answer } = await visit(app);
    idp.onIdToken = onIdToken;
    assert.equal((await failureOf(app.acquireTokenByCode(request, answer))).errorCode, "nonce_mismatch");
    await assertEmpty(app);
  }
  idp.onIdToken = undefined;
  const app = web();
  const { request: { nonce, ...request }, answer } = await visit(app);
  assert.equal((await failureOf(app.acquireTokenByCode(request, answer))).errorCode, "nonce_mismatch");
});

test("the nonce that was sent is the request's: whoever made the answer cannot bring one", async () => {
  const app = web();
  const { request: { nonce, ...request }, answer } = await visit(app);
  assert.equal((await failureOf(app.acquireTokenByCode(request, { ...answer, nonce }))).errorCode, "nonce_mismatch");
  await assertEmpty(app);
});

test("an answer without the id_token that would hold the nonce is refused", async () => {
  const app = web();
  const { request, answer } = await visit(app);
  idp.onToken = (_form, { id_token, ...body }) => body;
  try {
    assert.ok(await failureOf(app.acquireTokenByCode(request, answer)) instanceof ClientAuthError);
  } finally {
    idp.onToken = undefined;
  }
  await assertEmpty(app);
});

const ACCEPTED = {
  "for several applications, issued to this one": (claims) => ({ ...claims, aud: [claims.aud, idp.clients.api.clientId], azp: claims.aud }),
  "that expired within what clocks may differ": (claims) => ({ ...claims, exp: seconds() - 60 }),
  "without a key's name, where there is one key": (claims) => idp.signIdToken(claims, { kid: null }),
};
for (const [name, onIdToken] of Object.entries(ACCEPTED)) {
  test(`taken: an id_token ${name}`, async () => {
    idp.onIdToken = onIdToken;
    assert.equal((await signedIn(web())).account.username, ADA);
  });
}

test("on common and organizations a user of any tenant may come, on another tenant's authority nobody else", async () => {
  for (const word of ["common", "organizations"]) {
    const app = web({ auth: { authority: idp.authority(word) } });
    assert.equal((await signedIn(app, { login: FAY, loginHint: FAY })).tenantId, fabrikam.id);
    assert.equal((await signedIn(app, { login: ADA, loginHint: ADA })).tenantId, contoso.id);
  }
  assert.equal((await signedIn(web({ auth: { authority: idp.authority("contoso", "customDomain") } }))).tenantId, contoso.id);
});

test("the keys are fetched once for many sign-ins, and beside the token request", async () => {
  const app = web();
  const { request, answer } = await visit(app);
  idp.clearLog();
  idp.fault({ delayMs: 200 });
  idp.fault({ match: "keys", delayMs: 200 });
  const first = app.acquireTokenByCode(request, answer);
  const both = () => idp.log.filter(({ endpoint }) => ["token", "keys"].includes(endpoint));
  await until(() => both().length === 2, "both requests at once");
  assert.deepEqual(both().map(({ status }) => status), [null, null]);
  await first;
  await signedIn(app);
  await signedIn(app, { login: FAY });
  assert.equal(keyRequests().length, 1);
});

test("an unknown key has the keys fetched once more, and at most once a minute", async () => {
  let now = Date.now();
  const app = web({ system: { now: () => now } });
  await signedIn(app);
  await idp.rotateKeys();
  idp.clearLog();
  const visits = [await visit(app), await visit(app)];
  // The one that comes later takes what the other has fetched, or fetches for itself: both hold.
  for (const { account } of await Promise.all(visits.map(({ request, answer }) => app.acquireTokenByCode(request, answer)))) assert.equal(account.username, ADA);
  idp.clearLog();
  assert.equal((await signedIn(app)).account.username, ADA);
  assert.equal(keyRequests().length, 0);
  now += MINUTE_MS + 1;
  idp.clearLog();
  idp.onIdToken = REFUSED["signed by a key that nobody knows"];
  for (let i = 0; i < 3; i++) assert.equal((await failureOf(signedIn(app))).errorCode, "invalid_id_token");
  assert.equal(keyRequests().length, 1);
});

test("keys that were fetched for a sign-in that failed serve the next", async () => {
  const app = web();
  idp.onIdToken = REFUSED["that has expired"];
  await failureOf(signedIn(app));
  idp.onIdToken = undefined;
  await signedIn(app);
  assert.equal(keyRequests().length, 1);
});

const NO_KEYS = { "no server": { cut: "before" }, "an error": { status: 500 }, "a page": { body: "<p>down", contentType: "text/html" },
  "an empty set": { body: { keys: [] } }, "no set": { body: {} }, "a redirect": { redirectTo: "https://login.evil.example/keys" } };
for (const [name, fault] of Object.entries(NO_KEYS)) {
  test(`${name} where the keys should be: an error of its own, and nothing is kept`, async () => {
    const app = web({ system: { maxRetries: 0 } });
    const { request, answer } = await visit(app);
    idp.fault({ ...fault, match: "keys", times: 100 });
    const error = await failureOf(app.acquireTokenByCode(request, answer));
    assert.ok(error instanceof NetworkError, `${error}`);
    assert.equal(error.errorCode, "jwks_unavailable");
    assert.match(error.hint, /jwks_uri/);
    await assertEmpty(app);
    idp.clearFaults();
    assert.equal((await signedIn(app)).account.username, ADA);
  });
}

test("keys that hang end with the call", async () => {
  const app = web();
  const { request, answer } = await visit(app);
  idp.fault({ match: "keys", hang: true, times: 100 });
  assert.equal((await failureOf(app.acquireTokenByCode({ ...request, timeoutMs: 300 }, answer))).errorCode, "jwks_unavailable");
});

test("keys of yesterday are fetched anew, and serve while that is not possible", async () => {
  let now = Date.now();
  const app = web({ system: { now: () => now, maxRetries: 0 } });
  await signedIn(app);
  now += 25 * 60 * MINUTE_MS;
  idp.setClock(25 * 60 * MINUTE_MS);
  idp.fault({ match: "keys", status: 500 });
  await signedIn(app);
  await signedIn(app);
  assert.equal(keyRequests().length, 3);
});

for (const offsetMs of [-24 * 60 * MINUTE_MS, 24 * 60 * MINUTE_MS]) {
  test(`a clock that is ${offsetMs > 0 ? "ahead" : "behind"} by a day: the server's Date counts`, async () => {
    const app = web({ system: { now: () => Date.now() + offsetMs } });
    const { account } = await signedIn(app);
    assert.equal((await app.acquireTokenSilent({ account, scopes: ["User.Read"] })).fromCache, true);
  });
}

test("a provider that is known by its discovery document alone", async () => {
  const authority = `${idp.origin}/${contoso.id}/v2.0`;
  const app = web({ auth: { authority, protocolMode: "OIDC" } });
  const result = await signedIn(app, { scopes: ["https://graph.microsoft.com/User.Read"] });
  assert.equal(result.idTokenClaims.preferred_username, ADA);
  await signedIn(app, { scopes: ["https://graph.microsoft.com/User.Read"] });
  assert.equal(idp.log.filter(({ endpoint }) => endpoint === "discovery").length, 1);
  assert.equal(keyRequests().length, 1);
  // Nothing is asked for by a refresh token that may not have been granted.
  await app.acquireTokenSilent({ account: result.account, scopes: ["https://graph.microsoft.com/User.Read"], forceRefresh: true });
  assert.equal(idp.tokenRequests().at(-1).body.scope, "https://graph.microsoft.com/User.Read");
  idp.onIdToken = (claims) => ({ ...claims, iss: `${idp.issuer}/${fabrikam.id}/v2.0` });
  assert.equal((await failureOf(signedIn(app, { scopes: ["https://graph.microsoft.com/User.Read"] }))).errorCode, "invalid_id_token");
});
