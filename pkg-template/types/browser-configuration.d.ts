import type { BrowserCacheLocation } from "./browser-constants.js";
import type { INavigationClient } from "./browser-navigation.js";
import type { AzureCloudOptions, BrokerOptions, CacheOptions as ServerCacheOptions, INetworkModule, NodeAuthOptions, NodeSystemOptions } from "./configuration.js";
import type { ProtocolMode, ResponseMode } from "./constants.js";
import type { LoggerOptions } from "./logger.js";

export interface OIDCOptions {
  /** How answers come to the page: `fragment`, the default, or `query`. */
  responseMode?: ResponseMode;
  /** In place of `openid profile offline_access`, at a provider of `protocolMode` `OIDC`; at Microsoft's, others are refused. */
  defaultScopes?: string[];
}

export interface BrowserAuthOptions {
  /** The Application (client) ID of the app registration. */
  clientId: string;
  /** `https://login.microsoftonline.com/{tenant}`; default `…/common`. */
  authority?: string;
  /** Hosts to trust that are not Microsoft's. */
  knownAuthorities?: string[];
  /** Entra's instance discovery, as JSON text: the hosts that it names are trusted too. */
  cloudDiscoveryMetadata?: string;
  azureCloudOptions?: AzureCloudOptions;
  /** A discovery document, as JSON text. */
  authorityMetadata?: string;
  OIDCOptions?: OIDCOptions;
  /** Such as `["cp1"]`: the program can meet claims challenges. */
  clientCapabilities?: string[];
  /** Where sign-ins come back to; default the page's address without query and fragment. */
  redirectUri?: string;
  /** Where sign-outs come back to; default as above, null for nowhere. */
  postLogoutRedirectUri?: string | null;
  /** Called with the address before the page is left; false keeps it. */
  onRedirectNavigate?: (url: string) => boolean | void;
  /** False: the sign-in page is always told that no other page can reach its window; default true, unless `enableLegacyPolling`. */
  originCheck?: boolean;
  /** Without effect here: Microsoft's statistics. */
  verifySSO?: boolean;
}

/** With what only a confidential client takes. */
export interface CacheOptions extends Omit<ServerCacheOptions, "cacheLocation"> {
  /** Default `sessionStorage`. What is persisted is encrypted. */
  cacheLocation?: BrowserCacheLocation | string;
  /** Without effect here: entries of another version are fetched anew. */
  cacheRetentionDays?: number;
}

export interface BrowserSystemOptions {
  /** Sends the token requests in place of the platform's fetch; called with address and fields. */
  fetch?: typeof fetch;
  networkClient?: INetworkModule;
  /** How the page is left, for programs with a router of their own. */
  navigationClient?: INavigationClient;
  protocolMode?: ProtocolMode;
  /** The whole call, in milliseconds, where no person takes part, else each exchange; default 30 000. */
  timeoutMs?: number;
  /** How many times to send again after a passing fault; default 2. */
  maxRetries?: number;
  loggerOptions?: LoggerOptions;
  /** Seconds before its end from when on a token is renewed before it is served; default 300. */
  tokenRenewalOffsetSeconds?: number;
  /** How long the sign-in's window is waited for, in milliseconds; default 600 000. */
  popupBridgeTimeout?: number;
  /** How long a hidden frame is waited for, in milliseconds; default 10 000. */
  iframeBridgeTimeout?: number;
  /** How long leaving the page may take, in milliseconds; default 30 000. */
  redirectNavigationTimeout?: number;
  /** Lets a page inside another one go to the sign-in page itself. */
  allowRedirectInIframe?: boolean;
  /** The windows' addresses are looked at in any case; true makes `auth.originCheck` false where it is left out. */
  enableLegacyPolling?: boolean;
  /** Without effect here: the window is opened in the click, and sent on from there. */
  navigatePopups?: boolean;
  /** Without effect here: there is no broker, and MSAL without one does the same. */
  allowPlatformBroker?: boolean;
  /** Without effect here: there is no broker. */
  nativeBrokerHandshakeTimeout?: number;
  /** Without effect here: Microsoft's statistics. */
  serverTelemetryEnabled?: boolean;
  /** Without effect: a page's requests never cause a preflight. */
  preventCorsPreflight?: boolean;
  /** Graph's origin; default that of the authority's cloud. `https://dod-graph.microsoft.us` for DoD. */
  graphOrigin?: string;
  /** Further origins that `fetch` sends a token to. */
  allowedOrigins?: string[];
  /** The clock, in milliseconds since 1970; for tests. */
  now?: () => number | Date;
}

/** Without effect here. */
export interface BrowserExperimentalOptions {
  iframeTimeoutTelemetry?: boolean;
  allowPlatformBrokerWithDOM?: boolean;
}

/** Without effect here: Microsoft's statistics. */
export interface BrowserTelemetryOptions {
  application?: { appName: string; appVersion: string };
  client?: object;
}

/** The configuration of either client: a page's, with what only a confidential client takes. */
export interface Configuration {
  auth: BrowserAuthOptions & Omit<NodeAuthOptions, keyof BrowserAuthOptions>;
  cache?: CacheOptions;
  system?: BrowserSystemOptions & Omit<NodeSystemOptions, keyof BrowserSystemOptions>;
  broker?: BrokerOptions;
  experimental?: BrowserExperimentalOptions;
  telemetry?: BrowserTelemetryOptions;
}

type Filled<Options, Names extends keyof Options> = Omit<Options, Names> & Required<Pick<Options, Names>>;

/** A page's configuration with its defaults. */
export interface BrowserConfiguration extends Configuration {
  auth: Filled<
    Configuration["auth"],
    "authority" | "knownAuthorities" | "redirectUri" | "postLogoutRedirectUri" | "clientCapabilities" | "azureCloudOptions" | "OIDCOptions"
  >;
  cache: Filled<CacheOptions, "cacheLocation" | "cacheRetentionDays">;
  system: Filled<
    NonNullable<Configuration["system"]>,
    | "protocolMode"
    | "tokenRenewalOffsetSeconds"
    | "iframeBridgeTimeout"
    | "redirectNavigationTimeout"
    | "allowRedirectInIframe"
    | "navigatePopups"
    | "loggerOptions"
  >;
  telemetry: BrowserTelemetryOptions;
}

export {};
