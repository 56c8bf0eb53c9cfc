// One run of a program as a value that can be compared with another run of it: what must differ from run to run is
// replaced by what it is. An authorization code becomes "the code of sign-in 1", a verifier is proved to fit its
// challenge, an assertion is decoded, a time is kept as seconds from when it was said. Left out are the telemetry
// fields alone.
import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";

const TELEMETRY = /^x-(client|app)-/i;
const GUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const TIMESTAMP = /\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g;
const TIMES = new Set(["exp", "nbf", "iat", "auth_time", "cached_at", "expires_on", "extended_expires_on", "refresh_on", "lastUpdatedAt", "last_modification_time"]);
/** What the identity provider draws by lot for its tokens. */
const DRAWN = new Set(["uti", "at_hash", "c_hash", "sid"]);
// A header that follows from the body, which is compared itself.
const DERIVED_HEADERS = new Set(["content-length"]);

/** The texts of one run that stand for something. */
export class Names {
  #names;
  #challenges = new Map();

  /** `more` are texts that a test brought along, with what they are. */
  constructor(idp, more = []) {
    this.#names = new Map(more);
    this.fixed = new Set([
      ...Object.values(idp.tenants).flatMap(({ id, users }) => [id, ...[...users.values()].map(({ oid }) => oid)]),
      ...Object.values(idp.clients).map(({ clientId }) => clientId),
    ]);
    let signIns = 0;
    let answers = 0;
    for (const { endpoint, method, url, response } of idp.log) {
      if (endpoint === "authorize" && method === "GET") {
        signIns += 1;
        const challenge = new URL(url).searchParams.get("code_challenge");
        if (/^[\w-]{43}$/.test(challenge ?? "")) {
          this.#names.set(challenge, `<challenge of sign-in ${signIns}>`);
          this.#challenges.set(challenge, `<verifier of sign-in ${signIns}>`);
        }
      }
      const code = typeof response === "string" && /(?:[?&]code=|name="code" value=")([^&"]+)/.exec(response)?.[1];
      if (code) this.#names.set(decodeURIComponent(code), `<code of sign-in ${signIns}>`);
      if (endpoint === "devicecode" && response?.device_code) {
        for (const name of ["device_code", "user_code"]) this.#names.set(response[name], `<${name}>`);
      }
      if (endpoint !== "token" || !response?.access_token) continue;
      answers += 1;
      for (const name of ["access_token", "refresh_token", "id_token"]) {
        if (response[name]) this.#names.set(response[name], `<${name} of answer ${answers}>`);
      }
    }
  }

  of(text) {
    if (this.#names.has(text)) return this.#names.get(text);
    const challenge = /^[\w.~-]{43,128}$/.test(text) && createHash("sha256").update(text).digest("base64url");
    return this.#challenges.get(challenge);
  }
}

/**
 * What the program's requests were, in their order. Fetches of the key set are left out: MSAL verifies no id_token, so it
 * needs none. So are the sign-in pages, which are the person's.
 */
export function requestsOf(idp, more) {
  const names = new Names(idp, more);
  return idp.log.filter(({ endpoint }) => endpoint !== "keys" && endpoint !== "page").map(({ at, method, path, url, body, headers, endpoint }) => ({
    call: [endpoint, body?.grant_type?.split(":").pop()].filter(Boolean).join(" "),
    method, path,
    query: fields(Object.fromEntries(new URL(url).searchParams), names, at),
    body: fields(body, names, at),
    // Those of a sign-in or a sign-out are the browser's.
    headers: endpoint === "token" ? fields(headers, names, at) : undefined,
  }));
}

/** What the library gave the program, call by call. */
export function resultsOf(observed, idp) {
  const names = new Names(idp);
  return observed.map(({ call, at, result, error }) => ({ call, ...(error ? { error: normal(error, names, at) } : { result: normal(result, names, at) }) }));
}

/** A cache in MSAL's schema. */
export const cacheOf = (text, idp) => normal(JSON.parse(text), new Names(idp), Date.now());

/** Any other value, such as what a page showed. */
export const valueOf = (value, idp) => normal(value, new Names(idp), Date.now());

function fields(values, names, at) {
  if (!values) return undefined;
  const kept = Object.entries(values).filter(([name]) => !TELEMETRY.test(name) && !DERIVED_HEADERS.has(name));
  return normal(Object.fromEntries(kept), names, at);
}

function normal(value, names, at, name) {
  if (TIMES.has(name) && Number.isFinite(Number(value))) return { seconds: Math.round(Number(value) - at / 1000), as: typeof value };
  if (DRAWN.has(name)) return "<drawn>";
  if (typeof value === "string") return normalText(value, names, at);
  if (Array.isArray(value)) return value.map((item) => normal(item, names, at));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$date === "number") return { seconds: Math.round((value.$date - at) / 1000), as: "Date" };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [normalText(key, names, at), normal(item, names, at, key)]));
}

function normalText(text, names, at) {
  const known = names.of(text);
  if (known) return known;
  if (/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/.test(text)) {
    return { header: normal(decodeProtectedHeader(text), names, at), claims: normal(decodeJwt(text), names, at) };
  }
  if (/^https?:\/\/\S+\?/.test(text)) {
    const url = new URL(text);
    return { url: url.origin + url.pathname, query: fields(Object.fromEntries(url.searchParams), names, at) };
  }
  const json = jsonIn(text);
  if (json) return { json: normal(json, names, at) };
  return text.replace(TIMESTAMP, "<time>").replace(GUID, (guid) => (names.fixed.has(guid.toLowerCase()) ? guid : "<guid>"));
}

/** What a text holds that is a JSON object, or one in base64. */
function jsonIn(text) {
  for (const candidate of [text, /^[\w+/-]{8,}=*$/.test(text) && Buffer.from(text, "base64").toString("utf8")]) {
    if (!candidate || !/^\{.*\}$/s.test(candidate)) continue;
    try {
      return JSON.parse(candidate);
    } catch {
      // Braces alone make no JSON.
    }
  }
  return undefined;
}
