// Checked by the compiler, never run: programs written for MSAL Node keep their types when the
// import is changed. What they hand in is taken, what they get is what they expect.
import type * as msal from "@azure/msal-node";
import type * as ours from "graph-token";

/** Holds where what is of the first type may be given for the second. */
type Fits<Given, Wanted> = [Given] extends [Wanted] ? true : false;
const holds = <_Claim extends true>(): void => {};

// --- Handed in: MSAL's types are taken ---

holds<Fits<msal.Configuration, ours.Configuration>>();
holds<Fits<msal.NodeAuthOptions, ours.NodeAuthOptions>>();
holds<Fits<msal.CacheOptions, ours.CacheOptions>>();
holds<Fits<msal.NodeSystemOptions, ours.NodeSystemOptions>>();
holds<Fits<msal.BrokerOptions, ours.BrokerOptions>>();
holds<Fits<msal.NodeTelemetryOptions, ours.NodeTelemetryOptions>>();
holds<Fits<msal.AzureCloudOptions, ours.AzureCloudOptions>>();
holds<Fits<msal.ClientAssertionCallback, ours.ClientAssertionCallback>>();
holds<Fits<msal.INetworkModule, ours.INetworkModule>>();
holds<Fits<msal.ICachePlugin, ours.ICachePlugin>>();
holds<Fits<msal.ICacheClient, ours.ICacheClient>>();
holds<Fits<msal.IPartitionManager, ours.IPartitionManager>>();
holds<Fits<msal.DistributedCachePlugin, ours.ICachePlugin>>();

holds<Fits<msal.ClientCredentialRequest, ours.ClientCredentialRequest>>();
holds<Fits<msal.OnBehalfOfRequest, ours.OnBehalfOfRequest>>();
holds<Fits<msal.AuthorizationUrlRequest, ours.AuthorizationUrlRequest>>();
holds<Fits<msal.AuthorizationCodeRequest, ours.AuthorizationCodeRequest>>();
holds<Fits<msal.RefreshTokenRequest, ours.RefreshTokenRequest>>();
holds<Fits<msal.SilentFlowRequest, ours.SilentFlowRequest>>();
holds<Fits<msal.DeviceCodeRequest, ours.DeviceCodeRequest>>();
holds<Fits<msal.InteractiveRequest, ours.InteractiveRequest>>();
holds<Fits<msal.SignOutRequest, ours.SignOutRequest>>();
holds<Fits<msal.AuthorizationCodePayload, ours.AuthorizationCodePayload>>();
holds<Fits<msal.AuthorizeResponse, ours.AuthorizeResponse>>();
holds<Fits<msal.AccountInfo, ours.AccountInfo>>();

// --- Taken out: ours are MSAL's ---

holds<Fits<ours.AuthenticationResult, msal.AuthenticationResult>>();
// And MSAL's are ours: programs write results of their own, for their tests.
holds<Fits<msal.AuthenticationResult, ours.AuthenticationResult>>();
holds<Fits<ours.AccountInfo, msal.AccountInfo>>();
holds<Fits<ours.IdTokenClaims, msal.IdTokenClaims>>();
export const furtherClaim = (account: ours.AccountInfo) => (account.idTokenClaims as ours.IdTokenClaims & { extension_x: string }).extension_x;
export const ofBroker = (error: ours.AuthError) => error.platformBrokerError;
holds<Fits<ours.AuthorizationCodePayload, msal.AuthorizationCodePayload>>();
holds<Fits<ours.AuthorizeResponse, msal.AuthorizeResponse>>();
holds<Fits<ours.JsonCache, msal.JsonCache>>();
holds<Fits<ours.TokenCache, msal.ITokenCache & msal.ISerializableTokenCache>>();
holds<Fits<ours.TokenCacheContext, msal.TokenCacheContext>>();
// The plug-in that our class makes is one of MSAL's, as MSAL's is one of ours.
holds<Fits<ours.DistributedCachePlugin, msal.ICachePlugin>>();

holds<Fits<ours.AuthError, msal.AuthError>>();
holds<Fits<ours.ClientAuthError, msal.ClientAuthError>>();
holds<Fits<ours.ClientConfigurationError, msal.ClientConfigurationError>>();
holds<Fits<ours.ServerError, msal.ServerError>>();
holds<Fits<ours.InteractionRequiredAuthError, msal.InteractionRequiredAuthError>>();

// --- Constants and tables: the same members with the same values ---

holds<Fits<typeof ours.AzureCloudInstance, typeof msal.AzureCloudInstance>>();
holds<Fits<typeof ours.ProtocolMode, typeof msal.ProtocolMode>>();
holds<Fits<typeof ours.ResponseMode, typeof msal.ResponseMode>>();
holds<Fits<typeof ours.PromptValue, typeof msal.PromptValue>>();
holds<Fits<typeof ours.AuthErrorCodes, typeof msal.AuthErrorCodes>>();
holds<Fits<typeof ours.ClientAuthErrorCodes, typeof msal.ClientAuthErrorCodes>>();
holds<Fits<typeof ours.ClientConfigurationErrorCodes, typeof msal.ClientConfigurationErrorCodes>>();
holds<Fits<typeof ours.InteractionRequiredAuthErrorCodes, typeof msal.InteractionRequiredAuthErrorCodes>>();
holds<Fits<`${ours.LogLevel}`, `${msal.LogLevel}`>>();
holds<Fits<`${msal.LogLevel}`, `${ours.LogLevel}`>>();
holds<Fits<keyof typeof msal.LogLevel, keyof typeof ours.LogLevel>>();

// --- Calls: parameters and results of the classes ---

/** Holds where a class can be constructed as MSAL's, with what comes of it in MSAL's place. */
type ConstructsLike<Ours extends new (...args: any) => any, Msal extends new (...args: any) => any> =
  ConstructorParameters<Msal> extends ConstructorParameters<Ours> ? Fits<InstanceType<Ours>, InstanceType<Msal>> : false;

holds<ConstructsLike<typeof ours.AuthError, typeof msal.AuthError>>();
holds<ConstructsLike<typeof ours.ClientAuthError, typeof msal.ClientAuthError>>();
holds<ConstructsLike<typeof ours.ClientConfigurationError, typeof msal.ClientConfigurationError>>();
holds<ConstructsLike<typeof ours.ServerError, typeof msal.ServerError>>();
holds<ConstructsLike<typeof ours.InteractionRequiredAuthError, typeof msal.InteractionRequiredAuthError>>();
holds<ConstructsLike<typeof ours.TokenCacheContext, typeof msal.TokenCacheContext>>();
holds<Fits<ConstructorParameters<typeof msal.ConfidentialClientApplication>, ConstructorParameters<typeof ours.ConfidentialClientApplication>>>();
holds<Fits<ConstructorParameters<typeof msal.DistributedCachePlugin>, ConstructorParameters<typeof ours.DistributedCachePlugin>>>();
holds<Fits<ConstructorParameters<typeof msal.Logger>, ConstructorParameters<typeof ours.Logger>>>();
holds<Fits<ConstructorParameters<typeof msal.CryptoProvider>, ConstructorParameters<typeof ours.CryptoProvider>>>();

/** The methods of the second that cannot be called on the first in the same way, or answer otherwise. */
type Unlike<Ours, Msal> = {
  [Name in keyof Msal]: Name extends keyof Ours
    ? Ours[Name] extends (...args: infer Taken) => infer Answer
      ? Msal[Name] extends (...args: infer Given) => infer Expected
        ? [Given, Awaited<Answer>] extends [Taken, Awaited<Expected>]
          ? never
          : Name
        : Name
      : Ours[Name] extends Msal[Name]
        ? never
        : Name
    : Name;
}[keyof Msal];

type Client = Omit<
  msal.ConfidentialClientApplication,
  // Managed identities of the Azure SDK: those programs have `@azure/identity`.
  | "SetAppTokenProvider"
  // The last leg of agent identities, a preview.
  | "acquireTokenByUserFederatedIdentityCredential"
  // Compared by themselves below: MSAL's classes have private members, so that no other class is theirs.
  | "getTokenCache"
  | "getLogger"
  | "setLogger"
>;
holds<Fits<Unlike<ours.ConfidentialClientApplication, Client>, never>>();
holds<Fits<Unlike<ReturnType<ours.ConfidentialClientApplication["getLogger"]>, Omit<msal.Logger, "clone">>, never>>();
holds<Fits<Unlike<ours.Logger, Omit<msal.Logger, "clone">>, never>>();
holds<Fits<Parameters<msal.Logger["clone"]>, Parameters<ours.Logger["clone"]>>>();
type Program = Omit<msal.PublicClientApplication, "getTokenCache" | "getLogger" | "setLogger">;
holds<Fits<Unlike<ours.PublicClientApplication, Program>, never>>();
holds<Fits<ConstructorParameters<typeof msal.PublicClientApplication>, ConstructorParameters<typeof ours.PublicClientApplication>>>();
type Cache = Omit<
  msal.TokenCache,
  // MSAL's entities in memory, and the plug-in that the program itself gave.
  "getKVStore" | "getCacheSnapshot" | "persistence" | "overwriteCache"
>;
holds<Fits<Unlike<ReturnType<ours.ConfidentialClientApplication["getTokenCache"]>, Cache>, never>>();
type Crypto = Omit<
  msal.CryptoProvider,
  // Those that only throw.
  "base64UrlEncode" | "encodeKid" | "removeTokenBindingKey" | "clearKeystore" | "signTokenBindingJwt"
>;
holds<Fits<Unlike<ours.CryptoProvider, Crypto>, never>>();
holds<Fits<Unlike<ours.DistributedCachePlugin, msal.DistributedCachePlugin>, never>>();

// --- What must not compile, or the claims above would prove nothing ---

// @ts-expect-error a result is no request
holds<Fits<msal.AuthenticationResult, ours.OnBehalfOfRequest>>();
// @ts-expect-error a request without its assertion
holds<Fits<msal.ClientCredentialRequest, ours.OnBehalfOfRequest>>();
// @ts-expect-error a configuration without its application
holds<Fits<Omit<msal.Configuration, "auth">, ours.Configuration>>();
// @ts-expect-error an error of another class
holds<Fits<ours.AuthError, msal.InteractionRequiredAuthError>>();
// @ts-expect-error a client that lacks most methods
holds<Fits<Unlike<ours.TokenCache, Client>, never>>();

/** Programs write literals, in which the compiler takes no member that it does not know. */
export const literals = {
  configuration: {
    auth: {
      clientId: "c",
      authority: "https://login.microsoftonline.com/contoso.com",
      clientCertificate: { privateKey: "-----BEGIN PRIVATE KEY-----", thumbprintSha256: "00", x5c: "-----BEGIN CERTIFICATE-----" },
      clientCapabilities: ["cp1"],
      azureCloudOptions: { azureCloudInstance: "https://login.microsoftonline.us", tenant: "contoso.com" },
    },
    cache: { cachePlugin: { beforeCacheAccess: async (context) => context.tokenCache.deserialize("{}"), afterCacheAccess: async () => {} } },
    system: { loggerOptions: { loggerCallback: (level, message, containsPii) => console.log(level, message, containsPii), logLevel: 3, piiLoggingEnabled: false } },
    telemetry: { application: { appName: "a", appVersion: "1" } },
  } satisfies ours.Configuration satisfies msal.Configuration,
  codeUrl: {
    scopes: ["User.Read"],
    redirectUri: "http://localhost",
    responseMode: "form_post",
    codeChallenge: "c",
    codeChallengeMethod: "S256",
    prompt: "select_account",
    extraQueryParameters: { dc: "1" },
    maxAge: 1,
  } satisfies ours.AuthorizationUrlRequest satisfies msal.AuthorizationUrlRequest,
  ours: {
    scopes: "https://graph.microsoft.com/.default",
    signal: AbortSignal.timeout(1),
    timeoutMs: 1,
    waitUntil: (promise) => void promise,
  } satisfies ours.ClientCredentialRequest,
};

export const refused = {
  // @ts-expect-error what is refused at run time is not declared
  pop: { scopes: [], shrNonce: "n" } satisfies ours.ClientCredentialRequest,
  // @ts-expect-error
  resource: { scopes: [], redirectUri: "http://localhost", resource: "https://mcp.example" } satisfies ours.AuthorizationUrlRequest,
  // @ts-expect-error
  store: { get: () => 1, set: () => {}, delete: () => {} } satisfies ours.TokenStore,
};

/** What a store may be: a Map, or one that answers later. */
export const stores = [
  new Map<string, string>(),
  {
    get: async (key) => key,
    set: async (key, value, { expiresAt }) => [key, value, new Date(expiresAt).toISOString()],
    delete: async (key) => key.length,
    list: async (prefix) => [prefix],
  },
] satisfies ours.TokenStore[];

/** A key of WebCrypto, and bytes. */
export const keys = async (pem: string, webCrypto: CryptoKey): Promise<ours.ClientCertificate[]> => [
  { privateKey: webCrypto, certificate: pem },
  { privateKey: new TextEncoder().encode(pem), passphrase: "p" },
];
