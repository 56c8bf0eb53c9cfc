// MSAL Node's TokenCache.

import { calling } from "./errors.js";

export class TokenCache {
  #client;
  #clock;

  /**
   * @param {() => import("../wasm/graph_token.js").Client} client
   * @param {import("./clock.js").Clock} clock
   */
  constructor(client, clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** @returns {string} the cache in MSAL's schema, as JSON */
  serialize() {
    return calling(() => this.#client().serialize(this.#clock.wall(), this.#clock.monotonic()));
  }

  /**
   * Takes in a cache in MSAL's schema; what is there already stays unless the new is later.
   * @param {string} cache
   */
  deserialize(cache) {
    calling(() => this.#client().deserialize(cache, this.#clock.wall(), this.#clock.monotonic()));
  }
}
