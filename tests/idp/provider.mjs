// One oidc-provider per tenant. What stands between it and Entra is told to it here: routes, resources, claims.
import { accessTokenClaims, CLAIMS_BY_SCOPE, idTokenClaims, subjectOf } from "./claims.mjs";
import { errorPage } from "./pages.mjs";
import { fullName } from "./scopes.mjs";

// It prints advice for production use at import, at construction and at the first use of a default. None of it is
// news to a test, and a test's output should hold nothing else.
for (const level of ["info", "warn"]) {
  const original = console[level];
  console[level] = (...args) => {
    if (!/oidc-provider (NOTICE|WARNING)/.test(String(args[0]))) original.apply(console, args);
  };
}
// Imported late, for the same reason.
const { default: Provider } = await import("oidc-provider");

/** A scope of our own that survives where oidc-provider drops `offline_access`: it wants `prompt=consent` for that. */
export const OFFLINE = "entra.offline";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const CODE_SECONDS = 600;
const DEVICE_CODE_SECONDS = 900;
const ACCESS_TOKEN_SECONDS = 3599;
export const REFRESH_TOKEN_SECONDS = { spa: 24 * 3600, other: 90 * 24 * 3600 };

/** Builds the provider of one tenant. `shared` holds origin, issuer, directory, signing key, store, lifetimes and grants. */
export function buildProvider(tenant, { origin, issuer, directory, signingKey, Adapter, lifetimes, grants }) {
  const provider = new Provider(`${origin}/${tenant.id}/v2.0`, {
    adapter: Adapter,
    clients: Object.values(directory.clients).filter((app) => app.tenants.includes(tenant.id)).map((app) => clientMetadata(app, grants)),
    jwks: { keys: [signingKey] },
    routes: {
      authorization: "/oauth2/v2.0/authorize", token: "/oauth2/v2.0/token", device_authorization: "/oauth2/v2.0/devicecode",
      code_verification: "/oauth2/deviceauth", jwks: "/discovery/v2.0/keys",
    },
    scopes: ["openid", "offline_access"],
    claims: CLAIMS_BY_SCOPE,
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_post", "none"],
    pkce: { required: (_ctx, client) => directory.clientById(client.clientId)?.type === "spa" },
    cookies: {
      // The tenants share one host, so their sessions need names of their own.
      names: { session: `_session_${tenant.name}`, interaction: `_interaction_${tenant.name}`, resume: `_resume_${tenant.name}` },
    },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS, ClientCredentials: ACCESS_TOKEN_SECONDS, AuthorizationCode: CODE_SECONDS,
      DeviceCode: DEVICE_CODE_SECONDS, IdToken: 3600, Session: 24 * 3600, Interaction: 3600, Grant: REFRESH_TOKEN_SECONDS.other,
      RefreshToken: (_ctx, _token, client) => (directory.clientById(client.clientId)?.type === "spa" ? REFRESH_TOKEN_SECONDS.spa : REFRESH_TOKEN_SECONDS.other),
    },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      claimsParameter: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "https://graph.microsoft.com",
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, indicator) => resourceServerInfo(directory.resourceByIndicator(indicator), indicator),
      },
    },
    issueRefreshToken: (_ctx, _client, source) => source.scopes.has(OFFLINE),
    expiresWithSession: () => false,
    rotateRefreshToken: false,
    loadExistingGrant: (ctx) => grantEverything(provider, ctx),
    findAccount: (ctx, login) => findAccount(ctx, login, { tenant, directory }),
    renderError: (ctx, out, error) => renderError(ctx, out, error),
    formats: {
      customizers: {
        jwt: (ctx, token, jwt) => {
          const { request } = ctx.req;
          jwt.header = { typ: "JWT", x5t: signingKey.kid };
          jwt.payload = accessTokenClaims(jwt.payload, {
            token, origin, issuer, expiresInSeconds: lifetimes.current.expires_in, request: { ...request, tenant: request.tenant ?? tenant, user: request.account },
          });
        },
      },
    },
  });

  // Entra ignores the port of a loopback redirect URI, and URIs can be registered while the server runs.
  provider.Client.prototype.redirectUriAllowed = function redirectUriAllowed(uri) {
    return isRegistered(uri, directory.clientById(this.clientId)?.redirectUris ?? []);
  };
  const keepError = (ctx, error) => {
    ctx.req.providerError = error;
  };
  for (const event of ["grant.error", "authorization.error", "device_authorization.error", "server_error"]) provider.on(event, keepError);
  return provider;
}

export function resourceServerInfo(resource, indicator) {
  return {
    scope: [...resource.scopes.flatMap((name) => [name, fullName(resource, name)]), ".default", OFFLINE].join(" "),
    audience: indicator, accessTokenFormat: "jwt", accessTokenTTL: ACCESS_TOKEN_SECONDS, jwt: { sign: { alg: "RS256" } },
  };
}

export function isRegistered(uri, registered) {
  return registered.includes(uri) || registered.includes(withoutLoopbackPort(uri));
}

function withoutLoopbackPort(uri) {
  return uri.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])):\d+/, "$1").replace(/\/$/, "");
}

function clientMetadata(app, grants) {
  const user = app.type !== "daemon";
  return {
    client_id: app.clientId,
    client_name: app.name,
    ...(app.confidential ? { client_secret: app.clientSecret ?? app.innerSecret, token_endpoint_auth_method: "client_secret_post" }
      : { token_endpoint_auth_method: "none" }),
    // Of native ones oidc-provider would have people consent each time, which Entra does not.
    application_type: "web",
    grant_types: [...grants].filter((grant) => user || !["authorization_code"].includes(grant)),
    response_types: user && grants.has("authorization_code") ? ["code"] : [],
    redirect_uris: user ? app.redirectUris : [],
  };
}

/** Who has to consent has done so before, on the sign-in pages. */
async function grantEverything(provider, ctx) {
  const { client, session, result, params } = ctx.oidc;
  const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const grant = (id && await provider.Grant.find(id)) || new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  const names = params.scope?.split(" ") ?? [];
  grant.addOIDCScope(names.join(" "));
  for (const [indicator, server] of Object.entries(ctx.oidc.resourceServers)) {
    grant.addResourceScope(indicator, names.filter((name) => server.scopes.has(name)).join(" "));
  }
  await grant.save();
  return grant;
}

function findAccount(ctx, login, { tenant, directory }) {
  const here = ctx.req.request?.tenant ?? tenant;
  const user = directory.user(here, login);
  // The answer is shaped outside of oidc-provider, which needs to know for whom it is.
  if (ctx.req.request) ctx.req.request.account = user;
  const app = ctx.req.request?.app ?? directory.clientById(ctx.oidc.client.clientId);
  // At the token endpoint oidc-provider makes this the id_token's `sub` (its own pairwise subjects are refused to device
  // clients); while signing in it compares it with the session's, which is the name that was typed.
  const accountId = ctx.req.request?.endpoint === "token" ? subjectOf(user, app) : login;
  return { accountId, claims: () => idTokenClaims({ user, app, tenant: here, sid: ctx.oidc.entities.AuthorizationCode?.sessionUid }) };
}

/** Entra shows an error page for what must not be sent to the redirect URI. */
function renderError(ctx, out, error) {
  ctx.req.providerError = error;
  ctx.type = "html";
  const number = error.message === "invalid_redirect_uri" ? "AADSTS50011" : "AADSTS9002313";
  ctx.body = errorPage(`${number}: ${out.error} ${out.error_description}`);
}
