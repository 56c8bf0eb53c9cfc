/** No field of any error ever holds a secret, an assertion, a code or a token. */
export declare class AuthError extends Error {
  constructor(errorCode?: string, correlationId?: string, errorMessage?: string, subError?: string);
  /** What went wrong, in a word: programs decide by it. */
  errorCode: string;
  errorMessage: string;
  /** The provider's further word, such as `bad_token`. */
  subError: string;
  /** That of the request, for both sides' logs. */
  correlationId: string;
  /** The service's own, for Microsoft's support. */
  traceId: string;
  /** The AADSTS numbers. */
  errorCodes: number[];
  /** Of a challenge: give them to the next interactive request. */
  claims: string;
  /** The HTTP status of the provider's answer. */
  status: number | undefined;
  /** How long the provider asks to wait. */
  retryAfterSeconds: number | undefined;
  /** One sentence on what to do. */
  hint: string;
  /** With `claims`: the value of a `WWW-Authenticate` header that passes them on, for the 401 of an API. */
  wwwAuthenticate: string | undefined;
  /** Never there: there is no broker. */
  platformBrokerError: undefined;
  setCorrelationId(correlationId: string): void;
}

/** The configuration or the request cannot be meant so; nothing was sent. */
export declare class ClientConfigurationError extends AuthError {
  constructor(errorCode?: string, correlationId?: string, errorMessage?: string);
}

/** The call cannot succeed on this side. */
export declare class ClientAuthError extends AuthError {
  constructor(errorCode?: string, correlationId?: string, additionalMessage?: string);
}

/** The identity provider said no. */
export declare class ServerError extends AuthError {
  constructor(errorCode?: string, correlationId?: string, errorMessage?: string, subError?: string, errorNo?: string, status?: number);
  /** The first AADSTS number. */
  readonly errorNo: string | undefined;
}

/** A person has to sign in, or to agree. */
export declare class InteractionRequiredAuthError extends AuthError {
  constructor(
    errorCode?: string,
    correlationId?: string,
    errorMessage?: string,
    subError?: string,
    timestamp?: string,
    traceId?: string,
    claims?: string,
    errorNo?: string,
  );
  /** When the identity provider said it. */
  timestamp: string;
  readonly errorNo: string | undefined;
}

/** No answer came. */
export declare class NetworkError extends AuthError {}
