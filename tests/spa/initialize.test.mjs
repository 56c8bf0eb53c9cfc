// What may be called before the client is initialized, and what comes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA, BLAISE, enter, eventTypes, inEachBrowser, LIBRARY, LIMIT, load, openApp, outcome, SCOPES, signInByPopup, spa, succeeded,
} from "./support.mjs";
import { popupBy } from "./browsers.mjs";

const { site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };

/** What a program has found that constructs a client and waits for nothing. */
const atOnce = (page, chosen) => page.evaluate(async ([library, given, account]) => {
  const { PublicClientApplication } = await import(`/library/${library}.mjs`);
  const app = new PublicClientApplication(given);
  const ask = (method, ...args) => {
    try {
      return app[method](...args);
    } catch ({ errorCode }) {
      return errorCode;
    }
  };
  const found = { all: ask("getAllAccounts"), one: ask("getAccount", { username: "a" }), active: ask("getActiveAccount") };
  if (account) app.setActiveAccount(account);
  await app.initialize();
  return { ...found, then: app.getActiveAccount()?.username };
}, [LIBRARY, configuration(), chosen]);

inEachBrowser((visit) => {
  test("the configuration says what is left out", LIMIT, () => visit(async ({ context }) => {
    const page = await openApp(context, { site });
    const found = await page.evaluate(async (library) => {
      const { PublicClientApplication } = await import(`/library/${library}.mjs`);
      const { auth, cache, system } = new PublicClientApplication({ auth: { clientId: "c" }, system: { loggerOptions: { logLevel: 0 } } }).getConfiguration();
      // Where the page goes on to is no redirect URI that anybody has registered.
      history.pushState(null, "", "/profile");
      return [auth.authority, auth.redirectUri, auth.postLogoutRedirectUri, auth.knownAuthorities, auth.clientCapabilities, auth.OIDCOptions,
        cache.cacheLocation, system.allowRedirectInIframe, system.protocolMode, system.tokenRenewalOffsetSeconds, typeof system.loggerOptions.loggerCallback,
        system.loggerOptions.logLevel, system.loggerOptions.piiLoggingEnabled];
    }, LIBRARY);
    const home = `${site.origin}/`;
    assert.deepEqual(found, ["https://login.microsoftonline.com/common/", home, home, [], [], { responseMode: "fragment", defaultScopes: ["openid", "profile", "offline_access"] },
      "sessionStorage", false, "AAD", 300, "function", 0, false]);
  }));

  test("accounts that are not read yet are not denied; who is made active before then stays so", { ...LIMIT, skip: LIBRARY === "msal" && "it reads sessionStorage at once" },
    () => visit(async ({ context }) => {
      const page = await openApp(context, { site, configuration: configuration() });
      const accounts = [];
      for (const login of [ADA, BLAISE]) accounts.push(succeeded(await signInByPopup(page, { login, request: { ...REQUEST, prompt: "login" } })).account);
      const refused = "uninitialized_public_client_application";
      const unread = { all: refused, one: refused, active: refused };
      const reload = () => load(page, `${site.origin}/`);
      await reload();
      assert.deepEqual(await atOnce(page), { ...unread, then: undefined });
      await reload();
      assert.deepEqual(await atOnce(page, accounts[1]), { ...unread, then: BLAISE });
      await reload();
      assert.deepEqual(await atOnce(page, accounts[0]), { ...unread, then: ADA });
      await reload();
      assert.deepEqual(await atOnce(page), { ...unread, then: ADA });
    }));

  test("a sign-in that begins before initialize() is told as one", { ...LIMIT, skip: LIBRARY === "msal" && "it refuses the call" }, () => visit(async ({ context }) => {
    const page = await openApp(context, { site });
    await page.evaluate(async ([library, given, request]) => {
      const { PublicClientApplication } = await import(`/library/${library}.mjs`);
      document.querySelector("#run").addEventListener("click", () => {
        const app = new PublicClientApplication(given);
        app.addEventCallback(({ eventType }) => window.events.push({ eventType }));
        window.outcome = app.loginPopup(request).then(({ account }) => account.username, ({ message }) => message);
      });
    }, [LIBRARY, configuration(), REQUEST]);
    const popup = await popupBy(page, "#run");
    await enter(popup);
    assert.equal(await outcome(page), ADA);
    assert.equal((await eventTypes(page)).filter((name) => name === "msal:loginSuccess").length, 1);
  }));
});
