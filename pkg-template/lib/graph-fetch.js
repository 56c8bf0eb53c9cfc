// The platform's fetch with a bearer header, for origins that may see it.

import { calling } from "./errors.js";
import { inBrowser } from "./host.js";

const MAX_REDIRECTS = 20;

/** Those that fetch follows. */
const REDIRECTS = /*#__PURE__*/ new Set([301, 302, 303, 307, 308]);

/** What stays with its origin, as in the Fetch standard. */
const CREDENTIAL_HEADERS = ["Authorization", "Cookie", "Proxy-Authorization"];

const MAX_WAITS = 3;
const LONGEST_WAIT_MS = 60_000;

/**
 * @param {{ getToken(scopes: string[], options: object): Promise<{ token: string }> }} credential
 * @param {import("../wasm/graph_token.js").Client} client
 * @param {any} system
 * @param {string | URL | Request} input
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function graphFetch(credential, client, system, input, init = {}) {
  const graph = calling(() => client.graphOrigin());
  const request = new Request(resolved(input, graph), init);
  const { origin } = new URL(request.url);
  const { signal } = request;
  // A stream can be sent once; anything else is kept so that it can be sent again.
  const again = request.body === null || !(init?.body instanceof ReadableStream || input instanceof Request);
  const send = system?.fetch ? withFields(system.fetch, again) : globalThis.fetch;
  if (origin !== graph && !client.allowedOrigins.includes(origin)) return send(request);
  let challenged = false;
  let isNewer = false;
  /** @type {string | undefined} */
  let claims;
  for (let waits = 0; ; ) {
    const scopes = origin === graph ? [] : [`${origin}/.default`];
    /** @type {{ token: string }} */
    const { token } = await credential.getToken(scopes, { abortSignal: signal, claims });
    const { response, isHome } = await follow(request, again, token, send);
    // What another origin wants is no business of this token's.
    if (!again || !isHome) return response;
    if (response.status === 401 && !challenged) {
      claims = client.claimsChallenge(response.headers.get("www-authenticate") ?? "");
      if (claims === undefined) return response;
      await response.body?.cancel();
      // Another call may have met the same challenge meanwhile: its token is tried first.
      /** @type {{ token: string }} */
      const latest = isNewer ? { token } : await credential.getToken(scopes, { abortSignal: signal });
      isNewer = latest.token !== token;
      if (isNewer) claims = undefined;
      else challenged = true;
    } else if ((response.status === 429 || response.status === 503) && waits < MAX_WAITS) {
      const waitMs = client.retryAfterMs(response.headers.get("retry-after") ?? "", Date.now());
      if (waitMs === undefined || waitMs > LONGEST_WAIT_MS) return response;
      waits++;
      claims = undefined;
      await response.body?.cancel();
      await pause(waitMs, signal);
    } else {
      return response;
    }
  }
}

/**
 * A program's own fetch may not know the platform's Request, as undici's does not: it finds the address where it makes a text of
 * that, and the rest in the fields. In a page each knows it; there a stream in the fields is one that not every connection takes.
 * @param {typeof fetch} send
 * @param {boolean} again whether the body is no stream
 * @returns {(request: Request) => Promise<Response>}
 */
function withFields(send, again) {
  const bodyOf = async (/** @type {Request} */ request) => {
    if (request.body === null || request.method === "GET" || request.method === "HEAD") return {};
    if (again) return { body: await request.clone().arrayBuffer() };
    return inBrowser() ? {} : { body: request.body, duplex: "half" };
  };
  return async (request) => {
    const { url, method, headers, signal, redirect } = request;
    Object.defineProperty(request, "toString", { value: () => url });
    return send(request, { method, headers: Object.fromEntries(headers), signal, redirect, ...(await bodyOf(request)) });
  };
}

/**
 * Follows redirects with the header as long as they stay at its own origin: what another origin sends back to it goes
 * without. A browser's fetch does so itself and shows no redirect; elsewhere they are followed here, since not every fetch
 * drops the header at another origin.
 * @param {Request} request
 * @param {boolean} again whether its body can be sent again
 * @param {string} token
 * @param {(request: Request) => Promise<Response>} send
 * @returns {Promise<{ response: Response, isHome: boolean }>} and whether its own origin gave it
 */
async function follow(request, again, token, send) {
  const { origin } = new URL(request.url);
  const byHand = request.redirect === "follow" && !inBrowser();
  let isHome = true;
  for (let at = request, hops = 0; ; hops++) {
    const headers = new Headers(at.headers);
    isHome &&= new URL(at.url).origin === origin;
    if (isHome) headers.set("Authorization", `Bearer ${token}`);
    else for (const name of CREDENTIAL_HEADERS) headers.delete(name);
    const response = await send(new Request(again ? at.clone() : at, { headers, redirect: byHand ? "manual" : request.redirect }));
    const location = response.headers.get("location");
    if (!byHand || !REDIRECTS.has(response.status) || location === null) {
      isHome &&= byHand || !response.url || new URL(response.url).origin === origin;
      return { response: hops === 0 ? response : redirected(response), isHome };
    }
    const toGet = response.status === 303 || (response.status < 303 && at.method === "POST");
    if (!again && !toGet) return { response, isHome };
    await response.body?.cancel();
    if (hops >= MAX_REDIRECTS) throw new TypeError("fetch failed: redirected too often");
    const next = new URL(location, at.url);
    if (!/^https?:$/.test(next.protocol)) throw new TypeError("fetch failed: redirected to what is no address of the web");
    at = toGet && at.method !== "HEAD"
      ? new Request(next, { headers: withoutBody(at.headers), signal: at.signal })
      : new Request(next, at.clone());
  }
}

/** @param {Response} response that came of a redirect */
function redirected(response) {
  try {
    return Object.defineProperty(response, "redirected", { value: true });
  } catch {
    // What stands in for a Response may be frozen.
    return response;
  }
}

/** @param {Headers} headers */
function withoutBody(headers) {
  const kept = new Headers(headers);
  for (const name of ["Content-Type", "Content-Length", "Content-Encoding", "Content-Language"]) kept.delete(name);
  return kept;
}

/**
 * @param {string | URL | Request} input
 * @param {string} graph
 */
function resolved(input, graph) {
  if (typeof input !== "string" || !input.startsWith("/") || input.startsWith("//")) return input;
  return graph + (/^\/(v1\.0|beta)(\/|$)/.test(input) ? input : `/v1.0${input}`);
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
}
