// Random bytes for the core. They are drawn many at a time, since each draw is a call into the host.

const BYTES = 32;
const DRAWN_AT_ONCE = 32;

let pool = new Uint8Array(0);
let at = 0;

/** @returns {Uint8Array} bytes that nobody else gets */
export function entropy() {
  if (at >= pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(BYTES * DRAWN_AT_ONCE));
    at = 0;
  }
  const bytes = pool.slice(at, at + BYTES);
  pool.fill(0, at, (at += BYTES));
  return bytes;
}

/** For the core's 32 random bytes, and a window's state (16), nonce (16) and verifier (32). */
const WINDOW_BYTES = 96;

/** @returns {Uint8Array} what a call needs that may ask in a window */
export function windowEntropy() {
  return crypto.getRandomValues(new Uint8Array(WINDOW_BYTES));
}
