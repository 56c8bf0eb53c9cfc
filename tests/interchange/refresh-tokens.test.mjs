// Refresh tokens, cached by one library and redeemed by another.
import assert from "node:assert/strict";
import test from "node:test";
import { decodeJwt } from "jose";
import { startEntra } from "./entra.mjs";
import { libraries } from "./libraries.mjs";

const entra = await startEntra();
const { idp } = entra;
const { ours, msalNode, msalPython } = libraries(entra);
const ADA = "ada@contoso.example";
const LIMIT = { timeout: 60_000 };

const HOUR_SECONDS = 3600;
const without = (cache) => JSON.stringify({ ...JSON.parse(cache), AccessToken: {} });
const expired = (cache) => {
  const sections = JSON.parse(cache);
  for (const entry of Object.values(sections.AccessToken)) {
    for (const name of ["cached_at", "expires_on", "extended_expires_on"]) entry[name] = String(Number(entry[name]) - 3 * HOUR_SECONDS);
  }
  return JSON.stringify(sections);
};
const refreshTokensOf = (cache) => Object.values(JSON.parse(cache).RefreshToken).map((entry) => entry.secret);

for (const [title, writer, reader] of [
  ["MSAL Node's is redeemed by MSAL Node", msalNode, msalNode],
  ["MSAL Node's is redeemed here", msalNode, ours],
  ["ours is redeemed by MSAL Node", ours, msalNode],
  ["MSAL Python's is redeemed by MSAL Python", msalPython, msalPython],
  ["MSAL Python's is redeemed here", msalPython, ours],
  ["ours is redeemed by MSAL Python", ours, msalPython],
]) {
  for (const [what, spoil] of [["is gone", without], ["has expired", expired]]) {
    test(`refresh tokens: ${title}, where the access token ${what}`, LIMIT, async () => {
      const signedIn = await writer.signIn({ login: ADA });
      const [refreshToken] = refreshTokensOf(signedIn.cache);
      idp.clearLog();
      const renewed = await reader.silent({ cache: spoil(signedIn.cache), username: ADA });
      assert.notEqual(renewed.token, signedIn.token);
      assert.equal(decodeJwt(renewed.token).scp, "User.Read");
      const [request, ...others] = idp.tokenRequests();
      assert.deepEqual([request.body.grant_type, request.body.refresh_token, others.length], ["refresh_token", refreshToken, 0]);

      // What came of it goes back to the one that had signed the user in. MSAL Python looks at what is filed under
      // its own name of the cloud first, and may redeem the refresh token that it finds there.
      idp.clearLog();
      const back = await writer.silent({ cache: renewed.cache, username: ADA });
      if (writer === msalPython) return assert.equal(decodeJwt(back.token).scp, "User.Read");
      assert.equal(back.token, renewed.token);
      assert.equal(idp.tokenRequests().length, 0);
    });
  }

  test(`refresh tokens: ${title} for another resource`, LIMIT, async () => {
    const { api } = idp.clients;
    const { cache } = await writer.signIn({ login: ADA });
    const [refreshToken] = refreshTokensOf(cache);
    idp.clearLog();
    const { token } = await reader.silent({ cache, username: ADA, scopes: [`api://${api.clientId}/access_as_user`] });
    assert.equal(decodeJwt(token).aud, api.clientId);
    assert.deepEqual(idp.tokenRequests().map(({ body }) => body.refresh_token), [refreshToken]);
  });
}

test("a refresh token that ours renewed takes the place of MSAL Node's", LIMIT, async () => {
  const { cache } = await msalNode.signIn({ login: ADA });
  const old = refreshTokensOf(cache);
  const renewed = await ours.silent({ cache, username: ADA, forceRefresh: true });
  const left = refreshTokensOf(renewed.cache);
  // A second entry beside the first would be redeemed by chance.
  assert.equal(left.length, 1);
  assert.notEqual(left[0], old[0]);
  idp.clearLog();
  await msalNode.silent({ cache: without(renewed.cache), username: ADA });
  assert.deepEqual(idp.tokenRequests().map(({ body }) => body.refresh_token), left);
});
