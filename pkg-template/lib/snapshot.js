// What the program gives, as it made it.

/** Nothing that is read lies deeper; what refers to itself ends here. */
const DEEPEST = 5;

/**
 * A request, an account or a part of the configuration as it is now: what the program changes later is its next call's.
 * Whatever a getter or a proxy of its throws is thrown here, and not while Rust reads, which would never come to its end.
 * @param {any} given
 */
export function snapshot(given) {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return copied(given, DEEPEST);
  const copy = { ...given };
  for (let of = Object.getPrototypeOf(given); of && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const name of Object.getOwnPropertyNames(of)) if (name !== "constructor" && !(name in copy)) copy[name] = given[name];
  }
  for (const [name, value] of Object.entries(copy)) if (name !== "signal") copy[name] = name === "account" ? snapshot(value) : copied(value, DEEPEST);
  return copy;
}

/**
 * What is no object of the program's own (a key, bytes, a window, a function) stays what it is.
 * @param {any} given
 * @param {number} depth
 * @returns {any}
 */
function copied(given, depth) {
  if (typeof given !== "object" || given === null || depth === 0) return given;
  if (Array.isArray(given)) return Array.from(given, (item) => copied(item, depth - 1));
  if (Object.prototype.toString.call(given) !== "[object Object]") return given;
  const copy = { ...given };
  // An instance's are its own: what lies in them may be anything.
  if (isLiteral(given)) for (const [name, value] of Object.entries(copy)) copy[name] = copied(value, depth - 1);
  return copy;
}

/**
 * Of this realm or another one.
 * @param {object} given
 */
function isLiteral(given) {
  const prototype = Object.getPrototypeOf(given);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * The configuration for Rust, which looks which methods a store, a plug-in or a network client has.
 * @param {any} given
 */
export function configurationFor(given) {
  if (typeof given !== "object" || given === null) return given;
  const { auth, cache, system, broker, telemetry } = given;
  const own = snapshot(auth);
  // What a part of it is an instance of may have members that are not its own.
  for (const [name, value] of Object.entries(own ?? {})) if (Object.prototype.toString.call(value) === "[object Object]") own[name] = snapshot(auth[name]);
  return { ...given, auth: own, cache, system, broker, telemetry };
}
