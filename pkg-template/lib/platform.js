// Performs the effects that a flow asks for: requests by the wanted fetch, and pauses.

import { inBrowser } from "./host.js";

/** More than this is not read of an answer; Rust judges the rest. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} [contentType]
 * @property {string} [retryAfter]
 * @property {string} [date]
 * @property {string} [requestId]
 * @property {string} [body] absent where it was too large
 *
 * @typedef {(effect: import("./drive.js").Effect, signal: AbortSignal) => Promise<Answer>} Send
 */

/**
 * @param {any} system the configuration's `system`
 * @param {(message: string) => void} log
 * @returns {Send}
 */
export function sender(system, log) {
  const { networkClient, fetch } = system ?? {};
  return async (effect, signal) => {
    /** @type {Answer | undefined} */
    let answer;
    try {
      return (answer = await (networkClient ? sendByNetworkClient(networkClient, effect) : sendBy(fetch ?? globalThis.fetch, effect, signal)));
    } finally {
      const { url = "", method } = effect;
      log(`${method} ${url.split("?")[0]}: ${answer ? answer.status : "no answer"}`);
    }
  };
}

/**
 * @param {any} fetch
 * @param {import("./drive.js").Effect} effect
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
async function sendBy(fetch, effect, signal) {
  const response = await fetch(effect.url, { ...fields(effect), redirect: "manual", signal, ...caching(effect) });
  if (typeof response?.status !== "number") throw new TypeError("system.fetch did not give a Response");
  const header = (/** @type {string} */ name) => response.headers?.get?.(name) ?? undefined;
  return {
    status: response.type === "opaqueredirect" ? 0 : response.status,
    contentType: header("content-type"),
    retryAfter: header("retry-after"),
    date: header("date"),
    requestId: header("x-ms-request-id"),
    body: await readBody(response, header),
  };
}

/**
 * Only browsers have a cache to pass by; workerd refuses to hear of one.
 * @param {import("./drive.js").Effect} effect
 * @returns {RequestInit}
 */
const caching = ({ anew }) => (anew && inBrowser() ? { cache: "reload" } : {});

/** @param {import("./drive.js").Effect} effect */
function fields({ method, body, anchorMailbox }) {
  /** @type {Record<string, string>} */
  const headers = body === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded;charset=utf-8" };
  if (anchorMailbox) headers["X-AnchorMailbox"] = anchorMailbox;
  return { method, headers, body };
}

/**
 * By MSAL's INetworkModule, whose answers hold a parsed body.
 * @param {any} client
 * @param {import("./drive.js").Effect} effect
 * @returns {Promise<Answer>}
 */
async function sendByNetworkClient(client, effect) {
  const correlationId = new URL(/** @type {string} */ (effect.url)).searchParams.get("client-request-id") ?? new URLSearchParams(effect.body).get("client-request-id") ?? "";
  const options = { headers: fields(effect).headers, body: effect.body, correlationId };
  const response =
    effect.body === undefined
      ? await client.sendGetRequestAsync(effect.url, options, effect.ms)
      : await client.sendPostRequestAsync(effect.url, options);
  const header = (/** @type {string} */ wanted) => {
    const headers = response.headers ?? {};
    const name = Object.keys(headers).find((name) => name.toLowerCase() === wanted);
    return name === undefined ? undefined : String(headers[name]);
  };
  const { body } = response;
  return {
    status: response.status,
    contentType: header("content-type"),
    retryAfter: header("retry-after"),
    date: header("date"),
    requestId: header("x-ms-request-id"),
    body: typeof body === "string" ? body : body == null ? "" : JSON.stringify(body),
  };
}

/**
 * @param {Response} response
 * @param {(name: string) => string | undefined} header
 * @returns {Promise<string | undefined>}
 */
async function readBody(response, header) {
  // What a program's tests give in a Response's place may have this alone.
  if (!response.text) return JSON.stringify(await response.json());
  const length = header("content-length");
  if (Number(length) > MAX_BODY_BYTES) {
    await response.body?.cancel();
    return undefined;
  }
  // The length counts compressed bytes. Some fetches give Responses without a stream.
  const isShort = length !== undefined && !header("content-encoding");
  if (isShort || !response.body?.getReader) return limited(await response.text());
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** @param {string} text */
function limited(text) {
  return text.length > MAX_BODY_BYTES ? undefined : text;
}
