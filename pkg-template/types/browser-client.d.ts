import type { BrowserConfiguration, Configuration } from "./browser-configuration.js";
import type { EventType, WrapperSKU } from "./browser-constants.js";
import type { EventCallbackFunction } from "./browser-events.js";
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
import type { AuthorizationUrlRequest, DeviceCodeRequest, InteractiveRequest, RefreshTokenRequest, SignOutRequest } from "./requests.js";
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
  initialize(request?: InitializeApplicationRequest): Promise<void>;
  acquireTokenPopup(request: PopupRequest): Promise<AuthenticationResult>;
  acquireTokenRedirect(request: RedirectRequest): Promise<void>;
  acquireTokenSilent(silentRequest: SilentRequest): Promise<AuthenticationResult>;
  acquireTokenByCode(request: AuthorizationCodeRequest): Promise<AuthenticationResult>;
  addEventCallback(callback: EventCallbackFunction, eventTypes?: EventType[]): string | null;
  removeEventCallback(callbackId: string): void;
  addPerformanceCallback(callback: PerformanceCallbackFunction): string;
  removePerformanceCallback(callbackId: string): boolean;
  getAccount(accountFilter: AccountFilter): AccountInfo | null;
  getAllAccounts(accountFilter?: AccountFilter): AccountInfo[];
  handleRedirectPromise(options?: HandleRedirectPromiseOptions): Promise<AuthenticationResult | null>;
  loginPopup(request?: PopupRequest): Promise<AuthenticationResult>;
  loginRedirect(request?: RedirectRequest): Promise<void>;
  logoutRedirect(logoutRequest?: EndSessionRequest): Promise<void>;
  logoutPopup(logoutRequest?: EndSessionPopupRequest): Promise<void>;
  ssoSilent(request: SsoSilentRequest): Promise<AuthenticationResult>;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  setActiveAccount(account: AccountInfo | null): void;
  getActiveAccount(): AccountInfo | null;
  initializeWrapperLibrary(sku: WrapperSKU, version: string): void;
  setNavigationClient(navigationClient: INavigationClient): void;
  getConfiguration(): BrowserConfiguration;
  hydrateCache(result: HydratedResult, request: PopupRequest | RedirectRequest | SilentRequest | SsoSilentRequest): Promise<void>;
  clearCache(logoutRequest?: ClearCacheRequest): Promise<void>;
}

/** Every acquisition fails with one of `AuthError`'s children. */
export declare class PublicClientApplication implements IPublicClientApplication {
  constructor(configuration: Configuration);
  /** Constructs and initializes. */
  static createPublicClientApplication(configuration: Configuration): Promise<PublicClientApplication>;
  /** Reads the cache; the accounts are known from then on. */
  initialize(request?: InitializeApplicationRequest): Promise<void>;

  /** A token by a window of its own: to be called in the click. */
  acquireTokenPopup(request: PopupRequest): Promise<AcquiredToken>;
  loginPopup(request?: PopupRequest): Promise<AcquiredToken>;
  /** Leaves the page; the result is `handleRedirectPromise`'s when it comes back. */
  acquireTokenRedirect(request: RedirectRequest): Promise<void>;
  loginRedirect(request?: RedirectRequest): Promise<void>;
  /** What the page came back with; null where it did not come from a sign-in. */
  handleRedirectPromise(options?: HandleRedirectPromiseOptions): Promise<AcquiredToken | null>;
  /** An account's token from the cache, by its refresh token, or in a hidden frame. */
  acquireTokenSilent(silentRequest: SilentRequest): Promise<AcquiredToken>;
  /** By the session at the identity provider, in a hidden frame. */
  ssoSilent(request: SsoSilentRequest): Promise<AcquiredToken>;
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

  logoutPopup(logoutRequest?: EndSessionPopupRequest): Promise<void>;
  /** Leaves the page. */
  logoutRedirect(logoutRequest?: EndSessionRequest): Promise<void>;
  /** Forgets tokens here; the session at the identity provider stays. */
  clearCache(logoutRequest?: ClearCacheRequest): Promise<void>;
  /** Takes a result in that a server has got. */
  hydrateCache(result: HydratedResult, request: PopupRequest | RedirectRequest | SilentRequest | SsoSilentRequest): Promise<void>;

  /** One for each tenant that a user was seen in. */
  getAllAccounts(accountFilter?: AccountFilter): AccountInfo[];
  getAccount(accountFilter: AccountFilter): AccountInfo | null;
  getActiveAccount(): AccountInfo | null;
  setActiveAccount(account: AccountInfo | null): void;

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
  getAdminConsentUrl(request?: { redirectUri?: string; state?: string; authority?: string }): string;
  /** MSAL Browser has none as of 5. */
  getTokenCache(): TokenCache;

  getLogger(): Logger;
  setLogger(logger: Logger): void;
  readonly config: BrowserConfiguration;
  readonly logger: Logger;
  getConfiguration(): BrowserConfiguration;
  setNavigationClient(navigationClient: INavigationClient): void;
  /** Without effect here: Microsoft's statistics. */
  initializeWrapperLibrary(sku: WrapperSKU, version: string): void;
}

/** Constructs and initializes. */
export declare function createStandardPublicClientApplication(configuration: Configuration): Promise<PublicClientApplication>;

/** Stands where there is no client: it knows no account, and acquires nothing. */
export declare const stubbedPublicClientApplication: IPublicClientApplication;
