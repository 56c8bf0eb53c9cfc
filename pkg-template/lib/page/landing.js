// The way back from a sign-in that the page was left for.

import { hasWindow } from "./address.js";
import { EventType } from "./constants.js";
import { cleanAddress, hasLanded, isStray, landedAnswer } from "./redirect-answer.js";

/**
 * @typedef {object} Parts
 * @property {() => import("./redirect.js").Redirects | undefined} redirects none where this page is not to take an answer
 * @property {import("./interaction.js").Interactions} interactions
 * @property {import("./events.js").Events} events
 * @property {import("./reports.js").Reports} reports
 * @property {() => Promise<void>} initialize
 * @property {(request: any, answer: any) => Promise<import("../result.js").AuthenticationResult>} redeem
 */

export class Landing {
  #parts;
  /** What the address held when the page began. */
  #landed;
  /** @type {Map<string, Promise<any>>} by the answer that the program gave; one for that of the address */
  #results = new Map();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#landed = hasWindow() ? landedAnswer() : "";
  }

  /**
   * The result, or null where the page comes from no sign-in of this client's; one for all calls.
   * @param {unknown} given the answer in the address's place
   * @param {boolean} toStart whether to go back to the page that was left
   */
  take(given, toStart) {
    const key = given ? String(given) : "";
    let known = this.#results.get(key);
    if (!known) this.#results.set(key, (known = this.#land(key ? key.replace(/^[#?]/, "") : this.#landed, toStart)));
    return known;
  }

  /**
   * @param {string} text
   * @param {boolean} toStart
   */
  async #land(text, toStart) {
    const { interactions } = this.#parts;
    const redirects = this.#parts.redirects();
    if (!redirects) return null;
    if (text === this.#landed && (text || isStray())) cleanAddress(text);
    const redeem = () => this.#redeem(redirects, text, toStart);
    return hasLanded(text) ? interactions.landing(redeem) : redeem();
  }

  /**
   * @param {import("./redirect.js").Redirects} redirects
   * @param {string} text
   * @param {boolean} toStart
   */
  async #redeem(redirects, text, toStart) {
    const { events, reports, initialize, redeem } = this.#parts;
    await initialize();
    const landed = await redirects.land(text, toStart);
    if (!landed) return null;
    const { request, answer, given } = landed;
    const { correlationId } = request;
    events.emit(EventType.HANDLE_REDIRECT_START, "redirect", null, null, correlationId);
    try {
      return await reports.ofSignIn("redirect", correlationId, async () => {
        const result = await redeem({ ...request, clientInfo: answer.client_info }, answer);
        result.state = given;
        return result;
      });
    } finally {
      events.emit(EventType.HANDLE_REDIRECT_END, "redirect", null, null, correlationId);
    }
  }
}
