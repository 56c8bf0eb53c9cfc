// The database of this origin: it keeps the key of each client, and the entries of those whose cache lies in IndexedDB.

const NAME = "graph-token";
const VERSION = 1;

/** An open may hang for ever. Less than what the token store is given for one access. */
const LIMIT_MS = 1_500;

export class KeyChain {
  #clientId;
  /** @type {Promise<IDBDatabase> | undefined} */
  #database;
  /** @type {Promise<CryptoKey> | undefined} no longer than the connection: whoever closes it may remove the key */
  #key;

  /** @param {string} clientId */
  constructor(clientId) {
    this.#clientId = clientId;
  }

  /**
   * @param {boolean} [anew] whether another tab may have made another one since
   * @returns {Promise<CryptoKey>}
   */
  key(anew = false) {
    if (anew) this.#key = undefined;
    return (this.#key ??= this.#readOrMake());
  }

  /**
   * One transaction over one store.
   * @template T
   * @param {"keys" | "entries"} store
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<T>} act
   * @returns {Promise<T>} what the request gave, once it is committed
   */
  async within(store, mode, act) {
    const transaction = await this.#begin(store, mode);
    return new Promise((resolve, reject) => {
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  /**
   * @param {string} store
   * @param {IDBTransactionMode} mode
   */
  async #begin(store, mode) {
    const database = await this.#open();
    try {
      return database.transaction(store, mode);
    } catch {
      // A page that comes back from the back-forward cache finds its connection closed.
      this.#forget();
      return (await this.#open()).transaction(store, mode);
    }
  }

  #forget() {
    this.#database = this.#key = undefined;
  }

  #open() {
    return (this.#database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, VERSION);
      const giveUp = () => {
        request.onsuccess = () => request.result.close();
        reject(new Error("it hangs"));
      };
      // Without effect on what is open by then.
      setTimeout(giveUp, LIMIT_MS);
      request.onblocked = giveUp;
      request.onerror = () => reject(request.error);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("keys");
        request.result.createObjectStore("entries").createIndex("expiry", ["clientId", "expiresAt"]);
      };
      request.onsuccess = () => {
        const database = request.result;
        database.onclose = database.onversionchange = () => {
          database.close();
          this.#forget();
        };
        resolve(database);
      };
    }));
  }

  /** @returns {Promise<CryptoKey>} */
  async #readOrMake() {
    const known = await this.within("keys", "readonly", (keys) => keys.get(this.#clientId));
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return this.within("keys", "readwrite", (keys) => {
      // Another tab may have been first: then its key is the key.
      keys.add(made, this.#clientId).onerror = (event) => event.preventDefault();
      return keys.get(this.#clientId);
    });
  }
}
