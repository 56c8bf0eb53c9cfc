// The requests' fields that no single address or form tells of, and those that the answer tells of.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { guid } from "../../idp/directory.mjs";
import { ADA, asked, call, claimsOf, enter, failedWith, ran, SCOPES, signInByPopup, succeeded } from "../support.mjs";
import { CONFIGURATION_ROWS } from "./configuration-rows.mjs";
import { merged } from "./merged.mjs";
import { REQUEST_ROWS } from "./request-rows.mjs";
import { sentBy, takeIn } from "./stand.mjs";

const proof = (name, fields, prove) => ({ name, fields, prove });
const of = (types, fields) => types.flatMap((type) => fields.map((field) => `${type}.${field}`));
const silently = (page, request) => call(page, "acquireTokenSilent", { scopes: SCOPES, ...request });
const harmless = (rows, type) => rows.filter(({ is, types }) => is === "harmless" && types.includes(type)).map(({ given }) => given).reduce(merged);
const WINDOWS = ["PopupRequest", "EndSessionPopupRequest"];
const LOGOUTS = ["EndSessionRequest", "EndSessionPopupRequest"];

/** Opens windows by `window.open` as ever, and tells with what it was called. */
const openings = (page, type, request) => page.evaluate(async ([method, given, framed]) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  const seen = [];
  const open = window.open;
  for (const [name, opener] of Object.entries({ page: window, frame: frame.contentWindow })) {
    const openThere = opener.open.bind(opener);
    opener.open = (url, target, features) => {
      seen.push([name, features]);
      return openThere(url, target, features);
    };
  }
  const parent = framed ? { popupWindowParent: frame.contentWindow } : {};
  const signal = AbortSignal.timeout(100);
  await window.appOf()[method]({ ...given, ...parent, signal }).catch(() => {});
  window.open = open;
  frame.remove();
  return seen;
}, [type === "PopupRequest" ? "acquireTokenPopup" : "logoutPopup", request, request.framed]);

export const REQUEST_PROOFS = [
  proof("the window is as large as it is wanted, and where", of(WINDOWS, [
    "popupWindowAttributes.popupSize.height", "popupWindowAttributes.popupSize.width", "popupWindowAttributes.popupPosition.top", "popupWindowAttributes.popupPosition.left",
  ]), async ({ page, client }) => {
    await client();
    for (const type of WINDOWS) {
      const [[, usual]] = await openings(page, type, {});
      assert.match(usual, /^width=483,height=600,top=\d+(\.\d+)?,left=\d+(\.\d+)?,/);
      const popupWindowAttributes = { popupSize: { height: 400, width: 300 }, popupPosition: { top: 20, left: 10 } };
      const [[, wanted]] = await openings(page, type, { popupWindowAttributes });
      assert.match(wanted, /^width=300,height=400,top=20,left=10,/);
    }
  }),

  proof("another window may open it", of(WINDOWS, ["popupWindowParent"]), async ({ page, client }) => {
    await client();
    for (const type of WINDOWS) {
      assert.deepEqual((await openings(page, type, {})).map(([opener]) => opener), ["page"]);
      assert.deepEqual((await openings(page, type, { framed: true })).map(([opener]) => opener), ["frame"]);
    }
  }),

  proof("the interaction that is under way gives way where that is wanted", ["PopupRequest.overrideInteractionInProgress"], async ({ page, client }) => {
    await client();
    const codes = await page.evaluate(async () => {
      const code = (request) => window.call("acquireTokenPopup", { scopes: ["User.Read"], signal: true, ...request }).then(({ error }) => error.errorCode);
      const first = code();
      const second = await code();
      const third = code({ overrideInteractionInProgress: true });
      const ended = [await first, second];
      window.controller.abort();
      await third;
      return ended;
    });
    assert.deepEqual(codes, ["interaction_in_progress_cancelled", "interaction_in_progress"]);
  }),

  proof("the active account is who is asked for where nobody is named", of(["PopupRequest", "RedirectRequest", "SsoSilentRequest", "SilentRequest"], ["account"]), async ({ page, client }) => {
    await client();
    const ada = await takeIn(page, { number: 1, login: ADA });
    const blaise = await takeIn(page, { number: 2, login: "blaise@contoso.example" });
    failedWith(await silently(page), "no_account_error");
    await call(page, "setActiveAccount", ada);
    assert.equal(succeeded(await silently(page)).accessToken, `token of ${ADA}`);
    assert.equal(succeeded(await silently(page, { account: blaise })).accessToken, "token of blaise@contoso.example");
    for (const type of ["PopupRequest", "RedirectRequest", "SsoSilentRequest"]) {
      assert.equal((await sentBy(page, type)).query.login_hint, `hint of ${ADA}`, type);
      assert.equal((await sentBy(page, type, { account: blaise })).query.login_hint, "hint of blaise@contoso.example", type);
      assert.equal((await sentBy(page, type, { loginHint: "charles@contoso.example" })).query.login_hint, "charles@contoso.example", type);
    }
  }),

  proof("the cache is asked, or not, and gives back the state", ["SilentRequest.forceRefresh", "SilentRequest.cacheLookupPolicy", "SilentRequest.state"], async ({ page, client }) => {
    await client();
    const account = await takeIn(page);
    for (const state of ["first", "second"]) assert.equal(succeeded(await silently(page, { account, state })).state, state);
    assert.equal(succeeded(await silently(page, { account, cacheLookupPolicy: 1 })).fromCache, true);
    failedWith(await silently(page, { account, cacheLookupPolicy: 1, forceRefresh: true }), "token_refresh_required");
    failedWith(await silently(page, { account, cacheLookupPolicy: 3 }), "no_tokens_found");
    assert.equal((await sentBy(page, "SilentRequest", { account, scopes: SCOPES, cacheLookupPolicy: 5 })).query.prompt, "none");
  }),

  proof("who signs out is forgotten", [...of(LOGOUTS, ["account"]), "ClearCacheRequest.account"], async ({ page, client }) => {
    const names = async () => (await call(page, "getAllAccounts")).result.map(({ username }) => username);
    for (const [forget, hint] of [
      [(account) => sentBy(page, "EndSessionRequest", { account }), `hint of ${ADA}`],
      [(account) => sentBy(page, "EndSessionPopupRequest", { account }), `hint of ${ADA}`],
      [(account) => call(page, "clearCache", { account })],
    ]) {
      await client();
      const ada = await takeIn(page, { number: 1, login: ADA });
      await takeIn(page, { number: 2, login: "blaise@contoso.example" });
      const sent = await forget(ada);
      assert.equal(sent.query?.logout_hint, hint);
      assert.deepEqual(await names(), ["blaise@contoso.example"]);
      await forget();
      assert.deepEqual(await names(), []);
    }
  }),

  proof("the page goes on where it is told to", ["EndSessionPopupRequest.mainWindowRedirectUri"], async ({ open, client, site }) => {
    const page = await open();
    await client({ auth: { postLogoutRedirectUri: "/redirect" } }, page);
    const [outcome] = await Promise.all([
      call(page, "logoutPopup", { mainWindowRedirectUri: "/elsewhere" }).catch(() => undefined),
      page.waitForURL(`${site.origin}/elsewhere`),
    ]);
    assert.equal(outcome, undefined);
    await page.close();
  }),

  proof("events carry the correlation id", ["ClearCacheRequest.correlationId", "InitializeApplicationRequest.correlationId"], async ({ page, idp }) => {
    const told = await page.evaluate(async (clientId) => {
      const { PublicClientApplication } = await import("/library/ours.mjs");
      const app = new PublicClientApplication({ auth: { clientId }, cache: { cacheLocation: "memoryStorage" } });
      const seen = [];
      app.addEventCallback(({ eventType, correlationId }) => seen.push(`${eventType} ${correlationId}`));
      await app.initialize({ correlationId: "of the start" });
      const account = { homeAccountId: "u-1.t-1", localAccountId: "u-1", environment: "login.microsoftonline.com", tenantId: "t-1", username: "ada" };
      await app.hydrateCache({ accessToken: "t", account, authority: "https://login.microsoftonline.com/common", expiresOn: new Date(Date.now() + 3600_000), idTokenClaims: {}, scopes: [] });
      app.setActiveAccount(account);
      await app.clearCache({ account, correlationId: "of the end" });
      return seen;
    }, idp.clients.spa.clientId);
    assert.deepEqual(told, ["msal:initializeStart of the start", "msal:initializeEnd of the start", "msal:activeAccountChanged ", "msal:activeAccountChanged of the end"]);
  }),

  proof("an answer may be handed over, and taken where the page is", ["HandleRedirectPromiseOptions.hash", "HandleRedirectPromiseOptions.navigateToLoginRequestUrl"], async ({ page, client, site, open }) => {
    const answered = async (at, redirectStartPage) => {
      const { query } = await sentBy(at, "RedirectRequest", { redirectStartPage });
      return `#${new URLSearchParams({ error: "access_denied", error_description: "no", state: query.state })}`;
    };
    await client();
    const here = await answered(page);
    assert.equal(succeeded(await call(page, "handleRedirectPromise")), null);
    failedWith(await call(page, "handleRedirectPromise", { hash: here }), "access_denied");
    const hash = await answered(page, "/elsewhere");
    failedWith(await call(page, "handleRedirectPromise", { hash, navigateToLoginRequestUrl: false }), "access_denied");
    assert.equal(page.url(), `${site.origin}/`);
    const leaving = await open();
    await client({}, leaving);
    const away = await answered(leaving, "/elsewhere");
    await Promise.all([
      leaving.waitForURL(`${site.origin}/elsewhere`),
      leaving.evaluate((given) => void window.call("handleRedirectPromise", { hash: given }), away),
    ]);
    await leaving.close();
  }),

  proof("what a sign-in asks for goes with its code as well, and comes back with the result", [
    ...of(["PopupRequest", "RedirectRequest", "SsoSilentRequest"], ["state", "correlationId", "claims", "extraQueryParameters", "extraParameters", "scopes"]),
    "SilentRequest.claims", "SilentRequest.extraQueryParameters", "SilentRequest.extraParameters", "RedirectRequest.redirectStartPage",
    "SilentRequest.refreshTokenExpirationOffsetSeconds",
  ], async ({ context, open, client, site, idp }) => {
    const given = {
      scopes: ["Mail.Read"], state: "s", correlationId: guid("this call"), claims: '{"access_token":{"nbf":{"essential":true,"value":"1"}}}',
      extraQueryParameters: { dc: "a" }, extraParameters: { slice: "b" },
    };
    const auth = { authority: idp.authority("contoso"), clientId: idp.clients.spa.clientId, redirectUri: `${site.origin}/redirect` };
    const isWhole = (result) => {
      const { url, body } = idp.tokenRequests().at(-1);
      const { searchParams } = new URL(url);
      assert.deepEqual([searchParams.get("dc"), body.slice, searchParams.get("client-request-id")], ["a", "b", given.correlationId]);
      assert.match(body.claims, /nbf/);
      assert.deepEqual([claimsOf(result.accessToken).scp, result.state, result.correlationId], ["Mail.Read", "s", given.correlationId]);
    };
    const sent = () => {
      const { url, body: { code: _, code_verifier: _verifier, ...body } } = idp.tokenRequests().at(-1);
      return { url, body };
    };
    const page = await open();
    await client(merged(harmless(CONFIGURATION_ROWS, "Configuration"), { auth }), page);
    await context.clearCookies();
    const signedIn = succeeded(await signInByPopup(page, { request: { ...given, ...harmless(REQUEST_ROWS, "PopupRequest") } }));
    isWhole(signedIn);
    isWhole(succeeded(await call(page, "ssoSilent", { ...given, ...harmless(REQUEST_ROWS, "SsoSilentRequest") })));
    const withHarmless = sent();
    await client({ auth }, page);
    isWhole(succeeded(await call(page, "ssoSilent", given)));
    assert.deepEqual(sent(), withHarmless);
    idp.clearLog();
    isWhole(succeeded(await call(page, "acquireTokenSilent", { ...given, account: signedIn.account })));
    assert.deepEqual(asked(idp), ["token refresh_token"]);
    idp.clearLog();
    succeeded(await silently(page, { account: signedIn.account, forceRefresh: true, refreshTokenExpirationOffsetSeconds: 1e9 }));
    assert.deepEqual(asked(idp), ["authorize none", "token authorization_code"]);
    await context.clearCookies();
    site.settings = { library: "ours", start: { auth }, calls: [["handleRedirectPromise"]] };
    await client({ auth: { ...auth, onRedirectNavigate: true } }, page);
    await page.evaluate((request) => void window.call("acquireTokenRedirect", request), { ...given, redirectStartPage: "/?page=7" });
    await page.waitForSelector("#login");
    await enter(page);
    await page.waitForURL(`${site.origin}/?page=7`);
    const [returned] = await ran(page);
    isWhole(succeeded(returned));
    await page.close();
  }),

  proof("a server's code is redeemed, and what it said of Graph comes with the result", of(["AuthorizationCodeRequest"], ["code", "codeVerifier", "cloudGraphHostName", "msGraphHost"]), async ({ context, page, client, site, idp }) => {
    const authority = idp.authority("contoso");
    const redirectUri = `${site.origin}/redirect`;
    const codeVerifier = "v".repeat(43);
    const query = new URLSearchParams({
      client_id: idp.clients.spa.clientId, response_type: "code", redirect_uri: redirectUri, scope: "User.Read openid profile offline_access", prompt: "none", client_info: "1",
      code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"), code_challenge_method: "S256",
    });
    await client({ auth: { authority } });
    await context.clearCookies();
    succeeded(await signInByPopup(page));
    const { headers } = await context.request.fetch(`${authority}/oauth2/v2.0/authorize?${query}`, { maxRedirects: 0 }).then((response) => ({ headers: response.headers() }));
    // A code of a server's is bound to no redirect URI; this one is.
    await context.route(/\/token\?/, (route) => route.continue({ postData: `${route.request().postData()}&redirect_uri=${encodeURIComponent(redirectUri)}` }));
    const code = new URL(headers.location).searchParams.get("code");
    const result = succeeded(await call(page, "acquireTokenByCode", { code, codeVerifier, scopes: SCOPES, cloudGraphHostName: "graph.one", msGraphHost: "graph.two" }));
    await context.unroute(/\/token\?/);
    assert.deepEqual([result.account.username, result.cloudGraphHostName, result.msGraphHost], [ADA, "graph.one", "graph.two"]);
  }),
];
