// MSAL Browser's constants.

export const EventType = /*#__PURE__*/ Object.freeze({
  INITIALIZE_START: "msal:initializeStart",
  INITIALIZE_END: "msal:initializeEnd",
  ACTIVE_ACCOUNT_CHANGED: "msal:activeAccountChanged",
  LOGIN_SUCCESS: "msal:loginSuccess",
  ACQUIRE_TOKEN_START: "msal:acquireTokenStart",
  BROKERED_REQUEST_START: "msal:brokeredRequestStart",
  ACQUIRE_TOKEN_SUCCESS: "msal:acquireTokenSuccess",
  BROKERED_REQUEST_SUCCESS: "msal:brokeredRequestSuccess",
  ACQUIRE_TOKEN_FAILURE: "msal:acquireTokenFailure",
  BROKERED_REQUEST_FAILURE: "msal:brokeredRequestFailure",
  ACQUIRE_TOKEN_NETWORK_START: "msal:acquireTokenFromNetworkStart",
  HANDLE_REDIRECT_START: "msal:handleRedirectStart",
  HANDLE_REDIRECT_END: "msal:handleRedirectEnd",
  POPUP_OPENED: "msal:popupOpened",
  LOGOUT_START: "msal:logoutStart",
  LOGOUT_SUCCESS: "msal:logoutSuccess",
  LOGOUT_FAILURE: "msal:logoutFailure",
  LOGOUT_END: "msal:logoutEnd",
  RESTORE_FROM_BFCACHE: "msal:restoreFromBFCache",
  BROKER_CONNECTION_ESTABLISHED: "msal:brokerConnectionEstablished",
});

/** An event of ours: the storage is refused, and the cache lies in memory; the payload's `reason` says why. */
export const CACHE_UNAVAILABLE = "graph-token:cacheUnavailable";

export const InteractionType = /*#__PURE__*/ Object.freeze({
  Redirect: "redirect",
  Popup: "popup",
  Silent: "silent",
  None: "none",
});

export const InteractionStatus = /*#__PURE__*/ Object.freeze({
  Startup: "startup",
  Logout: "logout",
  AcquireToken: "acquireToken",
  HandleRedirect: "handleRedirect",
  None: "none",
});

export const BrowserCacheLocation = /*#__PURE__*/ Object.freeze({
  LocalStorage: "localStorage",
  SessionStorage: "sessionStorage",
  MemoryStorage: "memoryStorage",
  IndexedDB: "indexedDB",
});

export const CacheLookupPolicy = /*#__PURE__*/ Object.freeze({
  Default: 0,
  AccessToken: 1,
  AccessTokenAndRefreshToken: 2,
  RefreshToken: 3,
  RefreshTokenAndNetwork: 4,
  Skip: 5,
});

export const WrapperSKU = /*#__PURE__*/ Object.freeze({ React: "@azure/msal-react", Angular: "@azure/msal-angular" });

/** Which call it is that a navigation client is asked for. */
export const ApiId = /*#__PURE__*/ Object.freeze({
  acquireTokenRedirect: 861,
  acquireTokenPopup: 862,
  ssoSilent: 863,
  acquireTokenSilent_authCode: 864,
  handleRedirectPromise: 865,
  acquireTokenByCode: 866,
  acquireTokenSilent_silentFlow: 61,
  logout: 961,
  logoutPopup: 962,
  hydrateCache: 963,
  loadExternalTokens: 964,
});

export const AuthenticationScheme = /*#__PURE__*/ Object.freeze({ BEARER: "Bearer", POP: "pop", DPOP: "DPoP", SSH: "ssh-cert" });

/** How long a hidden frame is waited for. */
export const DEFAULT_IFRAME_TIMEOUT_MS = 10_000;
