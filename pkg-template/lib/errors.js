// MSAL's error classes. What they say comes from Rust; the codes are listed in the README.

export class AuthError extends Error {
  /**
   * @param {string} [errorCode]
   * @param {string} [correlationId]
   * @param {string} [errorMessage]
   * @param {string} [subError]
   */
  constructor(errorCode = "", correlationId = "", errorMessage = "", subError = "") {
    super(errorMessage ? `${errorCode}: ${errorMessage}` : errorCode);
    this.name = "AuthError";
    this.errorCode = errorCode;
    this.errorMessage = errorMessage;
    this.subError = subError;
    this.correlationId = correlationId;
    this.traceId = "";
    /** @type {number[]} */
    this.errorCodes = [];
    this.claims = "";
    /** @type {number | undefined} */
    this.status = undefined;
    /** @type {number | undefined} */
    this.retryAfterSeconds = undefined;
    this.hint = "";
  }

  /** @param {string} correlationId */
  setCorrelationId(correlationId) {
    this.correlationId = correlationId;
  }
}

export class ClientConfigurationError extends AuthError {
  /** @param {ConstructorParameters<typeof AuthError>} parts */
  constructor(...parts) {
    super(...parts);
    this.name = "ClientConfigurationError";
  }
}

export class ClientAuthError extends AuthError {
  /** @param {ConstructorParameters<typeof AuthError>} parts */
  constructor(...parts) {
    super(...parts);
    this.name = "ClientAuthError";
  }
}

export class ServerError extends AuthError {
  /** @param {ConstructorParameters<typeof AuthError>} parts */
  constructor(...parts) {
    super(...parts);
    this.name = "ServerError";
    /** @type {string | undefined} */
    this.errorNo = undefined;
  }
}

export class InteractionRequiredAuthError extends AuthError {
  /** @param {ConstructorParameters<typeof AuthError>} parts */
  constructor(...parts) {
    super(...parts);
    this.name = "InteractionRequiredAuthError";
    /** @type {string | undefined} */
    this.errorNo = undefined;
  }
}

export class NetworkError extends AuthError {
  /** @param {ConstructorParameters<typeof AuthError>} parts */
  constructor(...parts) {
    super(...parts);
    this.name = "NetworkError";
  }
}

/** By their names, which is how Rust names them. */
export const classes = {
  AuthError,
  ClientConfigurationError,
  ClientAuthError,
  ServerError,
  InteractionRequiredAuthError,
  NetworkError,
};

/**
 * The error of what Rust gave; anything else is thrown on as it is.
 * @param {any} given
 * @param {unknown} [cause] what fetch threw, where that is the reason
 * @param {Partial<typeof classes>} [known] other classes of these names
 */
export function toError(given, cause, known = classes) {
  const Class = known[/** @type {keyof typeof classes} */ (given?.className)];
  if (!Class) return given;
  const { className: _, errorCode, errorMessage, subError, correlationId, hint, ...rest } = given;
  const error = new Class(errorCode, correlationId, errorMessage, subError);
  Object.assign(error, rest, { hint });
  if (hint) error.message += ` — ${hint}`;
  if ("errorNo" in error && rest.errorCodes.length) error.errorNo = String(rest.errorCodes[0]);
  if (cause !== undefined && error instanceof NetworkError) setCause(error, cause);
  return error;
}

/**
 * As a native error's: not enumerable, so that JSON shows nothing of what somebody else's error may hold.
 * @param {Error} error
 * @param {unknown} cause
 */
export function setCause(error, cause) {
  Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
}

/**
 * Calls into Rust, with what it throws made an error.
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
export function calling(call) {
  try {
    return call();
  } catch (thrown) {
    throw toError(thrown);
  }
}
