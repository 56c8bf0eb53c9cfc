// Medians and quartiles: a noisy machine has outliers in one direction only.

/** @param {number[]} values @param {number} part 0 to 1 */
export function quantile(values, part) {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** @param {number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/** The names in an order that changes from round to round, so that none is always first. */
export function turned(names, round) {
  const at = round % names.length;
  const order = [...names.slice(at), ...names.slice(0, at)];
  return Math.floor(round / names.length) % 2 ? order.reverse() : order;
}
