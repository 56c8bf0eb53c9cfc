// Drives a flow of the Rust core: performs what it asks for and tells it what came of it. No decision is taken here.

/**
 * A `send` where it has a `url`, else a pause of `ms`.
 * @typedef {object} Effect
 * @property {number} number
 * @property {number} ms a pause's length, or a request's time limit
 * @property {string} [url]
 * @property {string} [method]
 * @property {string} [body]
 * @property {Request} [request]
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
 * @param {AbortSignal} signal ends it
 * @returns {Promise<Outcome>}
 */
export async function drive(flow, send, clock, signal) {
  const ended = new AbortController();
  const end = () => ended.abort(new DOMException("The acquisition has ended.", "AbortError"));
  const aborted = rejection(signal);
  /** @type {Map<number, Promise<() => Step>>} */
  const pending = new Map();
  /** @type {unknown} */
  let thrown;
  try {
    /** @type {Step} */
    let step = flow.start(clock.wall(), clock.monotonic());
    while (!step.outcome && !step.failure) {
      for (const effect of step.effects) {
        const done = effect.url === undefined ? pause(effect, ended.signal) : request(effect, send, ended.signal);
        pending.set(effect.number, done.then((event) => {
          if (event.thrown !== undefined) thrown = event.thrown;
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
    end();
    flow.free();
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
 * Never rejects: whatever is thrown is an event.
 * @param {Effect} effect
 * @param {import("./platform.js").Send} send
 * @param {AbortSignal} ended
 * @returns {Promise<Event>}
 */
function request(effect, send, ended) {
  return new Promise((resolve) => {
    const controller = new AbortController();
    // The timer decides by itself, for fetches that pay no heed to the signal.
    const timer = setTimeout(() => {
      resolve({ timedOut: true });
      controller.abort(new DOMException("No answer in time.", "TimeoutError"));
    }, Math.min(effect.ms, LONGEST_TIMER_MS));
    ended.addEventListener("abort", () => {
      clearTimeout(timer);
      controller.abort(ended.reason);
    });
    Promise.resolve()
      .then(() => send(effect, controller.signal))
      .then(
        (answer) => resolve({ answer }),
        (thrown) => resolve({ thrown: thrown ?? new Error("fetch failed without a reason") }),
      )
      .finally(() => clearTimeout(timer));
  });
}

/**
 * @param {Effect} effect
 * @param {AbortSignal} ended
 * @returns {Promise<Event>}
 */
function pause(effect, ended) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ woke: true }), Math.min(effect.ms, LONGEST_TIMER_MS));
    ended.addEventListener("abort", () => clearTimeout(timer));
  });
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
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    release = () => signal.removeEventListener("abort", abort);
  });
  promise.catch(() => {});
  return { promise, release };
}
