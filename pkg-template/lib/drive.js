// Drives a flow of the Rust core: performs what it asks for and tells it what came of it. No decision is taken here.

/**
 * A `send` where it has a `url`, else a pause of `ms`.
 * @typedef {object} Effect
 * @property {number} number
 * @property {number} ms a pause's length, or a request's time limit
 * @property {string} [url]
 * @property {string} [method]
 * @property {string} [body]
 *
 * @typedef {object} Outcome
 * @property {import("./result.js").Held} held
 * @property {number} handle
 * @property {boolean} fromCache
 * @property {boolean} extended
 *
 * @typedef {{ effects: Effect[], outcome?: Outcome, failure?: object }} Step
 */

import { toError } from "./errors.js";

/** Timers take no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * @param {import("../wasm/graph_token.js").Acquisition} flow
 * @param {import("./platform.js").Send} send
 * @param {import("./clock.js").Clock} clock
 * @param {AbortController} controller ends it; aborted when it ends before its requests do
 * @returns {Promise<Outcome>}
 */
export async function drive(flow, send, clock, controller) {
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
        const done = effect.url === undefined ? pause(effect, signal) : request(effect, send, signal);
        pending.set(effect.number, done.then((event) => {
          if (event.thrown !== undefined) thrown = event.thrown;
          if (event.timedOut) unfinished = true;
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
 * @typedef {object} Event
 * @property {import("./platform.js").Answer} [answer]
 * @property {unknown} [thrown] why there is no answer
 * @property {boolean} [timedOut]
 * @property {boolean} [woke]
 */

/**
 * @param {import("../wasm/graph_token.js").Acquisition} flow
 * @param {number} number
 * @param {Event} event
 * @param {import("./clock.js").Clock} clock
 * @returns {Step}
 */
function resume(flow, number, event, clock) {
  const { answer } = event;
  const [wall, monotonic] = [clock.wall(), clock.monotonic()];
  if (answer) {
    return flow.respond(number, answer.status, answer.contentType, answer.retryAfter, answer.body, wall, monotonic);
  }
  if (event.woke) return flow.wake(number, wall, monotonic);
  return flow.fail(number, event.timedOut ?? false, wall, monotonic);
}

/**
 * Never rejects: whatever is thrown is an event. The timer decides by itself, for fetches that pay no heed to the
 * signal.
 * @param {Effect} effect
 * @param {import("./platform.js").Send} send
 * @param {AbortSignal} signal
 * @returns {Promise<Event>}
 */
function request(effect, send, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ timedOut: true }), Math.min(effect.ms, LONGEST_TIMER_MS));
    const end = (/** @type {Event} */ event) => {
      clearTimeout(timer);
      resolve(event);
    };
    Promise.resolve()
      .then(() => send(effect, signal))
      .then(
        (answer) => end({ answer }),
        (thrown) => end({ thrown: thrown ?? new Error("fetch failed without a reason") }),
      );
  });
}

/**
 * @param {Effect} effect
 * @param {AbortSignal} signal
 * @returns {Promise<Event>}
 */
function pause(effect, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ woke: true }), Math.min(effect.ms, LONGEST_TIMER_MS));
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
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
