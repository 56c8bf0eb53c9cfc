// How the answer of a sign-in reaches the page that asked, from a popup or a hidden frame.

import { reasonOf } from "../drive.js";
import { LONGEST_TIMER_MS } from "../effects.js";
import { browserError } from "./errors.js";

/**
 * @typedef {object} Asked
 * @property {string} url of the sign-in page
 * @property {string} redirectUri
 * @property {string} channel the redirect page posts the answer on it
 * @property {string} state
 * @property {number} ms
 */

/**
 * The parameters of an answer, as Rust reads them.
 * @param {string} text a query or a fragment, without its first character
 */
export function toAnswer(text) {
  return JSON.stringify(Object.fromEntries(new URLSearchParams(text)));
}

/**
 * Waits for what a redirect page posts.
 * @param {string} channel
 * @param {AbortSignal} [signal]
 * @returns {{ promise: Promise<string>, close: () => void }}
 */
export function listen(channel, signal) {
  const messages = new BroadcastChannel(channel);
  /** @type {(event: MessageEvent) => void} */
  let posted = () => {};
  let close = () => {};
  /** @type {Promise<string>} */
  const promise = new Promise((resolve, reject) => {
    const aborted = () => {
      close();
      reject(reasonOf(/** @type {AbortSignal} */ (signal)));
    };
    close = () => {
      messages.close();
      globalThis.removeEventListener("message", posted);
      signal?.removeEventListener("abort", aborted);
    };
    const take = (/** @type {any} */ data) => {
      if (data?.v === 1 && typeof data.payload === "string") resolve(toAnswer(data.payload));
    };
    messages.onmessage = ({ data }) => take(data);
    posted = ({ data, origin }) => {
      if (origin === location.origin && data?.id === channel) take(data);
    };
    globalThis.addEventListener("message", posted);
    if (signal?.aborted) aborted();
    else signal?.addEventListener("abort", aborted);
  });
  return { promise, close };
}

/**
 * The answer, by whichever way it comes first; the signal and the time limit end the wait.
 * @param {Asked} asked
 * @param {AbortSignal | undefined} signal
 * @param {(answered: (answer: string) => void, failed: (thrown: unknown) => void) => () => void} watch gives what stops it
 * @returns {Promise<string>}
 */
export async function awaitAnswer({ channel, ms }, signal, watch) {
  const heard = listen(channel, signal);
  let stop = () => {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      heard.promise.then(resolve, reject);
      if (signal?.aborted) return;
      timer = setTimeout(() => reject(Object.assign(browserError("timed_out", "no answer came in time"), { subError: "redirect_bridge_timeout" })), Math.min(ms, LONGEST_TIMER_MS));
      stop = watch(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    heard.close();
    stop();
  }
}

/**
 * The answer in the address of a window that came back to the redirect URI; undefined while it is elsewhere.
 * @param {Window | null} child
 * @param {Asked} asked
 */
export function answerIn(child, { redirectUri, state }) {
  const address = addressOf(child);
  if (!address || pageOf(address) !== pageOf(new URL(redirectUri, location.href).href)) return undefined;
  const { hash, search } = new URL(address);
  const text = [hash, search].map((part) => part.slice(1)).find((part) => new URLSearchParams(part).get("state") === state);
  return text && toAnswer(text);
}

/**
 * A window's address; empty where another origin's page is shown.
 * @param {Window | null} child
 */
export function addressOf(child) {
  try {
    return child?.location.href ?? "";
  } catch {
    return "";
  }
}

/** @param {string} address */
function pageOf(address) {
  return address.split(/[?#]/, 1)[0];
}
