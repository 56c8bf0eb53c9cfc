// The requests that the package makes, caught before they leave, with their secrets masked.
import { claimsOf, headerOf } from "./claims.mjs";
import { maskedForm } from "./masks.mjs";
import { ConfidentialClientApplication, CryptoProvider, ProgramClient } from "./package.mjs";

const PLACEHOLDER = "placeholder";
const GRAPH_DEFAULT = "https://graph.microsoft.com/.default";
/** SHA-256 of nothing: as long as a certificate's thumbprint. */
export const THUMBPRINT = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

/** A provider's answer to whoever asks for a device's code. */
const deviceAuthorization = (deviceCode) => ({
  device_code: deviceCode || PLACEHOLDER, user_code: PLACEHOLDER, verification_uri: "https://login.microsoft.com/device", expires_in: 900, interval: 5,
});
const byDeviceCode = (app, { scopes, correlationId }) => app.acquireTokenByDeviceCode({ scopes, correlationId, deviceCodeCallback: () => {} });

/**
 * `fields` are the inputs of the form that the grant needs beside those of every grant; `isProven`, whether the application
 * proves itself; `isPublic`, whether it is one that cannot; `first`, what answers the request that comes before the one that is shown.
 */
export const GRANTS = [
  { id: "client_credentials", label: "Client credentials", scopes: GRAPH_DEFAULT, fields: [], isProven: true,
    call: (app, { scopes, correlationId }) => app.acquireTokenByClientCredential({ scopes, correlationId }) },
  { id: "authorize", label: "Sign-in address", scopes: "User.Read", fields: ["redirectUri", "loginHint"],
    url: (app, { pkce, state, nonce, redirectUri, loginHint, ...request }) => app.getAuthCodeUrl({
      ...request, redirectUri, state, nonce, codeChallenge: pkce.challenge, codeChallengeMethod: "S256", ...(loginHint ? { loginHint } : {}) }) },
  { id: "authorization_code", label: "Code, with PKCE", scopes: "User.Read", fields: ["redirectUri", "code"], isProven: true,
    call: (app, { pkce, redirectUri, code, scopes, correlationId }) => app.acquireTokenByCode({ scopes, correlationId, redirectUri, code: code || PLACEHOLDER, codeVerifier: pkce.verifier }) },
  { id: "refresh_token", label: "Refresh token", scopes: "User.Read", fields: ["refreshToken"], isProven: true,
    call: (app, { refreshToken, scopes, correlationId }) => app.acquireTokenByRefreshToken({ scopes, correlationId, refreshToken: refreshToken || PLACEHOLDER }) },
  { id: "on_behalf_of", label: "On behalf of", scopes: "User.Read", fields: ["assertion"], isProven: true,
    call: (app, { assertion, scopes, correlationId }) => app.acquireTokenOnBehalfOf({ scopes, correlationId, oboAssertion: assertion || PLACEHOLDER }) },
  { id: "device_authorization", label: "Device: a code", scopes: "User.Read", fields: [], isPublic: true, call: byDeviceCode },
  { id: "device_code", label: "Device: the token", scopes: "User.Read", fields: ["deviceCode"], isPublic: true, call: byDeviceCode,
    first: ({ deviceCode }) => deviceAuthorization(deviceCode) },
];

/** What the page keeps for as long as it is open, so that typing changes nothing but what was typed. */
export async function makeConstants() {
  const [pkce, keys] = await Promise.all([
    new CryptoProvider().generatePkceCodes(),
    crypto.subtle.generateKey({ name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, false, ["sign", "verify"]),
  ]);
  return { pkce, privateKey: keys.privateKey, correlationId: crypto.randomUUID(), state: crypto.randomUUID(), nonce: crypto.randomUUID() };
}

/**
 * Runs the package with a fetch that sends nothing. Gives `{ method, url, headers, body }`, `body` as its encoded
 * `name=value` pairs, and `assertion`, what is signed for a certificate; throws what the package throws where it would
 * send no request.
 */
export async function buildRequest(grant, { authority, clientId, clientSecret, thumbprint, scopes, ...given }, { privateKey, ...constants }) {
  let caught;
  let first = grant.first?.(given);
  const captureFetch = async (url, { method, headers, body }) => {
    if (method === "POST" && first) {
      const answer = Response.json(first);
      first = undefined;
      return answer;
    }
    if (method === "POST") caught = { method, url: String(url), headers, body: maskedForm(body), assertion: assertionIn(body) };
    return Response.json({ error: "captured" }, { status: 400 });
  };
  const app = clientOf(grant, { clientId, authority, clientSecret, clientCertificate: thumbprint === undefined ? undefined : { privateKey, thumbprintSha256: thumbprint } }, captureFetch);
  const request = { ...constants, ...given, scopes: scopes.split(/\s+/).filter(Boolean) };
  if (grant.url) return { method: "GET", url: await grant.url(app, request), headers: {}, body: [] };
  try {
    await grant.call(app, request);
  } catch (error) {
    if (!caught) throw error;
  }
  return caught;
}

/** Whoever asks by the grant. */
function clientOf({ isPublic }, { clientId, authority, clientSecret, clientCertificate }, fetch) {
  if (isPublic) return new ProgramClient({ auth: { clientId, authority }, system: { fetch, maxRetries: 0 } });
  const proof = clientCertificate ? { clientCertificate } : { clientSecret: clientSecret || PLACEHOLDER };
  return new ConfidentialClientApplication({ auth: { clientId, authority, ...proof }, system: { allowSecretsInBrowser: true, fetch, maxRetries: 0 } });
}

/** The address for an administrator's consent. */
export function consentUrl({ authority, clientId, redirectUri, state }) {
  const app = new ConfidentialClientApplication({ auth: { clientId, authority, clientSecret: PLACEHOLDER } });
  return app.getAdminConsentUrl({ redirectUri, state });
}

/** What happens to a secret in this page without `allowSecretsInBrowser`: the error, and how many requests were made. */
export async function trySecret({ authority, clientId }) {
  let requests = 0;
  const countingFetch = async () => {
    requests++;
    return Response.error();
  };
  const app = new ConfidentialClientApplication({
    auth: { clientId, authority, clientSecret: PLACEHOLDER },
    system: { fetch: countingFetch, maxRetries: 0 },
  });
  const error = await app.acquireTokenByClientCredential().then(() => undefined, (thrown) => thrown);
  return { error, requests };
}

/** The signed parts, without the signature. */
function assertionIn(form) {
  const assertion = new URLSearchParams(form).get("client_assertion");
  return assertion ? { header: headerOf(assertion), claims: claimsOf(assertion) } : undefined;
}
