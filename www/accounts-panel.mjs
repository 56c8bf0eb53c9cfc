// Signing in and out, and who is signed in.
import { attempt, signInAgain } from "./attempt.mjs";
import { button, byId, facts, make } from "./elements.mjs";

/**
 * `onToken(result)` gets what a sign-in gave, `onChoice()` hears that another account was chosen, `onChange()` that
 * something may have changed. Gives `{ signIn, update }`.
 */
export function accountsPanel(session, { onToken, onChoice, onChange }) {
  const result = byId("session-result");

  const request = (more) => ({
    scopes: session.scopes,
    ...(byId("login-hint").value.trim() ? { loginHint: byId("login-hint").value.trim() } : {}),
    ...(byId("prompt").value ? { prompt: byId("prompt").value } : {}),
    ...more,
  });
  const signingIn = (label, act) => (more, pressed) => attempt(result, {
    label, pressed, waysOn: signInAgain(signIn), act: () => act(request(more)), show: (tokens) => {
      if (!tokens) return [];
      session.app.setActiveAccount(tokens.account);
      onToken(tokens);
      return [make("p", { class: "note" }, `Signed in as ${tokens.account.username}.`)];
    }, tell: (tokens) => (tokens ? `Signed in as ${tokens.account.username}.` : ""),
  }).then(onChange);
  const signIn = {
    popup: signingIn("Waiting for the sign-in window", (asked) => session.app.loginPopup(asked)),
    redirect: signingIn("Leaving for the sign-in page", (asked) => session.app.loginRedirect(asked)),
    silent: signingIn("Asking for the provider’s session", (asked) => session.app.ssoSilent(asked)),
  };

  const leaving = (label, act) => (pressed) => {
    const { account } = session;
    return attempt(result, { label, pressed, act: () => act(account), tell: () => `${account.username} is signed out.`,
      show: () => [make("p", { class: "note" }, `${account.username} is signed out.`)] }).then(() => {
      onToken(undefined);
      onChange();
      byId("sign-in-popup").focus();
    });
  };
  byId("sign-in-popup").addEventListener("click", ({ currentTarget }) => signIn.popup({}, currentTarget));
  byId("sign-in-redirect").addEventListener("click", ({ currentTarget }) => signIn.redirect({}, currentTarget));
  byId("sign-in-silent").addEventListener("click", ({ currentTarget }) => signIn.silent({}, currentTarget));
  byId("sign-out").replaceChildren(
    button("Sign out by popup", leaving("Waiting for the sign-out window", (account) => session.app.logoutPopup({ account }))),
    button("Sign out by redirect", leaving("Leaving for the sign-out page", (account) => session.app.logoutRedirect({ account }))),
    button("Forget here only", leaving("Clearing", (account) => session.app.clearCache({ account }))));

  const choose = (account) => {
    session.app.setActiveAccount(account);
    onChoice();
    onChange();
  };

  let shown;
  return {
    signIn,
    update() {
      const accounts = session.app.getAllAccounts();
      const active = session.account;
      const now = JSON.stringify([accounts.map(nameOf), active && nameOf(active)]);
      if (now === shown) return;
      shown = now;
      const list = byId("account-list");
      const hadFocus = list.contains(document.activeElement);
      byId("no-account").hidden = accounts.length > 0;
      byId("sign-out").hidden = byId("accounts").hidden = accounts.length === 0;
      list.replaceChildren(...accounts.map((account) => row(account, nameOf(account) === nameOf(active), choose)));
      if (hadFocus) list.querySelector(":checked")?.focus();
    },
  };
}

function nameOf({ homeAccountId, tenantId, username }) {
  return [homeAccountId, tenantId, username].join();
}

function row(account, isActive, choose) {
  const { name, username, homeAccountId, localAccountId, tenantId, environment } = account;
  const identifiers = Object.fromEntries(Object.entries({ homeAccountId, localAccountId, tenantId, environment })
    .map(([label, value]) => [label, make("code", {}, value)]));
  const radio = make("input", { type: "radio", name: "account", checked: isActive });
  radio.addEventListener("change", () => choose(account));
  const initials = (name ?? username).split(/[\s@.]+/, 2).map((part) => part.charAt(0)).join("").toUpperCase();
  return make("li", {},
    make("label", { class: "account" }, radio, make("span", { class: "avatar", "aria-hidden": "true" }, initials),
      make("span", {}, make("strong", {}, name ?? username), make("span", { class: "note" }, username))),
    make("details", {}, make("summary", {}, "Identifiers"), facts(identifiers)));
}
