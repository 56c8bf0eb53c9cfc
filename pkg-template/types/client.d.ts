import type { AuthorizationCodeRequest as AuthorizationCodeRequestOfPage } from "./browser-requests.js";
import type { TokenCache } from "./cache.js";
import type { Configuration } from "./configuration.js";
import type { Logger } from "./logger.js";
import type {
  AuthorizationCodeRequest,
  AuthorizationUrlRequest,
  ClientCredentialRequest,
  OnBehalfOfRequest,
  RefreshTokenRequest,
  SilentFlowRequest,
} from "./requests.js";
import type { AccessToken, AcquiredToken, AuthorizationCodePayload, GetTokenOptions } from "./results.js";

export type WholeConfiguration = Configuration & Required<Pick<Configuration, "auth" | "cache" | "system">>;

/** Always throws, and says what to do in its place. */
export declare class ManagedIdentityApplication {
  constructor(configuration?: object);
  acquireToken(request: object): Promise<never>;
}

/** MSAL Node's interface: what is never null here may be null there. */
export interface IConfidentialClientApplication {
  /** Where to send the user to sign in; with exactly the challenge, state and nonce that it is given. */
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  /** The tokens for the code that the sign-in came back with. */
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<AcquiredToken>;
  /** An account's token from the cache, renewed where needed. */
  acquireTokenSilent(request: SilentFlowRequest): Promise<AcquiredToken>;
  /** For refresh tokens that another program got; one's own are used by `acquireTokenSilent`. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<AcquiredToken | null>;
  /** A token of the application itself. */
  acquireTokenByClientCredential(request?: ClientCredentialRequest): Promise<AcquiredToken | null>;
  /** A further API's token for the user by whom this API was called. */
  acquireTokenOnBehalfOf(request: OnBehalfOfRequest): Promise<AcquiredToken | null>;
  /** @deprecated Always fails: RFC 9700 forbids the password grant. */
  acquireTokenByUsernamePassword(request?: object): Promise<never>;
  getTokenCache(): TokenCache;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  clearCache(): Promise<void>;
}

/** Every acquisition fails with one of `AuthError`'s children, or with the reason of its own aborted `signal`. */
export declare class ConfidentialClientApplication implements IConfidentialClientApplication {
  /** For subclasses: what was given, with all its sections, and without its secrets. */
  readonly config: WholeConfiguration;
  readonly logger: Logger;
  constructor(configuration: Configuration);
  initialize(): Promise<void>;

  /** A token of the application itself. */
  acquireTokenByClientCredential(request?: ClientCredentialRequest): Promise<AcquiredToken>;
  /** A further API's token for the user by whom this API was called. */
  acquireTokenOnBehalfOf(request: OnBehalfOfRequest): Promise<AcquiredToken>;
  /** Where to send the user to sign in; with exactly the challenge, state and nonce that it is given. */
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  /** The tokens for the code that the sign-in came back with. */
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<AcquiredToken>;
  /** An account's token from the cache, renewed where needed. */
  acquireTokenSilent(request: SilentFlowRequest): Promise<AcquiredToken>;
  /** For refresh tokens that another program got; one's own are used by `acquireTokenSilent`. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<AcquiredToken>;
  /** @deprecated Always fails: RFC 9700 forbids the password grant. */
  acquireTokenByUsernamePassword(request?: object): Promise<never>;
  /** Always fails: not supported. */
  acquireTokenByUserFederatedIdentityCredential(request?: object): Promise<never>;
  /** Always throws: not supported. */
  SetAppTokenProvider(provider?: unknown): never;

  /** The TokenCredential of the Azure and Graph SDKs. */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
  /** The platform's fetch with a bearer header; `/users` is `/v1.0/users` of Graph. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Where an administrator grants the application's permissions for the whole tenant. */
  getAdminConsentUrl(request?: { redirectUri?: string; state?: string; authority?: string }): string;

  getTokenCache(): TokenCache;
  clearCache(): Promise<void>;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  getConfiguration(): Configuration;
}
