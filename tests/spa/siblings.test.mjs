// Several clients in one page: modules that each make their own, and applications that share an origin.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, asked, BLAISE, enter, inEachBrowser, LIBRARY, LIMIT, openApp, SCOPES, signInByPopup, spa, succeeded } from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const ANOTHER = "99999999-9999-4999-8999-999999999999";
const HOME = `${site.origin}/`;

inEachBrowser((visit) => {
  /** Leaves the app's own page for the sign-in page and comes back to it, where nothing has run yet. */
  const returned = (use) => visit(async ({ context }) => {
    const page = await openApp(context, { site });
    const own = configuration({ auth: { redirectUri: HOME } });
    await page.evaluate(async ([library, given, request]) => {
      const { PublicClientApplication } = await import(`/library/${library}.mjs`);
      const app = new PublicClientApplication(given);
      await app.initialize();
      void app.acquireTokenRedirect(request);
    }, [LIBRARY, own, REQUEST]);
    await page.waitForSelector("#login");
    await enter(page);
    await page.waitForURL((url) => url.href.startsWith(`${HOME}#`));
    await page.waitForSelector("body[data-ready]", { state: "attached" });
    idp.clearLog();
    await use({ page, own, other: configuration({ auth: { redirectUri: HOME, clientId: ANOTHER } }) });
  });

  test("two that handle the same return redeem its code once", LIMIT, () => returned(async ({ page, own }) => {
    const results = await page.evaluate(async ([library, given]) => {
      const { PublicClientApplication } = await import(`/library/${library}.mjs`);
      const apps = [1, 2].map(() => new PublicClientApplication(given));
      await Promise.all(apps.map((app) => app.initialize()));
      const settled = await Promise.allSettled(apps.map((app) => app.handleRedirectPromise()));
      return settled.map(({ status, value }) => [status, value?.account.username ?? null]);
    }, [LIBRARY, own]);
    assert.deepEqual(results.toSorted(), [["fulfilled", null], ["fulfilled", ADA]].toSorted());
    assert.deepEqual(asked(idp), ["token authorization_code"]);
  }));

  test("another application's client leaves the answer to the one that asked", LIMIT, () => returned(async ({ page, own, other }) => {
    const [foreign, result, address] = await page.evaluate(async ([library, first, second]) => {
      const { PublicClientApplication } = await import(`/library/${library}.mjs`);
      const one = new PublicClientApplication(first);
      await one.initialize();
      const nothing = await one.handleRedirectPromise();
      // A router, in between.
      if (library === "ours") history.replaceState(null, "", "#/home");
      const app = new PublicClientApplication(second);
      await app.initialize();
      const found = await app.handleRedirectPromise();
      return [nothing, found?.account.username, location.href];
    }, [LIBRARY, other, own]);
    assert.equal(foreign, null);
    assert.equal(result, ADA);
    if (LIBRARY === "ours") assert.equal(address, `${HOME}#/home`);
  }));

  test("what one of them does the other knows, though no other tab may", LIMIT, () => visit(async ({ context }) => {
    const page = await openApp(context, { site, configuration: configuration() });
    await page.evaluate(async ([library, given]) => {
      const { PublicClientApplication } = await import(`/library/${library}.mjs`);
      window.second = new PublicClientApplication(given);
      await window.second.initialize();
    }, [LIBRARY, configuration()]);
    const names = (accounts) => accounts.map(({ username }) => username).sort();
    const until = async (method, wanted) => {
      await page.waitForFunction(([name, told]) => JSON.stringify([window.second[name]()].flat().map((account) => account?.username ?? null).sort()) === told,
        [method, JSON.stringify(wanted)], { polling: 50 });
    };
    for (const login of [ADA, BLAISE]) succeeded(await signInByPopup(page, { login, request: { ...REQUEST, prompt: "login" } }));
    await until("getAllAccounts", [ADA, BLAISE]);
    const accounts = await page.evaluate(() => window.appOf().getAllAccounts().map(({ homeAccountId, username }) => ({ homeAccountId, username })));
    assert.deepEqual(names(accounts), [ADA, BLAISE]);
    await page.evaluate(() => window.appOf().setActiveAccount(window.appOf().getAccount({ username: "blaise@contoso.example" })));
    await until("getActiveAccount", [BLAISE]);
    await page.evaluate(() => window.second.clearCache({ account: window.second.getAccount({ username: "ada@contoso.example" }) }));
    await page.waitForFunction(() => window.appOf().getAllAccounts().length === 1, undefined, { polling: 50 });
    await page.evaluate(() => window.appOf().clearCache());
    await until("getAllAccounts", []);
  }));
});
