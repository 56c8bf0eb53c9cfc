// Entra's errors: the AADSTS numbers with their OAuth word, status and text, and oidc-provider's errors mapped to them.
import { randomUUID } from "node:crypto";

const TABLE = {
  50011: ["invalid_request", 400, (d) => `The redirect URI '${d.redirectUri}' specified in the request does not match the redirect URIs configured for the application '${d.clientId}'.`],
  50012: ["invalid_client", 401, () => "Authentication failed."],
  50013: ["invalid_grant", 400, () => "Assertion failed signature validation."],
  500133: ["invalid_grant", 400, () => "Assertion is not within its valid time range."],
  50034: ["invalid_grant", 400, (d) => `The user account does not exist in the ${d.tenant} directory.`],
  16000: ["interaction_required", 400, () => "Either multiple user identities are available for the current request or selected account is not supported for the scenario."],
  50058: ["login_required", 400, () => "A silent sign-in request was sent but no user is signed in."],
  50076: ["interaction_required", 400, () => "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication."],
  50194: ["invalid_request", 400, (d) => `Application '${d.clientId}' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps.`],
  54005: ["invalid_grant", 400, () => "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."],
  65001: ["consent_required", 400, (d) => `The user or administrator has not consented to use the application with ID '${d.clientId}'.`],
  65004: ["access_denied", 400, () => "User declined to consent to access the app."],
  70000: ["invalid_grant", 400, () => "The provided value for the input parameter 'code' or 'refresh_token' is not valid."],
  70003: ["unsupported_grant_type", 400, (d) => `The app requested an unsupported grant type '${d.grantType}'.`],
  70008: ["invalid_grant", 400, () => "The provided authorization code or refresh token has expired due to inactivity."],
  70011: ["invalid_scope", 400, (d) => `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${d.scope} is not valid.`],
  70016: ["authorization_pending", 400, () => "OAuth 2.0 device flow error. Authorization is pending. Continue polling."],
  70018: ["bad_verification_code", 400, () => "Bad verification code. Code not found."],
  70019: ["expired_token", 400, () => "Verification code expired."],
  28000: ["invalid_request", 400, (d) => `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${d.scope} is not valid.`],
  90002: ["invalid_request", 400, (d) => `Tenant '${d.tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`],
  90014: ["invalid_request", 400, (d) => `The required field '${d.field}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.`],
  900144: ["invalid_request", 400, (d) => `The request body must contain the following parameter: '${d.field}'.`],
  900561: ["invalid_request", 400, (d) => `The endpoint only accepts POST requests. Received a ${d.method} request.`],
  90033: ["temporarily_unavailable", 503, () => "A transient error has occurred. Please try again."],
  500011: ["invalid_resource", 400, (d) => `The resource principal named ${d.resource} was not found in the tenant named ${d.tenant}.`],
  500112: ["invalid_client", 400, () => "The reply address does not match the reply address provided when requesting Authorization code."],
  501481: ["invalid_grant", 400, () => "The Code_Verifier does not match the code_challenge supplied in the authorization request."],
  650053: ["invalid_client", 400, (d) => `The application '${d.clientId}' asked for scope '${d.scope}' that doesn't exist on the resource '${d.resource}'.`],
  700016: ["unauthorized_client", 400, (d) => `Application with identifier '${d.clientId}' was not found in the directory '${d.tenant}'.`],
  700024: ["invalid_client", 401, () => "Client assertion is not within its valid time range."],
  700025: ["invalid_client", 401, () => "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."],
  700027: ["invalid_client", 401, (d) => `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${d.reason}]`],
  700030: ["invalid_client", 401, () => "Invalid certificate - subject name in certificate is not authorized."],
  700082: ["invalid_grant", 400, () => "The refresh token has expired due to inactivity."],
  700084: ["invalid_grant", 400, () => "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which can't be extended. It is now expired."],
  1002012: ["invalid_scope", 400, (d) => `The provided value for scope ${d.scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`],
  7000215: ["invalid_client", 401, (d) => `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${d.clientId}'.`],
  7000218: ["invalid_client", 401, () => "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."],
  9001023: ["invalid_request", 400, () => "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."],
  9002313: ["invalid_request", 400, () => "Invalid request. Request is malformed or invalid."],
  9002325: ["invalid_request", 400, () => "Proof Key for Code Exchange is required for cross-origin authorization code redemption."],
  9002326: ["invalid_request", 400, (d) => `Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '${d.requestOrigin}'.`],
  9002327: ["invalid_request", 400, () => "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests."],
};

/** Thrown by every check that stands in front of oidc-provider. */
export class EntraError extends Error {
  constructor(code, details = {}, { suberror, claims } = {}) {
    const [error, status, text] = TABLE[code];
    super(`AADSTS${code}: ${text(details)}`);
    Object.assign(this, { code, error, status, suberror, claims });
  }
}

/** Entra's error body; the correlation id is whatever the client sent, as the service does. */
export function errorBody({ code, error, message, suberror, claims }, { origin, now, correlationId }) {
  const timestamp = new Date(now()).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
  const trace_id = randomUUID();
  const correlation_id = correlationId ?? randomUUID();
  return {
    error,
    error_description: `${message} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`,
    error_codes: [code], timestamp, trace_id, correlation_id,
    error_uri: `${origin}/error?code=${code}`,
    ...(suberror ? { suberror } : {}),
    ...(claims ? { claims } : {}),
  };
}

// First match wins: what oidc-provider says (its `error_detail`, else its description), and the number Entra gives.
const FROM_PROVIDER = [
  [/invalid secret provided/, 7000215],
  [/client not found/, 700016],
  [/already (consumed|used)/, 54005],
  [/redirect_uri mismatch/, 500112],
  [/PKCE|code_verifier/i, 501481],
  [/device code is expired/, 70019],
  [/device code/, 70018],
  [/expired/, 70008],
  [/not found|client mismatch/, 70000],
];
const FROM_PROVIDER_WORD = { authorization_pending: 70016, expired_token: 70019, invalid_grant: 70000, invalid_client: 7000215,
  unsupported_grant_type: 70003, login_required: 50058, consent_required: 65001, interaction_required: 65001, access_denied: 65004,
  invalid_redirect_uri: 50011 };

/** Turns oidc-provider's answer into Entra's error. */
export function fromProviderError(body, detail, details) {
  const text = `${detail ?? ""} ${body.error_description ?? ""}`;
  if (body.error === "access_denied") {
    // The device flow has a word of its own for "the user said no".
    const declined = new EntraError(65004, details);
    declined.error = details.grantType?.includes("device") ? "authorization_declined" : "access_denied";
    return declined;
  }
  const pending = body.error === "authorization_pending" ? 70016 : undefined;
  const code = pending ?? FROM_PROVIDER.find(([pattern]) => pattern.test(text))?.[1] ?? FROM_PROVIDER_WORD[body.error] ?? 9002313;
  const error = new EntraError(code, details);
  if (code === 9002313) error.message = `AADSTS9002313: Invalid request. ${body.error}: ${text.trim()}`;
  return error;
}
