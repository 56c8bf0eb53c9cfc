// Signing out: here, and at the identity provider.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA, asked, BLAISE, call, clickFor, eventTypes, failedWith, inEachBrowser, LIBRARY, LIMIT, openApp, outcome, ready, SCOPES, signInByPopup, spa, succeeded,
} from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const { id: TENANT } = idp.tenants.contoso;
const WITHOUT_LOGOUT = JSON.stringify({
  authorization_endpoint: `${idp.origin}/${TENANT}/oauth2/v2.0/authorize`, token_endpoint: `${idp.origin}/${TENANT}/oauth2/v2.0/token`,
  issuer: `${idp.issuer}/${TENANT}/v2.0`, jwks_uri: `${idp.origin}/${TENANT}/discovery/v2.0/keys`,
});
const usernames = async (page) => succeeded(await call(page, "getAllAccounts")).map(({ username }) => username);

inEachBrowser((visit) => {
  const signedIn = (use, { logins = [ADA], more } = {}) => visit(async ({ context, complaints }) => {
    const page = await openApp(context, { site, configuration: configuration(more) });
    const accounts = [];
    for (const login of logins) accounts.push(succeeded(await signInByPopup(page, { login, request: { ...REQUEST, prompt: "login" } })).account);
    idp.clearLog();
    await use({ page, accounts, context, complaints });
  });
  const restart = (page) => page.evaluate(([library, given]) => window.start(library, given), [LIBRARY, configuration()]);

  test("by redirect: the account is named, is gone here and there, and the page comes back", LIMIT, () => signedIn(async ({ page, accounts }) => {
    const back = page.waitForRequest((request) => request.url().startsWith(`${site.origin}/?state=`) || request.url() === `${site.origin}/`);
    await page.evaluate((account) => void window.call("logoutRedirect", { account }), accounts[0]);
    await back;
    await ready(page);
    const { searchParams } = new URL(idp.log.find(({ endpoint }) => endpoint === "logout").url);
    assert.equal(searchParams.get("logout_hint"), accounts[0].idTokenClaims.login_hint);
    assert.equal(searchParams.get("post_logout_redirect_uri"), `${site.origin}/`);
    succeeded(await restart(page));
    assert.deepEqual(await usernames(page), []);
    failedWith(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA }), "login_required");
  }));

  for (const cacheLocation of ["sessionStorage", "localStorage"]) {
    test(`an account that cannot be sent to other tabs signs out as any (${cacheLocation})`, LIMIT, () => signedIn(async ({ page, accounts, complaints }) => {
      succeeded(await page.evaluate(([account]) => window.call("logoutRedirect", { account: Object.assign(account, { format() {} }), onRedirectNavigate: false }), accounts));
      assert.deepEqual(await usernames(page), []);
      assert.deepEqual(complaints, []);
    }, { more: { cache: { cacheLocation } } }));
  }

  test("without an account the provider asks whom, and all are forgotten here", LIMIT, () => signedIn(async ({ page }) => {
    await page.evaluate(() => void window.call("logoutRedirect"));
    await page.waitForSelector("a.account");
    await page.click(`a.account >> text=${BLAISE}`, { noWaitAfter: true });
    await page.waitForURL((url) => url.origin === site.origin);
    await ready(page);
    succeeded(await restart(page));
    assert.deepEqual(await usernames(page), []);
    // Ada's session is still there.
    assert.equal(succeeded(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA })).account.username, ADA);
  }, { logins: [ADA, BLAISE] }));

  test("by popup: the page stays, and only this account is gone", LIMIT, () => signedIn(async ({ page, accounts, context, complaints }) => {
    const popup = await clickFor(page, "logoutPopup", { account: accounts[0] });
    succeeded(await outcome(page));
    if (!popup.isClosed()) await popup.waitForEvent("close");
    assert.equal(context.pages().length, 1);
    assert.deepEqual(await usernames(page), [BLAISE]);
    const logout = (await eventTypes(page)).filter((name) => name.startsWith("msal:logout"));
    assert.deepEqual(logout, ["msal:logoutStart", "msal:logoutSuccess", "msal:logoutEnd"]);
    failedWith(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA }), "login_required");
    assert.deepEqual(complaints, []);
  }, { logins: [ADA, BLAISE], more: { auth: { postLogoutRedirectUri: `${site.origin}/redirect` } } }));

  test("by popup, the page goes where the program says", LIMIT, () => signedIn(async ({ page, accounts }) => {
    await clickFor(page, "logoutPopup", { account: accounts[0], mainWindowRedirectUri: `${site.origin}/elsewhere` });
    await page.waitForURL(`${site.origin}/elsewhere`);
  }, { more: { auth: { postLogoutRedirectUri: `${site.origin}/redirect` } } }));

  const NOWHERE = { skip: LIBRARY === "msal" && "it looks for the endpoint, here" };
  for (const method of ["logoutPopup", "logoutRedirect"]) {
    test(`${method} at a provider that has no place for it: here alone`, { ...LIMIT, ...NOWHERE }, () => signedIn(async ({ page, accounts }) => {
      const isPopup = method === "logoutPopup";
      if (isPopup) await clickFor(page, method, { account: accounts[0] });
      succeeded(isPopup ? await outcome(page) : await call(page, method, { account: accounts[0] }));
      assert.deepEqual(await usernames(page), []);
      assert.equal(page.url(), `${site.origin}/`);
      assert.deepEqual((await eventTypes(page)).filter((name) => name.includes("logout")), ["msal:logoutStart", "msal:logoutSuccess", "msal:logoutEnd"]);
      assert.deepEqual(asked(idp), []);
    }, { more: { auth: { authorityMetadata: WITHOUT_LOGOUT } } }));
  }

  test("a blocked popup forgets nobody", LIMIT, () => visit(async ({ context }) => {
    const page = await openApp(context, { site, configuration: configuration() });
    succeeded(await signInByPopup(page));
    site.settings = { library: LIBRARY, start: configuration(), calls: [["logoutPopup"]], unasked: true };
    await Promise.all([page.waitForRequest(`${site.origin}/ran`), page.goto(`${site.origin}/`)]);
    const [blocked] = await page.evaluate(() => window.ran);
    failedWith(blocked, "popup_window_error");
    if (LIBRARY === "ours") assert.deepEqual(await usernames(page), [ADA]);
  }));

  test("clearCache forgets here alone", LIMIT, () => signedIn(async ({ page, accounts }) => {
    await call(page, "setActiveAccount", accounts[0]);
    succeeded(await call(page, "clearCache", { account: accounts[0] }));
    assert.deepEqual(await usernames(page), [BLAISE]);
    assert.equal(succeeded(await call(page, "getActiveAccount")), null);
    succeeded(await call(page, "clearCache"));
    assert.deepEqual(await usernames(page), []);
    assert.deepEqual(asked(idp), []);
    const { error } = await call(page, "acquireTokenSilent", { ...REQUEST, account: accounts[1], cacheLookupPolicy: 1 });
    assert.ok(error);
    succeeded(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA }));
  }, { logins: [ADA, BLAISE] }));

  test("a sign-out elsewhere reaches the app by the provider's frame", LIMIT, () => signedIn(async ({ accounts, context }) => {
    const more = { cache: { cacheLocation: "localStorage" } };
    // Another app of the same provider signs the person out; its page loads ours in a frame.
    idp.registerFrontChannelLogout("spa", `${site.origin}/`);
    site.settings = { library: LIBRARY, start: configuration({ ...more, auth: { onRedirectNavigate: false }, system: { allowRedirectInIframe: true } }), calls: [["logoutRedirect"]] };
    const other = await context.newPage();
    const framed = other.waitForRequest(`${site.origin}/ran`);
    const hint = new URLSearchParams({ logout_hint: accounts[0].idTokenClaims.login_hint });
    await other.goto(`${idp.authority("contoso")}/oauth2/v2.0/logout?${hint}`);
    await framed;
    idp.registerFrontChannelLogout("spa", undefined);
    site.settings = { library: LIBRARY };
    const again = await openApp(context, { site, configuration: configuration(more) });
    assert.deepEqual(await usernames(again), []);
  }, { more: { cache: { cacheLocation: "localStorage" } } }));
});
