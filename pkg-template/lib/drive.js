// Drives a flow of the Rust core: performs what it asks for and tells it what came of it. No decision is taken here.

import { perform } from "./effects.js";
import { toError } from "./errors.js";

/**
 * What Rust wants done; which members there are, `kind` decides.
 * @typedef {object} Effect
 * @property {number} number
 * @property {string} kind
 * @property {number} ms a pause's length, or a time limit; when an entry ends
 * @property {string} [url]
 * @property {string} [method]
 * @property {string} [body]
 * @property {string} [anchorMailbox]
 * @property {boolean} [anew] whether an answer that some cache has will not do
 * @property {string} [algorithm]
 * @property {Uint8Array<ArrayBuffer>} [bytes]
 * @property {Uint8Array<ArrayBuffer>} [signature]
 * @property {string} [key]
 * @property {string} [value]
 * @property {string} [tokenEndpoint]
 * @property {string} [fmiPath]
 * @property {string} [window] which window is asked in
 * @property {string} [redirectUri]
 * @property {string} [channel]
 * @property {string} [state]
 * @property {string} [nonce]
 * @property {string} [codeVerifier]
 * @property {boolean} [namesIssuer] whether the answer has to name its issuer
 *
 * @typedef {object} Outcome
 * @property {import("./result.js").Held} held
 * @property {number} handle
 * @property {boolean} fromCache
 * @property {boolean} extended
 * @property {string} requestId
 * @property {string} [spaCode]
 *
 * @typedef {{ effects: Effect[], outcome?: Outcome, failure?: object }} Step
 */

/**
 * One promise for the whole flow, whose steps follow each other by callbacks: what a promise and a race for each effect
 * would cost is a part of every acquisition.
 * @param {import("../wasm/graph_token.js").Acquisition} flow
 * @param {import("./effects.js").Means} means
 * @param {import("./clock.js").Clock} clock
 * @param {AbortController} controller ends it; aborted when it ends before its requests do
 * @returns {Promise<Outcome>}
 */
export function drive(flow, means, clock, controller) {
  const { signal } = controller;
  /** @type {Map<number, import("./effects.js").Timer | undefined>} the effects under way, each with its time limit */
  const pending = new Map();
  /** @type {unknown} */
  let thrown;
  let unfinished = false;
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(reasonOf(signal));
      end();
    };
    const end = () => {
      signal.removeEventListener("abort", abort);
      for (const timer of pending.values()) clearTimeout(timer);
      // What is still under way is of no use to anybody.
      if (unfinished || pending.size > 0) abandon(controller, "The acquisition has ended.");
      pending.clear();
      release(flow);
    };
    const go = (/** @type {() => Step} */ advance) => {
      try {
        const { outcome, failure, effects } = advance();
        if (outcome) resolve(outcome);
        else if (failure) reject(toError(failure, thrown));
        else return effects.forEach(begin);
      } catch (trap) {
        reject(trap);
      }
      end();
    };
    const begin = (/** @type {Effect} */ effect) => {
      const { number } = effect;
      const tell = (/** @type {import("./effects.js").Event} */ event) => {
        // Of the time limit and what it limits, the first is heard; after the end, neither.
        if (!pending.delete(number)) return;
        if (event.thrown !== undefined) thrown = event.thrown;
        if (event.kind === "timedOut") unfinished = true;
        go(() => resume(flow, number, event, clock));
      };
      pending.set(number, perform(effect, means, signal, tell));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    go(() => flow.start(clock.wall(), clock.monotonic()));
  });
}

/**
 * @param {AbortController} controller
 * @param {string} reason
 */
export function abandon(controller, reason) {
  try {
    controller.abort(new DOMException(reason, "AbortError"));
  } catch {
    // A Worker's runtime refuses to end what another request began; it ends by itself.
  }
}

/**
 * After a trap the flow cannot be freed; the trap is what has to be seen.
 * @param {import("../wasm/graph_token.js").Acquisition} flow
 */
function release(flow) {
  try {
    flow.free();
  } catch {
    // It goes with the module.
  }
}

/**
 * @param {import("../wasm/graph_token.js").Acquisition} flow
 * @param {number} number
 * @param {import("./effects.js").Event} event
 * @param {import("./clock.js").Clock} clock
 * @returns {Step}
 */
function resume(flow, number, { kind, answer, value }, clock) {
  const [wall, monotonic] = [clock.wall(), clock.monotonic()];
  if (!answer) return flow.settle(number, kind, value, wall, monotonic);
  const { status, contentType, retryAfter, date, requestId, body } = answer;
  return flow.respond(number, status, contentType, retryAfter, date, requestId, body, wall, monotonic);
}

/**
 * Why a signal was aborted. The Azure SDKs' older signals do not say.
 * @param {AbortSignal} signal
 */
export function reasonOf(signal) {
  return "reason" in signal ? signal.reason : new DOMException("The call was aborted.", "AbortError");
}

/**
 * A promise that rejects when the signal is aborted, until it is released.
 * @param {AbortSignal | undefined} signal
 * @returns {{ promise: Promise<never>, release: () => void }}
 */
export function rejection(signal) {
  /** @type {() => void} */
  let release = () => {};
  /** @type {Promise<never>} */
  const promise = new Promise((_, reject) => {
    if (!signal) return;
    const abort = () => reject(reasonOf(signal));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    release = () => signal.removeEventListener("abort", abort);
  });
  promise.catch(() => {});
  return { promise, release };
}
