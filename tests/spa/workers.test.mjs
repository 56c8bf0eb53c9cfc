// The client in workers: all that needs no window.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, asked, claimsOf, inEachBrowser, LIBRARY, LIMIT, openApp, SCOPES, signInByPopup, spa, succeeded } from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const ONE_CACHE = { cache: { cacheLocation: "indexedDB" } };
const OURS_ALONE = { ...LIMIT, skip: LIBRARY === "msal" && "MSAL needs a window" };

inEachBrowser((visit) => {
  for (const kind of ["dedicated worker", "service worker"]) {
    test(`${kind}: tokens from the page's cache, and by its refresh token`, OURS_ALONE, () => visit(async ({ context, complaints }) => {
      const page = await openApp(context, { site, configuration: configuration(ONE_CACHE), path: "/fixture/workers.html" });
      const { account, accessToken } = succeeded(await signInByPopup(page));
      idp.clearLog();
      const calls = [["acquireTokenSilent", { ...REQUEST, account }], ["acquireTokenSilent", { scopes: ["Mail.Read"], account }]];
      const [cached, renewed, { accounts, events }] = await page.evaluate(([where, job]) => window.inWorker(where, job), [kind, { configuration: configuration(ONE_CACHE), calls }]);
      assert.deepEqual(cached, { result: { accessToken, fromCache: true, username: ADA } });
      assert.equal(claimsOf(renewed.result.accessToken).scp, "Mail.Read");
      assert.deepEqual(accounts, [ADA]);
      assert.deepEqual(events, ["msal:initializeStart", "msal:initializeEnd", "msal:acquireTokenStart", "msal:acquireTokenSuccess",
        "msal:acquireTokenStart", "msal:acquireTokenFromNetworkStart", "msal:acquireTokenSuccess"]);
      assert.deepEqual(asked(idp), ["token refresh_token"]);
      assert.deepEqual(complaints, []);
    }));

    test(`${kind}: what needs a window says so`, OURS_ALONE, () => visit(async ({ context }) => {
      const page = await openApp(context, { site, path: "/fixture/workers.html" });
      const calls = ["acquireTokenPopup", "acquireTokenRedirect", "ssoSilent", "logoutPopup", "logoutRedirect"].map((method) => [method, REQUEST]);
      const outcomes = await page.evaluate(([where, job]) => window.inWorker(where, job), [kind, { configuration: configuration(ONE_CACHE), calls }]);
      assert.deepEqual(outcomes.pop().accounts, []);
      assert.equal(outcomes.length, calls.length);
      for (const { error } of outcomes) {
        assert.deepEqual([error.errorCode, error.isBrowserAuthError], ["non_browser_environment", true]);
        assert.match(error.message, /page/);
      }
      assert.deepEqual(asked(idp), []);
    }));
  }
});
