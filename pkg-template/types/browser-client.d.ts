import type { BrowserConfiguration, Configuration } from "./browser-configuration.js";
import type { CACHE_UNAVAILABLE, EventType, WrapperSKU } from "./browser-constants.js";
import type { CacheUnavailableMessage, EventCallbackFunction } from "./browser-events.js";
import type { INavigationClient } from "./browser-navigation.js";
import type {
  AccountFilter,
  AuthorizationCodeRequest,
  ClearCacheRequest,
  EndSessionPopupRequest,
  EndSessionRequest,
  HandleRedirectPromiseOptions,
  InitializeApplicationRequest,
  PopupRequest,
  RedirectRequest,
  SilentRequest,
  SsoSilentRequest,
} from "./browser-requests.js";
import type { TokenCache } from "./cache.js";
import type { Logger } from "./logger.js";
import type { AuthorizationUrlRequest, DeviceCodeRequest, InteractiveRequest, RefreshTokenRequest, SignOutRequest, SilentFlowRequest } from "./requests.js";
import type { AccessToken, AccountInfo, AcquiredToken as Acquired, GetTokenOptions, AuthenticationResult as Result } from "./results.js";

/** MSAL's, with three more; what a call gives is an `AcquiredToken`. */
export interface AuthenticationResult extends Result {
  account: AccountInfo;
  /** When the session ends for which no person is needed, where Entra has told it. */
  refreshTokenExpiresOn?: Date;
}

/** Each call's own: changing it changes nobody else's. */
export interface AcquiredToken extends Acquired {
  account: AccountInfo;
  /** When the session ends for which no person is needed, where Entra has told it. */
  refreshTokenExpiresOn?: Date;
}

/** What of a result is put into the cache. */
export type HydratedResult = Pick<
  AuthenticationResult,
  "accessToken" | "account" | "authority" | "correlationId" | "idToken" | "idTokenClaims" | "scopes" | "tenantId" | "tokenType" | "uniqueId"
> & {
  expiresOn: Date | null;
  extExpiresOn?: Date;
};

/** Never called: nothing is measured here. */
export type PerformanceCallbackFunction = (events: any[]) => void;

/** MSAL Browser's. */
export interface IPublicClientApplication {
  /** Reads the cache; the accounts are known from then on. */
  initialize(request?: InitializeApplicationRequest): Promise<void>;
  /** A token by a window of its own: to be called in the click. */
  acquireTokenPopup(request: PopupRequest): Promise<AuthenticationResult>;
  /** Leaves the page; the result is `handleRedirectPromise`'s when it comes back. */
  acquireTokenRedirect(request: RedirectRequest): Promise<void>;
  /** An account's token from the cache, by its refresh token, or in a hidden frame. */
  acquireTokenSilent(silentRequest: SilentRequest): Promise<AuthenticationResult>;
  /** Redeems the code that the page's server got for it (`enableSpaAuthorizationCode`). */
  acquireTokenByCode(request: AuthorizationCodeRequest): Promise<AuthenticationResult>;
  /** The id is for `removeEventCallback`; null on a server. */
  addEventCallback(callback: EventCallbackFunction, eventTypes?: EventType[]): string | null;
  removeEventCallback(callbackId: string): void;
  /** Without effect here: nothing is measured. */
  addPerformanceCallback(callback: PerformanceCallbackFunction): string;
  removePerformanceCallback(callbackId: string): boolean;
  getAccount(accountFilter: AccountFilter): AccountInfo | null;
  /** One for each tenant that a user was seen in. */
  getAllAccounts(accountFilter?: AccountFilter): AccountInfo[];
  /** What the page came back with; null where it did not come from a sign-in. */
  handleRedirectPromise(options?: HandleRedirectPromiseOptions): Promise<AuthenticationResult | null>;
  /** Signs a person in by a window of its own: to be called in the click. Without a request it asks for OpenID Connect's scopes alone. */
  loginPopup(request?: PopupRequest): Promise<AuthenticationResult>;
  /** Signs a person in; leaves the page. */
  loginRedirect(request?: RedirectRequest): Promise<void>;
  /** Forgets the account here, and leaves the page to sign it out at the identity provider. */
  logoutRedirect(logoutRequest?: EndSessionRequest): Promise<void>;
  /** Forgets the account here, and signs it out at the identity provider by a window of its own: to be called in the click. */
  logoutPopup(logoutRequest?: EndSessionPopupRequest): Promise<void>;
  /** By the session at the identity provider, in a hidden frame. */
  ssoSilent(request: SsoSilentRequest): Promise<AuthenticationResult>;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  setActiveAccount(account: AccountInfo | null): void;
  /** The account whose tokens are got where a request names none; kept over reloads where the cache is. */
  getActiveAccount(): AccountInfo | null;
  /** Without effect here: Microsoft's statistics. */
  initializeWrapperLibrary(sku: WrapperSKU, version: string): void;
  /** What leaves the page, or goes to another one of the app's: a router's own. */
  setNavigationClient(navigationClient: INavigationClient): void;
  getConfiguration(): BrowserConfiguration;
  /** Imports a result that a server obtained. */
  hydrateCache(result: HydratedResult, request: PopupRequest | RedirectRequest | SilentRequest | SsoSilentRequest): Promise<void>;
  /** Forgets tokens here; the session at the identity provider stays. */
  clearCache(logoutRequest?: ClearCacheRequest): Promise<void>;
}

/** Every acquisition fails with one of `AuthError`'s children, or with the reason of its own aborted `signal`. */
export declare class PublicClientApplication implements IPublicClientApplication {
  constructor(configuration: Configuration);
  /** Constructs and initializes. */
  static createPublicClientApplication(configuration: Configuration): Promise<PublicClientApplication>;
  /** Reads the cache; the accounts are known from then on. */
  initialize(request?: InitializeApplicationRequest): Promise<void>;

  /** A token by a window of its own: to be called in the click. */
  acquireTokenPopup(request: PopupRequest): Promise<AcquiredToken>;
  /** Signs a person in by a window of its own: to be called in the click. Without a request it asks for OpenID Connect's scopes alone. */
  loginPopup(request?: PopupRequest): Promise<AcquiredToken>;
  /** Leaves the page; the result is `handleRedirectPromise`'s when it comes back. */
  acquireTokenRedirect(request: RedirectRequest): Promise<void>;
  /** Signs a person in; leaves the page. */
  loginRedirect(request?: RedirectRequest): Promise<void>;
  /** What the page came back with; null where it did not come from a sign-in. */
  handleRedirectPromise(options?: HandleRedirectPromiseOptions): Promise<AcquiredToken | null>;
  /** An account's token from the cache, by its refresh token, or in a hidden frame. */
  acquireTokenSilent(silentRequest: SilentRequest | SilentFlowRequest): Promise<AcquiredToken>;
  /** By the session at the identity provider, in a hidden frame. */
  ssoSilent(request: SsoSilentRequest): Promise<AcquiredToken>;
  /** Redeems the code that the page's server got for it (`enableSpaAuthorizationCode`). */
  acquireTokenByCode(request: AuthorizationCodeRequest): Promise<AcquiredToken>;

  /** MSAL Node's, off a page only; `getAllAccounts` and its kin give promises there. */
  acquireTokenByDeviceCode(request: DeviceCodeRequest): Promise<AcquiredToken>;
  /** MSAL Node's, off a page only. */
  acquireTokenInteractive(request: InteractiveRequest): Promise<AcquiredToken>;
  /** MSAL Node's, off a page only. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<AcquiredToken>;
  /** MSAL Node's, off a page only. */
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  /** @deprecated Always fails: RFC 9700 forbids the password grant. */
  acquireTokenByUsernamePassword(request?: object): Promise<never>;
  /** MSAL Node's, off a page only. */
  signOut(request: SignOutRequest): Promise<void>;

  /** Forgets the account here, and signs it out at the identity provider by a window of its own: to be called in the click. */
  logoutPopup(logoutRequest?: EndSessionPopupRequest): Promise<void>;
  /** Forgets the account here, and leaves the page to sign it out at the identity provider. */
  logoutRedirect(logoutRequest?: EndSessionRequest): Promise<void>;
  /** Forgets tokens here; the session at the identity provider stays. */
  clearCache(logoutRequest?: ClearCacheRequest): Promise<void>;
  /** Imports a result that a server obtained. */
  hydrateCache(result: HydratedResult, request: PopupRequest | RedirectRequest | SilentRequest | SsoSilentRequest): Promise<void>;

  /** One for each tenant that a user was seen in. */
  getAllAccounts(accountFilter?: AccountFilter): AccountInfo[];
  getAccount(accountFilter: AccountFilter): AccountInfo | null;
  /** The account whose tokens are got where a request names none; kept over reloads where the cache is. */
  getActiveAccount(): AccountInfo | null;
  setActiveAccount(account: AccountInfo | null): void;

  /** Tells where the browser refuses storage, and the cache is in memory. */
  addEventCallback(callback: (message: CacheUnavailableMessage) => void, eventTypes: [typeof CACHE_UNAVAILABLE]): string | null;
  /** The id is for `removeEventCallback`; null on a server. */
  addEventCallback(callback: EventCallbackFunction, eventTypes?: EventType[]): string | null;
  removeEventCallback(callbackId: string): void;
  /** Without effect here: nothing is measured. */
  addPerformanceCallback(callback: PerformanceCallbackFunction): string;
  removePerformanceCallback(callbackId: string): boolean;

  /** The TokenCredential of the Azure and Graph SDKs. */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
  /** The platform's fetch with a bearer header; `/me` is `/v1.0/me` of Graph. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Where an administrator grants the application's permissions for the whole tenant. */
  getAdminConsentUrl(request?: { redirectUri?: string; state?: string; authority?: string }): string;
  /** MSAL Browser has none as of 5. */
  getTokenCache(): TokenCache;

  getLogger(): Logger;
  setLogger(logger: Logger): void;
  readonly config: BrowserConfiguration;
  readonly logger: Logger;
  getConfiguration(): BrowserConfiguration;
  /** What leaves the page, or goes to another one of the app's: a router's own. */
  setNavigationClient(navigationClient: INavigationClient): void;
  /** Without effect here: Microsoft's statistics. */
  initializeWrapperLibrary(sku: WrapperSKU, version: string): void;
}

/** Constructs and initializes. */
export declare function createStandardPublicClientApplication(configuration: Configuration): Promise<PublicClientApplication>;

/** Stands where there is no client: it knows no account, and acquires nothing. */
export declare const stubbedPublicClientApplication: IPublicClientApplication;
