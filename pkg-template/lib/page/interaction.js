// The windows that this client's calls are asked in. One person is asked one thing at a time.

import { EventType } from "./constants.js";
import { hasWindow } from "./address.js";
import { isInIframe } from "./browser-utils.js";
import { AuthError, ownOf } from "../errors.js";
import { browserError } from "./errors.js";
import { askInFrame } from "./frame.js";
import { askInPopup, openPopup } from "./popup.js";

/** How long a window that closes itself may take. */
const CLOSING_MS = 2_000;

/**
 * @typedef {object} Asking a call under way that asks a person
 * @property {any} request
 * @property {AbortController} controller
 * @property {import("./popup.js").Popup} [popup]
 * @property {() => void} release
 */

/**
 * @typedef {object} Framing a silent call
 * @property {any} request
 * @property {Promise<unknown>} ended resolves when it has ended, to its error if it has failed
 * @property {Framing} [other] the one that it waits for in place of a frame of its own
 */

export class Interactions {
  /** @type {Map<string, Asking>} by correlation id */
  #asking = new Map();
  #events;
  #redirects;
  #isRelay;
  /** How many answers are being taken that a page has come back with. */
  #landing = 0;
  /** @type {Map<any, Framing>} by request: the silent calls under way */
  #silent = new Map();
  /** @type {Framing | undefined} that of them which a frame is open for */
  #framed;
  /** How often somebody has been signed out. */
  #departures = 0;

  /**
   * @param {import("./events.js").Events} events
   * @param {import("./redirect.js").Redirects | undefined} redirects
   * @param {boolean} isRelay whether this window is a sign-in's own, and has nothing else to do
   */
  constructor(events, redirects, isRelay) {
    this.#events = events;
    this.#redirects = redirects;
    this.#isRelay = isRelay;
  }

  /**
   * Whether this window is a sign-in's own. A popup of ours closes itself; one that stays was opened by somebody else, with
   * an answer that nobody waits for.
   */
  async isRelay() {
    if (this.#isRelay && !isInIframe()) {
      await new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
      this.#isRelay = false;
    }
    return this.#isRelay;
  }

  /** @param {string} correlationId */
  refuseRelay(correlationId) {
    if (!this.#isRelay) return;
    throw isInIframe()
      ? browserError("block_iframe_reload", "this frame brings an answer to the page around it, and does nothing else", "", correlationId)
      : browserError("block_nested_popups", "this window brings an answer to the page that opened it, and does nothing else", "", correlationId);
  }

  /**
   * Begins to ask a person.
   * @param {any} request
   * @param {string} correlationId
   * @param {"popup" | "redirect"} window a popup is opened at once, since browsers allow it inside a click only
   * @param {boolean} [staysHere] whether the page is not left after all
   * @returns {Asking}
   */
  begin(request, correlationId, window, staysHere = false) {
    if (!hasWindow()) {
      throw browserError("non_browser_environment", "there is no window here to ask a person in", "Call it in a page; a worker has acquireTokenSilent.", correlationId);
    }
    this.refuseRelay(correlationId);
    if (window === "redirect" && isInIframe() && !staysHere) {
      throw browserError("redirect_in_iframe", "a page inside another page is not to be left", "Use a popup, or set system.allowRedirectInIframe.", correlationId);
    }
    if (this.#landing > 0 && !request.overrideInteractionInProgress) {
      throw browserError("interaction_in_progress", "the page has come back with an answer that is being taken", "Await handleRedirectPromise first.", correlationId);
    }
    for (const other of this.#asking.values()) {
      if (request.overrideInteractionInProgress) {
        other.controller.abort(browserError("interaction_in_progress_cancelled", "another interaction has taken its place", "", other.request.correlationId));
      } else if (!other.popup?.window.closed) {
        // A window that cannot be seen may be closed, or be cut off by its sign-in page: then the other call waits on.
        other.popup?.window.focus();
        throw browserError("interaction_in_progress", "the person is being asked already", "Wait for that call to end, or set overrideInteractionInProgress.", correlationId);
      }
    }
    const controller = new AbortController();
    const { signal } = request;
    const abort = () => controller.abort(signal.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    /** @type {Asking} */
    const asking = { request, controller, release: () => {
      signal?.removeEventListener("abort", abort);
      if (this.#asking.get(correlationId) === asking) this.#asking.delete(correlationId);
    } };
    this.#asking.set(correlationId, asking);
    return asking;
  }

  /**
   * Takes an answer that the page has come back with. Nobody is asked meanwhile: it would come back with the next one, before
   * this one is taken, and so for ever.
   * @template T
   * @param {() => Promise<T>} take
   * @returns {Promise<T>}
   */
  async landing(take) {
    this.#landing++;
    try {
      return await take();
    } finally {
      this.#landing--;
    }
  }

  /**
   * Runs a silent call, which opens a frame if nothing else does. While one is open for another call it waits for what that
   * brings, and begins anew: the new refresh token does for it too. Where that one of the same user finds no session there is
   * none for this; and where somebody is signed out meanwhile, nobody is signed in by it.
   * @template T
   * @param {any} request
   * @param {(isAgain: boolean) => Promise<T>} run
   * @returns {Promise<T>}
   */
  async inOneFrame(request, run) {
    const departures = this.#departures;
    for (let isAgain = false; ; isAgain = true) {
      /** @type {(error?: unknown) => void} */
      let end = () => {};
      /** @type {Framing} */
      const call = { request, ended: new Promise((resolve) => (end = resolve)) };
      this.#silent.set(request, call);
      try {
        return await run(isAgain);
      } catch (error) {
        const { other } = call;
        const failure = await other?.ended;
        if (other && departures === this.#departures && !(isSameUser(other.request, request) && hasNoSession(failure))) continue;
        end(error);
        throw other && failure && !(error instanceof AuthError) ? ownOf(failure, request.correlationId) : error;
      } finally {
        end();
        this.#silent.delete(request);
        if (this.#framed === call) this.#framed = undefined;
      }
    }
  }

  /** Somebody has been signed out. */
  depart() {
    this.#departures++;
  }

  /**
   * @param {any} question
   * @param {AbortSignal} signal
   * @param {any} asked
   * @returns {Promise<string>}
   */
  async #frame(question, signal, asked) {
    const call = this.#silent.get(asked);
    if (call && this.#framed) {
      call.other = this.#framed;
      throw new Error("the frame of another call has brought nothing");
    }
    if (call) this.#framed = call;
    return askInFrame(question, signal);
  }

  /**
   * @param {import("../drive.js").Effect} effect
   * @param {AbortSignal} signal
   * @param {any} asked
   * @returns {Promise<string>}
   */
  async authorize(effect, signal, asked) {
    const question = /** @type {any} */ (effect);
    if (effect.window === "silent") return this.#frame(question, signal, asked);
    const { request, popup } = this.#asking.get(asked.correlationId) ?? {};
    if (effect.window === "popup" && popup) {
      this.#events.emit(EventType.POPUP_OPENED, "popup", { popupWindow: popup.window }, null, asked.correlationId);
      return askInPopup(popup, question, signal);
    }
    if (!this.#redirects) throw browserError("non_browser_environment", "there is no page to leave", "", asked.correlationId);
    return this.#redirects.leave(effect, asked, request);
  }
}

/**
 * @param {any} one
 * @param {any} other
 */
const isSameUser = (one, other) => one.account?.homeAccountId === other.account?.homeAccountId && one.authority === other.authority;

/**
 * Whether a frame would find as little for another call: its user is not there, or frames are refused. That a program ends one
 * call, the network fails, or consent is missing for its scopes, is nothing to another.
 * @param {any} failure
 */
const hasNoSession = (failure) => (failure?.name === "InteractionRequiredAuthError" && failure.errorCode !== "consent_required") || failure?.name === "BrowserAuthError";

/**
 * Opens a call's window, inside the click.
 * @param {Asking} asking
 */
export function open(asking) {
  return (asking.popup = openPopup(asking.request));
}
