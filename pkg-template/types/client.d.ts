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

/**
 * Where a program is not compiled for Node by its `moduleResolution`, `AuthenticationResult` is the page's, whose account is
 * never null. So this is assignable to either; the account of an application's own token is null.
 */
export type ConfidentialResult = AcquiredToken & { account: any };

export type WholeConfiguration = Configuration & Required<Pick<Configuration, "auth" | "cache" | "system">>;

/** Always throws, and says what to do in its place. */
export declare class ManagedIdentityApplication {
  constructor(configuration?: object);
  acquireToken(request: object): Promise<never>;
}

/** MSAL Node's, which says of what is never null that it may be. */
export interface IConfidentialClientApplication {
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<ConfidentialResult>;
  acquireTokenSilent(request: SilentFlowRequest): Promise<ConfidentialResult>;
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<ConfidentialResult | null>;
  acquireTokenByClientCredential(request?: ClientCredentialRequest): Promise<ConfidentialResult | null>;
  acquireTokenOnBehalfOf(request: OnBehalfOfRequest): Promise<ConfidentialResult | null>;
  acquireTokenByUsernamePassword(request?: object): Promise<never>;
  getTokenCache(): TokenCache;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  clearCache(): Promise<void>;
}

/** Every acquisition fails with one of `AuthError`'s children. */
export declare class ConfidentialClientApplication implements IConfidentialClientApplication {
  /** For subclasses: what was given, with all its sections, and without its secrets. */
  readonly config: WholeConfiguration;
  readonly logger: Logger;
  constructor(configuration: Configuration);
  initialize(): Promise<void>;

  /** A token of the application itself. */
  acquireTokenByClientCredential(request?: ClientCredentialRequest): Promise<ConfidentialResult>;
  /** A further API's token for the user by whom this API was called. */
  acquireTokenOnBehalfOf(request: OnBehalfOfRequest): Promise<ConfidentialResult>;
  /** Where to send the user to sign in; with exactly the challenge, state and nonce that it is given. */
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  /** The tokens for the code that the sign-in came back with. */
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<ConfidentialResult>;
  /** An account's token from the cache, renewed where needed. */
  acquireTokenSilent(request: SilentFlowRequest): Promise<ConfidentialResult>;
  /** For refresh tokens that another program got; one's own are used by `acquireTokenSilent`. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<ConfidentialResult>;
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
  getAdminConsentUrl(request?: { redirectUri?: string; state?: string; authority?: string }): string;

  getTokenCache(): TokenCache;
  clearCache(): Promise<void>;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  getConfiguration(): Configuration;
}
