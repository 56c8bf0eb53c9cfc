// MSAL Browser and ours in the same page, with the same configuration: each call is made with both, and what the identity
// provider is asked, what the program gets and which events it hears are compared field by field.
import assert from "node:assert/strict";
import { test } from "node:test";
import { differencesOf } from "../drop-in/compare.mjs";
import { requestsOf, valueOf } from "../drop-in/normal.mjs";
import { besideMsal } from "./differences.mjs";
import { ADA, BLAISE, enter, inEachBrowser, LIMIT, openApp, ran, SCOPES, SECOND_FACTOR, spa, succeeded } from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const GUID = "0b8d2a3c-1f4e-4a5b-8c6d-7e8f90a1b2c3";
// What is asked and told is the libraries' own, whichever browser runs them.
const ONE_BROWSER = ["chromium"];
const LIBRARIES = ["msal", "ours"];
const same = configuration({ library: "msal", auth: { clientCapabilities: ["cp1"], postLogoutRedirectUri: `${site.origin}/redirect` } });

/** Each call as its method, its request made of the account that is signed in, and who the person is in the popup. */
const CALLS = {
  "loginPopup without a request": { popup: ["loginPopup"] },
  "loginPopup with all that a request may hold": { popup: ["loginPopup", () => ({
    ...REQUEST, state: "mine", prompt: "login", loginHint: BLAISE, domainHint: "contoso.example", correlationId: GUID, claims: JSON.stringify({ id_token: { email: null } }),
    extraQueryParameters: { slice: "testslice" }, extraScopesToConsent: ["Mail.Read"],
  })], login: BLAISE },
  "acquireTokenPopup with a nonce": { popup: ["acquireTokenPopup", () => ({ ...REQUEST, nonce: GUID, prompt: "consent" })] },
  "acquireTokenPopup for an account": { popup: ["acquireTokenPopup", (account) => ({ ...REQUEST, account, prompt: "login" })] },
  "acquireTokenPopup to choose": { popup: ["acquireTokenPopup", (account) => ({ ...REQUEST, account, prompt: "select_account" })], choose: true },
  "acquireTokenPopup that is declined": { popup: ["acquireTokenPopup", () => ({ ...REQUEST, prompt: "login" })], decline: true },
  "acquireTokenSilent from the cache": { silent: ["acquireTokenSilent", (account) => ({ ...REQUEST, account })] },
  "acquireTokenSilent of another resource": { silent: ["acquireTokenSilent", (account) => ({ scopes: ["Mail.Read"], account, correlationId: GUID })] },
  "acquireTokenSilent with forceRefresh": { silent: ["acquireTokenSilent", (account) => ({ ...REQUEST, account, forceRefresh: true, redirectUri: `${site.origin}/redirect`, extraParameters: { slice: "testslice" } })] },
  "acquireTokenSilent in a frame": { silent: ["acquireTokenSilent", (account) => ({ ...REQUEST, account, cacheLookupPolicy: 5 })] },
  "acquireTokenSilent with claims": { silent: ["acquireTokenSilent", (account) => ({ ...REQUEST, account, claims: SECOND_FACTOR, cacheLookupPolicy: 3 })] },
  "ssoSilent with a login hint": { silent: ["ssoSilent", () => ({ ...REQUEST, loginHint: ADA })] },
  "ssoSilent with a sid": { silent: ["ssoSilent", (account) => ({ ...REQUEST, sid: account.idTokenClaims.sid })] },
  "ssoSilent for an account": { silent: ["ssoSilent", (account) => ({ ...REQUEST, account })] },
  "ssoSilent of nobody": { silent: ["ssoSilent", () => ({ ...REQUEST, loginHint: "nobody@contoso.example" })] },
  "logoutPopup of an account": { popup: ["logoutPopup", (account) => ({ account, correlationId: GUID, state: "mine" })], leaves: true },
  "logoutPopup of everybody": { popup: ["logoutPopup"], leaves: true },
  "loginRedirect": { redirect: ["loginRedirect", () => ({ ...REQUEST, prompt: "login", state: "mine" })] },
  "acquireTokenRedirect for an account": { redirect: ["acquireTokenRedirect", (account) => ({ ...REQUEST, account, prompt: "login", domainHint: "contoso.example" })] },
  "logoutRedirect of an account": { redirect: ["logoutRedirect", (account) => ({ account, postLogoutRedirectUri: `${site.origin}/` })], leaves: true },
};

inEachBrowser((visit) => {
  /** The call with one library, after a sign-in with the same. */
  const run = (library, { popup, silent, redirect, login = ADA, choose, decline, leaves }) => visit(async ({ context }) => {
    idp.endSessions();
    idp.clearLog();
    site.settings = { library };
    const page = await openApp(context, { site, library, configuration: same });
    // The other is there as well, and is not to mind.
    const other = LIBRARIES.find((name) => name !== library);
    succeeded(await page.evaluate(([name, given]) => window.start(name, given), [other, same]));
    const inPopup = async (method, request, act) => {
      await page.evaluate(([name, called, given]) => window.prepareOf(name, called, ...given), [library, method, request === undefined ? [] : [request]]);
      const [opened] = await Promise.all([page.waitForEvent("popup"), page.click("#run")]);
      await act(opened);
      return page.evaluate(() => window.outcome);
    };
    const first = succeeded(await inPopup("loginPopup", REQUEST, (opened) => enter(opened)));
    const before = requestsOf(idp).length;
    await page.evaluate(() => void (window.events.length = 0));
    const [method, requestOf] = popup ?? silent ?? redirect;
    const request = requestOf?.(first.account);
    let outcome;
    if (popup) outcome = await inPopup(method, request, (opened) => personIn(opened));
    else if (silent) outcome = await page.evaluate(([name, called, given]) => window.callOf(name, called, given), [library, method, request]);
    else outcome = await byRedirect(page, method, request);
    const events = (await page.evaluate(() => window.events)).filter((event) => event.library === library);
    return {
      requests: requestsOf(idp, codesOf(idp)).slice(before).map(withState),
      outcome: [{ call: method, ...valueOf(outcome, idp) }],
      events: events.map(({ eventType, interactionType, error, payload }) => ({ call: eventType, interactionType, error: error?.errorCode, payload: payload === null ? null : "something" })),
    };

    async function byRedirect(tab, called, given) {
      site.settings = { library, start: same, calls: [["handleRedirectPromise"]] };
      const back = tab.waitForRequest(`${site.origin}/ran`);
      await tab.evaluate(([name, asked, one]) => void window.callOf(name, asked, one), [library, called, given]);
      if (!leaves) await enter(tab, { login });
      await back;
      return (await ran(tab))[0];
    }

    async function personIn(opened) {
      if (leaves || method === "loginPopup" && request === undefined) return;
      if (decline) await opened.click("#cancel", { noWaitAfter: true });
      else if (choose) await opened.click(`button[value="${ADA}"]`, { noWaitAfter: true });
      else if (request.prompt === "consent") await opened.click("#accept", { noWaitAfter: true });
      else await enter(opened, { login });
    }
  });

  for (const [name, how] of Object.entries(CALLS)) {
    test(name, LIMIT, async () => {
      const msal = await run("msal", how);
      const ours = await run("ours", how);
      assert.ok(msal.requests.length > 0 || name.endsWith("from the cache"));
      const found = ["requests", "outcome", "events"].flatMap((what) => differencesOf(msal[what], ours[what], { what, more: what === "outcome" }));
      besideMsal.judge(name, found);
    });
  }
}, ONE_BROWSER);

/** A request whose state is told as its two parts: the library's, and the program's. */
function withState({ query: { state, ...query }, ...request }) {
  const [library, given] = typeof state === "string" ? state.split("|") : [state];
  const told = typeof library === "string" && given !== undefined ? { ...JSON.parse(Buffer.from(library, "base64").toString("utf8")), id: "<guid>", given } : state;
  return { ...request, query: { ...query, state: told } };
}

/** The codes in answers by fragment, which `requestsOf` does not look into. */
function codesOf({ log }) {
  return log.map(({ response }) => typeof response === "string" && /#(?:.*&)?code=([^&]+)/.exec(response)?.[1]).filter(Boolean)
    .map((code) => [decodeURIComponent(code), "<code>"]);
}
