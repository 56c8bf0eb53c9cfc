// The fields of MSAL Browser's requests, and what becomes of each.
//
// A row: `types` and `field` say which; `is` is honoured, harmless or refused; `says` is for docs/fields-browser.md; `given`
// is a request's part that uses it, `taken` a value that is not refused. `sent` is what the provider is then asked with:
// `address` is how what is asked begins, `authorize` and `logout` are parameters of these, `query` and `body` of the token
// request; `alone` has a call of its own, as it would change what the others send. What is honoured and has no `sent` for
// a type is in proofs.mjs.
import { guid } from "../../idp/directory.mjs";

const POPUP = "PopupRequest";
const REDIRECT = "RedirectRequest";
const SSO = "SsoSilentRequest";
const SILENT = "SilentRequest";
const CODE = "AuthorizationCodeRequest";
const LOGOUT = "EndSessionRequest";
const LOGOUT_POPUP = "EndSessionPopupRequest";
const CLEAR = "ClearCacheRequest";
const INITIALIZE = "InitializeApplicationRequest";
const HANDLE = "HandleRedirectPromiseOptions";

/** The calls that take each. */
export const CALLS = {
  [POPUP]: ["loginPopup", "acquireTokenPopup"],
  [REDIRECT]: ["loginRedirect", "acquireTokenRedirect"],
  [SSO]: ["ssoSilent"],
  [SILENT]: ["acquireTokenSilent"],
  [CODE]: ["acquireTokenByCode"],
  [LOGOUT]: ["logoutRedirect"],
  [LOGOUT_POPUP]: ["logoutPopup"],
  [CLEAR]: ["clearCache"],
  [INITIALIZE]: ["initialize"],
  [HANDLE]: ["handleRedirectPromise"],
};
export const REQUEST_TYPES = Object.keys(CALLS);

const SIGN_INS = [POPUP, REDIRECT, SSO];
const ACQUISITIONS = [...SIGN_INS, SILENT, CODE];
const LOGOUTS = [LOGOUT, LOGOUT_POPUP];

const FABRIKAM = "22222222-2222-4222-8222-222222222222";
const ENTRA = "https://login.microsoftonline.com";
const MAIL = "https://graph.microsoft.com/Mail.Read";
const GOVERNMENT = "https://login.microsoftonline.us";
const CLAIMS = '{"access_token":{"nbf":{"essential":true}}}';
const ADA = { homeAccountId: "u-1.t-1", environment: "login.microsoftonline.com", tenantId: "t-1", username: "ada@contoso.example", localAccountId: "u-1" };
const CLIENT_INFO = Buffer.from(JSON.stringify({ uid: "u-1", utid: "t-1" })).toString("base64url");
const HERE = "http://127.0.0.1/elsewhere";

const honoured = (types, field, says, row) => ({ types, field, is: "honoured", says, ...row });
const harmless = (types, field, value, says) => ({ types, field, is: "harmless", says, given: { [field]: value } });
const refuse = (types, fields, says, taken) => Object.entries(fields).map(([field, value]) => ({
  types, field, is: "refused", says, given: { [field]: value }, ...(taken && { taken: { [field]: taken[field] } }),
}));
/** A field that is one parameter of the sign-in. */
const parameter = (types, field, value, name, says) => honoured(types, field, says, { given: { [field]: value }, sent: { authorize: { [name]: value } } });

const ACQUISITION_ROWS = [
  honoured(ACQUISITIONS, "authority", "Asked in place of the configuration's.", {
    given: { authority: `${ENTRA}/${FABRIKAM}` }, sent: { address: `${ENTRA}/${FABRIKAM}/` },
  }),
  honoured(ACQUISITIONS, "azureCloudOptions.azureCloudInstance", "The cloud's authority is asked; beats `authority`.", {
    given: { azureCloudOptions: { azureCloudInstance: GOVERNMENT }, authority: `${ENTRA}/${FABRIKAM}` }, sent: { address: `${GOVERNMENT}/common/` }, alone: true,
  }),
  honoured(ACQUISITIONS, "azureCloudOptions.tenant", "The tenant in that cloud; `common` where it is left out.", {
    given: { azureCloudOptions: { azureCloudInstance: ENTRA, tenant: FABRIKAM } }, sent: { address: `${ENTRA}/${FABRIKAM}/` }, alone: true,
  }),
  honoured(ACQUISITIONS, "correlationId", "Sent as `client-request-id`, and in events, result and error; else a new GUID.", {
    given: { correlationId: guid("this call") }, sent: { authorize: { "client-request-id": guid("this call") }, query: { "client-request-id": guid("this call") } },
  }),
  honoured(ACQUISITIONS, "scopes", "Sent with `openid profile offline_access`; Graph's `/.default` where it is left out.", {
    given: { scopes: [MAIL] }, sent: { authorize: { scope: `${MAIL} openid profile offline_access` }, body: { scope: `${MAIL} openid profile offline_access` } },
  }),
  honoured(ACQUISITIONS, "claims", "Sent, merged with the client capabilities; the cache is not asked.", {
    given: { claims: CLAIMS }, sent: { authorize: { claims: /"nbf":{"essential":true}/ }, body: { claims: /"nbf":{"essential":true}/ } },
  }),
  honoured(ACQUISITIONS, "extraQueryParameters", "In the query of the sign-in and of the token request. A parameter of the protocol is refused there.", {
    given: { extraQueryParameters: { dc: "a" } }, sent: { authorize: { dc: "a" }, query: { dc: "a" } },
  }),
  honoured(ACQUISITIONS, "extraParameters", "In the query of the sign-in and in the body of the token request. A parameter of the protocol is refused there.", {
    given: { extraParameters: { dc: "a" } }, sent: { authorize: { dc: "a" }, body: { dc: "a" } },
  }),
  {
    types: ACQUISITIONS, field: "authenticationScheme", is: "refused", says: "`Bearer` is taken; there is no other scheme here.",
    given: { authenticationScheme: "pop" }, taken: { authenticationScheme: "Bearer" },
  },
  ...refuse(ACQUISITIONS, { shrClaims: "{}", shrNonce: "n", shrOptions: { header: {} }, popKid: "k" }, "Signed requests: tokens are Bearer here."),
  ...refuse(ACQUISITIONS, { resourceRequestMethod: "GET", resourceRequestUri: "https://graph.microsoft.com/v1.0/me" }, "Signed requests: tokens are Bearer here."),
  ...refuse(ACQUISITIONS, { dpopJkt: "k" }, "Bound tokens: tokens are Bearer here."),
  ...refuse(SIGN_INS, { reqCnf: "c" }, "Bound tokens: tokens are Bearer here."),
  ...refuse(ACQUISITIONS, { sshJwk: "{}", sshKid: "k" }, "SSH certificates: tokens are Bearer here."),
  ...refuse(ACQUISITIONS, { embeddedClientId: guid("inner") }, "There is no broker here."),
  ...refuse(ACQUISITIONS, { resource: "https://mcp.example" }, "Name the resource in `scopes`."),
  ...refuse(ACQUISITIONS, { attributeTokens: ["t"] }, "A preview of Entra's, not here yet.", { attributeTokens: [] }),
  ...refuse(ACQUISITIONS, { storeInCache: { accessToken: false } }, "What is acquired is cached; `clearCache` forgets it, and `memoryStorage` keeps it in memory alone.", {
    storeInCache: { accessToken: true, idToken: true, refreshToken: true },
  }),
  harmless(ACQUISITIONS, "maxAge", 3_600_000, "MSAL itself says that it has no effect. `max_age` may be given in `extraQueryParameters`."),
  harmless(ACQUISITIONS, "scenarioId", "s", "For Microsoft's statistics."),
  harmless(ACQUISITIONS, "httpMethod", "POST", "An address is opened by GET; with MSAL, a long request may be posted."),
  harmless(ACQUISITIONS, "skipBrokerClaims", true, "MSAL reads it where a broker is in play, and there is none here."),
];

const SIGN_IN_ROWS = [
  parameter(SIGN_INS, "redirectUri", HERE, "redirect_uri", "Where the sign-in comes back to; may be relative to the page."),
  parameter(SIGN_INS, "domainHint", "contoso.example", "domain_hint", "In the address."),
  parameter(SIGN_INS, "nonce", "n", "nonce", "In the address, and compared with the id_token's; a new one where it is left out."),
  honoured([POPUP, REDIRECT], "prompt", "In the address.", { given: { prompt: "consent" }, sent: { authorize: { prompt: "consent" } } }),
  honoured([SSO, SILENT], "prompt", "`none` and `no_session` are sent, as is `none` in place of any other: nobody sees the frame.", {
    given: { prompt: "no_session" }, sent: { authorize: { prompt: "no_session" } },
  }),
  honoured(SIGN_INS, "account", "Its login hint, session or name goes into the address, in MSAL's order; the active account where none is given.", {
    given: { account: ADA }, sent: { authorize: { login_hint: ADA.username, "X-AnchorMailbox": "Oid:u-1@t-1" } }, alone: true,
  }),
  honoured(SIGN_INS, "loginHint", "In the address, unless the prompt is `select_account`.", {
    given: { loginHint: ADA.username }, sent: { authorize: { login_hint: ADA.username, "X-AnchorMailbox": `UPN:${ADA.username}` } }, alone: true,
  }),
  honoured(SIGN_INS, "sid", "In the address, where the prompt is `none`.", { given: { sid: "session", prompt: "none" }, sent: { authorize: { sid: "session" } }, alone: true }),
  honoured(SIGN_INS, "extraScopesToConsent", "After the scopes.", {
    given: { extraScopesToConsent: ["api://other/Read"] }, sent: { authorize: { scope: / api:\/\/other\/Read( |$)/ } }, alone: true,
  }),
  honoured(SIGN_INS, "state", "Behind the client's own in the address, and in the result.", { given: { state: "s" }, sent: { authorize: { state: /^[^|]+\|s$/ } } }),
  harmless(SIGN_INS, "popupOriginCheckDone", true, "MSAL's own; see `auth.originCheck`."),
  honoured([REDIRECT], "redirectStartPage", "The page to come back to, of this origin; the current one where it is left out."),
  honoured([POPUP], "overrideInteractionInProgress", "The interaction that is under way ends with `interaction_in_progress_cancelled`, in place of this one with `interaction_in_progress`."),
  honoured([POPUP, LOGOUT_POPUP], "popupWindowAttributes.popupSize.height", "Of the window; 600 where it is left out."),
  honoured([POPUP, LOGOUT_POPUP], "popupWindowAttributes.popupSize.width", "Of the window; 483 where it is left out."),
  honoured([POPUP, LOGOUT_POPUP], "popupWindowAttributes.popupPosition.top", "Of the window; the middle of the page's where it is left out."),
  honoured([POPUP, LOGOUT_POPUP], "popupWindowAttributes.popupPosition.left", "Of the window; the middle of the page's where it is left out."),
  honoured([POPUP, LOGOUT_POPUP], "popupWindowParent", "The window that opens it."),
];

const SILENT_ROWS = [
  honoured([SILENT], "account", "Whose tokens are looked up and renewed; the active account where it is left out."),
  honoured([SILENT], "forceRefresh", "The cached access token is not used."),
  honoured([SILENT], "cacheLookupPolicy", "Which of cache, refresh token and hidden frame are tried; all three where it is left out."),
  honoured([SILENT], "refreshTokenExpirationOffsetSeconds", "A refresh token that ends within it is not tried; 300 where it is left out."),
  parameter([SILENT], "redirectUri", HERE, "redirect_uri", "Of the hidden frame."),
  honoured([SILENT], "state", "In the result."),
];

const CODE_ROWS = [
  honoured([CODE], "code", "Redeemed, once for all calls that are under way with it.", { given: { code: "c" }, sent: { body: { code: "c" } } }),
  honoured([CODE], "codeVerifier", "Sent.", { given: { codeVerifier: "v" }, sent: { body: { code_verifier: "v" } } }),
  honoured([CODE], "clientInfo", "Sent as `X-AnchorMailbox`, by which the request finds its way to the user's data.", {
    given: { clientInfo: CLIENT_INFO }, sent: { body: { "X-AnchorMailbox": "Oid:u-1@t-1" } }, alone: true,
  }),
  honoured([CODE], "ccsCredential.credential", "Sent as `X-AnchorMailbox`.", {
    given: { ccsCredential: { credential: ADA.username, type: "UPN" } }, sent: { body: { "X-AnchorMailbox": `UPN:${ADA.username}` } }, alone: true,
  }),
  honoured([CODE], "ccsCredential.type", "How the credential is to be read.", {
    given: { ccsCredential: { credential: ADA.homeAccountId, type: "home_account_id" } }, sent: { body: { "X-AnchorMailbox": "Oid:u-1@t-1" } }, alone: true,
  }),
  honoured([CODE], "cloudGraphHostName", "In the result."),
  honoured([CODE], "msGraphHost", "In the result."),
  honoured([CODE], "cloudInstanceHostName", "The code is redeemed there, where it is a host that is trusted.", {
    given: { cloudInstanceHostName: "login.microsoftonline.us" }, sent: { address: `${GOVERNMENT}/` }, alone: true,
  }),
  harmless([CODE], "redirectUri", HERE, "MSAL leaves it out as well: the code is bound to none."),
  ...refuse([CODE], { nativeAccountId: "n" }, "There is no broker here."),
];

const logoutParameter = (field, value, name, says) => honoured(LOGOUTS, field, says, { given: { [field]: value }, sent: { logout: { [name]: value } } });

const LOGOUT_ROWS = [
  honoured(LOGOUTS, "account", "Who is signed out; everybody's tokens are forgotten where it is left out."),
  honoured(LOGOUTS, "authority", "Asked in place of the configuration's.", {
    given: { authority: `${ENTRA}/${FABRIKAM}` }, sent: { address: `${ENTRA}/${FABRIKAM}/oauth2/v2.0/logout` },
  }),
  logoutParameter("correlationId", guid("this call"), "client-request-id", "In the address, and in the events."),
  logoutParameter("idTokenHint", "a.b.c", "id_token_hint", "In the address."),
  logoutParameter("logoutHint", ADA.username, "logout_hint", "In the address; the account's login hint where it is left out."),
  logoutParameter("postLogoutRedirectUri", HERE, "post_logout_redirect_uri", "In the address; null for none."),
  honoured(LOGOUTS, "state", "Behind the client's own in the address.", { given: { state: "s" }, sent: { logout: { state: /^[^|]+\|s$/ } } }),
  honoured(LOGOUTS, "extraQueryParameters", "In the address.", { given: { extraQueryParameters: { dc: "a" } }, sent: { logout: { dc: "a" } } }),
  harmless(LOGOUTS, "popupOriginCheckDone", true, "MSAL's own; see `auth.originCheck`."),
  honoured([LOGOUT_POPUP], "mainWindowRedirectUri", "Where the page goes afterwards."),
  honoured([CLEAR], "account", "Whose tokens are forgotten; everybody's where it is left out."),
];

const OTHER_ROWS = [
  honoured([CLEAR, INITIALIZE], "correlationId", "In the events."),
  honoured([HANDLE], "hash", "The answer, where it does not stand in the page's address."),
  honoured([HANDLE], "navigateToLoginRequestUrl", "False: the page stays where the answer arrived."),
];

/** What each call cannot do without. */
export const LEAST = {
  [POPUP]: {}, [REDIRECT]: {}, [SSO]: {}, [LOGOUT]: {}, [LOGOUT_POPUP]: {},
  // Only the hidden frame: what else there is to ask sends no more.
  [SILENT]: { account: ADA, cacheLookupPolicy: 5 },
  [CODE]: { code: "c" },
};

export const REQUEST_ROWS = [...ACQUISITION_ROWS, ...SIGN_IN_ROWS, ...SILENT_ROWS, ...CODE_ROWS, ...LOGOUT_ROWS, ...OTHER_ROWS];
