// Requests, as the program made them.

/**
 * A request as it is now: what the program changes later is its next call's.
 * @param {any} given
 */
export function snapshot(given) {
  if (typeof given !== "object" || given === null) return given;
  const copy = { ...given };
  for (let of = Object.getPrototypeOf(given); of && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const name of Object.getOwnPropertyNames(of)) if (name !== "constructor" && !(name in copy)) copy[name] = given[name];
  }
  for (const [name, value] of Object.entries(copy)) {
    if (Array.isArray(value)) copy[name] = [...value];
    else if (name !== "signal" && typeof value === "object" && value !== null) copy[name] = name === "account" ? snapshot(value) : { ...value };
  }
  return copy;
}
