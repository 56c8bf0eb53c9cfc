// Where the fields are tried out: a page with the client in it, and Entra's addresses, at which a stand-in answers.
import assert from "node:assert/strict";
import { call } from "../support.mjs";
import { CALLS, LEAST } from "./request-rows.mjs";

export const ENTRA = "https://login.microsoftonline.com";
const OPEN = { "access-control-allow-origin": "*" };
/** What a page is sent to, or sends a form to. */
const ASKED = /\/(authorize|logout|token)$/;

/** Answers for Entra: discovery documents, no tokens, sign-in pages that never come, sign-outs that come back at once. */
export async function standIn(context) {
  await context.route(/^https:/, (route) => {
    const request = route.request();
    const url = new URL(request.url());
    if (url.pathname.endsWith("/.well-known/openid-configuration")) {
      const base = url.href.replace(/(\/v2\.0)?\/\.well-known.*/, "");
      return route.fulfill({ headers: OPEN, json: {
        issuer: base, authorization_endpoint: `${base}/found/authorize`, token_endpoint: `${base}/found/token`, jwks_uri: `${base}/found/keys`,
      } });
    }
    if (request.method() === "POST") return route.fulfill({ status: 400, headers: OPEN, json: { error: "invalid_grant", error_description: "AADSTS70008: over." } });
    const back = url.searchParams.get("post_logout_redirect_uri");
    return back && route.fulfill({ status: 302, headers: { location: `${back}?state=${encodeURIComponent(url.searchParams.get("state"))}` } });
  });
}

/** Starts the client anew, in a page or a frame that it never leaves; gives the error, if there is one. */
export async function start(page, clientId, given = {}) {
  const configuration = { ...given,
    auth: { clientId, redirectUri: `${new URL(page.url()).origin}/redirect`, onRedirectNavigate: false, ...given.auth },
    cache: { cacheLocation: "memoryStorage", ...given.cache },
  };
  const { error } = await page.evaluate((all) => window.start("ours", all), configuration);
  return error;
}

/** What goes out by a call of this type, which is then ended. */
export async function sentBy(page, type, request = {}) {
  const method = CALLS[type].at(-1);
  const asked = { ...LEAST[type], ...request };
  if (method.endsWith("Redirect")) {
    const { error, address } = await page.evaluate(async ([name, given]) => {
      window.navigations.length = 0;
      const { error } = await window.call(name, given);
      return { error, address: window.navigations[0] };
    }, [method, asked]);
    assert.equal(error?.message, undefined);
    return parted(address);
  }
  const sent = page.context().waitForEvent("request", (seen) => ASKED.test(new URL(seen.url()).pathname));
  sent.catch(() => {});
  const outcome = call(page, method, { ...asked, signal: true });
  const seen = await Promise.race([sent, outcome.then(({ error }) => assert.fail(`${type} sends nothing: ${error?.message}`))]);
  await page.evaluate(() => window.controller.abort());
  await outcome;
  return parted(seen.url(), seen.postData());
}

const parted = (address, body) => ({
  address, query: Object.fromEntries(new URL(address).searchParams), body: Object.fromEntries(new URLSearchParams(body ?? "")),
});

/** Each parameter is as it is wanted: the same text, or of the form. */
export function hasAll(sent, wanted = {}) {
  for (const [name, value] of Object.entries(wanted)) {
    if (value instanceof RegExp) assert.match(sent[name] ?? "", value, name);
    else assert.equal(sent[name], value, name);
  }
}

/** An account of Entra's, with a token that lives so long, as another library would hand them over. */
export async function takeIn(page, { login = "ada@contoso.example", number = 1, seconds = 3600, scopes = ["User.Read"] } = {}) {
  const account = {
    homeAccountId: `u-${number}.t-1`, localAccountId: `u-${number}`, environment: "login.microsoftonline.com", tenantId: "t-1", username: login,
    idTokenClaims: { preferred_username: login, oid: `u-${number}`, tid: "t-1", login_hint: `hint of ${login}` },
  };
  const { error } = await call(page, "hydrateCache", {
    accessToken: `token of ${login}`, account, authority: `${ENTRA}/common`, expiresOn: new Date(Date.now() + seconds * 1000),
    idToken: "", idTokenClaims: account.idTokenClaims, scopes, tenantId: "t-1", uniqueId: `u-${number}`,
  }, { scopes });
  assert.equal(error?.message, undefined);
  return account;
}
