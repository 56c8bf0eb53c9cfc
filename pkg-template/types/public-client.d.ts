import type { PublicClientApplication as PageClient } from "./browser-client.js";
import type { Configuration as PageConfiguration } from "./browser-configuration.js";
import type { AccountFilter, SilentRequest, AuthorizationCodeRequest as AuthorizationCodeRequestOfPage } from "./browser-requests.js";
import type { TokenCache } from "./cache.js";
import type { WholeConfiguration } from "./client.js";
import type { Configuration } from "./configuration.js";
import type { Logger } from "./logger.js";
import type {
  AuthorizationCodeRequest,
  AuthorizationUrlRequest,
  DeviceCodeRequest,
  InteractiveRequest,
  RefreshTokenRequest,
  SignOutRequest,
  SilentFlowRequest,
} from "./requests.js";
import type { AccessToken, AccountInfo, AcquiredToken, AuthorizationCodePayload, GetTokenOptions } from "./results.js";

/** MSAL Node's interface: what is never null here may be null there. */
export interface IPublicClientApplication {
  /** Where to send the user to sign in; with exactly the challenge, state and nonce that it is given. */
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  /** The tokens for the code that the sign-in came back with. */
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<AcquiredToken>;
  /** A person signs in in the system's browser, which `openBrowser` opens. Node, Deno and Bun only. */
  acquireTokenInteractive(request: InteractiveRequest): Promise<AcquiredToken>;
  /** An account's token from the cache, renewed where needed. */
  acquireTokenSilent(request: SilentFlowRequest | SilentRequest): Promise<AcquiredToken>;
  /** For refresh tokens that another program got; one's own are used by `acquireTokenSilent`. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<AcquiredToken | null>;
  /** A person signs in on another device, with the code that `deviceCodeCallback` shows. */
  acquireTokenByDeviceCode(request: DeviceCodeRequest): Promise<AcquiredToken | null>;
  /** @deprecated Always fails: RFC 9700 forbids the password grant. */
  acquireTokenByUsernamePassword(request?: object): Promise<never>;
  getTokenCache(): TokenCache;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  clearCache(): Promise<void>;
  /** One for each tenant that a user was seen in; a page's client gives this and the next two at once, without a promise. */
  getAllAccounts(): Promise<AccountInfo[]>;
  /** Forgets an account with its tokens. */
  signOut(request: SignOutRequest): Promise<void>;
}

/** What a page's client has beside: on a server it knows nobody, and refuses what needs a page. */
type OfPage = "loginPopup" | "acquireTokenPopup" | "loginRedirect" | "acquireTokenRedirect" | "handleRedirectPromise" | "ssoSilent" | "logoutPopup"
  | "logoutRedirect" | "hydrateCache" | "addEventCallback" | "removeEventCallback" | "addPerformanceCallback" | "removePerformanceCallback"
  | "initializeWrapperLibrary" | "setNavigationClient";
export interface PublicClientApplication extends Pick<PageClient, OfPage> {}

/** Every acquisition fails with one of `AuthError`'s children, or with the reason of its own aborted `signal`. */
export declare class PublicClientApplication implements IPublicClientApplication {
  /**
   * A configuration with `auth.redirectUri` or `cache.cacheLocation` is a page's, which a server renders: nobody is signed in
   * there, until the program calls what only a program has.
   */
  constructor(configuration: Configuration | PageConfiguration);
  /** For subclasses: what was given, with all its sections, and without its secrets. */
  readonly config: WholeConfiguration;
  readonly logger: Logger;
  /** MSAL Browser's. */
  static createPublicClientApplication(configuration: PageConfiguration): Promise<PageClient>;
  initialize(): Promise<void>;

  /** A person signs in on another device, with the code that `deviceCodeCallback` shows. */
  acquireTokenByDeviceCode(request: DeviceCodeRequest): Promise<AcquiredToken>;
  /** A person signs in in the system's browser, which `openBrowser` opens. Node, Deno and Bun only. */
  acquireTokenInteractive(request: InteractiveRequest): Promise<AcquiredToken>;
  /** Where to send the user to sign in; with exactly the challenge, state and nonce that it is given. */
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  /** The tokens for the code that the sign-in came back with. */
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<AcquiredToken>;
  /** An account's token from the cache, renewed where needed. */
  acquireTokenSilent(request: SilentFlowRequest | SilentRequest): Promise<AcquiredToken>;
  /** For refresh tokens that another program got; one's own are used by `acquireTokenSilent`. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<AcquiredToken>;
  /** @deprecated Always fails: RFC 9700 forbids the password grant. */
  acquireTokenByUsernamePassword(request?: object): Promise<never>;

  /** One for each tenant that a user was seen in; a page's client gives this and the next two at once, without a promise. */
  getAllAccounts(accountFilter?: AccountFilter): Promise<AccountInfo[]>;
  getAccount(accountFilter: AccountFilter): Promise<AccountInfo | null>;
  /** Whose tokens `getToken` and `fetch` use, where there are several accounts. */
  getActiveAccount(): Promise<AccountInfo | null>;
  setActiveAccount(account: AccountInfo | null): void;
  /** Forgets an account with its tokens. */
  signOut(request: SignOutRequest): Promise<void>;

  /** The TokenCredential of the Azure and Graph SDKs. */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
  /** The platform's fetch with a bearer header; `/me` is `/v1.0/me` of Graph. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Where an administrator grants the application's permissions for the whole tenant. */
  getAdminConsentUrl(request?: { redirectUri?: string; state?: string; authority?: string }): string;

  getTokenCache(): TokenCache;
  clearCache(): Promise<void>;
  getLogger(): Logger;
  setLogger(logger: Logger): void;
  getConfiguration(): Configuration;
}

export {};
