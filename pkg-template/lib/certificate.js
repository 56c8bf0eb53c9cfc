// Keys and certificates as people have them, by the second WebAssembly module.
import { initSync, readCertificate as read } from "../wasm/certificate.js";
import { classes, toError } from "./errors.js";
import { notCompiled } from "./not-compiled.js";

let instantiated = false;

/**
 * @param {() => BufferSource | WebAssembly.Module} module gives the module at once; asked when the first key is read
 * @param {Partial<typeof classes>} [known] the error classes of the program, where they are not these
 */
export function certificateReader(module, known = classes) {
  /**
   * Reads a private key and its certificate: PEM, DER or PFX, encrypted or not.
   * @param {any} options
   */
  return async function readCertificate(options) {
    instantiate(module);
    try {
      const { privateKey, certificate, ...rest } = options ?? {};
      const found = read({ ...rest, privateKey: plain(privateKey), certificate: plain(certificate) }, Date.now());
      const { notBefore, notAfter } = found;
      return { ...found, notBefore: date(notBefore), notAfter: date(notAfter) };
    } catch (thrown) {
      throw toError(thrown, undefined, known);
    }
  };
}

/** @param {() => BufferSource | WebAssembly.Module} module */
function instantiate(module) {
  if (instantiated) return;
  try {
    initSync({ module: /** @type {BufferSource} */ (module()) });
    instantiated = true;
  } catch (cause) {
    throw notCompiled(cause);
  }
}

/**
 * Bytes as a Uint8Array of this realm, whichever way a program holds them.
 * @param {unknown} given
 */
function plain(given) {
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const isBuffer = Object.prototype.toString.call(given) === "[object ArrayBuffer]";
  return isBuffer ? new Uint8Array(/** @type {ArrayBuffer} */ (given)) : given;
}

/** @param {number | undefined} ms */
function date(ms) {
  return ms === undefined ? undefined : new Date(ms);
}
