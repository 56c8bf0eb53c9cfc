// The page believes an id_token only if it is signed, and for it: whatever the answer says otherwise is refused.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { ADA, call, clickFor, enter, inEachBrowser, LIBRARY, LIMIT, openApp, outcome, SCOPES, signInByPopup, spa, succeeded } from "./support.mjs";

const { idp, site, configuration } = await spa();
const OURS_ALONE = { ...LIMIT, skip: LIBRARY === "msal" && "MSAL checks the nonce alone" };
const DAY_MS = 24 * 3600 * 1000;
const now = () => Math.floor(Date.now() / 1000);
const { privateKey: foreign } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** What is wrong with it, and what the error says. */
const WRONG = {
  "another key's signature": [(claims, header) => idp.signIdToken(claims, { ...header, key: foreign }), /signature/],
  "no signature": [(claims) => idp.signIdToken(claims, { alg: "none" }), /not accepted/],
  "the public key taken for a secret": [(claims) => idp.signIdToken(claims, { alg: "HS256" }), /not accepted/],
  "another application's": [(claims) => ({ ...claims, aud: idp.clients.web.clientId }), /aud|application/],
  "another issuer's": [(claims) => ({ ...claims, iss: "https://login.evil.example/v2.0" }), /iss/],
  "another sign-in's nonce": [(claims) => ({ ...claims, nonce: "another" }), /nonce/],
  "no nonce": [({ nonce, ...claims }) => claims, /nonce/],
  "expired an hour ago": [(claims) => ({ ...claims, iat: now() - 7200, nbf: now() - 7200, exp: now() - 3600 }), /exp/],
  "not valid yet": [(claims) => ({ ...claims, nbf: now() + 3600, exp: now() + 7200 }), /nbf|valid/],
};

inEachBrowser((visit) => {
  test("what is wrong with an id_token is told, and nobody is signed in", { timeout: 3 * LIMIT.timeout, skip: OURS_ALONE.skip }, () => visit(async ({ context }) => {
    const page = await openApp(context, { site, configuration: configuration() });
    for (const [what, [change, reason]] of Object.entries(WRONG)) {
      idp.onIdToken = change;
      const popup = await clickFor(page, "acquireTokenPopup", { scopes: SCOPES, prompt: "login" });
      await enter(popup);
      const { error, result } = await outcome(page);
      assert.ok(error, `${what}: ${JSON.stringify(result?.account)}`);
      assert.match(error.errorCode, /^(invalid_id_token|nonce_mismatch)$/, what);
      assert.match(error.message, reason, what);
      assert.ok(error.classes.includes("ClientAuthError"), `${what}: ${error.classes}`);
      assert.deepEqual(succeeded(await call(page, "getAllAccounts")), [], what);
    }
    idp.onIdToken = undefined;
    succeeded(await signInByPopup(page));
  }));

  for (const [what, ms] of [["ahead", DAY_MS], ["behind", -DAY_MS]]) {
    test(`a page whose clock is a day ${what} signs in, and keeps its token`, OURS_ALONE, () => visit(async ({ context }) => {
      // As the page sees it: all servers have another time.
      idp.setClock(-ms);
      site.clockOffsetMs = -ms;
      const page = await openApp(context, { site, configuration: configuration() });
      const { account } = succeeded(await signInByPopup(page));
      assert.equal(account.username, ADA);
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { scopes: SCOPES, account })).fromCache, true);
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { scopes: SCOPES, account, forceRefresh: true })).fromCache, false);
    }));
  }

  test("a key that is new is fetched", OURS_ALONE, () => visit(async ({ context }) => {
    const page = await openApp(context, { site, configuration: configuration() });
    succeeded(await signInByPopup(page));
    await idp.rotateKeys({ drop: true });
    const popup = await clickFor(page, "acquireTokenPopup", { scopes: SCOPES, prompt: "login" });
    await enter(popup);
    succeeded(await outcome(page));
  }));
});
