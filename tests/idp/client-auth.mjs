// Client authentication as Entra does it: an application may have secrets and certificates at once. oidc-provider
// knows one method per client and does not look at `x5t`, so assertions are verified here; secrets it compares itself.
import { createHash, X509Certificate } from "node:crypto";
import { decodeProtectedHeader, errors as joseErrors, jwtVerify } from "jose";
import { EntraError } from "./errors.mjs";

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
// How far the clocks may be apart.
const CLOCK_TOLERANCE_SECONDS = 300;
// Entra takes no assertion that is valid for longer; MSAL asks for ten minutes.
const MAX_ASSERTION_SECONDS = 24 * 3600;

/** Makes a certificate (PEM) one of the application's. */
export function registerCertificate(app, pem) {
  const certificate = new X509Certificate(pem);
  const der = certificate.raw;
  app.confidential = true;
  app.certificates.push({
    publicKey: certificate.publicKey,
    thumbprint: createHash("sha1").update(der).digest("base64url"),
    thumbprintSha256: createHash("sha256").update(der).digest("base64url"),
  });
}

/** Checks how the client authenticates; gives the fields with which to authenticate at oidc-provider. */
export async function authenticateClient(request) {
  const { app, form } = request;
  const presented = Boolean(form.client_secret || form.client_assertion);
  if (!app.confidential) {
    if (presented) throw new EntraError(700025);
    return {};
  }
  if (form.client_assertion) {
    if (form.client_assertion_type !== ASSERTION_TYPE) throw new EntraError(900144, { field: "client_assertion_type" });
    await verifyAssertion(request);
    return { client_secret: app.clientSecret ?? app.innerSecret };
  }
  if (!form.client_secret) throw new EntraError(7000218);
  return { client_secret: form.client_secret };
}

async function verifyAssertion({ app, form, origins, directory, now }) {
  let header;
  try {
    header = decodeProtectedHeader(form.client_assertion);
  } catch {
    throw new EntraError(50012);
  }
  const byThumbprint = (certificate) => (header["x5t#S256"] ? header["x5t#S256"] === certificate.thumbprintSha256
    : header.x5t === certificate.thumbprint);
  const certificate = app.certificates.find(byThumbprint);
  if (!certificate) throw new EntraError(700027, { reason: `The key was not found., Thumbprint of key used by client: '${header["x5t#S256"] ?? header.x5t}'` });
  // PS256 goes with the SHA-256 thumbprint, RS256 is the deprecated pair.
  const algorithms = header["x5t#S256"] ? ["PS256", "RS256"] : ["RS256"];
  let payload;
  try {
    ({ payload } = await jwtVerify(form.client_assertion, certificate.publicKey, {
      algorithms, issuer: app.clientId, subject: app.clientId, clockTolerance: CLOCK_TOLERANCE_SECONDS, currentDate: new Date(now()),
      requiredClaims: ["aud", "exp", "nbf", "jti"],
    }));
  } catch (error) {
    if (error instanceof joseErrors.JWTExpired || (error.claim === "nbf" && error.reason === "check_failed")) throw new EntraError(700024);
    throw new EntraError(700027, { reason: error instanceof joseErrors.JWSSignatureVerificationFailed ? "The key used is expired or the signature is invalid." : error.message });
  }
  if (payload.exp - payload.nbf > MAX_ASSERTION_SECONDS) throw new EntraError(700024);
  if (!isTokenEndpoint(payload.aud, origins, directory)) throw new EntraError(700027, { reason: `The audience '${payload.aud}' is not the token endpoint.` });
}

/** The audience is the endpoint used, but any name of any tenant does, as with Entra, which takes its aliases too. */
function isTokenEndpoint(audience, origins, directory) {
  const origin = origins.find((known) => typeof audience === "string" && audience.startsWith(`${known}/`));
  if (!origin) return false;
  const [segment, ...rest] = audience.slice(origin.length + 1).split("/");
  const known = directory.tenantOf(segment) || ["common", "organizations", "consumers"].includes(segment);
  return Boolean(known) && ["oauth2/v2.0/token", "oauth2/v2.0/token/", "v2.0"].includes(rest.join("/"));
}
