// What a program's own fetch, network client or assertion throws may show what was sent. What is handed on of it does not.

/** What is secret in a body. */
const SECRETS = /(?:^|&)(?:client_secret|client_assertion|assertion|code|code_verifier|device_code|refresh_token)=([^&]+)/g;

/** Errors have reasons, which have reasons. */
const DEPTH = 5;

/** What of an error is looked at by itself. */
const KNOWN = /*#__PURE__*/ new Set(["name", "message", "stack", "cause", "errors"]);

/**
 * What was thrown, where it shows neither a secret nor objects in which one may be; else an error of what is left.
 * @param {unknown} thrown
 * @param {string} [body] that was being sent
 */
export function fitToShow(thrown, body = "") {
  const secrets = [...body.matchAll(SECRETS)].flatMap(([, secret]) => formsOf(secret));
  try {
    return fit(thrown, (text) => secrets.reduce((left, secret) => left.replaceAll(secret, "***"), text), DEPTH, new Map());
  } catch {
    // It may throw at whoever looks at it.
    return new Error("what was thrown cannot be shown");
  }
}

/**
 * A secret as it is sent, as it is, and as somebody else may write it.
 * @param {string} sent
 */
function formsOf(sent) {
  const plain = decodeURIComponent(sent.replaceAll("+", " "));
  const forms = [sent, decodeURIComponent(sent), plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1)];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())]);
}

/**
 * Whether a member is called where somebody looks at an error.
 * @param {string | symbol} name
 */
function isShowing(name) {
  const symbols = [Symbol.toPrimitive, Symbol.for("nodejs.util.inspect.custom"), Symbol.for("Deno.customInspect")];
  return typeof name === "symbol" ? symbols.includes(name) : ["toJSON", "toString", "valueOf", "inspect"].includes(name);
}

/**
 * Whether an error shows no more than what is its own: its class may show what only that sees.
 * @param {any} thrown
 */
function isPlainError(thrown) {
  if (!(thrown instanceof Error)) return false;
  for (let of = Object.getPrototypeOf(thrown); of && of !== Error.prototype; of = Object.getPrototypeOf(of)) {
    if (of === globalThis.DOMException?.prototype) return true;
    for (const [name, { get }] of /** @type {[string | symbol, PropertyDescriptor][]} */ (Reflect.ownKeys(of).map((name) => [name, Object.getOwnPropertyDescriptor(of, name)]))) {
      if (isShowing(name) || (get && typeof name === "string" && name !== "constructor")) return false;
    }
  }
  return true;
}

/**
 * @param {any} thrown
 * @param {(text: string) => string} masked
 * @param {number} depth
 * @param {Map<unknown, unknown>} seen
 * @returns {unknown}
 */
function fit(thrown, masked, depth, seen) {
  if (typeof thrown === "string") return masked(thrown);
  if (typeof thrown === "function") return undefined;
  if (typeof thrown !== "object" || thrown === null) return thrown;
  if (seen.has(thrown) || depth === 0) return seen.get(thrown);
  seen.set(thrown, undefined);
  /** @param {unknown} value @returns {boolean} */
  const isFit = (value) => {
    if (typeof value === "string") return masked(value) === value;
    return Array.isArray(value) ? value.every(isFit) : value === null || !["object", "function"].includes(typeof value);
  };
  const { name, message, stack, cause, errors } = thrown;
  const reason = fit(cause, masked, depth - 1, seen);
  const several = Array.isArray(errors) ? errors.map((/** @type {unknown} */ one) => fit(one, masked, depth - 1, seen)) : errors && undefined;
  const further = Reflect.ownKeys(thrown).filter((member) => !KNOWN.has(/** @type {string} */ (member)));
  const isSame = isPlainError(thrown) && reason === cause && (several ? several.every((/** @type {unknown} */ one, /** @type {number} */ index) => one === errors[index]) : several === errors)
    && [name, message, stack].every(isFit) && further.every((member) => isFit(member) && isFit(/** @type {any} */ (thrown)[member]));
  const shown = isSame ? thrown : made();
  seen.set(thrown, shown);
  return shown;

  function made() {
    const text = (/** @type {unknown} */ value) => (typeof value === "string" ? masked(value) : undefined);
    const error = new (thrown instanceof TypeError ? TypeError : Error)(text(message), reason === undefined ? undefined : { cause: reason });
    for (const member of further) {
      const value = thrown[member];
      if (isFit(member) && ["string", "number", "boolean"].includes(typeof value)) Object.assign(error, { [member]: text(value) ?? value });
    }
    Object.assign(error, { name: text(name) ?? "Error", stack: text(stack) ?? error.stack });
    return several ? Object.assign(error, { errors: several }) : error;
  }
}
