// Signing in by leaving the page and coming back to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { goBack } from "./browsers.mjs";
import {
  ADA, asked, call, enter, eventTypes, failedWith, inEachBrowser, LIBRARY, LIMIT, load, openApp, ran, SCOPES, spa, succeeded,
} from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const OURS_ALONE = { ...LIMIT, skip: LIBRARY !== "ours" };
const START = `${site.origin}/?page=2`;
const RETURN = [["handleRedirectPromise"]];
/** Where the answer arrives: the page that is left, another page of the app, and the redirect page with the bridge. */
const REDIRECT_URIS = { "the redirect page": `${site.origin}/redirect`, "the app's own page": `${site.origin}/` };

inEachBrowser((visit) => {
  /** The app in a context of its own, which handles a return whenever it loads. */
  const inApp = (use, { more, calls = RETURN, path = "/?page=2" } = {}) => visit(async ({ context, complaints }) => {
    site.settings = { library: LIBRARY, start: configuration(more), calls };
    const page = await openApp(context, { site, path });
    for (const nothing of await ran(page)) assert.equal(succeeded(nothing), null);
    await use({ page, context, complaints });
  });

  /** Leaves the page for the sign-in page. */
  async function leave(page, request = REQUEST, method = "acquireTokenRedirect") {
    // The call does not come back, the page does.
    await page.evaluate(([name, given]) => void window.call(name, given), [method, request]);
    await page.waitForSelector("#login");
  }

  async function comeBack(page, address = START) {
    await page.waitForURL(address);
    return ran(page);
  }

  for (const [where, redirectUri] of Object.entries(REDIRECT_URIS)) {
    test(`the page comes back to where it was, with its own state, by way of ${where}`, LIMIT, () => inApp(async ({ page, complaints }) => {
      await leave(page, { ...REQUEST, state: "half a form" });
      await enter(page);
      const [returned] = await comeBack(page);
      const result = succeeded(returned);
      assert.equal(result.account.username, ADA);
      assert.equal(result.state, "half a form");
      assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
      assert.equal(page.url(), START);
      assert.deepEqual(complaints, []);
      const events = (await eventTypes(page)).filter((name) => !name.startsWith("msal:initialize"));
      assert.deepEqual(events, ["msal:handleRedirectStart", "msal:acquireTokenSuccess", "msal:loginSuccess", "msal:handleRedirectEnd"]);
    }, { more: { auth: { redirectUri } } }));
  }

  /** As Angular's: reads the address once, goes there a moment later, and by then writes it. Told of a change, it goes there. */
  const router = () => {
    const address = () => location.pathname + location.search + location.hash;
    let latest;
    window.visited = [];
    const go = async () => {
      const to = (latest = address());
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (to !== latest) return;
      window.visited.push(to);
      history.replaceState(history.state, "", to);
    };
    addEventListener("popstate", go);
    addEventListener("hashchange", go);
    if (location.pathname === "/") go();
  };

  test("a router that had read the address already does not write the answer back into it", LIMIT, () => visit(async ({ context }) => {
    const own = configuration({ auth: { redirectUri: `${site.origin}/` } });
    site.settings = { library: LIBRARY, start: own, calls: RETURN };
    await context.addInitScript(router);
    const page = await openApp(context, { site });
    await ran(page);
    await page.waitForFunction(() => window.visited.length > 0);
    await leave(page);
    await enter(page);
    const [returned] = await comeBack(page, (url) => url.origin === site.origin && url.hash === "");
    assert.equal(succeeded(returned).account.username, ADA);
    // It may have been there before the library was.
    await page.waitForFunction(() => window.visited.at(-1)?.replace(/#$/, "") === "/");
    await page.waitForTimeout(600);
    assert.equal((await page.evaluate(() => window.visited.at(-1))).replace(/#$/, ""), "/");
    assert.equal(page.url().replace(/#$/, ""), `${site.origin}/`);
  }));

  test("where Office.js has taken history.replaceState away, the sign-in comes back all the same", LIMIT, () => visit(async ({ context, complaints }) => {
    const own = configuration({ auth: { redirectUri: `${site.origin}/` } });
    site.settings = { library: LIBRARY, start: own, calls: RETURN };
    await context.addInitScript(() => {
      history.replaceState = history.pushState = null;
    });
    const page = await openApp(context, { site });
    await ran(page);
    await leave(page);
    await enter(page);
    const [returned] = await comeBack(page, (url) => url.origin === site.origin && url.hash === "");
    assert.equal(succeeded(returned).account.username, ADA);
    assert.equal(page.url(), `${site.origin}/#`);
    assert.deepEqual(complaints, []);
  }));

  test("the page's own fragment is there again", LIMIT, () => inApp(async ({ page }) => {
    await leave(page, REQUEST, "loginRedirect");
    await enter(page);
    const [returned] = await comeBack(page, `${START}#chapter-3`);
    succeeded(returned);
  }, { path: "/?page=2#chapter-3" }));

  test("a program may choose where to come back to", LIMIT, () => inApp(async ({ page }) => {
    await leave(page, { ...REQUEST, redirectStartPage: `${site.origin}/?page=5` });
    await enter(page);
    const [returned] = await comeBack(page, `${site.origin}/?page=5`);
    succeeded(returned);
  }));

  test("but nowhere else than to a page of this origin", OURS_ALONE, () => inApp(async ({ page }) => {
    for (const redirectStartPage of ["https://evil.example/#x", "javascript:void(document.title='ran')//#x", "data:text/html,x#x"]) {
      const error = failedWith(await call(page, "acquireTokenRedirect", { ...REQUEST, redirectStartPage }), "invalid_option");
      assert.match(error.message, /redirectStartPage is no page of this origin/);
    }
    assert.deepEqual(asked(idp), []);
  }));

  test("a provider that names itself in every answer has to, after the page was left too", OURS_ALONE, () => visit(async ({ context }) => {
    await context.route("**/.well-known/openid-configuration", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...await response.json(), authorization_response_iss_parameter_supported: true } });
    });
    const auth = { authority: `${idp.authority("contoso")}/v2.0`, protocolMode: "OIDC" };
    site.settings = { library: LIBRARY, start: configuration({ auth }), calls: RETURN };
    const page = await openApp(context, { site, path: "/?page=2" });
    await ran(page);
    await leave(page);
    await enter(page);
    failedWith((await comeBack(page))[0], "invalid_issuer");
    assert.deepEqual(asked(idp), ["authorize"]);
  }));

  for (const [where, redirectUri] of Object.entries(REDIRECT_URIS)) {
    test(`while an answer is being taken nobody is asked, by way of ${where}`, LIMIT, () => inApp(async ({ page }) => {
      await leave(page);
      site.settings = { ...site.settings, calls: [...RETURN, ["loginRedirect", REQUEST], ["loginPopup", REQUEST]] };
      idp.fault({ match: ({ body }) => body?.grant_type === "authorization_code", delayMs: 500 });
      await enter(page);
      const [returned, redirected, popped] = await comeBack(page);
      succeeded(returned);
      for (const refused of [redirected, popped]) failedWith(refused, "interaction_in_progress");
      assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
      // Afterwards it is as ever.
      await leave(page, { ...REQUEST, prompt: "login" });
    }, { more: { auth: { redirectUri } } }));
  }

  test("a reload after it is harmless", LIMIT, () => inApp(async ({ page }) => {
    await leave(page);
    await enter(page);
    succeeded((await comeBack(page))[0]);
    await page.reload();
    assert.equal(succeeded((await ran(page))[0]), null);
    assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
    assert.deepEqual(succeeded(await call(page, "getAllAccounts")).map(({ username }) => username), [ADA]);
  }));

  test("calls that are repeated or come at once have one result", LIMIT, () => inApp(async ({ page }) => {
    await leave(page);
    await enter(page);
    const results = (await comeBack(page)).map(succeeded);
    const later = succeeded(await call(page, "handleRedirectPromise"));
    assert.equal(new Set([...results, later].map(({ accessToken }) => accessToken)).size, 1);
    assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
  }, { calls: [...RETURN, ...RETURN, ...RETURN] }));

  test("whoever comes back by the back button can sign in again", LIMIT, () => inApp(async ({ page }) => {
    await leave(page);
    await goBack(page, START);
    await leave(page);
    await enter(page);
    assert.equal(succeeded((await comeBack(page))[0]).account.username, ADA);
  }));

  test("the back button after a sign-in redeems nothing twice", LIMIT, () => inApp(async ({ page }) => {
    await leave(page);
    await enter(page);
    succeeded((await comeBack(page))[0]);
    const before = asked(idp).length;
    await page.goto(`${site.origin}/elsewhere`);
    await goBack(page, START);
    const [returned] = await page.evaluate(() => window.ran);
    // From the back-forward cache the page is as it was; loaded anew, it has nothing to return.
    assert.equal(returned.error, undefined);
    assert.deepEqual(asked(idp).slice(before), []);
    assert.deepEqual(succeeded(await call(page, "getAllAccounts")).map(({ username }) => username), [ADA]);
  }));

  test("a second tab has no part in it", LIMIT, () => inApp(async ({ page, context }) => {
    await leave(page);
    const other = await openApp(context, { site });
    assert.deepEqual(await ran(other), [{ result: null }]);
    await enter(page);
    succeeded((await comeBack(page))[0]);
    assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
  }, { more: { cache: { cacheLocation: "localStorage" } } }));

  test("a link from elsewhere with a foreign code is harmless", LIMIT, () => inApp(async ({ page, complaints }) => {
    const state = Buffer.from(JSON.stringify({ id: crypto.randomUUID(), meta: { interactionType: "redirect" } })).toString("base64");
    const [KEPT, CLEANED] = ["kept", "cleaned"];
    const answers = [
      [`code=foreign&state=${encodeURIComponent(state)}`, CLEANED], ["code=foreign", CLEANED], ["error=access_denied&error_description=no", CLEANED],
      // Another library waits for these. MSAL takes them away.
      ["code=foreign&state=foreign", KEPT], ["error=server_error&error_description=no&state=foreign", KEPT], ["/route?code=1", KEPT],
    ];
    for (const [answer, address] of answers) {
      await page.goto("about:blank");
      await load(page, `${site.origin}/?page=2#${answer}`);
      assert.deepEqual(await ran(page), [{ result: null }], answer);
      assert.equal(page.url(), `${site.origin}/?page=2${address === KEPT ? `#${answer}` : ""}`);
    }
    assert.deepEqual(asked(idp), []);
    assert.deepEqual(complaints, []);
    await leave(page);
    await enter(page);
    await page.waitForURL((url) => url.origin === site.origin && url.pathname === "/");
    succeeded((await ran(page))[0]);
  }));

  test("who gives up has declined, once", LIMIT, () => inApp(async ({ page }) => {
    await leave(page);
    await page.click("#cancel", { noWaitAfter: true });
    const [returned] = await comeBack(page);
    assert.deepEqual(failedWith(returned, "access_denied").classes, ["AuthError", "ServerError"]);
    assert.ok((await eventTypes(page)).includes("msal:acquireTokenFailure"));
    await page.reload();
    assert.equal(succeeded((await ran(page))[0]), null);
  }));

  test("a program may keep its page", LIMIT, () => inApp(async ({ page }) => {
    succeeded(await call(page, "acquireTokenRedirect", REQUEST));
    const [address] = await page.evaluate(() => window.navigations);
    assert.equal(new URL(address).origin, idp.origin);
    assert.equal(new URL(address).searchParams.get("code_challenge_method"), "S256");
    assert.equal(page.url(), START);
    assert.deepEqual(asked(idp), []);
  }, { more: { auth: { onRedirectNavigate: false } } }));
});
