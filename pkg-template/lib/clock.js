// The host's two clocks. Rust makes one of them that never goes back.

/**
 * @typedef {{ wall: () => number, monotonic: () => number }} Clock both in milliseconds
 */

/**
 * @param {(() => number | Date) | undefined} now the configuration's `system.now`, then the only clock
 * @returns {Clock}
 */
export function clockOf(now) {
  if (now) return { wall: () => Number(now()), monotonic: () => Number(now()) };
  return { wall: () => Date.now(), monotonic: () => performance.now() };
}
