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
 * @param {import("../wasm/graph_token.js").Acquisition} flow
 * @param {import("./effects.js").Means} means
 * @param {import("./clock.js").Clock} clock
 * @param {AbortController} controller ends it; aborted when it ends before its requests do
 * @returns {Promise<Outcome>}
 */
export async function drive(flow, means, clock, controller) {
  const { signal } = controller;
  const aborted = rejection(signal);
  /** @type {Map<number, Promise<() => Step>>} */
  const pending = new Map();
  /** @type {unknown} */
  let thrown;
  let unfinished = false;
  try {
    /** @type {Step} */
    let step = flow.start(clock.wall(), clock.monotonic());
    while (!step.outcome && !step.failure) {
      for (const effect of step.effects) {
        pending.set(effect.number, perform(effect, means, signal).then((event) => {
          if (event.thrown !== undefined) thrown = event.thrown;
          if (event.kind === "timedOut") unfinished = true;
          return () => {
            pending.delete(effect.number);
            return resume(flow, effect.number, event, clock);
          };
        }));
      }
      step = (await Promise.race([...pending.values(), aborted.promise]))();
    }
    if (step.outcome) return step.outcome;
    throw toError(step.failure, thrown);
  } finally {
    aborted.release();
    // What is still under way is of no use to anybody.
    if (unfinished || pending.size > 0) controller.abort(new DOMException("The acquisition has ended.", "AbortError"));
    release(flow);
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
