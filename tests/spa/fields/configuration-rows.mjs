// The fields of MSAL Browser's Configuration. What a row holds: see request-rows.mjs; `given` is the configuration's part.
import { merged } from "./merged.mjs";

const FABRIKAM = "22222222-2222-4222-8222-222222222222";
const ENTRA = "https://login.microsoftonline.com";

const types = ["Configuration"];
const at = (field, value) => field.split(".").reduceRight((inner, name) => ({ [name]: inner }), value);
/** A field that the address of a sign-in tells of: `address` begins it, or `authorize` is in it. */
const asked = (field, says, value, sent, more = {}) => ({ types, field, is: "honoured", says, given: merged(more, at(field, value)), sent });
/** A field that has a proof of its own. */
const honoured = (field, says) => ({ types, field, is: "honoured", says });
const harmless = (field, value, says) => ({ types, field, is: "harmless", says, given: at(field, value) });
const refuse = (field, value, says, taken) => ({ types, field, is: "refused", says, given: at(field, value), ...(taken === undefined ? {} : { taken: at(field, taken) }) });

const STATISTICS = "For Microsoft's statistics.";
const BROKER = "There is no broker here, and MSAL without one does the same.";

export const CONFIGURATION_ROWS = [
  asked("auth.clientId", "The application.", "aaaaaaaa-0000-4000-8000-000000000002", { authorize: { client_id: "aaaaaaaa-0000-4000-8000-000000000002" } }),
  asked("auth.authority", "The default of every request.", `${ENTRA}/${FABRIKAM}`, { address: `${ENTRA}/${FABRIKAM}/oauth2/v2.0/authorize` }),
  asked("auth.knownAuthorities", "A host that is not Microsoft's is asked only when it is named here.", ["login.elsewhere.example"], {
    address: `https://login.elsewhere.example/${FABRIKAM}/oauth2/v2.0/authorize`,
  }, { auth: { authority: `https://login.elsewhere.example/${FABRIKAM}` } }),
  asked("auth.cloudDiscoveryMetadata", "The hosts that it names are trusted, as those of `auth.knownAuthorities`; requests go to the authority's own.",
    JSON.stringify({ metadata: [{ preferred_network: "login.elsewhere.example", preferred_cache: "login.elsewhere.example", aliases: ["login.elsewhere.example"] }] }), {
      address: `https://login.elsewhere.example/${FABRIKAM}/oauth2/v2.0/authorize`,
    }, { auth: { authority: `https://login.elsewhere.example/${FABRIKAM}` } }),
  asked("auth.authorityMetadata", "A discovery document as JSON; its endpoints are used.", JSON.stringify({
    issuer: `${ENTRA}/${FABRIKAM}/v2.0`, authorization_endpoint: `${ENTRA}/own/authorize`, token_endpoint: `${ENTRA}/own/token`, jwks_uri: `${ENTRA}/own/keys`,
  }), { address: `${ENTRA}/own/authorize` }),
  asked("auth.clientCapabilities", "Sent in `claims`.", ["cp1"], { authorize: { claims: /"xms_cc":{"values":\["cp1"\]}/ } }),
  asked("auth.azureCloudOptions.azureCloudInstance", "The cloud's authority; beats `authority`.", "https://login.microsoftonline.us", {
    address: "https://login.microsoftonline.us/common/oauth2/v2.0/authorize",
  }),
  asked("auth.azureCloudOptions.tenant", "The tenant in that cloud; `common` where it is left out.", FABRIKAM, { address: `${ENTRA}/${FABRIKAM}/oauth2/v2.0/authorize` }, {
    auth: { azureCloudOptions: { azureCloudInstance: ENTRA } },
  }),
  asked("auth.redirectUri", "Where sign-ins come back to; the page's address without query and fragment where it is left out.", "/elsewhere", {
    authorize: { redirect_uri: /^http:\/\/localhost:\d+\/elsewhere$/ },
  }),
  asked("auth.OIDCOptions.responseMode", "`fragment`, or `query`.", "query", { authorize: { response_mode: "query" } }),
  asked("auth.OIDCOptions.defaultScopes", "With `protocolMode` `OIDC`, in place of `openid profile offline_access`; without it, others are refused.", ["openid"], {
    authorize: { scope: "app/read openid" },
  }, { system: { protocolMode: "OIDC" } }),
  honoured("auth.postLogoutRedirectUri", "Where sign-outs come back to; likewise, and null for nowhere."),
  honoured("auth.onRedirectNavigate", "Called with the address before the page is left; false keeps it."),
  honoured("auth.originCheck", "Whether `pocd=1` is sent only where no foreign page can reach the window; false sends it always."),
  harmless("auth.verifySSO", true, `${STATISTICS} MSAL opens a hidden frame after each sign-in.`),
  refuse("auth.instanceAware", true, "Name the cloud in `auth.authority`.", false),
  refuse("auth.isMcp", true, "Name the resource in the requests' `scopes`.", false),
  refuse("auth.popupRelayUri", "/relay", "A page inside a foreign one opens the sign-in's window by itself.", ""),

  honoured("cache.cacheLocation", "`memoryStorage`, `sessionStorage` (the default), `localStorage`, and `indexedDB`, which MSAL has not. Encrypted wherever it is not memory."),
  harmless("cache.cacheRetentionDays", 1, "For entries of older versions of MSAL, which are left alone here."),

  honoured("system.loggerOptions.loggerCallback", "Told what happens."),
  honoured("system.loggerOptions.logLevel", "The most that is told."),
  honoured("system.loggerOptions.piiLoggingEnabled", "Messages with personal data are told too; secrets and tokens never."),
  honoured("system.loggerOptions.correlationId", "Stands in messages that no request has caused."),
  honoured("system.networkClient.sendGetRequestAsync", "Fetches discovery documents and signing keys."),
  honoured("system.networkClient.sendPostRequestAsync", "Sends the token requests."),
  honoured("system.navigationClient.navigateInternal", "Goes to the page that a sign-in began on; false where the page stayed."),
  honoured("system.navigationClient.navigateExternal", "Goes to the sign-in page."),
  asked("system.protocolMode", "`OIDC` takes the endpoints from the provider's discovery document; `EAR` is `AAD` here.", "OIDC", { address: `${ENTRA}/common/found/authorize` }),
  honoured("system.tokenRenewalOffsetSeconds", "Within so many seconds of its end a token is renewed before it is served."),
  honoured("system.popupBridgeTimeout", "How long the sign-in's window is waited for; ten minutes where it is left out, since a second factor may have to be fetched."),
  honoured("system.iframeBridgeTimeout", "How long a hidden frame is waited for."),
  honoured("system.redirectNavigationTimeout", "How long leaving the page may take."),
  honoured("system.allowRedirectInIframe", "Lets a page inside another one go to the sign-in page itself."),
  harmless("system.navigatePopups", false, "The window is opened in the click, and sent on from there."),
  harmless("system.preventCorsPreflight", false, "MSAL does not read it in a page either; no request causes a preflight."),
  harmless("system.allowPlatformBroker", true, BROKER),
  harmless("system.nativeBrokerHandshakeTimeout", 1_000, BROKER),
  harmless("system.serverTelemetryEnabled", true, STATISTICS),
  honoured("system.enableLegacyPolling", "The windows' addresses are looked at in any case; with it, `auth.originCheck` is false where it is left out."),

  harmless("experimental.iframeTimeoutTelemetry", true, STATISTICS),
  harmless("experimental.allowPlatformBrokerWithDOM", true, BROKER),
  harmless("telemetry.application.appName", "a", STATISTICS),
  harmless("telemetry.application.appVersion", "1", STATISTICS),
  harmless("telemetry.client", {}, "Nothing is measured here."),
];
