// The platform's fetch with a bearer header, for origins that may see it.

import { calling } from "./errors.js";

const MAX_REDIRECTS = 20;

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
  const graph = new URL(calling(() => client.graphOrigin())).origin;
  const send = system?.fetch ?? globalThis.fetch;
  const request = new Request(resolved(input, graph), init);
  const { origin } = new URL(request.url);
  const allowed = [graph, ...(system?.allowedOrigins ?? [])].map((entry) => new URL(entry).origin);
  if (!allowed.includes(origin)) return send(request);
  const { signal } = request;
  // A stream can be sent once; anything else is kept so that it can be sent again.
  const again = request.body === null || !(init.body instanceof ReadableStream || input instanceof Request);
  let challenged = false;
  /** @type {string | undefined} */
  let claims;
  for (let waits = 0; ; ) {
    const scopes = origin === graph ? [] : [`${origin}/.default`];
    const { token } = await credential.getToken(scopes, { abortSignal: signal, claims });
    const response = await follow(again ? request.clone() : request, token, send);
    if (!again) return response;
    if (response.status === 401 && !challenged) {
      challenged = true;
      claims = client.claimsChallenge(response.headers.get("www-authenticate") ?? "");
      if (claims === undefined) return response;
    } else if ((response.status === 429 || response.status === 503) && waits < MAX_WAITS) {
      const waitMs = client.retryAfterMs(response.headers.get("retry-after") ?? "", Date.now());
      if (waitMs === undefined || waitMs > LONGEST_WAIT_MS) return response;
      waits++;
      claims = undefined;
      await pause(waitMs, signal);
    } else {
      return response;
    }
    await response.body?.cancel();
  }
}

/**
 * Where the host shows redirects they are followed here, so that the header stays with its origin; a page's fetch
 * follows them itself and drops the header at another origin, as the Fetch standard has it.
 * @param {Request} request
 * @param {string} token
 * @param {typeof fetch} send
 */
async function follow(request, token, send) {
  const { origin } = new URL(request.url);
  const repeatable = request.method === "GET" || request.method === "HEAD";
  const redirect = repeatable && request.redirect === "follow" ? "manual" : request.redirect;
  for (let at = request, hops = 0; ; hops++) {
    const headers = new Headers(at.headers);
    if (new URL(at.url).origin === origin) headers.set("Authorization", `Bearer ${token}`);
    else for (const name of CREDENTIAL_HEADERS) headers.delete(name);
    const response = await send(new Request(at, { headers, redirect }));
    if (response.type === "opaqueredirect" && request.redirect === "follow") {
      return send(new Request(at, { headers, redirect: "follow" }));
    }
    const location = response.headers.get("location");
    const moved = redirect === "manual" && request.redirect === "follow" && response.status >= 300 && response.status < 400;
    if (!moved || location === null) return response;
    await response.body?.cancel();
    if (hops >= MAX_REDIRECTS) throw new TypeError("fetch failed: redirected too often");
    at = new Request(new URL(location, at.url), { method: request.method, headers: request.headers, signal: request.signal });
  }
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
  });
}
