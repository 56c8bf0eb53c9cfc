// The host's two clocks. Rust makes one of them that never goes back.

/**
 * @typedef {{ wall: () => number, monotonic: () => number }} Clock both in milliseconds; `wall` is asked first
 */

/**
 * @param {(() => number | Date) | undefined} now the configuration's `system.now`, then the only clock
 * @returns {Clock}
 */
export function clockOf(now) {
  if (now) return { wall: () => Number(now()), monotonic: () => Number(now()) };
  // Reading a clock is a tenth of a hit: within a millisecond of the one, the other is read once.
  let wall = NaN;
  let readAt = NaN;
  let monotonic = NaN;
  return {
    wall: () => (wall = Date.now()),
    monotonic: () => {
      if (wall !== readAt) monotonic = performance.now();
      readAt = wall;
      return monotonic;
    },
  };
}
