// Signing in by a popup.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA, alone, asked, BLAISE, call, claimsOf, clickFor, enter, eventTypes, failedWith, inEachBrowser, LIBRARY, LIMIT, load, openApp, outcome, ran, SCOPES,
  SECOND_FACTOR, signInByPopup, spa, succeeded,
} from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const OURS_ALONE = { ...LIMIT, skip: LIBRARY === "msal" && "MSAL does not see it" };
/** How soon a closed window has to be told. */
const CLOSED_MS = 500;

inEachBrowser((visit) => {
  /** The app in a context of its own. */
  const inApp = (use, { more, ...options } = {}) => visit(async ({ context, complaints }) => {
    const page = await openApp(context, { site, configuration: configuration(more), ...options });
    await use({ page, context, complaints });
  });

  test("a person signs in, and the app has a token and an account", LIMIT, () => inApp(async ({ page, context, complaints }) => {
    const result = succeeded(await signInByPopup(page));
    assert.equal(result.account.username, ADA);
    assert.ok(result.scopes.includes("User.Read"));
    assert.equal(claimsOf(result.accessToken).scp, "User.Read");
    assert.equal(result.fromCache, false);
    assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
    await alone(context);
    assert.deepEqual(complaints, []);
    const events = (await eventTypes(page)).filter((name) => !name.startsWith("msal:initialize"));
    assert.deepEqual(events, ["msal:acquireTokenStart", "msal:popupOpened", "msal:acquireTokenSuccess", "msal:loginSuccess"]);
    assert.deepEqual((await call(page, "getAllAccounts")).result.map(({ username }) => username), [ADA]);
  }));

  test("loginPopup needs no request, and gives state back that is given", LIMIT, () => inApp(async ({ page }) => {
    const popup = await clickFor(page, "loginPopup");
    await enter(popup, { login: BLAISE });
    const result = succeeded(await outcome(page));
    assert.equal(result.account.username, BLAISE);
    assert.equal(result.state, "");
    const again = await clickFor(page, "loginPopup", { ...REQUEST, prompt: "login", state: "where I was|yesterday" });
    await enter(again);
    assert.equal(succeeded(await outcome(page)).state, "where I was|yesterday");
  }));

  test("a wrong password is the sign-in page's affair", LIMIT, () => inApp(async ({ page }) => {
    const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
    await enter(popup, { password: "wrong" });
    assert.match(await popup.textContent("#error"), /incorrect/);
    await enter(popup);
    assert.equal(succeeded(await outcome(page)).account.username, ADA);
  }));

  test("who gives up has declined", LIMIT, () => inApp(async ({ page, context }) => {
    const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
    await popup.click("#cancel", { noWaitAfter: true });
    const error = failedWith(await outcome(page), "access_denied");
    assert.deepEqual(error.classes, ["AuthError", "ServerError"]);
    assert.match(error.errorMessage, /AADSTS65004/);
    await alone(context);
    assert.deepEqual(asked(idp), ["authorize"]);
    succeeded(await signInByPopup(page));
  }));

  test("consent is asked for, and may be refused", LIMIT, () => inApp(async ({ page }) => {
    idp.setPages({ consent: true });
    const consent = async (button) => {
      const popup = await clickFor(page, "acquireTokenPopup", { ...REQUEST, prompt: "consent" });
      if (button === "#cancel") await enter(popup, { login: BLAISE });
      await popup.click(button, { noWaitAfter: true });
      return outcome(page);
    };
    failedWith(await consent("#cancel"), "access_denied");
    assert.equal(succeeded(await consent("#accept")).account.username, BLAISE);
  }));

  test("claims lead to a second factor", LIMIT, () => inApp(async ({ page }) => {
    const popup = await clickFor(page, "acquireTokenPopup", { ...REQUEST, claims: SECOND_FACTOR });
    await enter(popup);
    await popup.fill("#code", "000000");
    await popup.click("#submit");
    assert.match(await popup.textContent("#error"), /not right/);
    await popup.fill("#code", "123456");
    await popup.click("#submit", { noWaitAfter: true });
    assert.deepEqual(claimsOf(succeeded(await outcome(page)).accessToken).acrs, ["c1"]);
  }));

  test("a blocked popup is an error that offers redirect, and leaves nothing behind", LIMIT, () => visit(async ({ context }) => {
    const page = await context.newPage();
    site.settings = { library: LIBRARY, start: configuration(), calls: [["acquireTokenPopup", REQUEST]], unasked: true };
    await Promise.all([page.waitForRequest(`${site.origin}/ran`), page.goto(`${site.origin}/`)]);
    const [blocked] = await ran(page);
    const error = failedWith(blocked, "popup_window_error");
    assert.ok(error.classes.includes("BrowserAuthError"));
    if (LIBRARY === "ours") assert.match(error.message, /acquireTokenRedirect/);
    succeeded(await signInByPopup(page));
  }));

  test("a window that is closed ends the call at once", OURS_ALONE, () => inApp(async ({ page }) => {
    const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
    await popup.fill("#login", ADA);
    const { ms, ...closed } = await page.evaluate(() => window.closePopup());
    const error = failedWith(closed, "user_cancelled");
    assert.ok(error.classes.includes("BrowserAuthError"));
    assert.ok(ms < CLOSED_MS, `it took ${ms} ms`);
    succeeded(await signInByPopup(page));
  }));

  test("a window that the person closes ends the call", OURS_ALONE, () => inApp(async ({ page }) => {
    const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
    await popup.fill("#login", ADA);
    await popup.close();
    failedWith(await outcome(page), "user_cancelled");
  }));

  test("a window may be closed as soon as there is a page in it", OURS_ALONE, () => inApp(async ({ page }) => {
    for (let n = 0; n < 10; n++) {
      const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
      await popup.waitForSelector("#login");
      await popup.close();
      failedWith(await outcome(page), "user_cancelled");
    }
  }));

  test("a sign-in page that cuts its window off is waited for", OURS_ALONE, () => inApp(async ({ page }) => {
    idp.setPages({ coop: true });
    const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
    await popup.waitForSelector("#login");
    await page.waitForFunction(() => window.popup.closed);
    const early = await Promise.race([outcome(page), page.waitForTimeout(2 * CLOSED_MS)]);
    assert.equal(early, undefined, JSON.stringify(early));
    await enter(popup);
    assert.equal(succeeded(await outcome(page)).account.username, ADA);
  }));

  test("where the window cannot be seen, the time limit ends the call", LIMIT, () => inApp(async ({ page }) => {
    idp.setPages({ coop: true });
    const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
    await popup.waitForSelector("#login");
    assert.equal(failedWith(await outcome(page), "timed_out").subError, "redirect_bridge_timeout");
  }, { more: { system: { popupBridgeTimeout: 3000 } } }));

  test("a signal that is aborted already opens no window", OURS_ALONE, () => inApp(async ({ page }) => {
    const told = await page.evaluate(async (request) => {
      let opened = 0;
      window.open = () => opened++;
      const thrown = await window.appOf().acquireTokenPopup({ ...request, signal: AbortSignal.abort("no more") }).catch((reason) => reason);
      return [thrown, opened];
    }, REQUEST);
    assert.deepEqual(told, ["no more", 0]);
  }));

  test("a signal ends the call and closes the window", OURS_ALONE, () => inApp(async ({ page, context }) => {
    const popup = await clickFor(page, "acquireTokenPopup", { ...REQUEST, signal: true });
    await popup.waitForSelector("#login");
    const closed = popup.waitForEvent("close");
    await page.evaluate(() => window.controller.abort());
    assert.equal((await outcome(page)).error.name, "AbortError");
    await closed;
    await alone(context);
    succeeded(await signInByPopup(page));
  }));

  test("one person is asked one thing at a time, unless the program wants it otherwise", LIMIT, () => inApp(async ({ page }) => {
    const first = await clickFor(page, "acquireTokenPopup", REQUEST);
    await first.waitForSelector("#login");
    await page.evaluate(() => {
      window.first = window.outcome;
    });
    failedWith(await call(page, "acquireTokenPopup", REQUEST), "interaction_in_progress");
    const second = await clickFor(page, "acquireTokenPopup", { ...REQUEST, overrideInteractionInProgress: true });
    failedWith(await page.evaluate(() => window.first), "interaction_in_progress_cancelled");
    await enter(second);
    succeeded(await outcome(page));
  }));

  test("a reload during a sign-in leaves no lock behind", OURS_ALONE, () => inApp(async ({ page }) => {
    const popup = await clickFor(page, "acquireTokenPopup", REQUEST);
    await popup.waitForSelector("#login");
    await load(page, `${site.origin}/`);
    succeeded(await page.evaluate(([library, given]) => window.start(library, given), [LIBRARY, configuration()]));
    succeeded(await signInByPopup(page));
  }));

  test("where the app's own page is the redirect URI, it passes the answer on and does nothing else", OURS_ALONE, () => inApp(async ({ page, context, complaints }) => {
    const more = { auth: { redirectUri: `${site.origin}/` } };
    site.settings = { library: LIBRARY, start: configuration(more), calls: [["handleRedirectPromise"], ["ssoSilent", { ...REQUEST, loginHint: ADA }]], tidy: true };
    assert.equal(succeeded(await signInByPopup(page)).account.username, ADA);
    assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
    await alone(context);
    assert.deepEqual(complaints, []);
  }, { more: { auth: { redirectUri: `${site.origin}/` } } }));

  test("a redirect page with MSAL's bridge serves as well", OURS_ALONE, () => inApp(async ({ page, context }) => {
    site.settings = { library: "msal" };
    assert.equal(succeeded(await signInByPopup(page)).account.username, ADA);
    await alone(context);
  }));
});
