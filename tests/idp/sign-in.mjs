// Signs a person in without a browser: follows redirects and posts the forms of the sign-in pages.
import { ONE_TIME_CODE } from "./sign-in-steps.mjs";

const ANSWERS = {
  login: (login) => ({ login, password: "any" }), account: (login) => ({ account: login }), code: () => ({ code: ONE_TIME_CODE }),
};

/** Follows an authorize URL to the redirect URI and gives that address. `jar` (a Map) is the browser's cookies. */
export const signIn = async (authorizeUrl, options) => (await walk(authorizeUrl, options)).url;

/** The same where the answer is a form that the last page posts to the redirect URI: gives `action` and `fields`. */
export const signInToForm = async (authorizeUrl, options) => (await walk(authorizeUrl, options)).form;

async function walk(authorizeUrl, { login = "ada@contoso.example", jar = new Map(), decline = false } = {}) {
  let url = new URL(authorizeUrl);
  const { origin } = url;
  let form;
  for (let hop = 0; hop < 12; hop += 1) {
    const response = await fetch(url, { redirect: "manual", method: form ? "POST" : "GET", body: form,
      headers: { accept: "text/html", cookie: cookiesFor(jar, url.pathname) } });
    form = undefined;
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie);
    const location = response.headers.get("location");
    if (location) {
      url = new URL(location, url);
      if (url.origin !== origin) return { url };
      continue;
    }
    const page = await response.text();
    const action = page.match(/<form[^>]* action="([^"]+)"/)?.[1];
    if (!action) throw new Error(`no way on from ${url}: ${response.status} ${page.slice(0, 500)}`);
    if (new URL(action, url).origin !== origin) return { form: { action, fields: hiddenFields(page) } };
    if (decline) {
      url = new URL(`${action}/abort`, url);
      continue;
    }
    const prompt = page.match(/name="prompt" value="(\w+)"/)?.[1];
    form = new URLSearchParams({ prompt, ...ANSWERS[prompt]?.(login) });
    url = new URL(action, url);
  }
  throw new Error(`redirected without end at ${url}`);
}

function hiddenFields(page) {
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const plain = (text) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  return Object.fromEntries(inputs.map(([, name, value]) => [name, plain(value)]));
}

/** The parameters of an answer, wherever the response mode put them. */
export function answerOf(url) {
  return Object.fromEntries(new URLSearchParams(url.hash.length > 1 ? url.hash.slice(1) : url.search));
}

function keep(jar, text) {
  const [pair, ...attributes] = text.split(/;\s*/);
  const cut = pair.indexOf("=");
  const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? "/";
  const key = `${pair.slice(0, cut)} ${path}`;
  const value = pair.slice(cut + 1);
  if (value) jar.set(key, { name: pair.slice(0, cut), value, path });
  else jar.delete(key);
}

function cookiesFor(jar, pathname) {
  return [...jar.values()].filter(({ path }) => pathname.startsWith(path)).map(({ name, value }) => `${name}=${value}`).join("; ");
}
