// What a program's own fetch, network client or assertion throws may show what was sent. What is handed on of it does not.

/** What is secret in a body. */
const SECRETS = /(?:^|&)(?:client_secret|client_assertion|assertion|code|code_verifier|device_code|refresh_token)=([^&]+)/g;

/** Errors have reasons, which have reasons. */
const DEPTH = 5;

/** What is taken over of an error that is made anew. */
const TAKEN_OVER = /*#__PURE__*/ new Set(["name", "message", "stack", "code", "cause", "errors"]);

/**
 * What was thrown, where it shows neither a secret nor objects in which one may be; else an error of what is left.
 * @param {unknown} thrown
 * @param {string} [body] that was being sent
 */
export function fitToShow(thrown, body = "") {
  const secrets = [...body.matchAll(SECRETS)].flatMap(([, secret]) => formsOf(secret));
  return fit(thrown, (text) => secrets.reduce((left, secret) => left.replaceAll(secret, "***"), text), DEPTH);
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
 * @param {any} thrown
 * @param {(text: string) => string} masked
 * @param {number} depth
 * @returns {unknown}
 */
function fit(thrown, masked, depth) {
  if (typeof thrown === "string") return masked(thrown);
  if (typeof thrown !== "object" || thrown === null) return thrown;
  if (depth === 0) return undefined;
  const { name, message, stack, code, cause, errors } = thrown;
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? masked(value) : undefined);
  const reason = fit(cause, masked, depth - 1);
  const several = Array.isArray(errors) ? errors.map((one) => fit(one, masked, depth - 1)) : undefined;
  const isFit = (/** @type {string | symbol} */ member) => {
    const value = thrown[member];
    return typeof value === "string" ? masked(value) === value : typeof value !== "object" || value === null || TAKEN_OVER.has(/** @type {string} */ (member));
  };
  const isSame = reason === cause && (several ? several.every((one, index) => one === errors[index]) : errors === undefined);
  if (isSame && isFit("message") && Reflect.ownKeys(thrown).every(isFit)) return thrown;
  const error = new Error(text(message), reason === undefined ? undefined : { cause: reason });
  Object.assign(error, { name: text(name) ?? "Error", stack: text(stack) ?? error.stack, code: typeof code === "number" ? code : text(code) });
  return several ? Object.assign(error, { errors: several }) : error;
}
