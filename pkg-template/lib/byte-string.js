/**
 * The module inside the package. Minifiers write its bytes as they are; a script that is then served without its charset is
 * read in the page's own, and what was read is to be read anew.
 * @param {string} text a character for each byte
 */
export function moduleOf(text) {
  return bytesOf(/[^\0-\xff]/.test(text) ? asUtf8(text) : text);
}

/** @param {string} text */
function asUtf8(text) {
  const characters = new TextDecoder(document.characterSet).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text, /** @type {any} */ ((/** @type {string} */ one) => characters.indexOf(one))));
}

/**
 * The bytes of a text with a character for each.
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

/**
 * What a module in base64 is: Node's files hold theirs so. It has nothing to escape, hence Node reads it in half the time;
 * and nobody downloads those files in a page, where a character for each byte compresses better.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOfBase64(text) {
  const { Buffer } = /** @type {any} */ (globalThis);
  return Buffer?.from ? Buffer.from(text, "base64") : bytesOf(atob(text));
}
