import type { CacheLookupPolicy } from "./browser-constants.js";
import type { AzureCloudOptions } from "./configuration.js";
import type { AuthenticationScheme, AuthorizationCodeRequest as AuthorizationCodeRequestOfServer, CallOptions, CcsCredential } from "./requests.js";
import type { AccountInfo } from "./results.js";

/** What every acquisition takes. */
export interface BaseAuthRequest extends CallOptions {
  /** Default: Graph's `/.default`. */
  scopes?: string[];
  authority?: string;
  /** Beats `authority`. */
  azureCloudOptions?: AzureCloudOptions;
  authenticationScheme?: AuthenticationScheme;
  /** The claims of a challenge, as JSON text; skips the cache. */
  claims?: string;
  /** A GUID that names the request in the logs of both sides. */
  correlationId?: string;
  extraQueryParameters?: Record<string, string>;
  extraParameters?: Record<string, string>;
  /** @deprecated Without effect, as with MSAL. */
  maxAge?: number;
  /** Without effect here. */
  scenarioId?: string;
  /** Without effect here: an address is opened by GET. */
  httpMethod?: "GET" | "POST";
  /** Without effect here: there is no broker. */
  skipBrokerClaims?: boolean;
}

export interface SsoSilentRequest extends BaseAuthRequest {
  redirectUri?: string;
  /** Whose session to use; default the active account, where neither `loginHint` nor `sid` is given. */
  account?: AccountInfo;
  loginHint?: string;
  /** Counts only with the prompt `none`. */
  sid?: string;
  domainHint?: string;
  /** Further resources' scopes, to be consented to at once. */
  extraScopesToConsent?: string[];
  /** One of `PromptValue`. */
  prompt?: string;
  /** Default a new one. */
  nonce?: string;
  /** Comes back in the result. */
  state?: string;
  /** Without effect here: see `auth.originCheck`. */
  popupOriginCheckDone?: boolean;
}

/** The DOM's `Window`, said without its global name, which a server's types have not. */
export type PageWindow = typeof globalThis extends { parent: infer Parent } ? Parent : unknown;

export interface PopupSize {
  height: number;
  width: number;
}
export interface PopupPosition {
  top: number;
  left: number;
}
export interface PopupWindowAttributes {
  popupSize?: PopupSize;
  popupPosition?: PopupPosition;
}

export interface PopupRequest extends SsoSilentRequest {
  popupWindowAttributes?: PopupWindowAttributes;
  /** The window that opens it; default this one. */
  popupWindowParent?: PageWindow;
  /** Ends the interaction that is under way, in place of failing because of it. */
  overrideInteractionInProgress?: boolean;
}

export interface RedirectRequest extends SsoSilentRequest {
  /** The page to come back to; default this one. */
  redirectStartPage?: string;
}

export interface SilentRequest extends BaseAuthRequest {
  /** Default the active account. */
  account?: AccountInfo;
  forceRefresh?: boolean;
  cacheLookupPolicy?: CacheLookupPolicy;
  /** A refresh token that ends within these seconds is not tried; default 300. */
  refreshTokenExpirationOffsetSeconds?: number;
  redirectUri?: string;
  /** For the hidden frame: `none` or `no_session`. */
  prompt?: string;
  /** Comes back in the result. */
  state?: string;
}

/** Redeems a code that a server asked for with `enableSpaAuthorizationCode`; with what only a confidential client takes. */
export interface AuthorizationCodeRequest extends BaseAuthRequest, Partial<Omit<AuthorizationCodeRequestOfServer, keyof BaseAuthRequest | "redirectUri" | "tokenQueryParameters" | "tokenBodyParameters">> {
  code?: string;
  codeVerifier?: string;
  /** The `client_info` of the sign-in's answer. */
  clientInfo?: string;
  ccsCredential?: CcsCredential;
  /** Comes back in the result. */
  cloudGraphHostName?: string;
  /** Comes back in the result. */
  msGraphHost?: string;
  /** Where the code was issued. */
  cloudInstanceHostName?: string;
  /** Without effect, as with MSAL: the code is bound to none. */
  redirectUri?: string;
}

export interface EndSessionRequest {
  /** Who is signed out; default everybody. */
  account?: AccountInfo | null;
  authority?: string;
  correlationId?: string;
  /** Null for nowhere. */
  postLogoutRedirectUri?: string | null;
  idTokenHint?: string;
  /** Default the account's. */
  logoutHint?: string;
  state?: string;
  extraQueryParameters?: Record<string, string>;
  /** Without effect here: see `auth.originCheck`. */
  popupOriginCheckDone?: boolean;
}

export interface EndSessionPopupRequest extends EndSessionRequest {
  /** Where this page goes afterwards. */
  mainWindowRedirectUri?: string;
  popupWindowAttributes?: PopupWindowAttributes;
  /** The window that opens it; default this one. */
  popupWindowParent?: PageWindow;
}

export interface ClearCacheRequest {
  /** Whose tokens are forgotten; default everybody's. */
  account?: AccountInfo | null;
  correlationId?: string;
}

export interface InitializeApplicationRequest {
  correlationId?: string;
}

export interface HandleRedirectPromiseOptions {
  /** The answer, where it does not stand in the page's address. */
  hash?: string;
  /** False: the answer is taken where it arrived, and the page stays; default true. */
  navigateToLoginRequestUrl?: boolean;
}

/** Accounts are found by all that is given. */
export interface AccountFilter extends Partial<Omit<AccountInfo, "idToken" | "idTokenClaims">> {
  realm?: string;
  sid?: string;
  isHomeTenant?: boolean;
}
