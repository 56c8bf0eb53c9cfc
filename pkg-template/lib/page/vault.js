// What a page keeps of its tokens: encrypted under a key that no script can read, and in memory where that is refused.
//
// An entry is named `graph-token.1.<clientId>.<the start of its key's SHA-256>` and holds a version byte, the IV and the
// AES-GCM ciphertext, whose additional data is the name.

import { KeyChain } from "./key-chain.js";
import { base64, databaseEntries, webEntries } from "./storages.js";

const VERSION = 1;
const IV_BYTES = 12;
/** Enough for 128 bits. */
const NAME_CHARACTERS = 22;

/** What looks expired may not be where the clock is wrong. */
const SWEEP_AFTER_MS = 2 * 24 * 60 * 60 * 1000;

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);

/**
 * @typedef {"indexeddb_unavailable" | "storage_unavailable" | "quota_exceeded"} FallbackReason
 *
 * @typedef {object} VaultOptions
 * @property {"sessionStorage" | "localStorage" | "indexedDB"} location
 * @property {string} clientId
 * @property {(reason: FallbackReason) => void} onFallback called once, with what came first
 * @property {(message: string) => void} onWarning
 */

export class Vault {
  #location;
  #clientId;
  #prefix;
  /** @type {VaultOptions["onFallback"] | undefined} */
  #onFallback;
  #onWarning;
  #chain;
  /** @type {import("./storages.js").Entries | undefined} */
  #entries;
  /** @type {Map<string, string>} what could not be stored */
  #memory = new Map();
  /** @type {Set<string>} names of entries that were there */
  #seen = new Set();
  /** @type {Promise<unknown>} */
  #lastChange = Promise.resolve();

  /** @param {VaultOptions} options */
  constructor({ location, clientId, onFallback, onWarning }) {
    this.#location = location;
    this.#clientId = clientId;
    this.#prefix = `graph-token.1.${clientId}.`;
    this.#onFallback = onFallback;
    this.#onWarning = onWarning;
    this.#chain = new KeyChain(clientId);
  }

  /** Whether what is kept here is seen elsewhere: whether nothing is in memory alone. */
  get isShared() {
    return this.#memory.size === 0;
  }

  /** Whether all that was kept has been removed by somebody else, such as a script that clears the whole storage. */
  get isEmptied() {
    const has = this.isShared && this.#seen.size > 0 && this.#entries?.has;
    if (!has) return false;
    for (const name of this.#seen) {
      if (has(name)) return false;
      this.#seen.delete(name);
    }
    return true;
  }

  /**
   * @param {string} key
   * @returns {Promise<string | undefined>}
   */
  async get(key) {
    return this.#memory.get(key) ?? this.#attempt(async (entries) => {
      const name = await this.#name(key);
      const [secret, sealed] = await Promise.all([this.#secret(), entries.read(name)]);
      if (!sealed || sealed[0] > VERSION) return undefined;
      this.#seen.add(name);
      try {
        return await unseal(secret, name, sealed).catch(async () => unseal(await this.#chain.key(true), name, sealed));
      } catch {
        this.#onWarning("an entry of the cache could not be decrypted");
        // Unless it was written anew meanwhile.
        if (`${await entries.read(name)}` === `${sealed}`) await entries.remove(name);
      }
    });
  }

  /**
   * @param {string} key
   * @param {string} value
   * @param {{ expiresAt?: number }} [options] in milliseconds since 1970
   */
  set(key, value, { expiresAt = Infinity } = {}) {
    return this.#inTurn(async () => {
      const isStored = await this.#attempt(async (entries) => {
        const name = await this.#name(key);
        await entries.write(name, await seal(await this.#secret(), name, value), expiresAt);
        this.#seen.add(name);
        return true;
      });
      // An older one stays for the next page: with it nobody has to sign in anew.
      if (isStored) this.#memory.delete(key);
      else this.#memory.set(key, value);
    });
  }

  /** @param {string} key */
  delete(key) {
    return this.#inTurn(() => {
      this.#memory.delete(key);
      return this.#remove(key);
    });
  }

  /** Removes all entries of this client. */
  clear() {
    return this.#inTurn(() => {
      this.#memory.clear();
      this.#seen.clear();
      return this.#attempt((entries) => entries.sweep(Infinity));
    });
  }

  /**
   * One change after the other: encryption takes its time, and what is deleted must not come back.
   * @param {() => unknown} change
   */
  #inTurn(change) {
    return (this.#lastChange = this.#lastChange.then(change, change));
  }

  /** @param {string} key */
  #remove(key) {
    return this.#attempt(async (entries) => {
      const name = await this.#name(key);
      this.#seen.delete(name);
      return entries.remove(name);
    });
  }

  /**
   * @template T
   * @param {(entries: import("./storages.js").Entries) => Promise<T>} act
   * @returns {Promise<T | undefined>} nothing where the storage is refused
   */
  async #attempt(act) {
    try {
      return await act(this.#open());
    } catch (error) {
      return this.#fallBack(this.#location === "indexedDB" ? "indexeddb_unavailable" : "storage_unavailable", error);
    }
  }

  #open() {
    if (!this.#entries) {
      this.#entries = this.#location === "indexedDB"
        ? databaseEntries(this.#chain, this.#clientId)
        : webEntries(globalThis[this.#location], this.#prefix);
      this.#entries.sweep(Date.now() - SWEEP_AFTER_MS).catch(() => {});
    }
    return this.#entries;
  }

  /** @returns {Promise<CryptoKey>} */
  async #secret() {
    try {
      return await this.#chain.key();
    } catch (error) {
      this.#fallBack("indexeddb_unavailable", error);
      throw error;
    }
  }

  /**
   * @param {FallbackReason} reason
   * @param {unknown} [error]
   * @returns {undefined}
   */
  #fallBack(reason, error) {
    const tell = this.#onFallback;
    this.#onFallback = undefined;
    tell?.(/quota/i.test(/** @type {any} */ (error)?.name) ? "quota_exceeded" : reason);
  }

  /**
   * A key names an account: what lies in the storage must not.
   * @param {string} key
   */
  async #name(key) {
    const digest = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(key))));
    return this.#prefix + digest.slice(0, NAME_CHARACTERS).replaceAll("+", "-").replaceAll("/", "_");
  }
}

/**
 * @param {CryptoKey} secret
 * @param {string} name
 * @param {string} value
 */
async function seal(secret, name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, name), secret, utf8(value));
  const bytes = new Uint8Array(1 + IV_BYTES + sealed.byteLength);
  bytes[0] = VERSION;
  bytes.set(iv, 1);
  bytes.set(new Uint8Array(sealed), 1 + IV_BYTES);
  return bytes;
}

/**
 * @param {CryptoKey} secret
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function unseal(secret, name, bytes) {
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const sealed = bytes.subarray(1 + IV_BYTES);
  return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm(iv, name), secret, sealed));
}

/**
 * @param {Uint8Array<ArrayBuffer>} iv
 * @param {string} name
 */
const algorithm = (iv, name) => ({ name: "AES-GCM", iv, additionalData: utf8(name) });
