/**
 * The bytes of a text with a character for each: what a module inside the package is.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(text) {
  // In one call, where it is there.
  const { Buffer } = /** @type {any} */ (globalThis);
  if (Buffer?.from) return Buffer.from(text, "latin1");
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
