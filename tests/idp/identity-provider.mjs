// The identity provider's server: routes by tenant and endpoint, logs, faults, and what tests get to hold.
//
//   request ── log ── fault? ── tenant? ── endpoint: token, devicecode ── checks, translation ── oidc-provider
//                                          authorize ── translation, sign-in pages ─────────── oidc-provider
//                                          keys, discovery, logout, adminconsent: answered here
import { randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import { adminConsent, createAuthorize } from "./authorize.mjs";
import { idTokenOf } from "./claims.mjs";
import { registerCertificate } from "./client-auth.mjs";
import { createClock } from "./clock.mjs";
import { createDirectory, SHARED_SEGMENTS } from "./directory.mjs";
import { EntraError, errorBody } from "./errors.mjs";
import { createFaults } from "./faults.mjs";
import * as authorizationCode from "./grants/authorization-code.mjs";
import * as clientCredentials from "./grants/client-credentials.mjs";
import * as deviceCode from "./grants/device-code.mjs";
import * as onBehalfOf from "./grants/on-behalf-of.mjs";
import * as refreshToken from "./grants/refresh-token.mjs";
import { listen, parseBody, readBody, sendJson } from "./http.mjs";
import { createKeys } from "./keys.mjs";
import { logout } from "./logout.mjs";
import { buildProvider } from "./provider.mjs";
import { createSessions } from "./sessions.mjs";
import { createStore } from "./store.mjs";
import { TOKEN_HEADERS, tokenEndpoint } from "./token-endpoint.mjs";

const GRANTS = {
  client_credentials: clientCredentials, authorization_code: authorizationCode, refresh_token: refreshToken,
  on_behalf_of: onBehalfOf, device_code: deviceCode,
};
/** What the option `grants` may hold. */
export const ALL_GRANTS = Object.keys(GRANTS);

const ENDPOINTS = {
  "oauth2/v2.0/authorize": "authorize", "oauth2/v2.0/token": "token", "oauth2/v2.0/devicecode": "devicecode",
  // So MSAL writes it where it asks a regional host.
  "oauth2/v2.0/token/": "token",
  "oauth2/v2.0/logout": "logout", "discovery/v2.0/keys": "keys", "v2.0/.well-known/openid-configuration": "discovery",
  adminconsent: "adminconsent",
};
const PUBLIC_HEADERS = { "access-control-allow-origin": "*", "access-control-allow-methods": "GET, OPTIONS", "cache-control": "max-age=86400, private" };
// How the sign-in pages are: `coop` sends Cross-Origin-Opener-Policy with them, `consent` asks each person once for each
// application, `sameSite` is the session cookie's attribute (with Lax, a frame in another site's page finds no session).
const DEFAULT_PAGES = { coop: false, consent: false, sameSite: "Lax" };
const DEFAULT_LIFETIMES = { expires_in: 3599, ext_expires_in: 3599 };

/**
 * Starts the identity provider; `idp` at its end is what tests get to hold. `aliases` are further origins which clients
 * may believe to talk to (MSAL takes no http authority, so a test routes Entra's name here): assertions may name them.
 * `issuer` is the origin in whose name id_tokens, version 2 access tokens, keys and the discovery document are; without
 * it, the server's own.
 */
export async function startIdentityProvider({ port = 0, host = "127.0.0.1", grants = ALL_GRANTS, deviceIntervalSeconds, aliases = [], issuer: issuerOrigin } = {}) {
  const directory = createDirectory();
  const chosen = grants.map((name) => GRANTS[name] ?? raise(`unknown grant ${name}, there are ${ALL_GRANTS}`));
  const keys = await createKeys();
  const clock = createClock();
  const lifetimes = createLifetimes();
  const log = [];
  const providers = new Map();
  const sessions = createSessions();
  const pages = { ...DEFAULT_PAGES };
  // Known once the server listens, which is before it is asked anything.
  let origin;
  let issuer;
  const faults = createFaults({
    errorFor: (status, entry) => errorBody(
      Object.assign(new EntraError(90033), { error: status >= 500 || status === 429 ? "temporarily_unavailable" : "invalid_request" }),
      { origin, now: clock.now, correlationId: entry.correlationId }),
  });

  async function handle(req, res) {
    const request = await readRequest(req, { origin, origins: [origin, issuer, ...aliases], directory, findKey: keys.find, now: clock.now });
    const { endpoint, form } = request;
    const { pathname: path, href } = request.url;
    const entry = { at: Date.now(), method: req.method, url: href, path, headers: req.headers, body: form, tenant: request.segment,
      endpoint, status: null, response: undefined, correlationId: request.correlationId };
    log.push(entry);

    const fault = faults.take(endpoint, path, entry);
    if (fault && await faults.perform(fault, req, res, entry)) return;

    const finish = (status, response) => Object.assign(entry, { status, response });
    const send = (status, body, headers) => {
      finish(status, body);
      sendJson(res, status, body, { "x-ms-request-id": randomUUID(), "client-request-id": request.correlationId ?? "", ...headers });
    };
    try {
      await answer(request, res, { send, finish });
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      send(error.status, errorBody(error, request), endpoint === "token" ? TOKEN_HEADERS : PUBLIC_HEADERS);
    }
  }

  async function answer(request, res, { send, finish }) {
    const { req, endpoint, segment, tenant } = request;
    if (endpoint === undefined) {
      finish(404);
      res.writeHead(404);
      return void res.end();
    }
    if (req.method === "OPTIONS") {
      // Only simple requests get through from a page: a preflight to the token endpoint fails in the browser.
      const open = ["keys", "discovery"].includes(endpoint);
      finish(open ? 200 : 405);
      res.writeHead(open ? 200 : 405, open ? PUBLIC_HEADERS : { allow: "GET, POST" });
      return void res.end();
    }
    if (!tenant && !SHARED_SEGMENTS.includes(segment)) throw new EntraError(90002, { tenant: segment });
    switch (endpoint) {
      case "keys": return send(200, { keys: keys.published().map((key) => ({ ...key, issuer: `${issuer}/${tenant?.id ?? "{tenantid}"}/v2.0` })) }, PUBLIC_HEADERS);
      case "discovery": return send(200, discovery(issuer, tenant?.id ?? "{tenantid}", segment), PUBLIC_HEADERS);
      case "token": {
        if (req.method !== "POST") throw new EntraError(900561, { method: req.method });
        const { status, body } = await tokenEndpoint(request, { grants: chosen, providers, sessions, lifetimes, finishIdToken, onToken: idp.onToken });
        return send(status, body, TOKEN_HEADERS);
      }
      case "devicecode": {
        if (!chosen.includes(deviceCode)) throw new EntraError(70003, { grantType: "device_code" });
        if (req.method !== "POST") throw new EntraError(900561, { method: req.method });
        return send(200, await deviceCode.deviceAuthorization(request, { providers, intervalSeconds: deviceIntervalSeconds }), TOKEN_HEADERS);
      }
      case "logout": case "adminconsent": {
        const { status, response } = (endpoint === "logout" ? logout : adminConsent)(request, res, { sessions, pages, issuer });
        return finish(status, response);
      }
      default: {
        const { status, response } = await interactive[endpoint](request, res);
        return finish(status, response);
      }
    }
  }

  async function finishIdToken(made) {
    const claims = idTokenOf(decodeJwt(made), { issuer, offsetSeconds: clock.offsetSeconds() });
    const given = await idp.onIdToken?.(claims, keys.header());
    return typeof given === "string" ? given : keys.sign(given ?? claims);
  }

  const interactive = createAuthorize({ directory, providers, sessions, pages });
  const server = await listen(handle, { port, host, now: clock.now });
  origin = server.origin;
  issuer = issuerOrigin ?? origin;
  const stores = new Map(Object.values(directory.tenants).map(({ id }) => [id, createStore(clock)]));
  // Anew with every key: oidc-provider takes its keys when it is built. Codes and tokens are in the stores.
  const buildProviders = () => {
    for (const tenant of Object.values(directory.tenants)) {
      const provider = buildProvider(tenant, { origin, issuer, directory, signingKey: keys.signing, lifetimes, Adapter: stores.get(tenant.id),
        grants: new Set(chosen.map(({ grant }) => grant)) });
      for (const { register } of chosen) register?.(provider);
      providers.set(tenant.id, provider);
    }
  };
  buildProviders();

  const clientNamed = (nameOrId) => directory.clients[nameOrId] ?? directory.clientById(nameOrId) ?? raise(`no client ${nameOrId}`);
  const idp = {
    origin,
    issuer,
    tenants: directory.tenants,
    clients: directory.clients,
    directory,
    log,
    /** `(form, body)`: what it gives is the token endpoint's answer in place of `body`. */
    onToken: undefined,
    /** `(claims, header)`: gives the id_token's claims anew, or a whole id_token, such as `signIdToken` makes. */
    onIdToken: undefined,
    signIdToken: (claims, header) => keys.sign(claims, header),
    authority: (name, form = "id") => `${origin}/${directory.tenants[name]?.[form] ?? name}`,
    clearLog: () => void (log.length = 0),
    tokenRequests: () => log.filter(({ method, endpoint }) => method === "POST" && endpoint === "token"),
    // A fault named without a match is one of the token endpoint: that is what nearly every test breaks.
    fault: (fault) => faults.add({ match: "token", ...fault }),
    clearFaults: () => faults.clear(),
    setLifetimes: (values) => lifetimes.set(values),
    registerCertificate: (client, pem) => registerCertificate(clientNamed(client), pem),
    registerRedirectUri: (client, uri) => void clientNamed(client).redirectUris.push(uri),
    /** Where a sign-out loads a frame, to tell the application. */
    registerFrontChannelLogout: (client, uri) => void (clientNamed(client).frontChannelLogoutUri = uri),
    /** Sets how the sign-in pages are; without values, as at first. */
    setPages: (values) => void Object.assign(pages, values ?? DEFAULT_PAGES),
    /** Signs everybody out, without a browser. */
    endSessions: () => sessions.clear(),
    approveDevice: (userCode, login = "ada@contoso.example") => deviceCode.settleDevice(userCode, { login }, { providers }),
    declineDevice: (userCode) => deviceCode.settleDevice(userCode, { decline: true }, { providers }),
    jwks: () => ({ keys: keys.published() }),
    /** Signs with a new key from now on and gives its `kid`. The old ones stay published, unless they are dropped. */
    async rotateKeys(options) {
      const kid = await keys.rotate(options);
      buildProviders();
      return kid;
    },
    now: clock.now,
    /** Puts the provider's clock ahead of the real time (or behind): `Date`, the dates of tokens, what has expired. */
    setClock: (offsetMs) => clock.set(offsetMs),
    close() {
      faults.close();
      return server.close();
    },
  };
  return idp;
}

/**
 * What every endpoint is given: `req`, `url`, `bytes`, `form` (the parsed body), `segment` (as sent), `tenant` (unset
 * on common and the like), `endpoint`, `correlationId`, `origin`, `directory`, `findKey`, `now`. The token endpoint adds
 * `app`, `target`, `capabilities` and `account` as it learns them.
 */
async function readRequest(req, { origin, origins, directory, findKey, now }) {
  const url = new URL(req.url, origin);
  const [, rawSegment, ...rest] = url.pathname.split("/");
  const segment = decodeURIComponent(rawSegment ?? "");
  const bytes = await readBody(req);
  const tail = rest.join("/");
  const endpoint = ENDPOINTS[tail] ?? (/^(oauth2\/v2\.0\/authorize\/|interaction\/|oauth2\/deviceauth)/.test(tail) ? "page" : undefined);
  return {
    req, url, bytes, form: parseBody(req, bytes), segment, endpoint, origin, origins, directory, findKey, now,
    tenant: SHARED_SEGMENTS.includes(segment) ? undefined : directory.tenantOf(segment),
    correlationId: url.searchParams.get("client-request-id") ?? req.headers["client-request-id"],
  };
}

/** `current` is what the response says, and what the tokens themselves are dated with. */
function createLifetimes() {
  return {
    current: { ...DEFAULT_LIFETIMES },
    set(values) {
      // Without values: back to Entra's.
      this.current = values ? { ...this.current, ...values } : { ...DEFAULT_LIFETIMES };
    },
  };
}

/** Entra's discovery document; `tenantid` is a literal placeholder where the authority names no tenant. */
function discovery(issuer, tenantid, segment) {
  const base = `${issuer}/${tenantid.startsWith("{") ? segment : tenantid}`;
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic", "self_signed_tls_client_auth"],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: `${issuer}/${segment === "consumers" ? "9188040d-6c67-4c5b-b112-36a304b66dad" : tenantid}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: "https://graph.microsoft.com/oidc/userinfo",
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    claims_supported: ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
      "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
    kerberos_endpoint: `${base}/kerberos`,
    tenant_region_scope: tenantid.startsWith("{") ? null : "EU",
    cloud_instance_name: "microsoftonline.com",
    cloud_graph_host_name: "graph.windows.net",
    msgraph_host: "graph.microsoft.com",
    rbac_url: "https://pas.windows.net",
  };
}

function raise(message) {
  throw new Error(message);
}
