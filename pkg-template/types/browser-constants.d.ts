import type { PageWindow } from "./browser-requests.js";

/** What an event tells; its payload and error stand at `EventMessage`. */
export declare const EventType: {
  readonly INITIALIZE_START: "msal:initializeStart";
  readonly INITIALIZE_END: "msal:initializeEnd";
  readonly ACTIVE_ACCOUNT_CHANGED: "msal:activeAccountChanged";
  readonly LOGIN_SUCCESS: "msal:loginSuccess";
  readonly ACQUIRE_TOKEN_START: "msal:acquireTokenStart";
  /** There is no broker here. */
  readonly BROKERED_REQUEST_START: "msal:brokeredRequestStart";
  readonly ACQUIRE_TOKEN_SUCCESS: "msal:acquireTokenSuccess";
  /** There is no broker here. */
  readonly BROKERED_REQUEST_SUCCESS: "msal:brokeredRequestSuccess";
  readonly ACQUIRE_TOKEN_FAILURE: "msal:acquireTokenFailure";
  /** There is no broker here. */
  readonly BROKERED_REQUEST_FAILURE: "msal:brokeredRequestFailure";
  readonly ACQUIRE_TOKEN_NETWORK_START: "msal:acquireTokenFromNetworkStart";
  readonly HANDLE_REDIRECT_START: "msal:handleRedirectStart";
  readonly HANDLE_REDIRECT_END: "msal:handleRedirectEnd";
  readonly POPUP_OPENED: "msal:popupOpened";
  readonly LOGOUT_START: "msal:logoutStart";
  readonly LOGOUT_SUCCESS: "msal:logoutSuccess";
  readonly LOGOUT_FAILURE: "msal:logoutFailure";
  readonly LOGOUT_END: "msal:logoutEnd";
  readonly RESTORE_FROM_BFCACHE: "msal:restoreFromBFCache";
  /** There is no broker here. */
  readonly BROKER_CONNECTION_ESTABLISHED: "msal:brokerConnectionEstablished";
};
/** An event of ours: the browser refuses storage, and the cache is in memory. Its payload is `{ reason: CacheUnavailableReason }`. */
export declare const CACHE_UNAVAILABLE: "graph-token:cacheUnavailable";
export type EventType = (typeof EventType)[keyof typeof EventType];

/** Why the cache is in memory. */
export type CacheUnavailableReason = "storage_unavailable" | "indexeddb_unavailable" | "quota_exceeded";

export declare enum InteractionType {
  Redirect = "redirect",
  Popup = "popup",
  Silent = "silent",
  None = "none",
}

/** What the page's one interaction is at. */
export declare const InteractionStatus: {
  readonly Startup: "startup";
  readonly Logout: "logout";
  readonly AcquireToken: "acquireToken";
  readonly HandleRedirect: "handleRedirect";
  readonly None: "none";
};
export type InteractionStatus = (typeof InteractionStatus)[keyof typeof InteractionStatus];

/** Where tokens are kept; all but memory encrypted. */
export declare const BrowserCacheLocation: {
  readonly LocalStorage: "localStorage";
  readonly SessionStorage: "sessionStorage";
  readonly MemoryStorage: "memoryStorage";
  readonly IndexedDB: "indexedDB";
};
export type BrowserCacheLocation = (typeof BrowserCacheLocation)[keyof typeof BrowserCacheLocation];

/** Which ways `acquireTokenSilent` goes, and in this order. */
export declare const CacheLookupPolicy: {
  /** Cache, refresh token, hidden frame. */
  readonly Default: 0;
  /** Cache alone. */
  readonly AccessToken: 1;
  /** Cache, refresh token. */
  readonly AccessTokenAndRefreshToken: 2;
  /** Refresh token alone. */
  readonly RefreshToken: 3;
  /** Refresh token, hidden frame. */
  readonly RefreshTokenAndNetwork: 4;
  /** Hidden frame alone. */
  readonly Skip: 5;
};
export type CacheLookupPolicy = (typeof CacheLookupPolicy)[keyof typeof CacheLookupPolicy];

export declare const WrapperSKU: {
  readonly React: "@azure/msal-react";
  readonly Angular: "@azure/msal-angular";
};
export type WrapperSKU = (typeof WrapperSKU)[keyof typeof WrapperSKU];

/** Which call it is that a navigation client is asked for. */
export declare const ApiId: {
  readonly acquireTokenRedirect: 861;
  readonly acquireTokenPopup: 862;
  readonly ssoSilent: 863;
  readonly acquireTokenSilent_authCode: 864;
  readonly handleRedirectPromise: 865;
  readonly acquireTokenByCode: 866;
  readonly acquireTokenSilent_silentFlow: 61;
  readonly logout: 961;
  readonly logoutPopup: 962;
  readonly hydrateCache: 963;
  readonly loadExternalTokens: 964;
};
export type ApiId = (typeof ApiId)[keyof typeof ApiId];

/** Bearer alone is there; another is refused. */
export declare const AuthenticationScheme: {
  readonly BEARER: "Bearer";
  readonly POP: "pop";
  readonly DPOP: "DPoP";
  readonly SSH: "ssh-cert";
};
export type AuthenticationScheme = (typeof AuthenticationScheme)[keyof typeof AuthenticationScheme];

/** How long a hidden frame is waited for. */
export declare const DEFAULT_IFRAME_TIMEOUT_MS = 10000;

export declare namespace BrowserUtils {
  /** A random GUID, for a request's correlationId. */
  function createGuid(): string;
  /** Whether this page is inside another one. */
  function isInIframe(): boolean;
  /** Whether this page is the window that a sign-in was opened in, with its answer in the address. */
  function isInPopup(): boolean;
  /** The page's address without query and fragment. */
  function getCurrentUri(): string;
  /** The root of the page's origin. */
  function getHomepage(): string;
  /** Throws `block_iframe_reload` in a frame that came back with an answer. */
  function blockReloadInHiddenIframes(): void;
  /** Throws `redirect_in_iframe` in a page inside another one. */
  function blockRedirectInIframe(allowRedirectInIframe?: boolean): void;
  /** Throws `block_nested_popups` where `isInPopup()`. */
  function blockAcquireTokenInPopups(): void;
  /** Throws `non_browser_environment` where there is no window. */
  function blockNonBrowserEnvironment(): void;
  /** Throws `uninitialized_public_client_application`. */
  function blockAPICallsBeforeInitialize(initialized: boolean): void;
  /** All of these but `blockRedirectInIframe`. */
  function preflightCheck(initialized: boolean): void;
  /** All of these. */
  function redirectPreflightCheck(initialized: boolean, configuration: { system: { allowRedirectInIframe?: boolean } }): void;
  /** Takes an answer out of a window's fragment. */
  function clearHash(contentWindow: PageWindow): void;
  /** Takes fragment and query out of a window's address. */
  function clearAuthResponseFromUrl(contentWindow: PageWindow): void;
  /** Gives this page the fragment of another address. */
  function replaceHash(url: string): void;
  /** Has the browser connect to an authority that is about to be asked. */
  function preconnect(authority: string): void;
}
