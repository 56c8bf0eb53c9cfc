// Performs one effect that a flow asks for. None of these promises ever rejects: whatever is thrown is an event.

/**
 * What a client performs effects with.
 * @typedef {object} Means
 * @property {import("./platform.js").Send} send
 * @property {import("./signer.js").Signer} signer
 * @property {import("./token-store.js").TokenStore | undefined} store
 * @property {(effect: import("./drive.js").Effect, signal: AbortSignal) => Promise<string>} [authorize] asks in a window
 *   and gives the answer, as JSON
 * @property {(asked: { tokenEndpoint?: string, fmiPath?: string }) => Promise<unknown>} assertion
 *
 * @typedef {object} Event
 * @property {string} kind says what `value` is
 * @property {unknown} [value]
 * @property {import("./platform.js").Answer} [answer]
 * @property {unknown} [thrown] why it could not be done
 */

/** Timers take no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * @param {import("./drive.js").Effect} effect
 * @param {Means} means
 * @param {AbortSignal} signal
 * @returns {Promise<Event>}
 */
export function perform(effect, means, signal) {
  switch (effect.kind) {
    case "send":
      return limited(effect.ms, async () => ({ kind: "", answer: await means.send(effect, signal) }), "networkFailed", signal);
    case "askAssertion":
      return limited(effect.ms, async () => ({ kind: "assertion", value: await means.assertion(effect) }), "failed", signal);
    case "sleep":
      return pause(effect.ms, signal);
    case "authorize":
      return (means.authorize ?? noWindow)(effect, signal).then(
        (value) => ({ kind: "answered", value }),
        (thrown) => ({ kind: "failed", thrown }),
      );
    case "load":
    case "save":
    case "delete":
    case "list":
      return means.store ? means.store.perform(effect) : Promise.resolve({ kind: "failed" });
    default:
      return means.signer.perform(effect).catch((thrown) => ({ kind: "failed", thrown }));
  }
}

/** @returns {Promise<never>} */
const noWindow = () => Promise.reject(new Error("there is no window"));

/**
 * The timer decides by itself, for those that pay no heed to a signal.
 * @param {number} ms
 * @param {() => Promise<Event>} act
 * @param {string} failure the kind of event where it throws
 * @param {AbortSignal} [signal] whoever aborts waits no more
 * @returns {Promise<Event>}
 */
export function limited(ms, act, failure, signal) {
  return new Promise((resolve) => {
    const end = (/** @type {Event} */ event) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve(event);
    };
    const abort = () => end({ kind: failure });
    const timer = setTimeout(() => end({ kind: "timedOut" }), Math.min(ms, LONGEST_TIMER_MS));
    signal?.addEventListener("abort", abort);
    Promise.resolve()
      .then(act)
      .then(end, (thrown) => end({ kind: failure, thrown: thrown ?? new Error("it failed without a reason") }));
  });
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<Event>}
 */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: "done" }), Math.min(ms, LONGEST_TIMER_MS));
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}
