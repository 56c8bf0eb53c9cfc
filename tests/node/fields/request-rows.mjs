// The fields of MSAL's requests that several of them have, and what becomes of each.
//
// A row: `types` and `field` say which; `is` is honoured, harmless or refused; `says` is for docs/fields.md; `given` is a
// request's part that uses it. Honoured ones name their probe: `sent`, what the request to the provider then holds;
// `skipsCache`, or `keys`, two values that are cached apart; `probe`, anything else. `beyond` marks what MSAL does not do.
import assert from "node:assert/strict";
import { guid } from "../../idp/directory.mjs";
import { REQUEST_TYPES } from "./calls.mjs";

const FABRIKAM = "22222222-2222-4222-8222-222222222222";
const GOVERNMENT = "login.microsoftonline.us";
const API = "api://aaaaaaaa-0000-4000-8000-000000000008";
const CLAIMS = '{"access_token":{"nbf":{"essential":true}}}';

const CC = "ClientCredentialRequest";
const OBO = "OnBehalfOfRequest";
const ADDRESS = "AuthorizationUrlRequest";
const CODE = "AuthorizationCodeRequest";
const REFRESH = "RefreshTokenRequest";
const SILENT = "SilentFlowRequest";
const DEVICE = "DeviceCodeRequest";
const BROWSER = "InteractiveRequest";
const USERS = REQUEST_TYPES.filter((type) => type !== CC);

/** Where a request has its protocol parameters: an address has them in the query. */
export const parametersOf = (sent) => (sent.method === "GET" ? sent.query : sent.body);
const claimsOf = (sent) => JSON.parse(parametersOf(sent).claims);

const refuse = (types, fields, says) => Object.entries(fields).map(([field, value]) => ({ types, field, is: "refused", says, given: { [field]: value } }));
const harmless = (types, field, value, says) => ({ types, field, is: "harmless", says, given: { [field]: value } });

export const SHARED_ROWS = [
  {
    types: REQUEST_TYPES, field: "authority", is: "honoured", says: "Asked in place of the configuration's.",
    given: { authority: `https://login.microsoftonline.com/${FABRIKAM}` }, sent: { tenant: FABRIKAM },
  },
  {
    types: REQUEST_TYPES, field: "azureCloudOptions.azureCloudInstance", is: "honoured", says: "The cloud's authority is asked; beats `authority`.",
    given: { azureCloudOptions: { azureCloudInstance: `https://${GOVERNMENT}`, tenant: FABRIKAM } }, sent: { host: GOVERNMENT },
  },
  {
    types: REQUEST_TYPES, field: "azureCloudOptions.tenant", is: "honoured", says: "The tenant in that cloud; `common` where it is left out.",
    given: { azureCloudOptions: { azureCloudInstance: "https://login.microsoftonline.com", tenant: FABRIKAM } }, sent: { tenant: FABRIKAM },
  },
  {
    types: REQUEST_TYPES.filter((type) => type !== DEVICE), field: "correlationId", is: "honoured", says: "Sent as `client-request-id`, and in result and error; else a new GUID.",
    given: { correlationId: guid("this call") }, sent: { query: { "client-request-id": guid("this call") } },
  },
  {
    types: [DEVICE], field: "correlationId", is: "honoured", says: "Sent as `client-request-id` where the token is asked for, and in result and error; else a new GUID.",
    given: { correlationId: guid("this call") }, sent: { query: { "client-request-id": guid("this call") } },
  },
  {
    types: [CC], field: "scopes", is: "honoured", says: "One resource's `/.default`; Graph's where it is left out.",
    given: { scopes: [`${API}/.default`] }, sent: { body: { scope: `${API}/.default` } },
  },
  {
    types: [BROWSER], field: "scopes", is: "honoured", says: "Sent with `openid profile offline_access`; those alone where it is left out.",
    given: { scopes: ["https://graph.microsoft.com/Mail.Read"] },
    sent: { parameters: { scope: "https://graph.microsoft.com/Mail.Read openid profile offline_access" } },
  },
  {
    types: USERS.filter((type) => type !== BROWSER), field: "scopes", is: "honoured", says: "Sent with `openid profile offline_access`; Graph's `/.default` where it is left out.",
    given: { scopes: ["https://graph.microsoft.com/Mail.Read"] },
    sent: { parameters: { scope: "https://graph.microsoft.com/Mail.Read openid profile offline_access" } },
  },
  {
    types: [CC, OBO, SILENT, DEVICE, BROWSER], field: "authenticationScheme", is: "refused", says: "`Bearer` is taken; there is no other scheme here (MSAL Node quietly takes Bearer in their place).",
    given: { authenticationScheme: "pop" }, taken: { authenticationScheme: "Bearer" },
  },
  {
    types: [ADDRESS, CODE, REFRESH, DEVICE, BROWSER], field: "claims", is: "honoured", says: "Sent, merged with the client capabilities.",
    given: { claims: CLAIMS }, sent: (sent) => assert.deepEqual(claimsOf(sent).access_token.nbf, { essential: true }),
  },
  {
    types: [CC, OBO, SILENT], field: "claims", is: "honoured", says: "Sent, merged with the client capabilities; the cache is not asked.",
    given: { claims: CLAIMS }, sent: (sent) => assert.deepEqual(claimsOf(sent).access_token.nbf, { essential: true }), skipsCache: true,
  },
  {
    types: [ADDRESS, CODE, REFRESH, SILENT, DEVICE, BROWSER], field: "extraQueryParameters", is: "honoured", says: "In the address's query. A parameter of the protocol is refused there.",
    given: { extraQueryParameters: { dc: "a" } }, sent: { query: { dc: "a" } },
  },
  {
    types: [CODE, REFRESH, SILENT], field: "extraParameters", is: "honoured", says: "In the request's body. A parameter of the protocol is refused there.",
    given: { extraParameters: { dc: "a" } }, sent: { body: { dc: "a" } },
  },
  {
    types: [DEVICE], field: "extraParameters", is: "honoured", beyond: true, says: "In the bodies of both requests; MSAL Node leaves them out. A parameter of the protocol is refused there.",
    given: { extraParameters: { dc: "a" } }, sent: { body: { dc: "a" } },
  },
  {
    types: [ADDRESS, BROWSER], field: "extraParameters", is: "honoured", beyond: true, says: "In the address's query, as with MSAL Browser; MSAL Node leaves them out.",
    given: { extraParameters: { dc: "a" } }, sent: { query: { dc: "a" } },
  },
  {
    types: [CC, OBO], field: "skipCache", is: "honoured", says: "The cache is not asked.",
    given: { skipCache: true }, skipsCache: true,
  },
  {
    types: [CC, OBO], field: "claimsFromClient", is: "honoured", says: "Merged over `claims`; each value is cached by itself.",
    given: { claimsFromClient: CLAIMS }, sent: (sent) => assert.deepEqual(claimsOf(sent).access_token.nbf, { essential: true }),
    keys: [{ claimsFromClient: CLAIMS }, { claimsFromClient: '{"access_token":{"amr":{"values":["mfa"]}}}' }],
  },
  ...refuse(REQUEST_TYPES, { shrClaims: "{}", shrNonce: "n", shrOptions: { header: {} }, popKid: "k" }, "Signed requests: tokens are Bearer here."),
  ...refuse(REQUEST_TYPES, { dpopJkt: "k" }, "Bound tokens: tokens are Bearer here."),
  ...refuse(REQUEST_TYPES, { sshJwk: "{}", sshKid: "k" }, "SSH certificates: tokens are Bearer here."),
  ...refuse([SILENT, BROWSER], { resourceRequestMethod: "GET", resourceRequestUri: "https://graph.microsoft.com/v1.0/me" }, "Signed requests: tokens are Bearer here."),
  ...refuse(REQUEST_TYPES, { embeddedClientId: guid("inner") }, "There is no broker where fetch runs."),
  ...refuse(REQUEST_TYPES, { resource: "https://mcp.example" }, "Name the resource in `scopes`."),
  ...refuse(REQUEST_TYPES, { attributeTokens: ["t"] }, "A preview of Entra's, not here yet."),
  harmless(REQUEST_TYPES, "maxAge", 3_600_000, "MSAL itself says that it has no effect. `max_age` may be given in `extraQueryParameters`."),
  harmless(REQUEST_TYPES, "scenarioId", "s", "For MSAL Browser's statistics."),
  harmless(REQUEST_TYPES, "httpMethod", "POST", "For MSAL Browser's navigation; an address is opened by GET."),
  harmless(REQUEST_TYPES, "skipBrokerClaims", true, "MSAL reads it where a broker is in play, and there is none here."),
];

export { ADDRESS, BROWSER, CC, CODE, DEVICE, OBO, REFRESH, SILENT, harmless, refuse };
