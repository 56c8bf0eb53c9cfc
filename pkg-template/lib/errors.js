// MSAL's error classes. What they say comes from Rust; the codes are listed in the README.

import { fitToShow } from "./masking.js";

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
    /** @type {string | undefined} for the 401 of an API whose caller has to meet the claims */
    this.wwwAuthenticate = undefined;
    /** @type {object | undefined} never there: there is no broker */
    this.platformBrokerError = undefined;
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
  /**
   * @param {string} [errorCode]
   * @param {string} [correlationId]
   * @param {string} [errorMessage]
   * @param {string} [subError]
   * @param {string} [errorNo] the first AADSTS number
   * @param {number} [status]
   */
  constructor(errorCode, correlationId, errorMessage, subError, errorNo, status) {
    super(errorCode, correlationId, errorMessage, subError);
    this.name = "ServerError";
    this.errorNo = errorNo;
    this.status = status;
  }
}

export class InteractionRequiredAuthError extends AuthError {
  /**
   * @param {string} [errorCode]
   * @param {string} [correlationId]
   * @param {string} [errorMessage]
   * @param {string} [subError]
   * @param {string} [timestamp]
   * @param {string} [traceId]
   * @param {string} [claims]
   * @param {string} [errorNo]
   */
  constructor(errorCode, correlationId, errorMessage, subError, timestamp = "", traceId = "", claims = "", errorNo) {
    super(errorCode, correlationId, errorMessage, subError);
    this.name = "InteractionRequiredAuthError";
    this.timestamp = timestamp;
    this.traceId = traceId;
    this.claims = claims;
    this.errorNo = errorNo;
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

/** Codes of errors that something which was thrown outside is the reason of, beside the network's. */
const CAUSED = /*#__PURE__*/ new Set(["client_assertion_failed", "invalid_certificate"]);

/**
 * @template {AuthError} E
 * @param {E} error
 * @param {string} hint what to do about it
 */
export function hinted(error, hint) {
  error.hint = hint;
  error.message += ` — ${hint}`;
  return error;
}

/**
 * A caller's own of an error that came to several.
 * @param {unknown} error
 * @param {string} [correlationId] the caller's
 * @returns {unknown}
 */
export function ownOf(error, correlationId) {
  if (!(error instanceof AuthError)) return error;
  const Class = /** @type {typeof AuthError} */ (error.constructor);
  const own = Object.defineProperties(new Class(), Object.getOwnPropertyDescriptors(error));
  own.errorCodes = [...error.errorCodes];
  if (correlationId) own.correlationId = correlationId;
  return own;
}

/**
 * The error of what Rust gave; anything else is thrown on as it is.
 * @param {any} given
 * @param {unknown} [cause] what fetch threw, where that is the reason
 * @param {Partial<typeof classes>} [known] other classes of these names
 */
export function toError(given, cause, known = classes) {
  const Class = known[/** @type {keyof typeof classes} */ (given?.className)];
  if (!Class) return given;
  // What the module for keys and certificates found, or the window, says more than that it did not do.
  if (cause !== undefined && given.errorCode === "window_failed") return cause;
  if (Class === known.NetworkError && isAuthError(cause)) return cause;
  if (given.errorCode === "invalid_certificate" && typeof (/** @type {any} */ (cause)?.errorCode) === "string") return ofThese(cause);
  const { className: _, errorCode, errorMessage, subError, correlationId, hint, ...rest } = given;
  const error = new Class(errorCode, correlationId, errorMessage, subError);
  Object.assign(error, rest);
  if (hint) hinted(error, hint);
  if ("errorNo" in error && rest.errorCodes.length) error.errorNo = String(rest.errorCodes[0]);
  if (cause !== undefined && (error instanceof NetworkError || CAUSED.has(errorCode))) setCause(error, fitToShow(cause));
  return error;
}

/**
 * Whether it is an error of ours; what a program throws may throw at whoever looks at it.
 * @param {unknown} thrown
 */
export function isAuthError(thrown) {
  try {
    return thrown instanceof AuthError;
  } catch {
    return false;
  }
}

/**
 * An error of these classes: what reads keys may have come with classes of its own.
 * @param {any} error
 */
function ofThese(error) {
  const Class = Object.keys(classes).includes(error.name) && classes[/** @type {keyof typeof classes} */ (error.name)];
  return !Class || error instanceof AuthError ? error : Object.defineProperties(new Class(), Object.getOwnPropertyDescriptors(error));
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
