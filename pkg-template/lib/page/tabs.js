// Whoever shares this client's cache: other tabs, and other clients in this page.

/** Whoever waits longer for another tab's renewal asks by itself: that tab may be asleep. */
const LOCK_LIMIT_MS = 5_000;

/**
 * @typedef {object} TabMessage
 * @property {"changed" | "removed" | "cleared"} kind
 * @property {any} [account]
 * @property {import("./accounts.js").Choice} [active] who was made active
 * @property {import("./events.js").EventMessage} [event]
 */

/** The clients of this page that share what no other tab sees, by their client id. */
/** @type {Map<string, Set<(message: TabMessage) => void>>} */
const SIBLINGS = new Map();

/** Tells the other clients of this page. What happens there is no event here. */
export class Siblings {
  #all;
  #hear;

  /**
   * @param {string} clientId
   * @param {(message: TabMessage) => void} hear
   */
  constructor(clientId, hear) {
    this.#all = SIBLINGS.get(clientId) ?? new Set();
    SIBLINGS.set(clientId, this.#all.add(hear));
    this.#hear = hear;
  }

  /** @param {TabMessage} message */
  tell({ kind, account, active }) {
    for (const hear of this.#all) if (hear !== this.#hear) hear({ kind, account, active });
  }
}

export class Tabs {
  #channel;

  /**
   * @param {string} clientId
   * @param {(message: TabMessage) => void} hear
   */
  constructor(clientId, hear) {
    this.#channel = new BroadcastChannel(`graph-token.${clientId}`);
    this.#channel.onmessage = ({ data }) => hear(data);
    // In Node it would keep the program alive.
    /** @type {any} */ (this.#channel).unref?.();
  }

  /** @param {TabMessage} message */
  tell(message) {
    try {
      this.#channel.postMessage(message);
    } catch {
      // What the program hands in may be nothing that can be sent: then the others hear what has happened without it.
      this.#channel.postMessage({ ...message, event: message.event && { ...message.event, payload: null } });
    }
  }
}

/**
 * Runs what one tab does for all.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function inTurn(name, run) {
  const { locks } = globalThis.navigator ?? {};
  if (!locks) return run();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), LOCK_LIMIT_MS);
  let begun = false;
  try {
    return await locks.request(name, { signal: controller.signal }, () => {
      begun = true;
      clearTimeout(timer);
      return run();
    });
  } catch (error) {
    if (begun) throw error;
    return run();
  } finally {
    clearTimeout(timer);
  }
}
