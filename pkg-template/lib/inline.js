// The module from the text inside the package: nothing to fetch, so it is there at once.
import text from "../wasm/inline.js";

/** @returns {Uint8Array<ArrayBuffer>} */
export function inlineModule() {
  // In one call, where it is there.
  const { Buffer } = /** @type {any} */ (globalThis);
  if (Buffer?.from) return Buffer.from(text, "latin1");
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
