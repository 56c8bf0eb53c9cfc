// Where a client's entries lie: sealed bytes by name, with the time of their end beside them in the clear.

import { bytesOf } from "../byte-string.js";

/**
 * @typedef {object} Entries
 * @property {(name: string) => Promise<Uint8Array<ArrayBuffer> | undefined>} read empty where it is corrupt
 * @property {(name: string, bytes: Uint8Array, expiresAt: number) => Promise<unknown>} write
 * @property {(name: string) => Promise<unknown>} remove
 * @property {(until: number) => Promise<unknown>} sweep removes this client's entries that end by then
 * @property {(name: string) => boolean} [has] whether an entry is there, where that is known at once
 */

/**
 * The text of an entry is `<expiresAt>.<base64>`.
 * @param {Storage} storage
 * @param {string} prefix of the names of this client's entries
 * @returns {Entries}
 */
export function webEntries(storage, prefix) {
  return {
    async read(name) {
      const text = storage.getItem(name);
      if (text === null) return undefined;
      try {
        return bytesOf(atob(text.slice(text.indexOf(".") + 1)));
      } catch {
        return new Uint8Array();
      }
    },
    async write(name, bytes, expiresAt) {
      storage.setItem(name, `${expiresAt}.${base64(bytes)}`);
    },
    async remove(name) {
      storage.removeItem(name);
    },
    has: (name) => name in storage,
    async sweep(until) {
      for (const name of Object.keys(storage)) {
        // Another client's id may begin with this one's.
        const isOurs = name.startsWith(prefix) && !name.includes(".", prefix.length);
        if (isOurs && !(parseFloat(`${storage.getItem(name)}`) > until)) storage.removeItem(name);
      }
    },
  };
}

/**
 * @param {import("./key-chain.js").KeyChain} chain
 * @param {string} clientId
 * @returns {Entries}
 */
export function databaseEntries(chain, clientId) {
  /**
   * @template T
   * @param {(entries: IDBObjectStore) => IDBRequest<T>} act
   */
  const change = (act) => chain.within("entries", "readwrite", act);
  return {
    read: async (name) => (await chain.within("entries", "readonly", (entries) => entries.get(name)))?.bytes,
    write: (name, bytes, expiresAt) => change((entries) => entries.put({ clientId, expiresAt, bytes }, name)),
    remove: (name) => change((entries) => entries.delete(name)),
    sweep: (until) =>
      change((entries) => {
        const request = entries.index("expiry").getAllKeys(IDBKeyRange.bound([clientId], [clientId, until]));
        request.onsuccess = () => request.result.forEach((name) => entries.delete(name));
        return request;
      }),
  };
}

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  let text = "";
  // Not all at once: a call takes so many arguments only.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
