import type { ICachePlugin, TokenStore } from "./cache.js";
import type { AzureCloudInstance, ProtocolMode } from "./constants.js";
import type { LoggerOptions } from "./logger.js";

export interface AzureCloudOptions {
  azureCloudInstance: AzureCloudInstance;
  /** A GUID or a domain. */
  tenant?: string;
}

/** WebCrypto's, said without its global name, which not every runtime's types have. */
export interface CryptoKeyLike {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

export interface ClientCertificate {
  /**
   * A PEM text (PKCS#8, PKCS#1 or encrypted PKCS#8, with or without the certificate in it), a PFX or DER as bytes, or
   * WebCrypto's key for RSASSA-PSS (or, with `thumbprint` alone, RSASSA-PKCS1-v1_5).
   */
  privateKey: string | Uint8Array | CryptoKeyLike;
  /** The certificate as PEM, where it does not stand beside the key. */
  certificate?: string;
  /** Of an encrypted key or PFX. */
  passphrase?: string;
  /** Hexadecimal SHA-256 of the certificate; needed only where there is no certificate to take it from. */
  thumbprintSha256?: string;
  /** Hexadecimal SHA-1: alone, it makes the older RS256 assertion that AD FS wants. */
  thumbprint?: string;
  /** The certificate and its chain as PEM, sent along for subject-name and issuer matching. */
  x5c?: string;
}

export interface ClientAssertionConfig {
  clientId: string;
  /** The address the assertion is made for. */
  tokenEndpoint: string;
  /** The request's. */
  fmiPath?: string;
}

/** Asked for a signed JWT at every network request. */
export type ClientAssertionCallback = (config: ClientAssertionConfig) => string | Promise<string>;

/** One credential is needed: secret, certificate or assertion. */
export interface NodeAuthOptions {
  /** The Application (client) ID of the app registration. */
  clientId: string;
  /** `https://login.microsoftonline.com/{tenant}`; the tenant a GUID, an initial domain or a custom domain. */
  authority?: string;
  /** The secret's value from Certificates & secrets. */
  clientSecret?: string;
  clientCertificate?: ClientCertificate;
  /** A signed JWT of another issuer: a federated credential. */
  clientAssertion?: string | ClientAssertionCallback;
  /** Hosts to trust that are not Microsoft's. */
  knownAuthorities?: string[];
  /** Entra's instance discovery, as JSON text: the hosts that it names are trusted too. */
  cloudDiscoveryMetadata?: string;
  azureCloudOptions?: AzureCloudOptions;
  /** A discovery document, as JSON text. */
  authorityMetadata?: string;
  /** Such as `["cp1"]`: the program can meet claims challenges. */
  clientCapabilities?: string[];
  protocolMode?: ProtocolMode;
}
export type AuthOptions = NodeAuthOptions;

export interface CacheOptions {
  cacheLocation?: string;
  /** Keeps the whole cache in one place, as with MSAL Node: two calls for each acquisition. */
  cachePlugin?: ICachePlugin;
  /** Keeps each entry by itself. */
  tokenStore?: TokenStore;
  /** The most tokens in memory; default 200 000. */
  maxEntries?: number;
  /** The most bytes in memory; default 512 MiB. */
  maxBytes?: number;
}

/** There is no broker where fetch runs: a plug-in is refused. */
export interface BrokerOptions {
  nativeBrokerPlugin?: object;
}

/** Without effect: Microsoft's statistics. */
export interface NodeTelemetryOptions {
  application?: { appName: string; appVersion: string };
}

export interface INetworkModule {
  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions, timeout?: number): Promise<NetworkResponse<T>>;
  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>>;
}
export interface NetworkRequestOptions {
  headers?: Record<string, string>;
  body?: string;
  /** That of the acquisition; empty where a document of the provider's is asked for. */
  correlationId?: string;
}
export interface NetworkResponse<T> {
  headers: Record<string, string>;
  body: T;
  status: number;
}

export interface NodeSystemOptions {
  /** Sends the token requests in place of the platform's fetch; called with address and fields. */
  fetch?: typeof fetch;
  networkClient?: INetworkModule;
  protocolMode?: ProtocolMode;
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
export type SystemOptions = NodeSystemOptions;

export interface Configuration {
  auth: NodeAuthOptions;
  cache?: CacheOptions;
  system?: NodeSystemOptions;
  broker?: BrokerOptions;
  telemetry?: NodeTelemetryOptions;
}
