// MSAL Node's TokenCache.

import { accountInfo } from "./account-info.js";
import { calling } from "./errors.js";
import { snapshot } from "./snapshot.js";

/**
 * @typedef {object} Parts
 * @property {() => import("../wasm/graph_token.js").Client} client
 * @property {() => Promise<void>} load makes the client usable
 * @property {import("./clock.js").Clock} clock
 * @property {() => import("./cache-plugin.js").CachePlugin | undefined} plugin
 * @property {(prepare: () => import("../wasm/graph_token.js").Acquisition | undefined) => Promise<void>} run
 * @property {() => void} [changed] told when something has changed
 * @property {boolean} [isolated] whether a request's own timers end with it
 */

const NOTHING = '{"Account":{},"IdToken":{},"AccessToken":{},"RefreshToken":{},"AppMetadata":{}}';

const TICK_MS = 500;
const LOST_AFTER_MS = 2_000;

export class TokenCache {
  #parts;
  #changed = false;
  /** @type {{ text: string, isAll: boolean } | undefined} the text that is in memory as it was read, and whether it is all that is */
  #known;
  /** Whether what is read next takes the place of what is there. */
  #reloading = false;
  /** @type {Set<{ seen: number }>} answers that are under way, or not saved yet: what they bring must not be forgotten */
  #unsaved = new Set();
  /** The configured plugin. */
  persistence;

  /**
   * @param {Parts} parts
   * @param {any} persistence
   */
  constructor(parts, persistence) {
    this.#parts = parts;
    this.persistence = persistence;
  }

  /** Whether something has changed since it was serialized. */
  hasChanged() {
    return this.#changed;
  }

  /** Notes a change. */
  change() {
    this.#changed = true;
    this.#known = undefined;
    this.#parts.changed?.();
  }

  /** @returns {string} the cache in MSAL's schema, as JSON */
  serialize() {
    const text = this.#written();
    if (!this.#parts.plugin()) this.saved();
    this.#changed = false;
    return text;
  }

  /** What is read from now on may be newer than what is here, unless another answer is not saved yet. */
  saved() {
    if (this.#unsaved.size <= 1) this.#parts.client().saved();
  }

  #written() {
    const { client, clock } = this.#parts;
    return calling(() => client().serialize(clock.wall(), clock.monotonic()));
  }

  /**
   * Takes in a cache in MSAL's schema; what is there already stays unless the new is later.
   * @param {string} cache nothing where it is empty
   */
  deserialize(cache) {
    const { client, clock } = this.#parts;
    const replace = this.#reloading && !this.#hasUnsaved();
    this.#reloading = false;
    if (!cache && !replace) return;
    // Where there is nothing, what could not be saved yet stays as well.
    const text = String(cache || NOTHING);
    // Nothing has been added to it, or taken from it, since it was read: to read a large one takes long.
    if (this.#known?.text === text && (this.#known.isAll || !replace)) return;
    calling(() => client().deserialize(text, replace, clock.wall(), clock.monotonic()));
    this.change();
    if (this.#parts.plugin()) this.#known = { text, isAll: replace };
  }

  /** From here on, what a plugin reads takes the place of what is there, unless something is not saved yet. */
  beginReload() {
    this.#reloading = !this.#hasUnsaved();
  }

  /** Without anything read, there is nothing. */
  endReload() {
    if (this.#reloading) this.deserialize("");
  }

  /**
   * Runs what brings something that has to be saved.
   * @template T
   * @param {() => Promise<T>} bring
   */
  async unsaved(bring) {
    const mine = { seen: Date.now() };
    this.#unsaved.add(mine);
    const ticker = this.#parts.isolated ? setInterval(() => (mine.seen = Date.now()), TICK_MS) : undefined;
    try {
      return await bring();
    } finally {
      clearInterval(ticker);
      this.#unsaved.delete(mine);
    }
  }

  /** In a Worker what a request brings ends with it, and says nothing. */
  #hasUnsaved() {
    for (const one of this.#unsaved) {
      if (!this.#parts.isolated || Date.now() - one.seen < LOST_AFTER_MS) return true;
      this.#unsaved.delete(one);
    }
    return false;
  }

  /**
   * Every entry by its key, its members in MSAL's camel case.
   * @returns {Record<string, any>}
   */
  getKVStore() {
    const known = Object.entries(JSON.parse(this.#written())).filter(([section]) => SECTIONS.has(section));
    return Object.fromEntries(known.flatMap(([, entries]) => Object.entries(entries).map(([key, entry]) => [key, toCamelCase(entry)])));
  }

  /** MSAL's names for the same, and for reading what is persisted. */
  getCacheSnapshot() {
    return this.getKVStore();
  }

  async overwriteCache() {
    await this.#parts.plugin()?.access(false);
  }

  /** @returns {Promise<any[]>} one for each tenant that a user was seen in */
  async getAllAccounts() {
    return this.#accounts();
  }

  /**
   * @param {string} [homeAccountId] that of the only account which has to be read
   * @returns {Promise<any[]>}
   */
  async #accounts(homeAccountId) {
    const { client, clock, load, plugin, run } = this.#parts;
    await load();
    await plugin()?.access(false);
    await run(() => client().loadAccounts(homeAccountId, clock.wall(), clock.monotonic()));
    return JSON.parse(client().allAccounts()).map(accountInfo);
  }

  /** @param {string} homeAccountId */
  async getAccountByHomeId(homeAccountId) {
    if (!homeAccountId) return null;
    const accounts = await this.#accounts(String(homeAccountId));
    return accounts.find((account) => account.homeAccountId === homeAccountId) ?? null;
  }

  /** @param {string} localAccountId */
  async getAccountByLocalId(localAccountId) {
    const accounts = await this.getAllAccounts();
    return accounts.find((account) => localAccountId && account.localAccountId === localAccountId) ?? null;
  }

  /**
   * Forgets an account with all its tokens.
   * @param {any} account
   */
  async removeAccount(account) {
    const { client, clock, load, plugin, run } = this.#parts;
    await load();
    const removed = snapshot(account);
    const prepare = () => calling(() => client().removeAccount(removed, clock.wall(), clock.monotonic()));
    /** @type {ReturnType<typeof prepare>} */
    let further;
    const remove = () => {
      further = prepare();
      this.change();
    };
    const known = plugin();
    if (known) await known.access(true, remove);
    else remove();
    await run(() => {
      const first = further;
      further = undefined;
      return first ?? prepare();
    });
  }
}

const SECTIONS = /*#__PURE__*/ new Set(["Account", "IdToken", "AccessToken", "RefreshToken", "AppMetadata"]);

/** @param {unknown} profile JSON, as MSAL writes it */
function parsed(profile) {
  try {
    return typeof profile === "string" ? JSON.parse(profile) : profile;
  } catch {
    return profile;
  }
}

/** @param {any} entry */
function toCamelCase(entry) {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => {
      const camel = name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
      return [camel, name === "tenantProfiles" && Array.isArray(value) ? value.map(parsed) : value];
    }),
  );
}
