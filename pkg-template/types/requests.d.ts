import type { AzureCloudOptions, ClientAssertionCallback } from "./configuration.js";
import type { ResponseMode } from "./constants.js";
import type { AccountInfo } from "./results.js";

/** What every request takes beside MSAL's fields. */
export interface CallOptions {
  /** Ends this call's wait, which then rejects with the signal's reason; the request itself ends only when nobody else waits for it. */
  signal?: AbortSignal;
  /** The whole call's time limit, in milliseconds; default `system.timeoutMs`. */
  timeoutMs?: number;
  /** In a Worker, `(promise) => ctx.waitUntil(promise)`: keeps the token request alive after the Worker has answered. */
  waitUntil?: (promise: Promise<unknown>) => void;
}

/** Of MSAL's schemes "Bearer" alone is there; another is refused. */
export type AuthenticationScheme = "Bearer" | "pop" | "DPoP" | "ssh-cert";

export interface BaseRequest extends CallOptions {
  /** Default: Graph's `/.default`. */
  scopes?: string | string[];
  authority?: string;
  /** Beats `authority`. */
  azureCloudOptions?: AzureCloudOptions;
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
  /** Without effect here. */
  httpMethod?: "GET" | "POST";
  /** Without effect here: there is no broker. */
  skipBrokerClaims?: boolean;
}

export interface TokenRequest extends BaseRequest {
  /** The same as `extraQueryParameters`. */
  tokenQueryParameters?: Record<string, string>;
  /** The same as `extraParameters`. */
  tokenBodyParameters?: Record<string, string>;
}

export interface ClientCredentialRequest extends TokenRequest {
  authenticationScheme?: AuthenticationScheme;
  /** Another tenant of the same authority. */
  tenantId?: string;
  /** Asks the network, whatever the cache holds. */
  skipCache?: boolean;
  /** The same. */
  forceRefresh?: boolean;
  /** Such as `westeurope`: asks that region's endpoint. */
  azureRegion?: string;
  /** In place of the configuration's credential. */
  clientAssertion?: string | ClientAssertionCallback;
  /** Narrows the token to one agent identity. */
  fmiPath?: string;
  /** Claims of the program's own, as JSON text: cached by their value. */
  claimsFromClient?: string;
}

export interface OnBehalfOfRequest extends TokenRequest {
  authenticationScheme?: AuthenticationScheme;
  /** The access token with which this program was called. */
  oboAssertion: string;
  /** Asks the network, whatever the cache holds. */
  skipCache?: boolean;
  /** Claims of the program's own, as JSON text: cached by their value. */
  claimsFromClient?: string;
}

export interface AuthorizationUrlRequest extends BaseRequest {
  /** Where the sign-in comes back to: registered with the application. */
  redirectUri: string;
  /** Default `query`. */
  responseMode?: ResponseMode;
  /** Of `CryptoProvider.generatePkceCodes()`; goes with its method. */
  codeChallenge?: string;
  /** `S256`. */
  codeChallengeMethod?: string;
  state?: string;
  nonce?: string;
  /** One of `PromptValue`. */
  prompt?: string;
  loginHint?: string;
  domainHint?: string;
  /** Counts only with the prompt `none`. */
  sid?: string;
  /** Whose hints to send. */
  account?: AccountInfo;
  /** Further resources' scopes, to be consented to at once. */
  extraScopesToConsent?: string[];
  /** Without effect here: there is no pop-up. */
  popupOriginCheckDone?: boolean;
}

/** Where the user's tokens lie, so that the request is answered there. */
export interface CcsCredential {
  credential: string;
  type: "home_account_id" | "UPN";
}

export interface AuthorizationCodeRequest extends TokenRequest {
  code: string;
  /** The one of the sign-in. */
  redirectUri: string;
  codeVerifier?: string;
  /** That of the sign-in; the id_token's must be the same. */
  nonce?: string;
  /** That of the sign-in; compared with the answer's. */
  state?: string;
  /** Asks for a second code, for the page; it is the result's `code`. */
  enableSpaAuthorizationCode?: boolean;
  /** The `client_info` of the sign-in's answer. */
  clientInfo?: string;
  ccsCredential?: CcsCredential;
}

export interface RefreshTokenRequest extends TokenRequest {
  refreshToken: string;
  redirectUri?: string;
  ccsCredential?: CcsCredential;
  /** Caches the answer even if its account is not in the cache yet. */
  forceCache?: boolean;
}

export interface SilentFlowRequest extends TokenRequest {
  authenticationScheme?: AuthenticationScheme;
  account: AccountInfo;
  /** Renews the token, whatever the cache holds. */
  forceRefresh?: boolean;
  /** The one of the sign-in, where the provider wants it again. */
  redirectUri?: string;
  /** A refresh token that ends within these seconds is not tried; default 300. */
  refreshTokenExpirationOffsetSeconds?: number;
}

/** What a person is shown, to sign in on another device. */
export interface DeviceCodeResponse {
  /** To be typed in by the person. */
  userCode: string;
  /** The program's own: nobody else needs it. */
  deviceCode: string;
  /** Where the code is typed in. */
  verificationUri: string;
  /** Seconds. */
  expiresIn: number;
  /** Seconds between two questions for the token. */
  interval: number;
  /** For the person: where to go, and what to type in there. */
  message: string;
}

export interface DeviceCodeRequest extends BaseRequest {
  authenticationScheme?: AuthenticationScheme;
  /** Shows the message; nobody waits for what it returns, but where it fails the call ends. The provider may also give an address with the code in it. */
  deviceCodeCallback: (response: DeviceCodeResponse & { verificationUriComplete: string }) => unknown;
  /** Set while the person signs in, it ends the call; `signal` does so too. */
  cancel?: boolean;
  /** Seconds for which the person is waited for, if not as long as the code is good. */
  timeout?: number;
}

export interface InteractiveRequest extends Partial<Omit<AuthorizationUrlRequest, "codeChallenge" | "codeChallengeMethod" | "redirectUri" | "responseMode">> {
  authenticationScheme?: AuthenticationScheme;
  /** Default: OpenID Connect's alone, as with MSAL: name Graph's, such as `User.Read`. */
  scopes?: string | string[];
  /** Opens the address in the system's browser. */
  openBrowser: (url: string) => unknown;
  /** The page that is shown after a sign-in, in HTML. */
  successTemplate?: string;
  /** The page that is shown where it failed, in HTML. */
  errorTemplate?: string;
  /** Without effect here: there is no broker. */
  windowHandle?: Uint8Array;
  /** Taken for the listener where it is free. */
  preferredPort?: number;
}

export interface SignOutRequest {
  account: AccountInfo;
  correlationId?: string;
}
