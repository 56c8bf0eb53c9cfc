// What a person has to do before a code is issued: password, choice of an account, second factor, consent; or, where the
// request wants no page (`prompt=none`), why there is no going on without one.
import { randomUUID } from "node:crypto";
import { acrsOf, loginHintOf } from "./claims.mjs";
import { EntraError } from "./errors.mjs";
import { signInPage } from "./pages.mjs";

/** Any password signs in, but this one. */
export const WRONG_PASSWORD = "wrong";
/** The code of everybody's second factor. */
export const ONE_TIME_CODE = "123456";

/** Ends a sign-in with an error at the redirect URI. */
export class Refusal extends Error {
  constructor(reason) {
    super(reason.message);
    this.reason = reason;
  }
}

/** `begin` and `next` give an `account` that may have its code, or a page to send. */
export function createSteps({ directory, sessions, pages }) {
  const underWay = new Map();
  const consents = new Set();
  const refuse = (code, more) => {
    throw new Refusal(new EntraError(code, {}, more));
  };

  function begin(request, signIn) {
    const { query } = signIn;
    const accounts = sessions.accountsOf(request.req);
    const hinted = accounts.find((account) => isHinted(account, signIn));
    const hint = query.get("login_hint") ?? query.get("sid");
    const prompt = query.get("prompt");
    if (prompt === "none") {
      signIn.silent = true;
      if (!hint && accounts.length > 1) refuse(16000);
      signIn.account = hint ? hinted : accounts[0];
      if (!signIn.account) refuse(50058);
    } else if (prompt !== "login" && prompt !== "create") {
      if (prompt === "select_account") signIn.choices = accounts;
      else if (hinted) signIn.account = hinted;
      else if (!hint && accounts.length > 1) signIn.choices = accounts;
      else if (!hint) [signIn.account] = accounts;
    }
    signIn.login = query.get("login_hint")?.includes("@") ? query.get("login_hint") : "";
    return onward(signIn, {});
  }

  function next(request, signIn, { abort }) {
    if (abort) {
      underWay.delete(signIn.id);
      refuse(65004);
    }
    const { form, req } = request;
    if (req.method !== "POST") return onward(signIn, {});
    const headers = {};
    let error;
    if (form.prompt === "login") {
      if (form.password === WRONG_PASSWORD) error = "Your account or password is incorrect.";
      else {
        const { account, cookie } = sessions.signIn(req, form.login.toLowerCase(), pages);
        signIn.account = account;
        headers["set-cookie"] = cookie;
        // The name that is typed says where the person is at home.
        if (signIn.shared) signIn.tenant = directory.homeTenantOf(signIn.shared, form.login);
      }
      signIn.login = form.login;
    } else if (form.prompt === "account") {
      signIn.account = sessions.accountsOf(req).find(({ login }) => login === form.account);
      signIn.choices = undefined;
    } else if (form.prompt === "code") {
      if (form.code === ONE_TIME_CODE) signIn.account.strong = true;
      else error = "That code is not right.";
    } else if (form.prompt === "consent") {
      consents.add(consentOf(signIn));
      signIn.consented = true;
    }
    return onward(signIn, { error, headers });
  }

  function onward(signIn, { error, headers = {} }) {
    const prompt = wanted(signIn);
    if (!prompt) {
      underWay.delete(signIn.id);
      signIn.account.apps.add(signIn.app.clientId);
      return { account: signIn.account, headers };
    }
    signIn.id ??= randomUUID();
    underWay.set(signIn.id, signIn);
    const body = signInPage({
      prompt, error, address: `/${signIn.tenant.id}/interaction/${signIn.id}`, login: signIn.login,
      logins: signIn.choices?.map(({ login }) => login), app: signIn.app.name, scope: signIn.query.get("scope"),
    });
    return { status: 200, body, headers: { ...headers, ...pageHeaders(pages) } };
  }

  /** The page that has to come next, if any. */
  function wanted(signIn) {
    if (signIn.choices?.length) return "account";
    if (!signIn.account) return "login";
    if (acrsOf(signIn.query.get("claims")).length > 0 && !signIn.account.strong) {
      if (signIn.silent) refuse(50076, { suberror: "basic_action" });
      return "code";
    }
    const asked = signIn.query.get("prompt") === "consent" || (pages.consent && !consents.has(consentOf(signIn)));
    if (asked && !signIn.consented) {
      if (signIn.silent) refuse(65001);
      return "consent";
    }
    return undefined;
  }

  function isHinted({ login, sid }, { query, tenant }) {
    const hint = query.get("login_hint");
    if (hint) return hint.toLowerCase() === login || hint === loginHintOf(directory.user(tenant, login).home);
    return query.get("sid") === sid;
  }

  return { begin, next, find: (id) => underWay.get(id) };
}

const consentOf = ({ account, app }) => `${account.login} ${app.clientId}`;

export const pageHeaders = ({ coop }) => ({
  "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "x-frame-options": "DENY",
  ...(coop ? { "cross-origin-opener-policy": "same-origin" } : {}),
});
