// Signs a person in without a browser: follows redirects and posts the forms of the sign-in pages.
import { ONE_TIME_CODE } from "./sign-in-steps.mjs";

const ANSWERS = {
  login: (login) => ({ login, password: "any" }), account: (login) => ({ account: login }), code: () => ({ code: ONE_TIME_CODE }),
};

/** Follows an authorize URL to the redirect URI and gives that address. `jar` (a Map) is the browser's cookies. */
export async function signIn(authorizeUrl, { login = "ada@contoso.example", jar = new Map(), decline = false } = {}) {
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
      if (url.origin !== origin) return url;
      continue;
    }
    const page = await response.text();
    const action = page.match(/<form[^>]* action="([^"]+)"/)?.[1];
    if (!action) throw new Error(`no way on from ${url}: ${response.status} ${page.slice(0, 500)}`);
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
