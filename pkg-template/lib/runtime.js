// Where the WebAssembly module comes from, and what else differs between runtimes.
import { ClientConfigurationError, hinted } from "./errors.js";
import { inWorkerd } from "./host.js";
import { notCompiled } from "./not-compiled.js";

/**
 * @typedef {object} Differences
 * @property {any} Client the module's class, of use once there is an instance
 * @property {() => unknown} [instantiate] makes the module's instance at once
 * @property {() => Promise<unknown>} [fetch] fetches the module and makes its instance
 * @property {boolean} [isolated] whether a request's own timers and requests end with it (workerd)
 * @property {(promise: Promise<unknown>) => void} [keepAlive] keeps what a request began alive after its answer
 * @property {(wishes: import("./loopback.js").Wishes) => Promise<import("./loopback.js").Listener>} [listen] listens on this
 *   machine for the answer of a sign-in
 * @property {() => Promise<{ readCertificate: (given: object) => Promise<any> } | undefined>} [certificate] loads the module
 *   that reads keys in other forms than PKCS#8, where it is there
 */

/** One for all clients of an entry file that one module makes. */
export class Runtime {
  /** @type {Differences} */
  #differences;
  #instantiated = false;
  /** @type {Promise<void> | undefined} */
  #loading;

  /** @param {Differences} differences */
  constructor(differences) {
    this.#differences = differences;
    // Bundles for a Worker may have been made of another entry.
    this.isolated = differences.isolated ?? inWorkerd();
    this.keepAlive = differences.keepAlive;
    this.certificate = differences.certificate;
    this.listen = differences.listen;
  }

  /**
   * The exported class, or `undefined` while the module has yet to be fetched.
   * @returns {typeof import("../wasm/graph_token.js").Client | undefined}
   */
  get Client() {
    const { Client, instantiate } = this.#differences;
    if (!this.#instantiated && instantiate) {
      try {
        instantiate();
      } catch (cause) {
        throw notCompiled(cause);
      }
      this.#instantiated = true;
    }
    return this.#instantiated ? Client : undefined;
  }

  /** Resolves once `Client` is there. */
  async load() {
    if (this.Client) return;
    this.#loading ??= this.#fetch();
    try {
      await this.#loading;
    } catch (cause) {
      this.#loading = undefined;
      throw notCompiled(cause);
    }
  }

  async #fetch() {
    await this.#differences.fetch?.();
    this.#instantiated = true;
  }
}

/**
 * By a function of a function, so that every bundler sees that nothing happens here where nobody wants the client: some take no
 * `new` for pure, and no object of imports.
 * @param {() => Differences} given
 */
export function runtimeOf(given) {
  return new Runtime(given());
}

/** The error of a synchronous method that comes too early. */
export function notLoaded() {
  return hinted(
    new ClientConfigurationError("wasm_unavailable", "", "graph-token/url fetches its WebAssembly module, and it has not come yet"),
    "await app.initialize() first.",
  );
}
