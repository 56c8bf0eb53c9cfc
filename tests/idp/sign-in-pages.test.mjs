// The sign-in pages: what a person is asked, what the browser's session answers for it, and signing out.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { decodeJwt } from "jose";
import { answerOf, signIn, startIdentityProvider } from "./index.mjs";

const idp = await startIdentityProvider();
after(() => idp.close());
beforeEach(() => {
  idp.setPages();
  idp.endSessions();
});

const { spa } = idp.clients;
const ADA = "ada@contoso.example";
const BLAISE = "blaise@contoso.example";
const REDIRECT_URI = "http://localhost:4000/auth";
const SECOND_FACTOR = JSON.stringify({ access_token: { acrs: { essential: true, value: "c1" } } });
const verifier = "v".repeat(43);
const challenge = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM";

function authorizeUrl(more = {}, authority = idp.authority("contoso")) {
  const url = new URL(`${authority}/oauth2/v2.0/authorize`);
  const query = { client_id: spa.clientId, response_type: "code", redirect_uri: REDIRECT_URI, scope: "openid profile offline_access User.Read", state: "s", nonce: "n",
    response_mode: "fragment", code_challenge: challenge, code_challenge_method: "S256", ...more };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** A browser: `open` gives the page or the redirect that comes for an address or a form. */
function browser() {
  let cookie = "";
  return {
    async open(url, form) {
      const response = await fetch(new URL(url, idp.origin), { redirect: "manual", headers: { cookie }, ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}) });
      cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
      const location = response.headers.get("location");
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, form: / action="([^"]+)"/.exec(text)?.[1], prompt: /name="prompt" value="(\w+)"/.exec(text)?.[1],
        answer: location ? answerOf(new URL(location)) : undefined, location };
    },
    async signIn(login, more) {
      const { form } = await this.open(authorizeUrl({ prompt: "login", ...more }));
      return this.open(form, { prompt: "login", login, password: "any" });
    },
  };
}

async function token(form) {
  const response = await fetch(`${idp.authority("contoso")}/oauth2/v2.0/token`, { method: "POST", headers: { origin: "http://localhost:4000" }, body: new URLSearchParams({ client_id: spa.clientId, ...form }) });
  return response.json();
}
const redeem = ({ code }, more) => token({ grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: REDIRECT_URI, ...more });

test("a page is not to be framed, and is cut off from its opener where that is set", async () => {
  const page = await browser().open(authorizeUrl());
  assert.deepEqual([page.status, page.headers.get("x-frame-options"), page.headers.get("cross-origin-opener-policy")], [200, "DENY", null]);
  idp.setPages({ coop: true });
  assert.equal((await browser().open(authorizeUrl())).headers.get("cross-origin-opener-policy"), "same-origin");
});

test("a request that is not sound gets no page", async () => {
  const { open } = browser();
  assert.match((await open(authorizeUrl({ redirect_uri: "http://elsewhere.example/" }))).text, /AADSTS50011/);
  assert.equal((await open(authorizeUrl({ response_type: "token" }))).prompt, undefined);
});

test("a wrong password is said, and the name stays", async () => {
  const { open } = browser();
  const first = await open(authorizeUrl({ login_hint: ADA }));
  assert.match(first.text, /value="ada@contoso.example"/);
  const again = await open(first.form, { prompt: "login", login: BLAISE, password: "wrong" });
  assert.match(again.text, /id="error"[^>]*>[^<]*incorrect/);
  assert.match(again.text, /value="blaise@contoso.example"/);
  assert.ok((await open(again.form, { prompt: "login", login: BLAISE, password: "right" })).answer.code);
});

test("giving up is an error at the redirect URI, in the fragment", async () => {
  const { open } = browser();
  const { form } = await open(authorizeUrl());
  const { location, answer } = await open(`${form}/abort`);
  assert.ok(location.startsWith(`${REDIRECT_URI}#`));
  assert.deepEqual([answer.error, answer.state], ["access_denied", "s"]);
  assert.match(answer.error_description, /^AADSTS65004/);
});

test("the session answers without a page; hints choose among its accounts", async () => {
  const person = browser();
  const silently = async (more) => {
    const { answer } = await person.open(authorizeUrl({ prompt: "none", ...more }));
    return answer.error ?? decodeJwt((await redeem(answer)).id_token).preferred_username;
  };
  assert.equal(await silently(), "login_required");
  const { id_token: first } = await redeem((await person.signIn(ADA)).answer);
  assert.equal(await silently(), ADA);
  assert.equal(await silently({ login_hint: BLAISE }), "login_required");
  const { id_token: second } = await redeem((await person.signIn(BLAISE)).answer);
  assert.equal(await silently(), "interaction_required");
  assert.equal(await silently({ login_hint: ADA }), ADA);
  assert.equal(await silently({ login_hint: decodeJwt(first).login_hint }), ADA);
  assert.equal(await silently({ sid: decodeJwt(second).sid }), BLAISE);
  const choice = await person.open(authorizeUrl());
  assert.equal(choice.prompt, "account");
  assert.ok((await person.open(choice.form, { prompt: "account", account: ADA })).answer.code);
  const other = await person.open((await person.open(authorizeUrl({ prompt: "select_account" }))).form, { prompt: "account", account: "" });
  assert.equal(other.prompt, "login");
});

test("consent is asked for once, where it is asked for", async () => {
  idp.setPages({ consent: true });
  const person = browser();
  const asked = await person.signIn(ADA);
  assert.equal(asked.prompt, "consent");
  assert.equal((await person.open(authorizeUrl({ prompt: "none" }))).answer.error, "consent_required");
  assert.ok((await person.open(asked.form, { prompt: "consent" })).answer.code);
  assert.ok((await person.open(authorizeUrl({ prompt: "none" }))).answer.code);
});

test("claims want a second factor: at the page, silently, and of a refresh token", async () => {
  const person = browser();
  const { refresh_token } = await redeem((await person.signIn(ADA)).answer);
  const refresh = () => token({ grant_type: "refresh_token", refresh_token, claims: SECOND_FACTOR });
  const silent = await person.open(authorizeUrl({ prompt: "none", claims: SECOND_FACTOR }));
  assert.deepEqual([silent.answer.error, silent.answer.suberror], ["interaction_required", "basic_action"]);
  const refused = await refresh();
  assert.deepEqual([refused.error_codes, refused.claims], [[50076], SECOND_FACTOR]);
  const page = await person.open(authorizeUrl({ claims: SECOND_FACTOR }));
  assert.equal(page.prompt, "code");
  assert.match((await person.open(page.form, { prompt: "code", code: "1" })).text, /not right/);
  const { answer } = await person.open(page.form, { prompt: "code", code: "123456" });
  const { access_token, refresh_token: strong } = await redeem(answer, { claims: SECOND_FACTOR });
  assert.deepEqual(decodeJwt(access_token).acrs, ["c1"]);
  const renewed = await token({ grant_type: "refresh_token", refresh_token: strong, claims: SECOND_FACTOR });
  assert.deepEqual(decodeJwt(renewed.access_token).acrs, ["c1"]);
});

test("on common, the name that is typed says which tenant it is", async () => {
  const answer = answerOf(await signIn(authorizeUrl({}, `${idp.origin}/common`), { login: "fay@fabrikam.example" }));
  const response = await fetch(`${idp.origin}/common/oauth2/v2.0/token`, { method: "POST", headers: { origin: "http://localhost:4000" },
    body: new URLSearchParams({ client_id: spa.clientId, grant_type: "authorization_code", code: answer.code, code_verifier: verifier, redirect_uri: REDIRECT_URI }) });
  assert.equal(decodeJwt((await response.json()).id_token).tid, idp.tenants.fabrikam.id);
});

test("signing out: the account that is named, or the one that is picked, and the applications are told", async () => {
  const person = browser();
  const claims = decodeJwt((await redeem((await person.signIn(ADA)).answer)).id_token);
  await person.signIn(BLAISE);
  const out = (more) => person.open(`${idp.authority("contoso")}/oauth2/v2.0/logout?${new URLSearchParams({ post_logout_redirect_uri: REDIRECT_URI, ...more })}`);
  const left = async (login) => !(await person.open(authorizeUrl({ prompt: "none", login_hint: login }))).answer.error;
  assert.match((await out()).text, /class="account"[^>]*>blaise@contoso.example/);
  idp.registerFrontChannelLogout("spa", "http://localhost:4000/signed-out");
  const { text } = await out({ logout_hint: claims.login_hint });
  idp.registerFrontChannelLogout("spa", undefined);
  assert.ok(text.includes(`src="http://localhost:4000/signed-out?iss=${encodeURIComponent(idp.issuer)}&#38;sid=${claims.sid}"`), text);
  assert.deepEqual([await left(ADA), await left(BLAISE)], [false, true]);
  assert.equal((await out({ state: "s2" })).location, `${REDIRECT_URI}?state=s2`);
  assert.equal(await left(BLAISE), false);
});
