// What an identity provider in memory says: so that a measurement sees the client, not a network.

export const CLIENT_ID = "11111111-2222-4333-8444-555555555555";
export const CLIENT_SECRET = "a-secret-of-the-benchmarks~0123456789";
export const SCOPE = "https://graph.microsoft.com/.default";
export const HOST = "https://login.microsoftonline.com";

/** The bytes of an access token: what Entra's own weigh for an application with a few roles. */
export const TOKEN_BYTES = 1500;

const FILLER = "eyJ0eXAiOiJKV1QiLCJub25jZSI6IkFRQUJBQUFBQUFB".repeat(40);
let issued = 0;

/** An access token like no other before it: no engine can keep two of them as one text. */
export function newToken() {
  const head = `eyJ0eXAiOiJKV1QifQ.${(++issued).toString(36).padStart(12, "0")}`;
  // Joined through a buffer: one flat text, as JSON.parse gives it.
  return Buffer.from(head + FILLER).toString("latin1", 0, TOKEN_BYTES);
}

/** The token endpoint's answer, as Entra words it. */
export function tokenAnswer() {
  return JSON.stringify({ token_type: "Bearer", expires_in: 86399, ext_expires_in: 86399, access_token: newToken() });
}

/** A tenant's GUID. */
export function tenant(number) {
  return `aaaaaaaa-bbbb-4ccc-8ddd-${number.toString(16).padStart(12, "0")}`;
}

/** The discovery document of an authority. */
export function discovery(authority) {
  return JSON.stringify({
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    response_types_supported: ["code"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
  });
}

/** What any address of the provider answers. */
export function answer(url) {
  if (url.includes("/oauth2/v2.0/token")) return tokenAnswer();
  const at = url.indexOf("/v2.0/.well-known/");
  if (at >= 0) return discovery(url.slice(0, at));
  if (url.includes("/discovery/instance")) {
    const metadata = [{ preferred_network: "login.microsoftonline.com", preferred_cache: "login.windows.net", aliases: ["login.microsoftonline.com", "login.windows.net"] }];
    return JSON.stringify({ tenant_discovery_endpoint: `${HOST}/common/v2.0/.well-known/openid-configuration`, "api-version": "1.1", metadata });
  }
  throw new Error(`nobody was expected to ask for ${url}`);
}
