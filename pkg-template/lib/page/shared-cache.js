// What lies outside this page: the entries that are persisted, and what others who share them say.

import { TokenStore } from "../token-store.js";
import { CACHE_UNAVAILABLE } from "./constants.js";
import { inTurn, Siblings, Tabs } from "./tabs.js";
import { Vault } from "./vault.js";

/**
 * @typedef {object} Parts
 * @property {string} clientId
 * @property {() => import("./accounts.js").Accounts} accounts
 * @property {import("./events.js").Events} events
 * @property {() => void} clear forgets what is in memory
 * @property {() => void} drop likewise, but for whoever is signing in
 * @property {(message: string) => void} warn
 */

export class SharedCache {
  #parts;
  /** @type {Vault | undefined} */
  #vault;
  /** @type {Tabs | undefined} */
  #tabs;
  /** @type {Tabs | Siblings | undefined} */
  #sharing;
  /** What others say is taken in one after the other. */
  #hearing = Promise.resolve();
  /** Whether what is persisted will be read anyway. */
  #isStale = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Where entries are persisted; nothing before `open`. */
  get vault() {
    return this.#vault;
  }

  /**
   * @param {string} location
   * @returns {TokenStore}
   */
  open(location) {
    const { clientId, events, warn } = this.#parts;
    const vault = (this.#vault = new Vault({
      location: /** @type {any} */ (location),
      clientId,
      onFallback: (reason) => {
        warn(`the cache lies in memory: ${reason}`);
        events.emit(CACHE_UNAVAILABLE, null, { reason });
      },
      onWarning: warn,
    }));
    const hear = (/** @type {import("./tabs.js").TabMessage} */ message) => this.#hear(message);
    if (location === "sessionStorage") this.#sharing = new Siblings(clientId, hear);
    else {
      this.#sharing = this.#tabs = new Tabs(clientId, hear);
      // What another tab has written may be seen here later than its word.
      globalThis.addEventListener?.("storage", ({ key }) => {
        if (key === null) this.refresh();
        if (location === "localStorage" && key?.startsWith(`graph-token.1.${clientId}.`)) hear({ kind: "changed" });
      });
    }
    // What was changed while this page lay in the back-forward cache, by another one of the same tab too.
    globalThis.addEventListener?.("pageshow", (event) => {
      if (/** @type {PageTransitionEvent} */ (event).persisted) this.#parts.accounts().load(true).catch(() => {});
    });
    return new TokenStore(vault, warn);
  }

  /** Forgets what somebody has removed from the storage behind this client's back: with the whole, say, to sign a person out. */
  refresh() {
    if (!this.#vault?.isEmptied) return;
    this.#parts.drop();
    this.#parts.accounts().unchoose();
  }

  /** @param {import("./tabs.js").TabMessage} message */
  tell({ active, ...message }) {
    this.#sharing?.tell({ ...message, active: this.#vault?.isShared ? active : undefined });
  }

  /**
   * Runs what one of the tabs that share a cache does at a time.
   * @template T
   * @param {string} key
   * @param {() => Promise<T>} run
   */
  inTurn(key, run) {
    return this.#tabs ? inTurn(`graph-token.${this.#parts.clientId}.${key}`, run) : run();
  }

  /** @param {import("./tabs.js").TabMessage} message */
  #hear({ kind, account, event, active }) {
    const { accounts, events, clear, warn } = this.#parts;
    const isKnown = kind === "changed" && this.#isStale;
    this.#isStale ||= kind === "changed";
    this.#hearing = this.#hearing
      .then(async () => {
        if (kind === "removed") await accounts().leave(account);
        else if (kind === "cleared") clear();
        else if (!isKnown) {
          this.#isStale = false;
          await accounts().load();
        }
        if (active) accounts().adopt(active);
        if (event) events.deliver(event);
      })
      .catch(() => warn("what another tab has changed could not be read"));
  }
}
