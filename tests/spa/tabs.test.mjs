// Several tabs of one app: one cache, one renewal, one sign-out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, asked, BLAISE, call, eventTypes, inEachBrowser, LIBRARY, LIMIT, load, openApp, SCOPES, signInByPopup, spa, succeeded } from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const OURS_ALONE = { ...LIMIT, skip: LIBRARY === "msal" && "MSAL does otherwise" };
const usernames = async (page) => succeeded(await call(page, "getAllAccounts")).map(({ username }) => username);
const told = (page, name) => page.waitForFunction((wanted) => window.events.some(({ eventType }) => eventType === wanted), name);
const restart = async (page, given) => {
  await load(page, `${site.origin}/`);
  succeeded(await page.evaluate(([library, one]) => window.start(library, one), [LIBRARY, given]));
};

inEachBrowser((visit) => {
  for (const cacheLocation of LIBRARY === "msal" ? ["localStorage"] : ["localStorage", "indexedDB"]) {
    const given = configuration({ cache: { cacheLocation } });
    const inTabs = (use, count = 2) => visit(async ({ context, complaints }) => {
      const tabs = [];
      for (let i = 0; i < count; i += 1) tabs.push(await openApp(context, { site, configuration: given }));
      await use(tabs, { context, complaints });
      assert.deepEqual(complaints, []);
    });

    test(`${cacheLocation}: who signs in in one tab is known in the other`, LIMIT, () => inTabs(async ([one, other]) => {
      const { account } = succeeded(await signInByPopup(one));
      await told(other, "msal:loginSuccess");
      assert.deepEqual(await usernames(other), [ADA]);
      idp.clearLog();
      assert.equal(succeeded(await call(other, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
      assert.deepEqual(asked(idp), []);
    }));

    test(`${cacheLocation}: a tab that opens later finds all of it`, LIMIT, () => inTabs(async ([one], { context }) => {
      const { account } = succeeded(await signInByPopup(one));
      await call(one, "setActiveAccount", account);
      await told(one, "msal:activeAccountChanged");
      const later = await openApp(context, { site, configuration: given });
      assert.equal(succeeded(await call(later, "getActiveAccount")).username, ADA);
      assert.equal(succeeded(await call(later, "acquireTokenSilent", REQUEST)).fromCache, true);
    }, 1));

    test(`${cacheLocation}: one renewal serves all tabs`, OURS_ALONE, () => inTabs(async (tabs) => {
      const { account } = succeeded(await signInByPopup(tabs[0]));
      for (const tab of tabs.slice(1)) await told(tab, "msal:loginSuccess");
      idp.clearLog();
      // Slow enough for all tabs to ask meanwhile.
      idp.fault({ delayMs: 500 });
      const results = await Promise.all(tabs.map((tab) => call(tab, "acquireTokenSilent", { scopes: ["Mail.Read"], account })));
      assert.equal(new Set(results.map((each) => succeeded(each).accessToken)).size, 1);
      assert.deepEqual(asked(idp), ["token refresh_token"]);
    }, 3));

    test(`${cacheLocation}: who signs out in one tab is gone in the other`, LIMIT, () => inTabs(async ([one, other]) => {
      const { account } = succeeded(await signInByPopup(one));
      succeeded(await signInByPopup(one, { login: BLAISE, request: { ...REQUEST, prompt: "login" } }));
      await told(other, "msal:loginSuccess");
      await one.evaluate((given) => void window.call("logoutRedirect", { account: given }), account);
      await told(other, "msal:logoutSuccess");
      assert.deepEqual(await usernames(other), [BLAISE]);
      idp.clearLog();
      const { error } = await call(other, "acquireTokenSilent", { ...REQUEST, account, cacheLookupPolicy: 1 });
      assert.ok(error);
      assert.deepEqual(asked(idp), []);
    }));

    test(`${cacheLocation}: tabs that start at once share one key`, OURS_ALONE, () => inTabs(async (tabs) => {
      await Promise.all(tabs.map((tab) => restart(tab, given)));
      const [{ account }] = [succeeded(await signInByPopup(tabs[0]))];
      await Promise.all(tabs.map((tab) => restart(tab, given)));
      idp.clearLog();
      for (const tab of tabs) assert.equal(succeeded(await call(tab, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
      assert.deepEqual(asked(idp), []);
    }, 3));

    const two = async (one, other) => {
      const { account: ada } = succeeded(await signInByPopup(one));
      const { account: blaise } = succeeded(await signInByPopup(one, { login: BLAISE, request: { ...REQUEST, prompt: "login" } }));
      await other.waitForFunction(() => window.appOf().getAllAccounts().length === 2);
      return [ada, blaise];
    };
    const renewal = (page, account) => call(page, "acquireTokenSilent", { ...REQUEST, account, forceRefresh: true });
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

    test(`${cacheLocation}: whom a tab makes active while another one renews stays active`, OURS_ALONE, () => inTabs(async ([one, other]) => {
      const accounts = await two(one, other);
      for (let round = 0; round < 16; round++) {
        const [wanted, before] = round % 2 === 0 ? accounts : accounts.toReversed();
        const renewed = renewal(other, before);
        await later(4 * round);
        await call(one, "setActiveAccount", wanted);
        succeeded(await renewed);
        await later(60);
        assert.equal(succeeded(await call(one, "getActiveAccount")).username, wanted.username, `round ${round}`);
        assert.equal(succeeded(await call(one, "acquireTokenSilent", REQUEST)).account.username, wanted.username, `round ${round}`);
      }
    }));

    test(`${cacheLocation}: who is active in one tab is so in the other when it is told`, OURS_ALONE, () => inTabs(async ([one, other]) => {
      const accounts = await two(one, other);
      await other.evaluate(() => {
        window.seen = [];
        window.appOf().addEventCallback(() => window.seen.push(window.appOf().getActiveAccount()?.username ?? null), ["msal:activeAccountChanged"]);
      });
      const wanted = Array.from({ length: 20 }, (_, round) => [...accounts, null][round % 3]);
      for (const [round, account] of wanted.entries()) {
        await call(one, "setActiveAccount", account);
        await other.waitForFunction((count) => window.seen.length > count, round);
      }
      assert.deepEqual(await other.evaluate(() => window.seen), wanted.map((account) => account?.username ?? null));
    }));

    test(`${cacheLocation}: of two tabs that choose at once, both have the same`, OURS_ALONE, () => inTabs(async (tabs) => {
      const accounts = await two(...tabs);
      for (let round = 0; round < 5; round++) {
        await Promise.all(tabs.map((tab, index) => call(tab, "setActiveAccount", accounts[(round + index) % 2])));
        await later(150);
        const [one, other] = await Promise.all(tabs.map((tab) => call(tab, "getActiveAccount")));
        assert.equal(succeeded(one).username, succeeded(other).username, `round ${round}`);
      }
    }));

    test(`${cacheLocation}: who is forgotten while another tab renews does not come back`, OURS_ALONE, () => inTabs(async ([one, other]) => {
      const [, blaise] = await two(one, other);
      for (let round = 0; round < 5; round++) {
        const [ada] = succeeded(await call(one, "getAllAccounts")).filter(({ username }) => username === ADA);
        const renewed = renewal(other, blaise);
        await later(12 * round);
        succeeded(await call(one, "clearCache", { account: ada }));
        succeeded(await renewed);
        for (const ms of [0, 200]) {
          await later(ms);
          assert.deepEqual(await usernames(one), [BLAISE], `round ${round}`);
        }
        succeeded(await signInByPopup(one, { request: { ...REQUEST, prompt: "login" } }));
      }
      const renewed = renewal(other, blaise);
      succeeded(await call(one, "clearCache"));
      await renewed;
      for (const ms of [0, 200]) {
        await later(ms);
        assert.deepEqual(await usernames(one), []);
      }
    }));
  }

  test("sessionStorage: each tab has a person of its own", LIMIT, () => visit(async ({ context }) => {
    const one = await openApp(context, { site, configuration: configuration() });
    const other = await openApp(context, { site, configuration: configuration() });
    succeeded(await signInByPopup(one));
    succeeded(await signInByPopup(other, { login: BLAISE, request: { ...REQUEST, prompt: "login" } }));
    assert.deepEqual(await usernames(one), [ADA]);
    assert.deepEqual(await usernames(other), [BLAISE]);
    assert.ok(!(await eventTypes(one)).includes("msal:logoutSuccess"));
  }));
});
