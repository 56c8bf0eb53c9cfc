// MSAL's events.

/**
 * @typedef {object} EventMessage
 * @property {string} eventType
 * @property {string | null} interactionType
 * @property {any} payload
 * @property {any} error
 * @property {string} correlationId
 * @property {number} timestamp
 *
 * @typedef {(message: EventMessage) => void} EventCallback
 */

export class Events {
  /** @type {Map<string, { callback: EventCallback, types: string[] | undefined }>} */
  #callbacks = new Map();
  #warn;

  /** @param {(message: string) => void} warn */
  constructor(warn) {
    this.#warn = warn;
  }

  /**
   * @param {EventCallback} callback
   * @param {string[]} [types] all, where there are none
   */
  add(callback, types) {
    const id = crypto.randomUUID();
    this.#callbacks.set(id, { callback, types: types?.length ? [...types] : undefined });
    return id;
  }

  /** @param {string} id */
  remove(id) {
    this.#callbacks.delete(id);
  }

  /**
   * @param {string} eventType
   * @param {string | null} [interactionType]
   * @param {any} [payload]
   * @param {any} [error]
   * @param {string} [correlationId]
   */
  emit(eventType, interactionType = null, payload = null, error = null, correlationId = "") {
    if (this.#callbacks.size === 0) return;
    this.deliver({ eventType, interactionType, payload, error, correlationId, timestamp: Date.now() });
  }

  /** @param {EventMessage} message */
  deliver(message) {
    for (const { callback, types } of [...this.#callbacks.values()]) {
      if (types && !types.includes(message.eventType)) continue;
      try {
        callback(message);
      } catch (error) {
        // What a listener does wrong must not cost a token.
        this.#warn(`an event callback failed (${/** @type {any} */ (error)?.name ?? "no error"})`);
      }
    }
  }
}
