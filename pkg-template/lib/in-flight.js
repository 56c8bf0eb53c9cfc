// One exchange for any number of identical acquisitions at once.
//
// In a Worker, whatever a request began ends with it unless the runtime is told to wait, and a promise that then never
// settles would leave every other request that joined it hanging. So there an owner ticks from its own context, and a
// waiter whose own timer comes round some times without a tick takes over: it replaces the entry synchronously, so that
// exactly one does. No clock decides it: where an isolate is busy, the owner's timer and the waiter's stand still together.

import { abandon, rejection } from "./drive.js";
import { LONGEST_TIMER_MS } from "./effects.js";
import { ClientAuthError, hinted, NetworkError, ownOf } from "./errors.js";

const TICK_MS = 50;
const WATCH_MS = 75;
/** So many rounds of a waiter's timer without a tick mean that the owner is gone. */
const SILENT_ROUNDS = 4;
/** For who finds that it has not shown itself for so long, one round is enough. */
const SILENT_MS = 300;

/**
 * @typedef {{ stays: boolean }} Life whether it goes on where nobody waits for it any more
 */

/**
 * @template T
 * @typedef {object} Flight
 * @property {Promise<T>} promise
 * @property {AbortController} controller
 * @property {Life} life
 * @property {number} waiters
 * @property {boolean} settled
 * @property {number} ticks how often its owner showed itself
 * @property {number} seen when it did so last
 */

const SILENT = Symbol("silent");

/** @template T */
export class InFlight {
  /** @type {Map<string, Flight<T>>} */
  #flights = new Map();
  #isolated;
  #keepAlive;
  #warn;

  /**
   * @param {{ isolated: boolean, keepAlive?: (promise: Promise<unknown>) => void }} runtime
   * @param {(message: string) => void} warn
   */
  constructor({ isolated, keepAlive }, warn) {
    this.#isolated = isolated;
    this.#keepAlive = keepAlive;
    this.#warn = warn;
  }

  /**
   * Joins the flight of a key, or begins it.
   * @param {string} key
   * @param {(controller: AbortController, isLate: boolean, life: Life) => Promise<T>} begin may be called once more, to take
   *   over: then it is late, and what is wanted may be there already
   * @param {{ signal?: AbortSignal, waitUntil?: (promise: Promise<unknown>) => void, correlationId?: string }} caller its
   *   signal ends its own wait, and the exchange only when nobody else waits
   * @param {boolean} takeOver false for what must not be sent twice
   * @param {number} [limitMs] the caller's own time limit
   * @returns {Promise<T>}
   */
  async join(key, begin, { signal, waitUntil, correlationId }, takeOver, limitMs = Infinity) {
    const aborted = signal && rejection(signal);
    const began = performance.now();
    /** @type {unknown} what another one's exchange came to, and its own may not */
    let others;
    try {
      for (let isLate = false; ; isLate = true) {
        const known = this.#flights.get(key);
        const flight = known ?? this.#begin(key, begin, isLate, waitUntil);
        flight.waiters++;
        // Whoever began it lives, or waits for nothing.
        const watch = this.#isolated && known ? watchOwner(known) : undefined;
        const promise = known ? flight.promise.catch((error) => {
          throw ownOf(error, correlationId);
        }) : flight.promise;
        /** @type {Promise<T | typeof SILENT>[]} */
        const ends = [promise];
        if (aborted) ends.push(aborted.promise);
        if (watch) ends.push(watch.promise);
        const left = limitMs - (performance.now() - began);
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        let timer;
        if (others) ends.push(new Promise((_, reject) => (timer = setTimeout(() => reject(others), Math.min(left, LONGEST_TIMER_MS)))));
        try {
          const ended = await (ends.length > 1 ? Promise.race(ends) : promise);
          if (ended !== SILENT) return /** @type {T} */ (ended);
          if (!takeOver) throw lost();
          if (this.#flights.get(key) === flight) this.#flights.delete(key);
        } catch (error) {
          // Its time was over, or the request that it belonged to could send no more: this one begins anew, once for all who wait.
          const isTheirs = known && takeOver && !others && error instanceof NetworkError && (this.#isolated || error.subError === "timeout");
          if (!isTheirs || signal?.aborted || performance.now() - began >= limitMs) throw error;
          others = error;
        } finally {
          clearTimeout(timer);
          watch?.release();
          this.#leave(key, flight);
        }
      }
    } finally {
      aborted?.release();
    }
  }

  /**
   * Begins a flight when those before it of the same key have ended, one after the other. Whoever finds that the owner of the
   * one before is gone begins in its place.
   * @param {string} key
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  async inTurn(key, run) {
    for (let before; (before = this.#flights.get(key)); ) {
      const watch = this.#isolated ? watchOwner(before) : undefined;
      const ended = before.promise.then(() => {}, () => {});
      const gone = await (watch ? Promise.race([ended, watch.promise]) : ended).finally(watch?.release);
      if (gone === SILENT && this.#flights.get(key) === before) this.#flights.delete(key);
    }
    return this.#begin(key, run, false, undefined).promise;
  }

  /**
   * @param {string} key
   * @param {(controller: AbortController, isLate: boolean, life: Life) => Promise<T>} begin
   * @param {boolean} isLate
   * @param {((promise: Promise<unknown>) => void) | undefined} waitUntil
   * @returns {Flight<T>}
   */
  #begin(key, begin, isLate, waitUntil) {
    const controller = new AbortController();
    const life = { stays: false };
    /** @type {Flight<T>} */
    const flight = { controller, life, waiters: 0, ticks: 0, seen: Date.now(), settled: false, promise: begin(controller, isLate, life) };
    const ticker = this.#isolated ? setInterval(() => {
      flight.ticks++;
      flight.seen = Date.now();
    }, TICK_MS) : undefined;
    const settle = () => {
      flight.settled = true;
      clearInterval(ticker);
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    const settled = flight.promise.then(settle, settle);
    this.#flights.set(key, flight);
    this.#keepAlive?.(settled);
    try {
      waitUntil?.(settled);
    } catch {
      this.#warn("request.waitUntil failed: give it as (promise) => ctx.waitUntil(promise)");
    }
    return flight;
  }

  /**
   * @param {string} key
   * @param {Flight<T>} flight
   */
  #leave(key, flight) {
    if (--flight.waiters > 0 || flight.life.stays || flight.settled || this.#flights.get(key) !== flight) return;
    // Nobody waits any more. A newcomer must not join what is about to end.
    this.#flights.delete(key);
    abandon(flight.controller, "Nobody waits for it any more.");
  }
}

/**
 * Resolves when a flight's owner has fallen silent.
 * @param {Flight<unknown>} flight
 * @returns {{ promise: Promise<typeof SILENT>, release: () => void }}
 */
function watchOwner(flight) {
  let { ticks } = flight;
  let rounds = Date.now() - flight.seen > SILENT_MS ? SILENT_ROUNDS - 1 : 0;
  /** @type {ReturnType<typeof setInterval>} */
  let timer;
  const promise = new Promise((/** @type {(silent: typeof SILENT) => void} */ resolve) => {
    timer = setInterval(() => {
      rounds = flight.ticks === ticks ? rounds + 1 : 0;
      ({ ticks } = flight);
      if (rounds === SILENT_ROUNDS) resolve(SILENT);
    }, WATCH_MS);
  });
  return { promise, release: () => clearInterval(timer) };
}

/** The error of a waiter whose owner is gone with something that must not be sent twice. */
function lost() {
  return hinted(
    new ClientAuthError("redemption_lost", "", "the request that was redeeming this code has ended before the answer came"),
    "A code is redeemed once: start the sign-in anew.",
  );
}
