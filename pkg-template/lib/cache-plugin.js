// MSAL Node's ICachePlugin: one blob for the whole cache, loaded before it is looked into, saved after it has changed.
// It is called as MSAL Node calls it, but one access at a time.

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
  #clear;
  #warn;
  /** @type {Promise<unknown>} the access before */
  #last = Promise.resolve();

  /**
   * @param {any} plugin the configuration's `cache.cachePlugin`
   * @param {import("./token-cache.js").TokenCache} cache
   * @param {() => void} clear empties the cache in memory
   * @param {(message: string) => void} warn
   */
  constructor(plugin, cache, clear, warn) {
    this.#plugin = plugin;
    this.#cache = cache;
    this.#clear = clear;
    this.#warn = warn;
  }

  /**
   * @param {string} kind
   * @param {any} request
   */
  async beforeLookUp(kind, { skipCache, forceRefresh, claims }) {
    // A silent call begins from what is stored, so that whoever was signed out elsewhere is signed out here.
    if (kind === "silent") return this.access(false, this.#clear);
    if (kind === "clientCredentials" && !(skipCache || forceRefresh || claims)) return this.access(false);
  }

  /** The token is in memory already: that it cannot be saved costs a warning. */
  async afterAnswer() {
    try {
      await this.access(true);
    } catch (error) {
      this.#warn(`cachePlugin failed (${/** @type {any} */ (error)?.name}): the cache was not saved`);
    }
  }

  /**
   * @param {boolean} hasChanged
   * @param {() => void} [act] done in between, but before the blob is loaded
   */
  access(hasChanged, act) {
    const access = this.#last.catch(() => {}).then(async () => {
      act?.();
      const context = new TokenCacheContext(this.#cache, hasChanged);
      try {
        await this.#plugin.beforeCacheAccess(context);
      } finally {
        await this.#plugin.afterCacheAccess(context);
      }
    });
    this.#last = access;
    return access;
  }

  /**
   * Loads, changes, saves.
   * @param {() => void} change
   */
  change(change) {
    const access = this.#last.catch(() => {}).then(async () => {
      const context = new TokenCacheContext(this.#cache, true);
      try {
        await this.#plugin.beforeCacheAccess(context);
        change();
      } finally {
        await this.#plugin.afterCacheAccess(context);
      }
    });
    this.#last = access;
    return access;
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
