// The session at the identity provider, asked in a hidden frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA, asked, BLAISE, call, clickFor, enter, eventTypes, failedWith, inEachBrowser, LIBRARY, LIMIT, openApp, outcome, SCOPES, SECOND_FACTOR, signInByPopup,
  spa, succeeded,
} from "./support.mjs";

const sameSite = await spa();
const thirdParty = await spa({ host: "127.0.0.1" });
const REQUEST = { scopes: SCOPES };
const OURS_ALONE = { ...LIMIT, skip: LIBRARY === "msal" && "MSAL does otherwise" };
const CODE = ["authorize none", "token authorization_code"];
const FAST_MS = 5_000;

inEachBrowser((visit) => {
  /** A person signed in at the provider, by one tab, and the app in another tab that knows nothing of it. */
  const withSession = (use, { idp, site, configuration } = sameSite, logins = [ADA]) => visit(async ({ context, complaints }) => {
    const before = await openApp(context, { site, configuration: configuration() });
    const accounts = [];
    for (const login of logins) accounts.push(succeeded(await signInByPopup(before, { login, request: { ...REQUEST, prompt: "login" } })).account);
    const page = await openApp(context, { site, configuration: configuration() });
    idp.clearLog();
    await use({ page, accounts, idp, complaints });
    assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
  });

  test("the only session needs no hint", LIMIT, () => withSession(async ({ page, idp, complaints }) => {
    const result = succeeded(await call(page, "ssoSilent", REQUEST));
    assert.equal(result.account.username, ADA);
    assert.deepEqual(asked(idp), CODE);
    assert.deepEqual(succeeded(await call(page, "getAllAccounts")).map(({ username }) => username), [ADA]);
    assert.ok((await eventTypes(page)).includes("msal:loginSuccess"));
    assert.deepEqual(complaints, []);
  }));

  for (const [hint, of] of [["loginHint", () => ({ loginHint: BLAISE })], ["sid", ({ idTokenClaims }) => ({ sid: idTokenClaims.sid })], ["account", (account) => ({ account })]]) {
    test(`of several sessions, ${hint} chooses`, LIMIT, () => withSession(async ({ page, accounts }) => {
      assert.equal(succeeded(await call(page, "ssoSilent", { ...REQUEST, ...of(accounts[1]) })).account.username, BLAISE);
    }, sameSite, [ADA, BLAISE]));
  }

  test("of several sessions without a hint, a person has to choose", LIMIT, () => withSession(async ({ page }) => {
    const error = failedWith(await call(page, "ssoSilent", REQUEST), "interaction_required");
    assert.ok(error.classes.includes("InteractionRequiredAuthError"));
    const popup = await clickFor(page, "acquireTokenPopup", { ...REQUEST, prompt: "select_account" });
    await popup.click(`button[value="${ADA}"]`, { noWaitAfter: true });
    assert.equal(succeeded(await outcome(page)).account.username, ADA);
  }, sameSite, [ADA, BLAISE]));

  test("without a session a person has to sign in", LIMIT, () => withSession(async ({ page, idp }) => {
    idp.endSessions();
    const error = failedWith(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA }), "login_required");
    assert.ok(error.classes.includes("InteractionRequiredAuthError"));
    assert.match(error.message, /AADSTS50058/);
    assert.deepEqual(asked(idp), ["authorize none"]);
  }));

  test("claims that want a second factor are a person's matter, until one has been shown", LIMIT, () => withSession(async ({ page }) => {
    const request = { ...REQUEST, loginHint: ADA, claims: SECOND_FACTOR };
    failedWith(await call(page, "ssoSilent", request), "interaction_required");
    const popup = await clickFor(page, "acquireTokenPopup", request);
    await popup.fill("#code", "123456");
    await popup.click("#submit", { noWaitAfter: true });
    succeeded(await outcome(page));
    succeeded(await call(page, "ssoSilent", request));
  }));

  test("without third-party cookies it fails fast", LIMIT, () => withSession(async ({ page, idp }) => {
    const start = Date.now();
    failedWith(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA }), "login_required");
    assert.ok(Date.now() - start < FAST_MS, `it took ${Date.now() - start} ms`);
    assert.deepEqual(asked(idp), ["authorize none"]);
  }, thirdParty));

  test("a frame that gets no answer ends with the time limit", LIMIT, () => visit(async ({ context }) => {
    const { idp, site, configuration } = sameSite;
    const page = await openApp(context, { site, configuration: configuration({ system: { iframeBridgeTimeout: 1500 } }) });
    idp.fault({ match: "authorize", hang: true });
    assert.equal(failedWith(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA }), "timed_out").subError, "redirect_bridge_timeout");
  }));

  test("a signal ends it", OURS_ALONE, () => visit(async ({ context }) => {
    const { idp, site, configuration } = sameSite;
    const page = await openApp(context, { site, configuration: configuration() });
    idp.fault({ match: "authorize", hang: true });
    const ended = call(page, "ssoSilent", { ...REQUEST, loginHint: ADA, signal: true });
    await page.waitForSelector("iframe", { state: "attached" });
    await page.evaluate(() => window.controller.abort());
    assert.equal((await ended).error.name, "AbortError");
    assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
  }));

  test("a popup that is hinted at the session signs in without a page", LIMIT, () => withSession(async ({ page, accounts }) => {
    await clickFor(page, "acquireTokenPopup", { ...REQUEST, account: accounts[0] });
    assert.equal(succeeded(await outcome(page)).account.username, ADA);
  }));

  test("a new page asks a person after prompt=login, whatever session there is", LIMIT, () => withSession(async ({ page }) => {
    const popup = await clickFor(page, "loginPopup", { ...REQUEST, prompt: "login" });
    await enter(popup, { login: BLAISE });
    assert.equal(succeeded(await outcome(page)).account.username, BLAISE);
  }));

  test("where the app's own page is the redirect URI, the frame passes the answer on and does nothing else", OURS_ALONE, () => withSession(async ({ page, idp, complaints }) => {
    const { site, configuration } = sameSite;
    const own = configuration({ auth: { redirectUri: `${site.origin}/` } });
    site.settings = { library: LIBRARY, start: own, calls: [["handleRedirectPromise"], ["ssoSilent", REQUEST]], tidy: true };
    succeeded(await page.evaluate(([library, given]) => window.start(library, given), [LIBRARY, own]));
    assert.equal(succeeded(await call(page, "ssoSilent", REQUEST)).account.username, ADA);
    assert.deepEqual(asked(idp), CODE);
    assert.deepEqual(complaints, []);
  }));
});
