// The configuration's fields that no address tells of.
import assert from "node:assert/strict";
import { call, failedWith, load, signInByPopup, succeeded } from "../support.mjs";
import { ENTRA, sentBy, takeIn } from "./stand.mjs";

const proof = (name, fields, prove) => ({ name, fields: fields.map((field) => `Configuration.${field}`), prove });

export const CONFIGURATION_PROOFS = [
  proof("a sign-out comes back to where the configuration says, or nowhere", ["auth.postLogoutRedirectUri"], async ({ page, client, site }) => {
    for (const [postLogoutRedirectUri, wanted] of [["/elsewhere", `${site.origin}/elsewhere`], [undefined, `${site.origin}/`], [null, undefined]]) {
      await client({ auth: { postLogoutRedirectUri } });
      const { query } = await sentBy(page, "EndSessionRequest");
      assert.equal(query.post_logout_redirect_uri, wanted);
    }
  }),

  proof("a page is left unless the program says false, within the time that is set", ["auth.onRedirectNavigate", "system.redirectNavigationTimeout"], async ({ page, client, open }) => {
    await client();
    assert.ok((await sentBy(page, "RedirectRequest")).address.startsWith(ENTRA));
    const leaving = await open();
    await client({ auth: { onRedirectNavigate: true }, system: { redirectNavigationTimeout: 300 } }, leaving);
    const [left] = await Promise.all([
      leaving.waitForEvent("request", (request) => request.isNavigationRequest()),
      call(leaving, "acquireTokenRedirect", {}).then((ended) => assert.equal(failedWith(ended, "timed_out").subError, "failed_to_redirect")),
    ]);
    assert.ok(left.url().startsWith(ENTRA));
    await leaving.close();
  }),

  proof("who reaches into the page decides whether the sign-in page is cut off", ["auth.originCheck", "system.enableLegacyPolling"], async ({ page, client, context, idp, site }) => {
    const told = async (at, given) => {
      assert.equal((await client(given, at))?.message, undefined);
      return (await sentBy(at, "RedirectRequest")).query.pocd;
    };
    assert.equal(await told(page), "1");
    const foreign = await context.newPage();
    await foreign.goto(`${idp.authority("contoso")}/v2.0/.well-known/openid-configuration`);
    const [opened] = await Promise.all([foreign.waitForEvent("popup"), foreign.evaluate((url) => void window.open(url), `${site.origin}/elsewhere`)]);
    await load(opened, `${site.origin}/`);
    assert.equal(await told(opened), undefined);
    assert.equal(await told(opened, { auth: { originCheck: true } }), undefined);
    assert.equal(await told(opened, { auth: { originCheck: false } }), "1");
    assert.equal(await told(opened, { system: { enableLegacyPolling: true } }), "1");
    assert.equal(await told(opened, { auth: { originCheck: true }, system: { enableLegacyPolling: true } }), undefined);
    await opened.close();
    await foreign.close();
  }),

  proof("a sign-in ends on a redirect page that has no bridge, or by a query", ["system.enableLegacyPolling", "auth.OIDCOptions.responseMode"], async ({ page, client, site, idp }) => {
    const authority = idp.authority("contoso");
    await client({ auth: { authority, redirectUri: `${site.origin}/auth` }, system: { enableLegacyPolling: true } });
    succeeded(await signInByPopup(page));
    await client({ auth: { authority, OIDCOptions: { responseMode: "query" } } });
    succeeded(await call(page, "acquireTokenPopup", { scopes: ["User.Read"] }));
    assert.equal(idp.log.filter(({ endpoint }) => endpoint === "authorize").map(({ url }) => new URL(url).searchParams.get("response_mode")).join(), "fragment,query");
  }),

  proof("the cache lies where the configuration says", ["cache.cacheLocation"], async ({ page, client }) => {
    const empty = () => page.evaluate(() => [sessionStorage, localStorage].forEach((storage) => storage.clear()));
    await empty();
    const kept = async (cacheLocation) => {
      await client({ cache: { cacheLocation } });
      const before = await call(page, "getAllAccounts");
      await takeIn(page);
      // A second client knows what is kept.
      await client({ cache: { cacheLocation } });
      const found = await call(page, "getAllAccounts");
      const has = (storage) => page.evaluate((name) => Object.keys(window[name]).some((key) => window[name].getItem(key).length > 100), storage);
      const where = [before.result.length, found.result.length, await has("sessionStorage"), await has("localStorage")];
      await call(page, "clearCache");
      await empty();
      return where;
    };
    assert.deepEqual(await kept("memoryStorage"), [0, 0, false, false]);
    assert.deepEqual(await kept("sessionStorage"), [0, 1, true, false]);
    assert.deepEqual(await kept(undefined), [0, 1, true, false]);
    assert.deepEqual(await kept("localStorage"), [0, 1, false, true]);
    assert.deepEqual(await kept("indexedDB"), [0, 1, false, false]);
  }),

  proof("the logger tells what it is asked for", [
    "system.loggerOptions.loggerCallback", "system.loggerOptions.logLevel", "system.loggerOptions.piiLoggingEnabled", "system.loggerOptions.correlationId",
  ], async ({ page, idp }) => {
    const told = (loggerOptions) => page.evaluate(async ([clientId, options]) => {
      const { PublicClientApplication } = await import("/library/ours.mjs");
      const messages = [];
      const loggerCallback = (level, text, isPersonal) => messages.push([level, text, isPersonal]);
      const app = new PublicClientApplication({ auth: { clientId }, cache: { cacheLocation: "memoryStorage" }, system: { loggerOptions: { ...options, loggerCallback } } });
      await app.acquireTokenByCode({ code: "c", scopes: ["User.Read"] }).catch(() => {});
      app.getLogger().infoPii("ada");
      app.getLogger().info("no request");
      return messages;
    }, [idp.clients.spa.clientId, loggerOptions]);
    const levels = async (options) => (await told(options)).map(([level]) => level);
    assert.deepEqual(await levels({ logLevel: 0 }), [0]);
    assert.deepEqual(await levels({}), [0, 2]);
    assert.ok((await levels({ logLevel: 3 })).includes(3));
    const all = await told({ piiLoggingEnabled: true, correlationId: "of no request" });
    assert.deepEqual(all.map(([level, , isPersonal]) => [level, isPersonal]), [[0, false], [2, true], [2, false]]);
    assert.match(all.at(-1)[1], /\[of no request\] .* no request$/);
  }),

  proof("the network client sends all requests", ["system.networkClient.sendGetRequestAsync", "system.networkClient.sendPostRequestAsync"], async ({ page, idp }) => {
    const sent = await page.evaluate(async ([clientId, authority]) => {
      const { PublicClientApplication } = await import("/library/ours.mjs");
      const seen = [];
      const document = { issuer: authority, authorization_endpoint: `${authority}/a`, token_endpoint: `${authority}/t`, jwks_uri: `${authority}/k` };
      const networkClient = {
        sendGetRequestAsync: async (url) => (seen.push(`GET ${url}`), { headers: {}, status: 200, body: document }),
        sendPostRequestAsync: async (url, { body }) => (seen.push(`POST ${url.split("?")[0]} ${new URLSearchParams(body).get("code")}`), { headers: {}, status: 400, body: { error: "invalid_grant" } }),
      };
      const app = new PublicClientApplication({ auth: { clientId, authority }, cache: { cacheLocation: "memoryStorage" }, system: { networkClient, protocolMode: "OIDC" } });
      await app.acquireTokenByCode({ code: "c", scopes: ["User.Read"] }).catch(() => {});
      return seen;
    }, [idp.clients.spa.clientId, `${ENTRA}/own`]);
    assert.deepEqual(sent, [`GET ${ENTRA}/own/.well-known/openid-configuration`, `POST ${ENTRA}/own/t c`, `GET ${ENTRA}/own/k`]);
  }),

  proof("the navigation client leaves the page", [
    "system.navigationClient.navigateExternal", "system.navigationClient.navigateInternal", "system.redirectNavigationTimeout",
  ], async ({ page, idp, site }) => {
    const seen = await page.evaluate(async (clientId) => {
      const { PublicClientApplication } = await import("/library/ours.mjs");
      const navigations = [];
      const navigated = async (url, { timeout, noHistory }) => {
        navigations.push([url.split("?")[0], timeout, noHistory]);
        return false;
      };
      const app = new PublicClientApplication({
        auth: { clientId, postLogoutRedirectUri: "/redirect" }, cache: { cacheLocation: "memoryStorage" },
        system: { navigationClient: { navigateExternal: navigated, navigateInternal: navigated }, redirectNavigationTimeout: 1234 },
      });
      await app.initialize();
      await app.acquireTokenRedirect({ scopes: ["User.Read"] });
      await app.logoutPopup({ mainWindowRedirectUri: "/elsewhere" });
      return navigations;
    }, idp.clients.spa.clientId);
    assert.deepEqual(seen, [[`${ENTRA}/common/oauth2/v2.0/authorize`, 1234, false], [`${site.origin}/elsewhere`, 1234, false]]);
  }),

  proof("a token is renewed so long before its end", ["system.tokenRenewalOffsetSeconds"], async ({ page, idp }) => {
    const served = (system) => page.evaluate(async ([clientId, given]) => {
      const { PublicClientApplication } = await import("/library/ours.mjs");
      let laterMs = 0;
      const app = new PublicClientApplication({ auth: { clientId }, cache: { cacheLocation: "memoryStorage" }, system: { ...given, now: () => Date.now() + laterMs } });
      const account = { homeAccountId: "u-1.t-1", localAccountId: "u-1", environment: "login.microsoftonline.com", tenantId: "t-1", username: "ada" };
      const scopes = ["User.Read"];
      await app.hydrateCache({ accessToken: "t", account, authority: "https://login.microsoftonline.com/common", expiresOn: new Date(Date.now() + 3600_000), idTokenClaims: { oid: "u-1", tid: "t-1" }, scopes }, { scopes });
      laterMs = 3000_000;
      return app.acquireTokenSilent({ scopes, account, cacheLookupPolicy: 1 }).then(({ accessToken }) => accessToken, ({ errorCode }) => errorCode);
    }, [idp.clients.spa.clientId, system]);
    assert.equal(await served({}), "t");
    assert.equal(await served({ tokenRenewalOffsetSeconds: 900 }), "token_refresh_required");
  }),

  proof("windows and frames are waited for as long as the configuration says", ["system.popupBridgeTimeout", "system.iframeBridgeTimeout"], async ({ page, client }) => {
    await client({ system: { popupBridgeTimeout: 150, iframeBridgeTimeout: 150 } });
    for (const method of ["acquireTokenPopup", "ssoSilent"]) {
      const began = Date.now();
      failedWith(await call(page, method, { scopes: ["User.Read"] }), "timed_out");
      assert.ok(Date.now() - began < 5_000, method);
    }
  }),

  proof("a page inside another one is left where that is allowed", ["system.allowRedirectInIframe"], async ({ page, client }) => {
    await page.evaluate(() => new Promise((resolve) => {
      const frame = Object.assign(document.createElement("iframe"), { src: "/", onload: resolve });
      document.body.append(frame);
    }));
    const [, inner] = page.frames();
    await inner.waitForSelector("body[data-ready]", { state: "attached" });
    await client({}, inner);
    failedWith(await call(inner, "acquireTokenRedirect", {}), "redirect_in_iframe");
    await client({ system: { allowRedirectInIframe: true } }, inner);
    succeeded(await call(inner, "acquireTokenRedirect", {}));
    assert.equal(await inner.evaluate(() => window.navigations.length), 1);
    await page.evaluate(() => document.querySelector("iframe").remove());
  }),
];
