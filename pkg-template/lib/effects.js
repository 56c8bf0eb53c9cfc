// Performs one effect that a flow asks for, and tells what came of it, never at once: whatever is thrown is an event.

import { isAuthError } from "./errors.js";
import { fitToShow } from "./masking.js";

/**
 * What a client performs effects with.
 * @typedef {object} Means
 * @property {import("./platform.js").Send} send
 * @property {import("./signer.js").Signer} signer
 * @property {import("./token-store.js").TokenStore | undefined} store
 * @property {number} [timeoutMs] the call's time limit
 * @property {(effect: import("./drive.js").Effect, signal: AbortSignal) => Promise<string>} [authorize] asks in a window
 *   and gives the answer, as JSON
 * @property {(code: import("./drive.js").Effect) => void} [showCode] shows a person the code to sign in with
 * @property {(asked: { tokenEndpoint?: string, fmiPath?: string }) => Promise<unknown>} assertion
 *
 * @typedef {object} Event
 * @property {string} kind says what `value` is
 * @property {unknown} [value]
 * @property {import("./platform.js").Answer} [answer]
 * @property {unknown} [thrown] why it could not be done
 *
 * @typedef {(event: Event) => void} Tell
 * @typedef {ReturnType<typeof setTimeout>} Timer
 */

/** Timers take no more. */
export const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * @param {import("./drive.js").Effect} effect
 * @param {Means} means
 * @param {AbortSignal} signal
 * @param {Tell} tell
 * @returns {Timer | undefined} runs while the effect is under way
 */
export function perform(effect, means, signal, tell) {
  switch (effect.kind) {
    case "send":
      return limited(effect.ms, async () => ({ kind: "", answer: await means.send(effect, signal) }), "networkFailed", (event) => {
        if (!("thrown" in event)) return tell(event);
        const thrown = fitToShow(event.thrown, effect.body);
        // An error of ours, which shows no secret, is the word of a program's own network client.
        tell({ kind: isAuthError(thrown) ? "failed" : event.kind, thrown });
      });
    case "askAssertion":
      return limited(effect.ms, async () => ({ kind: "assertion", value: await means.assertion(effect) }), "failed", tell);
    case "sleep":
      return setTimeout(() => tell({ kind: "done" }), Math.min(effect.ms, LONGEST_TIMER_MS));
    default:
      performed(effect, means, signal).then(tell, (thrown) => tell({ kind: "failed", thrown }));
      return undefined;
  }
}

/**
 * What nobody limits.
 * @param {import("./drive.js").Effect} effect
 * @param {Means} means
 * @param {AbortSignal} signal
 * @returns {Promise<Event>}
 */
async function performed(effect, { authorize, showCode, store, signer, timeoutMs }, signal) {
  switch (effect.kind) {
    case "authorize":
      if (!authorize) throw new Error("there is no window");
      return { kind: "answered", value: await authorize(effect, signal) };
    case "showCode":
      showCode?.(effect);
      return { kind: "done" };
    case "load":
    case "save":
    case "delete":
    case "list":
      return store ? store.perform(effect, timeoutMs) : { kind: "failed" };
    default:
      return signer.perform(effect);
  }
}

/**
 * The timer decides by itself, for those that pay no heed to a signal.
 * @param {number} ms
 * @param {() => Promise<Event>} act
 * @param {string} failure the kind of event where it throws
 * @param {Tell} tell may be told twice: of the time limit, and of what comes after
 * @returns {Timer}
 */
export function limited(ms, act, failure, tell) {
  const end = (/** @type {Event} */ event) => {
    clearTimeout(timer);
    tell(event);
  };
  act().then(end, (thrown) => end({ kind: failure, thrown: thrown ?? new Error("it failed without a reason") }));
  const timer = setTimeout(() => tell({ kind: "timedOut" }), Math.min(ms, LONGEST_TIMER_MS));
  return timer;
}
