// Tokens without a person: from the cache, by the refresh token, in a hidden frame.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ADA, asked, call, claimsOf, failedWith, inEachBrowser, LIBRARY, LIMIT, openApp, refusal, SCOPES, SECOND_FACTOR, signInByPopup, spa, succeeded,
} from "./support.mjs";

const sameSite = await spa();
const thirdParty = await spa({ host: "127.0.0.1" });
const REQUEST = { scopes: SCOPES };
const OURS_ALONE = { ...LIMIT, skip: LIBRARY === "msal" && "MSAL does otherwise" };
const POLICY = { default: 0, accessToken: 1, accessTokenAndRefreshToken: 2, refreshToken: 3, refreshTokenAndNetwork: 4, skip: 5 };
const CODE = ["authorize none", "token authorization_code"];
const RENEWED = ["token refresh_token"];
/** The 24 hours of a page's refresh token are over. */
const OVER = refusal(700084);
const DAY_SECONDS = 24 * 3600;
/** How soon a frame that finds no session has to end. */
const FAST_MS = 5_000;

inEachBrowser((visit) => {
  /** The app with a person signed in, and the log of the provider empty. */
  const signedIn = (use, { idp, graph, site, configuration } = sameSite, more) => visit(async ({ context, complaints }) => {
    const page = await openApp(context, { site, configuration: configuration(more) });
    const { account, ...result } = succeeded(await signInByPopup(page));
    idp.clearLog();
    const silently = (request) => call(page, "acquireTokenSilent", { ...REQUEST, account, ...request });
    await use({ page, account, result, silently, idp, graph, context, complaints });
  });
  /** So short a life that half of it, from when on it is renewed, is soon over. */
  const SHORT_SECONDS = 4;

  test("a token that lives comes from the cache", LIMIT, () => signedIn(async ({ silently, result, idp }) => {
    const again = succeeded(await silently());
    assert.equal(again.accessToken, result.accessToken);
    assert.equal(again.fromCache, true);
    assert.equal(again.account.username, ADA);
    assert.deepEqual(asked(idp), []);
  }));

  test("the active account needs no mention", LIMIT, () => signedIn(async ({ page, account, idp }) => {
    failedWith(await call(page, "acquireTokenSilent", REQUEST), "no_account_error");
    await call(page, "setActiveAccount", account);
    assert.equal(succeeded(await call(page, "acquireTokenSilent", REQUEST)).fromCache, true);
    assert.deepEqual(asked(idp), []);
  }));

  test("another resource's token comes by the refresh token", LIMIT, () => signedIn(async ({ silently, idp }) => {
    const mail = succeeded(await silently({ scopes: ["Mail.Read"] }));
    assert.equal(claimsOf(mail.accessToken).scp, "Mail.Read");
    assert.deepEqual(asked(idp), RENEWED);
    const { headers } = idp.tokenRequests()[0];
    assert.equal(headers.origin, sameSite.site.origin);
    // Nothing that would need a preflight.
    assert.ok(!idp.log.some(({ method }) => method === "OPTIONS"));
  }));

  test("forceRefresh and claims skip the cache", LIMIT, () => signedIn(async ({ silently, result, idp }) => {
    const anew = succeeded(await silently({ forceRefresh: true }));
    assert.notEqual(anew.accessToken, result.accessToken);
    succeeded(await silently({ claims: JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } }) }));
    assert.deepEqual(asked(idp), [...RENEWED, ...RENEWED]);
  }));

  test("a token near its end is renewed, once for all that ask", LIMIT, () => {
    sameSite.idp.setLifetimes({ expires_in: SHORT_SECONDS });
    return signedIn(async ({ page, account, idp }) => {
      idp.setLifetimes();
      await page.waitForTimeout((SHORT_SECONDS * 1000 * 3) / 4);
      const results = await page.evaluate((request) => Promise.all(Array.from({ length: 5 }, () => window.call("acquireTokenSilent", request))), { ...REQUEST, account });
      assert.equal(new Set(results.map((each) => succeeded(each).accessToken)).size, 1);
      assert.deepEqual(asked(idp), RENEWED);
    });
  });

  test("where the refresh token is over, the session in a hidden frame is next", LIMIT, () => signedIn(async ({ page, silently, idp, complaints }) => {
    idp.fault(OVER);
    assert.equal(succeeded(await silently({ forceRefresh: true })).account.username, ADA);
    assert.deepEqual(asked(idp), [...RENEWED, ...CODE]);
    assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
    // Browsers count a refused request as an error of the page.
    assert.deepEqual(complaints.filter((text) => !/400/.test(text)), []);
  }));

  const ofThree = (page, account) => page.evaluate(
    (requests) => Promise.all(requests.map((request) => window.call("acquireTokenSilent", request))),
    ["Mail.Read", "Calendars.Read", "Files.Read"].map((scope) => ({ scopes: [scope], account })),
  );

  test("calls whose refresh token is over at once open one frame, and share the refresh token that it brings", LIMIT, () => signedIn(async ({ page, account, idp }) => {
    idp.fault({ ...OVER, match: ({ body }) => body?.grant_type === "refresh_token", times: 3 });
    const results = (await ofThree(page, account)).map(succeeded);
    assert.deepEqual(results.map(({ accessToken }) => claimsOf(accessToken).scp), ["Mail.Read", "Calendars.Read", "Files.Read"]);
    // The last of the three may come while the frame is open.
    assert.deepEqual(asked(idp).sort(), [...CODE, ...RENEWED, ...RENEWED, ...RENEWED, ...RENEWED, ...RENEWED].sort());
  }));

  test("where that frame finds no session, each of them says so, and no further one opens", OURS_ALONE, () => signedIn(async ({ page, account, idp }) => {
    idp.fault({ ...OVER, times: 9 });
    for (const one of await ofThree(page, account)) {
      const error = failedWith(one, "invalid_grant");
      assert.ok(error.classes.includes("InteractionRequiredAuthError"));
    }
    assert.deepEqual(asked(idp).sort(), ["authorize none", ...RENEWED, ...RENEWED, ...RENEWED]);
  }, thirdParty));

  test("a call that its program ends takes no other one with it", OURS_ALONE, () => signedIn(async ({ page, account, idp }) => {
    idp.fault({ ...OVER, match: ({ body }) => body?.grant_type === "refresh_token", times: 1 });
    idp.fault({ match: "authorize", delayMs: 1_500 });
    const [ended, other] = await page.evaluate(async (account) => {
      const first = window.call("acquireTokenSilent", { scopes: ["Mail.Read"], account, signal: true });
      while (!document.querySelector("iframe")) await new Promise((resolve) => setTimeout(resolve, 10));
      const second = window.call("acquireTokenSilent", { scopes: ["Calendars.Read"], account });
      setTimeout(() => window.controller.abort(), 300);
      return Promise.all([first, second]);
    }, account);
    assert.equal(failedWith(ended).name, "AbortError");
    assert.equal(claimsOf(succeeded(other).accessToken).scp, "Calendars.Read");
    assert.deepEqual(asked(idp), [...RENEWED, "authorize none", ...CODE]);
  }));

  describe("cacheLookupPolicy", () => {
    const ways = [
      { policy: "default", cached: true, asks: [...RENEWED, ...CODE] },
      { policy: "accessToken", cached: true, asks: [], fails: true },
      { policy: "accessTokenAndRefreshToken", cached: true, asks: RENEWED, fails: true },
      { policy: "refreshToken", asks: RENEWED, fails: true },
      { policy: "refreshTokenAndNetwork", asks: [...RENEWED, ...CODE] },
      { policy: "skip", asks: CODE },
    ];
    for (const { policy, cached = false, asks, fails = false } of ways) {
      test(policy, LIMIT, () => signedIn(async ({ silently, idp }) => {
        const cacheLookupPolicy = POLICY[policy];
        if (cached) assert.equal(succeeded(await silently({ cacheLookupPolicy })).fromCache, true);
        assert.deepEqual(asked(idp), []);
        idp.fault({ ...OVER, match: ({ body }) => body?.grant_type === "refresh_token" });
        const { error } = await silently({ cacheLookupPolicy, scopes: ["Mail.Read"] });
        assert.deepEqual(asked(idp), asks);
        assert.equal(error !== undefined, fails, error?.message);
        if (fails && LIBRARY === "ours") assert.ok(error.classes.includes(policy === "accessToken" ? "AuthError" : "InteractionRequiredAuthError"), error.message);
      }));
    }
  });

  test("after 24 hours, and without third-party cookies, one error says so, fast and once", OURS_ALONE, () => signedIn(async ({ silently, idp }) => {
    idp.fault({ ...OVER, times: 9 });
    const start = Date.now();
    const error = failedWith(await silently({ forceRefresh: true }), "invalid_grant");
    assert.ok(Date.now() - start < FAST_MS, `it took ${Date.now() - start} ms`);
    assert.ok(error.classes.includes("InteractionRequiredAuthError"));
    assert.match(error.message, /AADSTS700084/);
    assert.deepEqual(asked(idp), ["token refresh_token", "authorize none"]);
  }, thirdParty));

  test("a sign-in page that refuses to be framed ends the frame", OURS_ALONE, () => signedIn(async ({ page, silently, idp }) => {
    idp.fault({ match: "authorize", status: 200, contentType: "text/html", body: "<title>no</title>", headers: { "x-frame-options": "DENY" } });
    const start = Date.now();
    const { error } = await silently({ cacheLookupPolicy: POLICY.skip });
    assert.ok(error);
    assert.ok(Date.now() - start < FAST_MS, `it took ${Date.now() - start} ms`);
    assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
  }));

  test("the end of the refresh token is told ahead", OURS_ALONE, () => signedIn(async ({ result }) => {
    const seconds = (result.refreshTokenExpiresOn.$date - Date.now()) / 1000;
    assert.ok(Math.abs(seconds - DAY_SECONDS) < 120, `${seconds}`);
  }));

  test("a second factor is asked for by the claims", LIMIT, () => signedIn(async ({ page, silently, idp }) => {
    const error = failedWith(await silently({ claims: SECOND_FACTOR }), "interaction_required");
    assert.ok(error.classes.includes("InteractionRequiredAuthError"));
    assert.match(error.message, /AADSTS50076/);
    assert.deepEqual(asked(idp).slice(0, 1), RENEWED);
    if (LIBRARY === "ours") assert.deepEqual(JSON.parse(error.claims).access_token.acrs, { essential: true, value: "c1" });
    assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
  }));

  test("offline, what is cached is served, and what is not is a network error", LIMIT, () => signedIn(async ({ silently, idp }) => {
    idp.fault({ match: "any", cut: "before", times: 99 });
    assert.equal(succeeded(await silently()).fromCache, true);
    const { error } = await silently({ scopes: ["Mail.Read"], cacheLookupPolicy: POLICY.refreshToken });
    assert.ok(error.classes.includes("NetworkError") || LIBRARY === "msal", JSON.stringify(error));
    idp.clearFaults();
    succeeded(await silently({ scopes: ["Mail.Read"] }));
  }));

  describe("app.fetch", () => {
    const me = ({ page, graph }) => page.evaluate((url) => window.fetchBy(url), `${graph.origin}/v1.0/me`);
    const graphOrigin = () => ({ system: { graphOrigin: sameSite.graph.origin }, auth: { clientCapabilities: ["cp1"] } });

    test("sends the active account's token", OURS_ALONE, () => signedIn(async ({ page, account, graph, idp }) => {
      await call(page, "setActiveAccount", account);
      assert.equal(succeeded(await me({ page, graph })).body.userPrincipalName, ADA);
      assert.ok(asked(idp).length <= 1);
    }, sameSite, graphOrigin()));

    test("meets a claims challenge by a renewal", OURS_ALONE, () => signedIn(async ({ page, account, graph, idp }) => {
      await call(page, "setActiveAccount", account);
      graph.challenge();
      assert.equal(succeeded(await me({ page, graph })).status, 200);
      assert.match(idp.tokenRequests().at(-1).body.claims, /nbf/);
    }, sameSite, graphOrigin()));

    test("else carries the claims in its error", OURS_ALONE, () => signedIn(async ({ page, account, graph }) => {
      await call(page, "setActiveAccount", account);
      graph.challenge({ claims: SECOND_FACTOR });
      const { error } = await me({ page, graph });
      assert.ok(error?.classes.includes("InteractionRequiredAuthError"), JSON.stringify(error));
      assert.deepEqual(JSON.parse(error.claims).access_token.acrs, { essential: true, value: "c1" });
    }, sameSite, graphOrigin()));
  });
});
