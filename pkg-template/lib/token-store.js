// The program's token store. It may fail or hang: that costs a warning and a request to the network, never the call.

import { limited } from "./effects.js";

/** What a store is given for one access; of a call that has less time, a quarter. */
const LIMIT_MS = 2_000;

/** A store that did not answer is left alone for so many times as long as it was waited for. */
const RESTS = 15;

export class TokenStore {
  #store;
  #warn;
  #restsUntil = 0;

  /**
   * @param {any} store the configuration's `cache.tokenStore`
   * @param {(message: string) => void} warn
   */
  constructor(store, warn) {
    this.#store = store;
    this.#warn = warn;
  }

  /**
   * @param {import("./drive.js").Effect} effect
   * @param {number} [timeoutMs] the call's time limit
   * @returns {Promise<import("./effects.js").Event>}
   */
  async perform({ kind, key, value, ms }, timeoutMs = Infinity) {
    const store = this.#store;
    // Whoever is signed out must go, however slow it is.
    if (kind !== "delete" && performance.now() < this.#restsUntil) return { kind: "failed" };
    const access = async () => {
      switch (kind) {
        case "load": {
          const loaded = await store.get(key);
          return { kind: "loaded", value: textOf(loaded) };
        }
        case "save":
          await store.set(key, value, { expiresAt: ms });
          return { kind: "done" };
        case "delete":
          await store.delete(key);
          return { kind: "done" };
        default:
          return { kind: "listed", value: await keysOf(await store.list(key), /** @type {string} */ (key)) };
      }
    };
    const limitMs = Math.min(LIMIT_MS, timeoutMs / 4);
    const event = await new Promise((/** @type {import("./effects.js").Tell} */ resolve) => {
      limited(limitMs, access, "failed", resolve);
    });
    if (event.kind === "failed" || event.kind === "timedOut") {
      if (event.kind === "timedOut") this.#restsUntil = performance.now() + RESTS * limitMs;
      const name = /** @type {any} */ (event.thrown)?.name;
      const reason = event.kind === "timedOut" ? "did not answer in time" : `failed${name ? ` (${name})` : ""}`;
      this.#warn(`tokenStore.${{ load: "get", save: "set", delete: "delete" }[kind] ?? "list"} ${reason}`);
      // A store that is slow is no reason to end what else is under way.
      return { kind: "failed" };
    }
    return event;
  }
}

/**
 * What a store has under a key as a text: some stores parse JSON, some give bytes.
 * @param {any} loaded
 * @returns {string | undefined}
 */
function textOf(loaded) {
  if (typeof loaded === "string") return loaded || undefined;
  if (loaded === undefined || loaded === null) return undefined;
  if (ArrayBuffer.isView(loaded) || loaded instanceof ArrayBuffer) return new TextDecoder().decode(loaded);
  return JSON.stringify(loaded);
}

/**
 * The keys that a store lists, all at once or one after the other; some list more than was asked for.
 * @param {any} listed
 * @param {string} prefix
 */
async function keysOf(listed, prefix) {
  const keys = [];
  for await (const key of listed) if (String(key).startsWith(prefix)) keys.push(String(key));
  return keys;
}
