// MSAL Browser's own error classes.

import { AuthError } from "../errors.js";

export class BrowserAuthError extends AuthError {
  /**
   * @param {string} [errorCode]
   * @param {string} [correlationId]
   * @param {string} [subError]
   * @param {string} [errorMessage]
   */
  constructor(errorCode, correlationId, subError, errorMessage) {
    super(errorCode, correlationId, errorMessage, subError);
    this.name = "BrowserAuthError";
  }
}

export class BrowserConfigurationAuthError extends AuthError {
  /** @param {ConstructorParameters<typeof AuthError>} parts */
  constructor(...parts) {
    super(...parts);
    this.name = "BrowserConfigurationAuthError";
  }
}

/**
 * An error of the browser's, with what to do.
 * @param {string} code
 * @param {string} message
 * @param {string} [hint]
 * @param {string} [correlationId]
 */
export function browserError(code, message, hint = "", correlationId = "") {
  const error = new BrowserAuthError(code, correlationId, "", message);
  error.hint = hint;
  if (hint) error.message += ` — ${hint}`;
  return error;
}
