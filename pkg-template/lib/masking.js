// What a program's own fetch or network client throws may show what was sent. What comes of it here does not.

/** What is secret in a body. */
const SECRETS = /(?:^|&)(?:client_secret|client_assertion|assertion|code|code_verifier|refresh_token)=([^&]+)/g;

/** Errors have reasons, which have reasons. */
const DEPTH = 5;

/**
 * @template T
 * @param {import("./drive.js").Effect} effect
 * @param {() => Promise<T>} send
 * @returns {Promise<T>}
 */
export async function masking({ body = "" }, send) {
  try {
    return await send();
  } catch (thrown) {
    const secrets = [...body.matchAll(SECRETS)].flatMap(([, secret]) => [secret, decodeURIComponent(secret), decodeURIComponent(secret.replaceAll("+", " "))]);
    throw masked(thrown, secrets, DEPTH);
  }
}

/**
 * The same where it shows no secret; else an error of what is left.
 * @param {any} thrown
 * @param {string[]} secrets
 * @param {number} depth
 * @returns {unknown}
 */
function masked(thrown, secrets, depth) {
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? secrets.reduce((text, secret) => text.replaceAll(secret, "***"), value) : undefined);
  if (typeof thrown === "string") return text(thrown);
  if (typeof thrown !== "object" || thrown === null) return thrown;
  const { name, message, stack, code, cause } = thrown;
  const reason = depth > 0 ? masked(cause, secrets, depth - 1) : undefined;
  const shows = [message, stack, ...Object.values(thrown)].some((value) => typeof value === "string" && text(value) !== value);
  if (!shows && reason === cause) return thrown;
  const error = new Error(text(message), reason === undefined ? undefined : { cause: reason });
  return Object.assign(error, { name: text(name) ?? "Error", stack: text(stack) ?? error.stack, code: typeof code === "number" ? code : text(code) });
}
