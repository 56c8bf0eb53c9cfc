/** Microsoft Entra access tokens for Microsoft Graph, by MSAL's names. */

/** Which national cloud, where not by the authority's address. */
export interface AzureCloudOptions {
  azureCloudInstance: (typeof AzureCloudInstance)[keyof typeof AzureCloudInstance];
  /** A GUID or a domain. */
  tenant?: string;
}

export interface AuthOptions {
  /** The Application (client) ID of the app registration. */
  clientId: string;
  /** `https://login.microsoftonline.com/{tenant}`; the tenant a GUID, an initial domain or a custom domain. */
  authority?: string;
  /** The secret's value from Certificates & secrets. */
  clientSecret?: string;
  /** Hosts to trust that are not Microsoft's. */
  knownAuthorities?: string[];
  azureCloudOptions?: AzureCloudOptions;
  /** A discovery document, as JSON text. */
  authorityMetadata?: string;
  /** Such as `["cp1"]`: the program can meet claims challenges. */
  clientCapabilities?: string[];
  protocolMode?: (typeof ProtocolMode)[keyof typeof ProtocolMode];
}

export interface CacheOptions {
  cacheLocation?: "memoryStorage";
  /** The most tokens in memory; default 200 000. */
  maxEntries?: number;
  /** The most bytes in memory; default 512 MiB. */
  maxBytes?: number;
}

export interface LoggerOptions {
  loggerCallback?: (level: LogLevel, message: string, containsPii: boolean) => void;
  logLevel?: LogLevel;
  piiLoggingEnabled?: boolean;
  correlationId?: string;
}

/** MSAL's INetworkModule. */
export interface INetworkModule {
  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions, timeout?: number): Promise<NetworkResponse<T>>;
  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>>;
}
export interface NetworkRequestOptions {
  headers?: Record<string, string>;
  body?: string;
}
export interface NetworkResponse<T> {
  headers: Record<string, string>;
  body: T;
  status: number;
}

export interface SystemOptions {
  /** Sends the token requests in place of the platform's fetch; called with address and fields. */
  fetch?: typeof fetch;
  networkClient?: INetworkModule;
  protocolMode?: (typeof ProtocolMode)[keyof typeof ProtocolMode];
  /** The whole call, in milliseconds; default 30 000. */
  timeoutMs?: number;
  /** How many times to send again after a passing fault; default 2. */
  maxRetries?: number;
  disableInternalRetries?: boolean;
  loggerOptions?: LoggerOptions;
  /** Seconds before its end from when on a token is renewed before it is served; default 300. */
  tokenRenewalOffsetSeconds?: number;
  /** Graph's origin; default that of the authority's cloud. `https://dod-graph.microsoft.us` for DoD. */
  graphOrigin?: string;
  /** Further origins that `fetch` sends a token to. */
  allowedOrigins?: string[];
  /** The clock, in milliseconds since 1970; for tests. */
  now?: () => number | Date;
  /** Lets client credentials be used in a browser, where everybody can read them; for tests. */
  allowSecretsInBrowser?: boolean;
}

export interface Configuration {
  auth: AuthOptions;
  cache?: CacheOptions;
  system?: SystemOptions;
}

/** What every request takes beside MSAL's fields. */
export interface CallOptions {
  /** Ends this call's wait; the request itself only when nobody else waits for it. */
  signal?: AbortSignal;
  /** The whole call, in milliseconds. */
  timeoutMs?: number;
  /** A Worker's `ctx.waitUntil`: keeps the request alive after the answer. */
  waitUntil?: (promise: Promise<unknown>) => void;
}

export interface ClientCredentialRequest extends CallOptions {
  /** Default: Graph's `/.default`. */
  scopes?: string | string[];
  authority?: string;
  /** Another tenant of the same authority. */
  tenantId?: string;
  azureCloudOptions?: AzureCloudOptions;
  /** The claims of a challenge, as JSON text; skips the cache. */
  claims?: string;
  correlationId?: string;
  skipCache?: boolean;
  forceRefresh?: boolean;
  extraQueryParameters?: Record<string, string>;
  tokenQueryParameters?: Record<string, string>;
  extraParameters?: Record<string, string>;
  tokenBodyParameters?: Record<string, string>;
  authenticationScheme?: "Bearer";
}

export interface AuthenticationResult {
  authority: string;
  uniqueId: string;
  tenantId: string;
  scopes: string[];
  account: null;
  idToken: string;
  idTokenClaims: object;
  accessToken: string;
  fromCache: boolean;
  expiresOn: Date;
  extExpiresOn: Date;
  /** From when on it is renewed ahead. */
  refreshOn: Date | undefined;
  /** That of the request; a cached token's, without one, is that of the request that got it. */
  correlationId: string;
  requestId: string;
  familyId: string;
  tokenType: string;
  state: string;
  cloudGraphHostName: string;
  msGraphHost: string;
  code: undefined;
  fromPlatformBroker: boolean;
  /** Whether the token is past its life and served because the service is down. */
  isExtendedLifeTimeToken: boolean;
  /** `Bearer …`, for an Authorization header. */
  createAuthorizationHeader(): string;
}

export interface GetTokenOptions {
  /** The platform's, or the Azure SDKs' own. */
  abortSignal?: AbortSignalLike;
  claims?: string;
  enableCae?: boolean;
  tenantId?: string;
}
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: (this: AbortSignalLike, event: any) => any, options?: any): void;
  removeEventListener(type: "abort", listener: (this: AbortSignalLike, event: any) => any, options?: any): void;
}
export interface AccessToken {
  token: string;
  expiresOnTimestamp: number;
  refreshAfterTimestamp?: number;
  tokenType: "Bearer";
}

export interface TokenCache {
  /** The cache in MSAL's schema, as JSON text. It holds tokens: keep it as you keep a secret. */
  serialize(): string;
  /** Takes in a cache in MSAL's schema. */
  deserialize(cache: string): void;
}

export declare class ConfidentialClientApplication {
  constructor(configuration: Configuration);
  initialize(): Promise<void>;
  /** @throws {AuthError} one of its children */
  acquireTokenByClientCredential(request?: ClientCredentialRequest): Promise<AuthenticationResult>;
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

export declare class Logger {
  constructor(options?: LoggerOptions, packageName?: string, packageVersion?: string);
  clone(packageName: string, packageVersion: string): Logger;
  isPiiLoggingEnabled(): boolean;
  error(message: string, correlationId?: string): void;
  warning(message: string, correlationId?: string): void;
  info(message: string, correlationId?: string): void;
  verbose(message: string, correlationId?: string): void;
  trace(message: string, correlationId?: string): void;
}

export declare const LogLevel: {
  readonly Error: 0;
  readonly Warning: 1;
  readonly Info: 2;
  readonly Verbose: 3;
  readonly Trace: 4;
};
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** No field of any error ever holds a secret, an assertion, a code or a token. */
export declare class AuthError extends Error {
  constructor(errorCode?: string, correlationId?: string, errorMessage?: string, subError?: string);
  errorCode: string;
  errorMessage: string;
  subError: string;
  correlationId: string;
  traceId: string;
  /** The AADSTS numbers. */
  errorCodes: number[];
  claims: string;
  status: number | undefined;
  retryAfterSeconds: number | undefined;
  /** One sentence on what to do. */
  hint: string;
  setCorrelationId(correlationId: string): void;
}
export declare class ClientConfigurationError extends AuthError {}
export declare class ClientAuthError extends AuthError {}
export declare class ServerError extends AuthError {
  /** The first AADSTS number. */
  errorNo: string | undefined;
}
export declare class InteractionRequiredAuthError extends AuthError {
  errorNo: string | undefined;
}
export declare class NetworkError extends AuthError {}

export declare const AzureCloudInstance: {
  readonly None: "none";
  readonly AzurePublic: "https://login.microsoftonline.com";
  readonly AzurePpe: "https://login.windows-ppe.net";
  readonly AzureChina: "https://login.chinacloudapi.cn";
  readonly AzureGermany: "https://login.microsoftonline.de";
  readonly AzureUsGovernment: "https://login.microsoftonline.us";
};
export declare const ProtocolMode: { readonly AAD: "AAD"; readonly OIDC: "OIDC" };
export declare const OIDC_DEFAULT_SCOPES: readonly string[];
