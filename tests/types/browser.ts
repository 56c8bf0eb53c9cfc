// Checked by the compiler, never run: programs written for MSAL Browser keep their types when the import is changed. What
// they hand in is taken, what they get is what they expect.
import type { TokenCredential } from "@azure/core-auth";
import type * as msal from "@azure/msal-browser";
import * as ours from "graph-token/browser";

/** Holds where what is of the first type may be given for the second. */
type Fits<Given, Wanted> = [Given] extends [Wanted] ? true : false;
const holds = <_Claim extends true>(): void => {};

// --- Handed in: MSAL's types are taken ---

holds<Fits<msal.Configuration, ours.Configuration>>();
holds<Fits<msal.BrowserAuthOptions, ours.BrowserAuthOptions>>();
holds<Fits<msal.CacheOptions, ours.CacheOptions>>();
holds<Fits<msal.BrowserSystemOptions, ours.BrowserSystemOptions>>();
holds<Fits<msal.BrowserExperimentalOptions, ours.BrowserExperimentalOptions>>();
holds<Fits<msal.BrowserTelemetryOptions, ours.BrowserTelemetryOptions>>();
holds<Fits<msal.AzureCloudOptions, ours.AzureCloudOptions>>();
holds<Fits<msal.INetworkModule, ours.INetworkModule>>();
holds<Fits<msal.INavigationClient, ours.INavigationClient>>();

holds<Fits<msal.PopupRequest, ours.PopupRequest>>();
holds<Fits<msal.RedirectRequest, ours.RedirectRequest>>();
holds<Fits<msal.SilentRequest, ours.SilentRequest>>();
holds<Fits<msal.SsoSilentRequest, ours.SsoSilentRequest>>();
holds<Fits<msal.AuthorizationCodeRequest, ours.AuthorizationCodeRequest>>();
holds<Fits<msal.EndSessionRequest, ours.EndSessionRequest>>();
holds<Fits<msal.EndSessionPopupRequest, ours.EndSessionPopupRequest>>();
holds<Fits<msal.ClearCacheRequest, ours.ClearCacheRequest>>();
holds<Fits<msal.InitializeApplicationRequest, ours.InitializeApplicationRequest>>();
holds<Fits<msal.HandleRedirectPromiseOptions, ours.HandleRedirectPromiseOptions>>();
holds<Fits<msal.PopupWindowAttributes, ours.PopupWindowAttributes>>();
holds<Fits<msal.AccountInfo, ours.AccountInfo>>();
holds<Fits<Parameters<msal.IPublicClientApplication["getAccount"]>[0], ours.AccountFilter>>();
holds<Fits<msal.EventCallbackFunction, ours.EventCallbackFunction>>();
holds<Fits<msal.PerformanceCallbackFunction, ours.PerformanceCallbackFunction>>();

// --- Taken out: ours are MSAL's ---

holds<Fits<ours.AuthenticationResult, msal.AuthenticationResult>>();
holds<Fits<msal.AuthenticationResult, ours.AuthenticationResult>>();
holds<Fits<ours.AccountInfo, msal.AccountInfo>>();
holds<Fits<ours.TenantProfile, msal.TenantProfile>>();
holds<Fits<ours.IdTokenClaims, msal.IdTokenClaims>>();
holds<Fits<ours.EventMessage, msal.EventMessage>>();
holds<Fits<ours.PopupEvent, msal.PopupEvent>>();
holds<Fits<ours.NavigationClient, msal.INavigationClient>>();
holds<Fits<ours.NavigationOptions, msal.NavigationOptions>>();
holds<Fits<ours.BrowserAuthError, msal.BrowserAuthError>>();
holds<Fits<ours.BrowserConfigurationAuthError, msal.BrowserConfigurationAuthError>>();

// --- Constants and tables: the same members with the same values ---

holds<Fits<typeof ours.EventType, typeof msal.EventType>>();
holds<Fits<keyof typeof ours.EventType, keyof typeof msal.EventType>>();
holds<Fits<ours.InteractionType, msal.InteractionType>>();
holds<Fits<msal.InteractionType, ours.InteractionType>>();
holds<Fits<typeof ours.InteractionStatus, typeof msal.InteractionStatus>>();
holds<Fits<typeof ours.BrowserCacheLocation, typeof msal.BrowserCacheLocation>>();
holds<Fits<typeof ours.CacheLookupPolicy, typeof msal.CacheLookupPolicy>>();
holds<Fits<typeof ours.WrapperSKU, typeof msal.WrapperSKU>>();
holds<Fits<typeof ours.ApiId, typeof msal.ApiId>>();
holds<Fits<typeof ours.AuthenticationScheme, typeof msal.AuthenticationScheme>>();
holds<Fits<typeof ours.DEFAULT_IFRAME_TIMEOUT_MS, typeof msal.DEFAULT_IFRAME_TIMEOUT_MS>>();
holds<Fits<typeof ours.BrowserAuthErrorCodes, typeof msal.BrowserAuthErrorCodes>>();
holds<Fits<typeof ours.BrowserConfigurationAuthErrorCodes, typeof msal.BrowserConfigurationAuthErrorCodes>>();
holds<Fits<typeof ours.EventMessageUtils, typeof msal.EventMessageUtils>>();
holds<Fits<typeof ours.BrowserUtils, Pick<typeof msal.BrowserUtils, keyof typeof ours.BrowserUtils>>>();

// --- Calls: parameters and results of the client ---

/** The methods of the second that cannot be called on the first in the same way, or answer otherwise. */
type Unlike<Ours, Msal> = {
  [Name in keyof Msal]: Name extends keyof Ours
    ? Ours[Name] extends (...args: infer Taken) => infer Answer
      ? Msal[Name] extends (...args: infer Given) => infer Expected
        ? [Given, Awaited<Answer>] extends [Taken, Awaited<Expected>]
          ? never
          : Name
        : Name
      : Name
    : Name;
}[keyof Msal];

type Client = Omit<
  msal.IPublicClientApplication,
  // MSAL's Logger has private members, so that no other class is its; compared by itself in drop-in.ts.
  | "getLogger"
  | "setLogger"
  // MSAL's own, completed with all defaults.
  | "getConfiguration"
>;
holds<Fits<Unlike<ours.PublicClientApplication, Client>, never>>();
holds<Fits<Unlike<ours.IPublicClientApplication, Client>, never>>();
holds<Fits<ours.PublicClientApplication, Client>>();
holds<Fits<typeof ours.stubbedPublicClientApplication, Client>>();
// What programs wrap the client in, or put in its place.
type Own = "getLogger" | "setLogger" | "getConfiguration" | "addEventCallback";
export declare const inItsPlace: Omit<msal.IPublicClientApplication, Own> & Pick<ours.IPublicClientApplication, Own>;
export const taken: ours.IPublicClientApplication = inItsPlace;
export const defaults = (configuration: ours.BrowserConfiguration): string[] => [configuration.auth.authority, configuration.auth.redirectUri, configuration.cache.cacheLocation];
holds<Fits<ConstructorParameters<typeof msal.PublicClientApplication>[0], ConstructorParameters<typeof ours.PublicClientApplication>[0]>>();
holds<Fits<Parameters<typeof msal.createStandardPublicClientApplication>, Parameters<typeof ours.createStandardPublicClientApplication>>>();

// --- What must not compile, or the claims above would prove nothing ---

// @ts-expect-error scopes in one text
holds<Fits<Omit<msal.PopupRequest, "scopes"> & { scopes: string }, ours.PopupRequest>>();
// @ts-expect-error a configuration without its application
holds<Fits<Omit<msal.Configuration, "auth">, ours.Configuration>>();
// @ts-expect-error a result without a user
holds<Fits<Omit<ours.AuthenticationResult, "account">, msal.AuthenticationResult>>();
// @ts-expect-error a client that lacks most methods
holds<Fits<Unlike<ours.ConfidentialClientApplication, Client>, never>>();
// @ts-expect-error another enumeration
holds<Fits<ours.InteractionType, msal.InteractionStatus>>();

/** Programs write literals, in which the compiler takes no member that it does not know. */
export const literals = {
  configuration: {
    auth: {
      clientId: "c",
      authority: "https://login.microsoftonline.com/contoso.com",
      redirectUri: "/blank.html",
      postLogoutRedirectUri: null,
      clientCapabilities: ["cp1"],
      onRedirectNavigate: (url) => url !== "",
    },
    cache: { cacheLocation: "localStorage" },
    system: {
      allowPlatformBroker: false,
      popupBridgeTimeout: 1,
      loggerOptions: { loggerCallback: (level, message, containsPii) => console.log(level, message, containsPii), logLevel: 3, piiLoggingEnabled: false },
    },
    telemetry: { application: { appName: "a", appVersion: "1" } },
  } satisfies ours.Configuration satisfies msal.Configuration,
  popup: {
    scopes: ["User.Read"],
    prompt: "select_account",
    extraQueryParameters: { dc: "1" },
    popupWindowAttributes: { popupSize: { height: 1, width: 1 }, popupPosition: { top: 1, left: 1 } },
    overrideInteractionInProgress: true,
  } satisfies ours.PopupRequest satisfies msal.PopupRequest,
  redirect: { scopes: ["User.Read"], redirectStartPage: "/here", state: "s" } satisfies ours.RedirectRequest satisfies msal.RedirectRequest,
  silent: { scopes: ["User.Read"], cacheLookupPolicy: ours.CacheLookupPolicy.Skip, forceRefresh: true } satisfies ours.SilentRequest satisfies msal.SilentRequest,
  logout: { account: null, mainWindowRedirectUri: "/" } satisfies ours.EndSessionPopupRequest satisfies msal.EndSessionPopupRequest,
  ours: {
    configuration: {
      auth: { clientId: "c" },
      cache: { cacheLocation: ours.BrowserCacheLocation.IndexedDB, maxEntries: 1 },
      system: { fetch, maxRetries: 1, timeoutMs: 1, now: () => 0, graphOrigin: "https://graph.example", allowedOrigins: ["https://api.example"] },
    } satisfies ours.Configuration,
    request: { signal: AbortSignal.timeout(1), timeoutMs: 1 } satisfies ours.PopupRequest,
  },
};

export const refused = {
  // @ts-expect-error what is refused at run time is not declared
  pop: { scopes: [], shrNonce: "n" } satisfies ours.PopupRequest,
  // @ts-expect-error
  resource: { scopes: [], resource: "https://mcp.example" } satisfies ours.SilentRequest,
  // @ts-expect-error
  relay: { auth: { clientId: "c", popupRelayUri: "/relay" } } satisfies ours.Configuration,
};

/** A page's program. */
export async function use(): Promise<string> {
  const app = await ours.PublicClientApplication.createPublicClientApplication(literals.ours.configuration);
  const credential: TokenCredential = app;
  const id = app.addEventCallback(
    ({ eventType, interactionType, error }) => {
      if (eventType === ours.EventType.ACQUIRE_TOKEN_FAILURE && interactionType === ours.InteractionType.Popup) console.log(error?.message);
    },
    [ours.EventType.ACQUIRE_TOKEN_FAILURE],
  );
  if (id) app.removeEventCallback(id);
  app.addEventCallback(({ payload }) => console.log(payload.reason === "quota_exceeded"), [ours.CACHE_UNAVAILABLE]);
  try {
    const { account, refreshTokenExpiresOn } = await app.loginPopup();
    app.setActiveAccount(account);
    const response: Response = await app.fetch("/me");
    return `${account.username} ${refreshTokenExpiresOn?.toISOString()} ${response.status} ${(await credential.getToken("s"))?.token}`;
  } catch (error) {
    if (error instanceof ours.BrowserAuthError && error.errorCode === ours.BrowserAuthErrorCodes.popupWindowError) return error.hint;
    throw error;
  }
}

// What MSAL Node's programs hand in is taken where the page's types are all there is.
export const silently = (app: ours.PublicClientApplication, request: ours.SilentFlowRequest) => app.acquireTokenSilent(request);

// A server's program that is bundled with the page's has its types as well.
export const confidential = new ours.ConfidentialClientApplication({ auth: { clientId: "c", clientSecret: "s" } });
