// The module from the text inside the package: nothing to fetch, so it is there at once.
import base64 from "../wasm/inline.js";

/** @returns {Uint8Array<ArrayBuffer>} */
export function inlineModule() {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
