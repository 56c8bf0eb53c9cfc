// Leaving the page for a sign-in, and coming back to it.
//
// What has to be known on the way back lies in this tab's session storage, encrypted, and is used once.

import { ApiId, EventType } from "./constants.js";
import { ClientConfigurationError } from "../errors.js";
import { browserError, BrowserConfigurationAuthError } from "./errors.js";
import { isOurs, libraryState } from "./address.js";
import { toAnswer } from "./answers.js";
import { LEAVE_LIMIT_MS } from "./configuration.js";
import { claimed, isAnswer, leftAnswer } from "./redirect-answer.js";
import { ANSWER_KEY, returnKey } from "./relay.js";
import { Vault } from "./vault.js";

/** How long a sign-in may take. */
const RECORD_LIFETIME_MS = 60 * 60 * 1000;

/** Members of a request that belong to the page which is left. */
const LEFT_BEHIND = /*#__PURE__*/ new Set(["account", "signal", "waitUntil", "prompt", "loginHint", "sid", "domainHint"]);

/** The answers that clients of this page have begun to take, each for one of them. */
/** @type {Set<string>} */
const TAKEN = new Set();

/** What ends a flow whose page the program did not want to be left. */
export const STAYED = Symbol("stayed");

/**
 * @typedef {object} Landed what came back, and what it belongs to
 * @property {any} request
 * @property {any} answer
 * @property {string} given the program's own state
 *
 * @typedef {object} Wanted how the program wants the page to be left
 * @property {string} [startPage]
 * @property {(url: string) => boolean | void} [onRedirectNavigate]
 * @property {number} apiId
 */

export class Redirects {
  #clientId;
  #events;
  #system;
  #navigation;
  #vault;
  #isRefused = false;

  /**
   * @param {string} clientId
   * @param {any} system the configuration's
   * @param {import("./events.js").Events} events
   * @param {() => import("./navigation-client.js").NavigationClient} navigation
   * @param {(message: string) => void} onWarning
   */
  constructor(clientId, system, events, navigation, onWarning) {
    this.#clientId = clientId;
    this.#system = system;
    this.#events = events;
    this.#navigation = navigation;
    this.#vault = new Vault({ location: "sessionStorage", clientId, onFallback: () => (this.#isRefused = true), onWarning });
  }

  /**
   * Leaves the page for the sign-in. It comes back only where the page is still there.
   * @param {import("../drive.js").Effect} effect
   * @param {any} request
   * @param {Wanted} wanted
   * @returns {Promise<never>}
   */
  async leave({ url = "", channel, state, nonce, codeVerifier, redirectUri, namesIssuer }, request, wanted) {
    const startPage = new URL(wanted.startPage || location.href, location.href).href;
    if (wanted.startPage && !isOurs(startPage)) throw new ClientConfigurationError("invalid_option", request.correlationId, "request.redirectStartPage is no page of this origin");
    const kept = Object.fromEntries(Object.entries(request).filter(([name, value]) => !LEFT_BEHIND.has(name) && typeof value !== "function"));
    const record = {
      request: { ...kept, state, nonce, codeVerifier, redirectUri, namesIssuer },
      startPage,
    };
    await this.#vault.set(nameOf(channel), JSON.stringify(record), { expiresAt: Date.now() + RECORD_LIFETIME_MS });
    if (this.#isRefused) {
      const error = new BrowserConfigurationAuthError("in_mem_redirect_unavailable", request.correlationId, "this page may not store what the way back needs");
      error.hint = "Sign in by acquireTokenPopup.";
      error.message += ` — ${error.hint}`;
      throw error;
    }
    // For the redirect page, which has no key; it is no secret.
    sessionStorage.setItem(returnKey(channel ?? ""), startPage);
    return this.go(url, wanted, request.correlationId);
  }

  /**
   * @param {string} url
   * @param {Wanted} wanted
   * @param {string} [correlationId]
   * @returns {Promise<never>}
   */
  async go(url, { onRedirectNavigate, apiId }, correlationId = "") {
    if (onRedirectNavigate?.(url) === false) throw STAYED;
    /** @type {() => void} */
    let release = () => {};
    const restored = new Promise((_, reject) => {
      const back = (/** @type {PageTransitionEvent} */ { persisted }) => {
        if (!persisted) return;
        this.#events.emit(EventType.RESTORE_FROM_BFCACHE, "redirect");
        reject(browserError("user_cancelled", "the user came back without having signed in", "", correlationId));
      };
      addEventListener("pageshow", back);
      release = () => removeEventListener("pageshow", back);
    });
    try {
      const timeout = this.#system?.redirectNavigationTimeout ?? LEAVE_LIMIT_MS;
      const navigated = this.#navigation().navigateExternal(url, { apiId, timeout, noHistory: false });
      await Promise.race([restored, navigated]);
      throw STAYED;
    } finally {
      release();
    }
  }

  /**
   * What came back with the address, or what the redirect page left, unless it is for somebody else. It is given once.
   * @param {string} text the fragment or the query of the address, without its first character
   * @param {boolean} toStart whether to go back to the page that was left
   * @returns {Promise<Landed | undefined>} never, where the page is left for that
   */
  async land(text, toStart) {
    const isHere = isAnswer(text);
    const landed = isHere ? text : leftAnswer();
    const answer = JSON.parse(toAnswer(landed));
    const state = libraryState(answer.state ?? "");
    if (!state || !isAnswer(landed)) return undefined;
    const name = nameOf(state.id);
    const taken = `${this.#clientId}\n${state.id}`;
    if (TAKEN.has(taken)) return undefined;
    TAKEN.add(taken);
    const found = await this.#vault.get(name);
    // A foreign answer, or one that was used: a reload, the back button, a link from elsewhere.
    if (!found) return undefined;
    claimed();
    const { request, startPage } = JSON.parse(found);
    if (isHere && toStart && isElsewhere(startPage)) {
      sessionStorage.setItem(ANSWER_KEY, text);
      const options = { apiId: ApiId.handleRedirectPromise, timeout: this.#system?.redirectNavigationTimeout ?? LEAVE_LIMIT_MS, noHistory: true };
      if (await this.#navigation().navigateInternal(startPage, options)) return new Promise(() => {});
    }
    // First, so that a reload finds nothing.
    sessionStorage.removeItem(ANSWER_KEY);
    sessionStorage.removeItem(returnKey(state.id));
    await this.#vault.delete(name);
    // Without a further entry in the history, and so that routers hear of it.
    if (isHere && toStart && isOurs(startPage) && !isElsewhere(startPage) && new URL(startPage).hash) location.replace(startPage);
    return { request, answer, given: state.given };
  }
}

/** @param {string | undefined} id */
const nameOf = (id) => `redirect\n${id}`;

/**
 * A page of this origin, other than this one.
 * @param {string} startPage
 */
function isElsewhere(startPage) {
  const { pathname, search } = new URL(startPage);
  return isOurs(startPage) && (pathname !== location.pathname || search !== location.search);
}
