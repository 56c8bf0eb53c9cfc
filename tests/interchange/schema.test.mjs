// MSAL's schema in detail: two caches as they lie about in people's files, pinned, and what is written today.
//
// The libraries differ in the name under which they file the global cloud: MSAL Node (like .NET and Java) uses Entra's
// preferred one, login.windows.net; MSAL Python uses the host of the authority, login.microsoftonline.com. An
// application's token has the home account id "" in the one and null in the other; on-behalf-of notes the assertion as
// `userAssertionHash` in the one and not at all in the other.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { startEntra } from "./entra.mjs";
import { libraries } from "./libraries.mjs";

const entra = await startEntra();
const { idp } = entra;
const { ours, msalNode, msalPython } = libraries(entra);
const ADA = "ada@contoso.example";
const ASSERTION = "the incoming assertion";
const PINNED_AT_MS = 1_795_000_000_000;
const LIMIT = { timeout: 60_000 };

const pinned = (name) => readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");
const NODE = pinned("msal-node-7.2.1");
const PYTHON = pinned("msal-python-1.39.0");
/** A minute after the pinned caches were written. */
const then = { system: { now: () => PINNED_AT_MS + 60_000 } };

const FILED = [["MSAL Node", NODE, "login.windows.net"], ["MSAL Python", PYTHON, "login.microsoftonline.com"]];
for (const [name, cache, environment] of FILED) {
  for (const alias of ["login.windows.net", "login.microsoftonline.com", "login.microsoft.com", "sts.windows.net"]) {
    const filed = cache.replaceAll(`-${environment}-`, `-${alias}-`).replaceAll(`"environment": "${environment}"`, `"environment": "${alias}"`);
    test(`${name}'s pinned cache, filed under ${alias}, is read`, LIMIT, async () => {
      assert.equal((await ours.appToken({ cache: filed, ...then })).token, "access-token-of-daemon");
      const { token, result } = await ours.silent({ cache: filed, username: ADA, ...then });
      assert.equal(token, "access-token-of-web");
      assert.equal(result.expiresOn.getTime(), PINNED_AT_MS + 3_599_000);
      assert.equal(result.idTokenClaims.preferred_username, ADA);
      assert.equal((await ours.silent({ app: "api", cache: filed, username: ADA, ...then })).token, "access-token-of-api");
      assert.equal(idp.tokenRequests().length, 0);
    });
  }
}

test("MSAL Node's pinned cache serves on-behalf-of, for the assertion that it names", LIMIT, async () => {
  const { token, result } = await ours.onBehalfOf({ cache: NODE, assertion: ASSERTION, ...then });
  assert.equal(token, "access-token-of-api");
  assert.equal(result.account.username, ADA);
  assert.equal(idp.tokenRequests().length, 0);
});

test("a pinned cache gives its refresh tokens when its access tokens have expired", LIMIT, async () => {
  for (const [, cache] of FILED) {
    idp.clearLog();
    // This refresh token is nobody's: that it was sent is what counts.
    await assert.rejects(ours.silent({ cache, username: ADA, system: { now: () => PINNED_AT_MS + 4 * 3_600_000 } }));
    assert.deepEqual(idp.tokenRequests().map(({ body }) => body.refresh_token), ["refresh-token-of-web"]);
  }
});

const TIMES = ["cached_at", "expires_on", "extended_expires_on", "last_modification_time"];

/** What is the same each time: everything but the secrets and the times, of which the kind stays. */
function shapeOf(cache) {
  const sections = JSON.parse(cache);
  for (const entry of Object.values(sections).flatMap(Object.values)) {
    for (const name of ["secret", "userAssertionHash", ...TIMES]) {
      if (name in entry) entry[name] = typeof entry[name];
    }
    // Texts of JSON, the members of which come in any order.
    if (entry.tenantProfiles) entry.tenantProfiles = entry.tenantProfiles.map((profile) => JSON.parse(profile));
  }
  return sections;
}

/** One of each: an application's token, a signed-in user, on-behalf-of. */
async function cacheOf(library) {
  const own = await library.appToken();
  const user = await library.signIn({ login: ADA, cache: own.cache });
  const incoming = await msalNode.signIn({ login: ADA, scopes: [`api://${idp.clients.api.clientId}/access_as_user`] });
  return (await library.onBehalfOf({ assertion: incoming.token, cache: user.cache })).cache;
}

for (const [name, library, cache] of [["MSAL Node", msalNode, NODE], ["MSAL Python", msalPython, PYTHON]]) {
  test(`${name} writes today what is pinned`, LIMIT, async () => {
    assert.deepEqual(shapeOf(await cacheOf(library)), shapeOf(cache));
  });
}

test("ours writes the keys and members that MSAL Node writes", LIMIT, async () => {
  assert.deepEqual(shapeOf(await cacheOf(ours)), shapeOf(NODE));
});
