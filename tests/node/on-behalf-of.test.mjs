// On-behalf-of: cached by the whole incoming assertion, so that no caller is served another's token.
import assert from "node:assert/strict";
import test from "node:test";
import { decodeJwt } from "jose";
import { ClientAuthError, InteractionRequiredAuthError, ServerError } from "graph-token";
import { failureOf, services, until } from "../support.mjs";
import { ADA, BLAISE, people, SCOPES } from "./people.mjs";

const all = await services();
const { idp, client } = all;
const { api, assertionOf } = people(all);
const CLAIMS = '{"access_token":{"capolids":{"essential":true,"values":["c1"]}}}';
const assertions = () => idp.tokenRequests().filter(({ body }) => body.requested_token_use === "on_behalf_of");

test("a token for the caller's user, then from the cache, whole each time", async () => {
  const app = api();
  const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
  const first = await app.acquireTokenOnBehalfOf(request);
  const second = await app.acquireTokenOnBehalfOf({ ...request, correlationId: "11111111-2222-4333-8444-555555555555" });
  assert.deepEqual([first.fromCache, second.fromCache], [false, true]);
  assert.equal(second.accessToken, first.accessToken);
  assert.equal(decodeJwt(first.accessToken).oid, idp.directory.user(idp.tenants.contoso, ADA).oid);
  for (const { account, tenantId, idTokenClaims } of [first, second]) {
    assert.deepEqual([account.username, tenantId, idTokenClaims.preferred_username], [ADA, idp.tenants.contoso.id, ADA]);
  }
  assert.equal(second.correlationId, "11111111-2222-4333-8444-555555555555");
  assert.notEqual(second.account, first.account);
  assert.equal(assertions().length, 1);
});

test("another assertion is another token, of the same user too", async () => {
  const app = api();
  const oboAssertions = [await assertionOf(ADA), await assertionOf(ADA), await assertionOf(BLAISE)];
  const tokens = [];
  for (const oboAssertion of oboAssertions) tokens.push((await app.acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES })).accessToken);
  assert.equal(new Set(tokens).size, 3);
  for (const [i, oboAssertion] of oboAssertions.entries()) {
    assert.equal((await app.acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES })).accessToken, tokens[i]);
  }
  assert.equal(assertions().length, 3);
  // An assertion that only begins like a known one is no known one.
  const error = await failureOf(app.acquireTokenOnBehalfOf({ oboAssertion: `${oboAssertions[0]}x`, scopes: SCOPES }));
  assert.ok(error instanceof ServerError, `${error}`);
});

for (const more of [{ skipCache: true }, { claims: CLAIMS }]) {
  test(`${Object.keys(more)[0]} asks anew, and what comes takes the old one's place`, async () => {
    const app = api();
    const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
    const { accessToken } = await app.acquireTokenOnBehalfOf(request);
    const anew = await app.acquireTokenOnBehalfOf({ ...request, ...more });
    assert.deepEqual([anew.fromCache, anew.accessToken === accessToken], [false, false]);
    assert.equal((await app.acquireTokenOnBehalfOf(request)).accessToken, anew.accessToken);
  });
}

test("a claims challenge comes out as claims, and as what the API answers its caller with", async () => {
  const app = api();
  idp.fault({ status: 400, match: ({ body }) => body?.requested_token_use === "on_behalf_of", body: { error: "interaction_required",
    error_description: "AADSTS50076: multi-factor", error_codes: [50076], suberror: "basic_action", claims: CLAIMS } });
  const oboAssertion = await assertionOf();
  const error = await failureOf(app.acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES }));
  assert.ok(error instanceof InteractionRequiredAuthError, `${error}`);
  assert.deepEqual(JSON.parse(error.claims), JSON.parse(CLAIMS));
  const [, encoded] = error.wwwAuthenticate.match(/^Bearer .*error="insufficient_claims".*claims="([A-Za-z0-9+/]+=*)"/);
  assert.deepEqual(JSON.parse(Buffer.from(encoded, "base64").toString()), JSON.parse(CLAIMS));
  assert.doesNotThrow(() => new Headers({ "WWW-Authenticate": error.wwwAuthenticate }));
  assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes(oboAssertion));
});

test("without a challenge there is nothing to pass on", async () => {
  const error = await failureOf(api().acquireTokenOnBehalfOf({ oboAssertion: "not.a.token", scopes: SCOPES }));
  assert.equal(error.errorNo, "50013");
  assert.match(error.hint, /\w/);
  assert.equal(error.wwwAuthenticate, undefined);
});

test("no assertion is refused before anything is sent", async () => {
  for (const oboAssertion of [undefined, ""]) {
    const error = await failureOf(api().acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES }));
    assert.ok(error instanceof ClientAuthError, `${error}`);
    assert.equal(error.errorCode, "request_cannot_be_made");
  }
  assert.deepEqual(idp.tokenRequests(), []);
});

test("a hundred identical calls at once are one request", async () => {
  const app = api();
  const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
  const results = await Promise.all(Array.from({ length: 100 }, () => app.acquireTokenOnBehalfOf(request)));
  assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1);
  assert.equal(new Set(results).size, 100);
  assert.equal(assertions().length, 1);
});

test("a token is renewed ahead while it is served", async () => {
  let now = Date.now();
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600, refresh_in: 1000 });
  const app = api({ system: { now: () => now } });
  const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
  const { accessToken } = await app.acquireTokenOnBehalfOf(request);
  now += 1_100_000;
  const due = await app.acquireTokenOnBehalfOf(request);
  assert.deepEqual([due.fromCache, due.accessToken], [true, accessToken]);
  await until(async () => (await app.acquireTokenOnBehalfOf(request)).accessToken !== accessToken, "the renewed token");
  assert.equal(assertions().length, 2);
});

test("while the service is down a token past its life serves on, and says so", async () => {
  let now = Date.now();
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 7200 });
  const app = api({ system: { now: () => now, maxRetries: 0 } });
  const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
  const { accessToken } = await app.acquireTokenOnBehalfOf(request);
  idp.fault({ status: 503, times: 3 });
  now += 3_400_000;
  const expiring = await app.acquireTokenOnBehalfOf(request);
  assert.deepEqual([expiring.accessToken, expiring.isExtendedLifeTimeToken], [accessToken, false]);
  now += 1_000_000;
  const extended = await app.acquireTokenOnBehalfOf(request);
  assert.deepEqual([extended.accessToken, extended.isExtendedLifeTimeToken], [accessToken, true]);
  now += 3_000_000;
  assert.equal((await failureOf(app.acquireTokenOnBehalfOf(request))).status, 503);
});

test("an application's own token is not taken for a user's", async () => {
  const app = api();
  const { accessToken } = await client().acquireTokenByClientCredential({ scopes: [`api://${idp.clients.api.clientId}/.default`] });
  assert.equal((await failureOf(app.acquireTokenOnBehalfOf({ oboAssertion: accessToken, scopes: SCOPES }))).errorNo, "50013");
});
