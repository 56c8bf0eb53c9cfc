// MSAL Node's CryptoProvider: what a program needs for a sign-in beside its address.

/** 32 bytes: RFC 7636, section 4.1 asks for as many. */
const VERIFIER_BYTES = 32;

export class CryptoProvider {
  /** @returns {string} a random GUID */
  createNewGuid() {
    return crypto.randomUUID();
  }

  /** A fresh code verifier and its S256 challenge (RFC 7636). */
  async generatePkceCodes() {
    const verifier = toBase64Url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
    return { verifier, challenge: await this.hashString(verifier) };
  }

  /**
   * @param {string} input
   * @returns {string} its UTF-8 in base64
   */
  base64Encode(input) {
    return toBase64(new TextEncoder().encode(input));
  }

  /**
   * @param {string} input base64 in either alphabet
   * @returns {string}
   */
  base64Decode(input) {
    const binary = atob(input.replace(/-/g, "+").replace(/_/g, "/"));
    return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  }

  /**
   * @param {string} plainText
   * @returns {Promise<string>} its SHA-256 in base64url
   */
  async hashString(plainText) {
    return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(plainText))));
  }
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** @param {Uint8Array} bytes */
function toBase64Url(bytes) {
  return toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
