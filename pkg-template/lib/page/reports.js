// What the program hears of its calls: MSAL's events of acquisitions.

import { EventType } from "./constants.js";

/**
 * @typedef {"popup" | "redirect" | "silent"} InteractionType
 *
 * @typedef {object} Parts
 * @property {import("./events.js").Events} events
 * @property {string | undefined} authority the configuration's
 * @property {() => import("./accounts.js").Accounts} accounts
 * @property {() => Promise<void>} initialize
 * @property {(eventType: string, interactionType: string, payload: any, correlationId: string) => void} tell
 *   tells other tabs too
 */

export class Reports {
  #parts;
  /** @type {Map<string, any>} silent calls that have asked nobody yet, by correlation id */
  #silent = new Map();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {InteractionType} interactionType
   * @param {any} request
   * @param {string} correlationId
   */
  start(interactionType, request, correlationId) {
    this.#parts.events.emit(EventType.ACQUIRE_TOKEN_START, interactionType, { ...request, correlationId }, null, correlationId);
  }

  /**
   * @param {InteractionType} interactionType
   * @param {any} result
   * @param {string} correlationId
   */
  success(interactionType, result, correlationId) {
    this.#parts.events.emit(EventType.ACQUIRE_TOKEN_SUCCESS, interactionType, result, null, correlationId);
  }

  /**
   * @param {InteractionType} interactionType
   * @param {unknown} error
   * @param {string} correlationId
   */
  failure(interactionType, error, correlationId) {
    this.#parts.events.emit(EventType.ACQUIRE_TOKEN_FAILURE, interactionType, null, error, correlationId);
  }

  /**
   * Tells what comes of a call in which somebody may sign in.
   * @param {InteractionType} interactionType
   * @param {string} correlationId
   * @param {() => Promise<any>} get
   */
  async ofSignIn(interactionType, correlationId, get) {
    const { accounts, initialize, tell } = this.#parts;
    let before = NaN;
    const count = () => {
      before = accounts().count;
    };
    if (accounts().isLoaded) count();
    // A window opens in the click; who was signed in before is known a moment later, and sooner than its answer.
    else initialize().then(count).catch(() => {});
    return this.#of(interactionType, correlationId, async () => {
      const result = await get();
      this.success(interactionType, result, correlationId);
      if (accounts().count > before) tell(EventType.LOGIN_SUCCESS, interactionType, result.account, correlationId);
      return result;
    });
  }

  /**
   * Tells what comes of a call for who is signed in already.
   * @param {any} request
   * @param {string} correlationId
   * @param {() => Promise<any>} get
   */
  async ofSilent(request, correlationId, get) {
    this.#silent.set(correlationId, request);
    try {
      return await this.#of("silent", correlationId, async () => {
        const result = await get();
        this.success("silent", result, correlationId);
        return result;
      });
    } finally {
      this.#silent.delete(correlationId);
    }
  }

  /**
   * @param {InteractionType} interactionType
   * @param {string} correlationId
   * @param {() => Promise<any>} get
   */
  async #of(interactionType, correlationId, get) {
    try {
      return await get();
    } catch (error) {
      this.failure(interactionType, error, correlationId);
      throw error;
    }
  }

  /**
   * A call goes to the network, which of a silent one is told once.
   * @param {any} request
   */
  asks({ correlationId }) {
    const request = this.#silent.get(correlationId);
    if (!request) return;
    this.#silent.delete(correlationId);
    const { authority, events } = this.#parts;
    const asked = { authority, authenticationScheme: "Bearer", forceRefresh: false, ...request, correlationId };
    events.emit(EventType.ACQUIRE_TOKEN_NETWORK_START, "silent", asked, null, correlationId);
  }
}
