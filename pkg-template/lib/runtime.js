// Where the WebAssembly module comes from, and what else differs between runtimes.
import init, { Client, initSync } from "../wasm/graph_token.js";
import { ClientConfigurationError } from "./errors.js";
import { notCompiled } from "./not-compiled.js";

/**
 * @typedef {object} Differences
 * @property {() => BufferSource | WebAssembly.Module} [module] gives the module at once
 * @property {() => URL} [url] says where to fetch the module
 * @property {boolean} [isolated] whether a request's own timers and requests end with it (workerd)
 * @property {(promise: Promise<unknown>) => void} [keepAlive] keeps what a request began alive after its answer
 * @property {() => Promise<{ readCertificate: (given: object) => Promise<any> }>} [certificate] loads the module that
 *   reads keys in other forms than PKCS#8
 */

let instantiated = false;

/** One for all clients of an entry file. */
export class Runtime {
  /** @type {Differences} */
  #differences;
  /** @type {Promise<void> | undefined} */
  #loading;

  /** @param {Differences} differences */
  constructor(differences) {
    this.#differences = differences;
    this.isolated = differences.isolated ?? false;
    this.keepAlive = differences.keepAlive;
    this.certificate = differences.certificate;
  }

  /** The exported class, or `undefined` while the module has yet to be fetched. */
  get Client() {
    if (!instantiated && this.#differences.module) {
      compiling(() => initSync({ module: /** @type {BufferSource} */ (this.#differences.module?.()) }));
      instantiated = true;
    }
    return instantiated ? Client : undefined;
  }

  /** Resolves once `Client` is there. */
  async load() {
    if (this.Client) return;
    this.#loading ??= init({ module_or_path: this.#differences.url?.() }).then(() => {
      instantiated = true;
    });
    try {
      await this.#loading;
    } catch (cause) {
      this.#loading = undefined;
      throw notCompiled(cause);
    }
  }
}

/** @param {() => void} compile */
function compiling(compile) {
  try {
    compile();
  } catch (cause) {
    throw notCompiled(cause);
  }
}

/** The error of a synchronous method that comes too early. */
export function notLoaded() {
  const error = new ClientConfigurationError("wasm_unavailable", "", "graph-token/url fetches its WebAssembly module, and it has not come yet");
  error.hint = "await app.initialize() first.";
  error.message += ` — ${error.hint}`;
  return error;
}
