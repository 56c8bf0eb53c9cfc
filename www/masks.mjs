// What must not be shown: every value that would let its reader in.

export const MASK = "••••";

const IN_FORMS = new Set(["client_secret", "client_assertion", "assertion", "code", "code_verifier", "refresh_token", "device_code",
  "access_token", "id_token", "id_token_hint"]);
const IN_JSON = new Set(["access_token", "refresh_token", "id_token", "device_code", "spa_code", "secret", "accessToken", "idToken"]);
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** The pairs of a form or a query, as encoded. */
export function maskedForm(form) {
  return form.split("&").filter(Boolean).map((pair) => {
    const [name] = pair.split("=", 1);
    return IN_FORMS.has(name) ? `${name}=${MASK}` : pair;
  });
}

export function maskedUrl(url) {
  const { origin, pathname, search } = new URL(url);
  const query = maskedForm(search.slice(1)).join("&");
  return `${origin}${pathname}${query && `?${query}`}`;
}

export function maskedHeaders(headers) {
  return Object.fromEntries([...headers].map(([name, value]) => [name, name === "authorization" ? `Bearer ${MASK}` : maskedText(value)]));
}

/** A body: JSON is laid out; what looks like a token is masked wherever it stands. */
export function maskedBody(text) {
  try {
    return maskedJson(JSON.parse(text));
  } catch {
    return maskedText(text);
  }
}

function maskedJson(value) {
  const masked = JSON.stringify(value, (name, inner) => {
    if (typeof inner !== "string" || inner === "") return inner;
    return IN_JSON.has(name) ? `${MASK} ${inner.length} characters` : inner;
  }, 2);
  return maskedText(masked);
}

function maskedText(text) {
  return text.replaceAll(JWT, MASK);
}
