// MSAL Node's ICachePlugin: one blob for the whole cache, loaded before it is looked into, saved after it has changed.
// It is called as MSAL Node calls it, but one access at a time, and no call waits for it beyond its own time limit.

import { hinted, NetworkError } from "./errors.js";

/** What a plugin is given. */
export class TokenCacheContext {
  /**
   * @param {import("./token-cache.js").TokenCache} cache
   * @param {boolean} hasChanged
   */
  constructor(cache, hasChanged) {
    this.cache = cache;
    this.hasChanged = hasChanged;
  }

  /** Whether the cache is about to be changed, and is to be saved afterwards. */
  get cacheHasChanged() {
    return this.hasChanged;
  }

  get tokenCache() {
    return this.cache;
  }
}

export class CachePlugin {
  #plugin;
  #cache;
  #warn;
  #limitMs;
  #keepAlive;
  /** @type {Promise<unknown>} the access before */
  #last = Promise.resolve();

  /**
   * @param {any} plugin the configuration's `cache.cachePlugin`
   * @param {import("./token-cache.js").TokenCache} cache
   * @param {(message: string) => void} warn
   * @param {number} [limitMs] how long a call may wait
   * @param {(promise: Promise<unknown>) => void} [keepAlive] keeps an access alive after its request has ended
   */
  constructor(plugin, cache, warn, limitMs = DEFAULT_LIMIT_MS, keepAlive = undefined) {
    this.#limitMs = limitMs;
    this.#keepAlive = keepAlive;
    this.#plugin = plugin;
    this.#cache = cache;
    this.#warn = warn;
  }

  /**
   * Looks into the cache, which is loaded before where MSAL Node does so.
   * @template T
   * @param {string} kind
   * @param {any} request
   * @param {() => T} look
   * @returns {Promise<T>}
   */
  async lookUp(kind, { skipCache, forceRefresh, claims, timeoutMs, signal }, look) {
    const asks = claims && !/^\s*\{\s*\}\s*$/.test(claims);
    if (kind === "silent") {
      // It begins from what is stored, so that whoever was signed out elsewhere is signed out here.
      return this.#queue(async () => {
        this.#cache.beginReload();
        const context = new TokenCacheContext(this.#cache, false);
        try {
          await this.#plugin.beforeCacheAccess(context);
        } finally {
          this.#cache.endReload();
        }
        const found = look();
        await this.#plugin.afterCacheAccess(context);
        return found;
      }, timeoutMs, signal);
    }
    if (kind !== "clientCredentials" || skipCache || forceRefresh || asks) return look();
    return this.#queue(async () => {
      const context = new TokenCacheContext(this.#cache, false);
      await this.#plugin.beforeCacheAccess(context);
      const found = look();
      await this.#plugin.afterCacheAccess(context);
      return found;
    }, timeoutMs, signal);
  }

  /**
   * Saves what came. It is in memory already: that it cannot be saved costs a warning, and whoever's time is up does not
   * wait for it.
   * @param {number} spentMs what the call has taken so far
   * @param {number} [limitMs] the call's own time limit
   */
  async save(spentMs, limitMs = this.#limitMs) {
    try {
      await this.access(true, undefined, Math.max(limitMs - spentMs, 0));
    } catch (error) {
      const { name, subError } = /** @type {any} */ (error ?? {});
      this.#warn(subError === "timeout" ? "cachePlugin did not answer in time: nobody waits until the cache is saved" : `cachePlugin failed (${name}): the cache was not saved`);
    }
  }

  /**
   * Loads, acts, and saves if it has changed.
   * @param {boolean} hasChanged
   * @param {() => void} [act]
   * @param {number} [limitMs]
   */
  access(hasChanged, act, limitMs) {
    return this.#queue(async () => {
      const context = new TokenCacheContext(this.#cache, hasChanged);
      try {
        try {
          await this.#plugin.beforeCacheAccess(context);
        } catch (error) {
          // What somebody else has stored, and could not be read, must not be written over by what came here; where an
          // account is removed, MSAL's order holds.
          if (!act) context.hasChanged = false;
          throw error;
        }
        act?.();
      } finally {
        await this.#plugin.afterCacheAccess(context);
      }
      if (hasChanged) this.#cache.saved();
    }, limitMs);
  }

  /**
   * @template T
   * @param {() => Promise<T>} access
   * @param {number} [limitMs]
   * @param {AbortSignal} [signal] whoever aborts waits no longer
   * @returns {Promise<T>}
   */
  #queue(access, limitMs = this.#limitMs, signal = undefined) {
    const mine = ended(this.#last).then(access);
    this.#last = mine;
    this.#keepAlive?.(mine.catch(() => {}));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(late()), limitMs);
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
      };
      signal?.addEventListener("abort", end);
      if (signal?.aborted) end();
      mine.then(resolve, reject).finally(end);
    });
  }
}

/** MSAL Node's: the blob lies in a store of the program's, one for each partition. */
export class DistributedCachePlugin {
  /**
   * @param {{ get(key: string): Promise<string>, set(key: string, value: string): Promise<string> }} client
   * @param {{ getKey(): Promise<string>, extractKey(account: object): Promise<string> }} partitionManager
   */
  constructor(client, partitionManager) {
    this.client = client;
    this.partitionManager = partitionManager;
  }

  /** @param {TokenCacheContext} cacheContext */
  async beforeCacheAccess(cacheContext) {
    const key = await this.partitionManager.getKey();
    cacheContext.tokenCache.deserialize(await this.client.get(key));
  }

  /** @param {TokenCacheContext} cacheContext */
  async afterCacheAccess(cacheContext) {
    if (!cacheContext.cacheHasChanged) return;
    const { tokenCache } = cacheContext;
    const entities = Object.values(tokenCache.getKVStore());
    const account = entities.find((/** @type {any} */ entity) => "localAccountId" in entity && "username" in entity);
    const key = account ? await this.partitionManager.extractKey(account) : await this.partitionManager.getKey();
    await this.client.set(key, tokenCache.serialize());
  }
}

const DEFAULT_LIMIT_MS = 30_000;

/** In a Worker an access ends with its request, and says nothing. */
const LOST_AFTER_MS = 2_000;

function late() {
  return hinted(new NetworkError("network_error", "", "cache.cachePlugin did not answer in time", "timeout"), "Look to what it stores in, or allow more time by timeoutMs.");
}

/** @param {Promise<unknown>} access */
function ended(access) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LOST_AFTER_MS);
    const end = () => {
      clearTimeout(timer);
      resolve(undefined);
    };
    access.then(end, end);
  });
}
