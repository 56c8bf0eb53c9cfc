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
   * A PEM text (PKCS#8, PKCS#1 or encrypted PKCS#8, with or without the certificate in it), a PFX, DER or PEM file as bytes, a
   * PFX in base64 as Key Vault has it, or WebCrypto's key for RSASSA-PSS (or, with `thumbprint` alone, RSASSA-PKCS1-v1_5).
   */
  privateKey: string | Uint8Array | ArrayBuffer | CryptoKeyLike;
  /** The certificate as PEM or DER, where it is not beside the key. */
  certificate?: string | Uint8Array | ArrayBuffer;
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
  /** `OIDC` for providers that are not Microsoft's. */
  protocolMode?: ProtocolMode;
}
export type AuthOptions = NodeAuthOptions;

export interface CacheOptions {
  /** A page's: where its tokens are kept. */
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
  /**
   * Sends every request in place of the platform's fetch: those for tokens with address and fields, `app.fetch`'s with a Request,
   * whose text is its address, and the same fields.
   */
  fetch?: typeof fetch;
  /** MSAL's: sends the token requests in place of `fetch`. */
  networkClient?: INetworkModule;
  /** As in `auth`. */
  protocolMode?: ProtocolMode;
  /** The whole call's time limit, in milliseconds; where a person takes part, each exchange's; default 30 000. */
  timeoutMs?: number;
  /** How many times to send again after a passing fault; default 2. */
  maxRetries?: number;
  /** MSAL's: sends nothing again. */
  disableInternalRetries?: boolean;
  /** Where log lines go, from which level on, and whether they may hold personal data. */
  loggerOptions?: LoggerOptions;
  /** A token is renewed, before it is served, this many seconds before it expires; default 300. */
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
  /** The application, where it is registered, and its credential. */
  auth: NodeAuthOptions;
  /** Where tokens are kept. */
  cache?: CacheOptions;
  /** Network, time limits, logging. */
  system?: NodeSystemOptions;
  broker?: BrokerOptions;
  telemetry?: NodeTelemetryOptions;
}
