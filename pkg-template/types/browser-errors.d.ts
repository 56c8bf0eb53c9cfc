import { AuthError } from "./errors.js";

/** The page, its windows or its person do not let the call succeed. */
export declare class BrowserAuthError extends AuthError {
  constructor(errorCode?: string, correlationId?: string, subError?: string, errorMessage?: string);
}

/** The page is not set up for the call. */
export declare class BrowserConfigurationAuthError extends AuthError {
  constructor(errorCode?: string, correlationId?: string, errorMessage?: string);
}
