// The pages a person sees while signing in. Nothing of Entra's look; its steps, with a `prompt` that names the step.

/** `address` is where the form goes; `${address}/abort` gives up. */
export function signInPage({ prompt, address, ...data }) {
  const cancel = `<a id="cancel" href="${escaped(address)}/abort">Cancel</a>`;
  return document("Sign in", `<h1>${TITLES[prompt]}</h1>
${data.error ? `<p id="error" role="alert">${escaped(data.error)}</p>` : ""}
<form method="post" action="${escaped(address)}"><input type="hidden" name="prompt" value="${prompt}">
${FIELDS[prompt](data)}
</form>
${cancel}`);
}

const TITLES = { login: "Sign in", account: "Pick an account", code: "Enter code", consent: "Permissions requested" };
const FIELDS = {
  login: ({ login = "" }) => `<label>User name <input id="login" name="login" value="${escaped(login)}" autocomplete="off"></label>
<label>Password <input id="password" name="password" type="password"></label>
<button id="submit">Sign in</button>`,
  account: ({ logins }) => `${logins.map((login) => `<button name="account" value="${escaped(login)}">${escaped(login)}</button>`).join("\n")}
<button id="other" name="account" value="">Use another account</button>`,
  code: () => `<label>Code <input id="code" name="code" inputmode="numeric"></label>
<button id="submit">Verify</button>`,
  consent: ({ app, scope }) => `<p id="app">${escaped(app)}</p><p id="scope">${escaped(scope)}</p>
<button id="accept">Accept</button>`,
};

/** Which account to sign out; `choices` are `{ login, href }`. */
export const signOutPage = (choices) => document("Sign out", `<h1>Pick an account to sign out</h1>
${choices.map(({ login, href }) => `<a class="account" href="${escaped(href)}">${escaped(login)}</a>`).join("\n")}`);

/** Tells the applications of the sign-out by a frame each, then goes on. */
export const signedOutPage = ({ frames = [], target }) => document("Signed out", `<p id="signed-out">You signed out of your account</p>
${frames.map((frame) => `<iframe hidden src="${escaped(frame)}"></iframe>`).join("\n")}
${target ? `<script>onload = () => location.replace(${JSON.stringify(target).replace(/</g, "\\u003c")});</script>` : ""}`);

/** Posts an answer to the redirect URI, by itself where scripts run. */
export const formPage = (action, parameters) => document("Signed in", `<form method="post" action="${escaped(action)}">
${[...parameters].map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`).join("\n")}
<button id="submit">Continue</button></form><script>onload = () => document.forms[0].submit();</script>`);

export const errorPage = (text) => document("Sign in", `<h1>Sorry, but we're having trouble signing you in.</h1><p id="error">${escaped(text)}</p>`);

const document = (title, body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">\n${body}`;

export const escaped = (text) => String(text).replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
