// The Worker behind the test page: it holds the secret, the page does not.
//
// Bindings: TENANT_AUTHORITY, CLIENT_ID, CLIENT_SECRET, GRAPH_ORIGIN, and PAGE_ORIGIN, the one page that may ask.
import { AuthError, ConfidentialClientApplication } from "graph-token";

// Graph says where the next page is; a list without end is cut off here.
const MAX_PAGES = 20;

/** One client for all requests of this isolate, so that they share its cache. Bindings come with the first request. */
let app;
function clientOf(env) {
  app ??= new ConfidentialClientApplication({
    auth: { clientId: env.CLIENT_ID, clientSecret: env.CLIENT_SECRET, authority: env.TENANT_AUTHORITY },
    system: env.GRAPH_ORIGIN ? { graphOrigin: env.GRAPH_ORIGIN } : {},
  });
  return app;
}

export default {
  async fetch(request, env) {
    const origin = request.headers.get("origin");
    if (origin !== null && origin !== env.PAGE_ORIGIN) return json(403, failure("origin_not_allowed", "This Worker answers its own page only."));
    const cors = origin === null ? {} : { "access-control-allow-origin": origin };
    try {
      const { status, body } = await route(request, env);
      return json(status, body, cors);
    } catch (error) {
      if (error instanceof AuthError) return json(502, failure(error.errorCode, error.message, error.hint), cors);
      return json(500, failure("unexpected", "The Worker failed."), cors);
    }
  },
};

async function route(request, env) {
  if (request.method !== "GET") return { status: 405, body: failure("method_not_allowed", "GET only.") };
  switch (new URL(request.url).pathname) {
    case "/users": return users(clientOf(env));
    case "/token": return { status: 200, body: describe(await clientOf(env).acquireTokenByClientCredential()) };
    default: return { status: 404, body: failure("not_found", "There is /users and /token.") };
  }
}

async function users(client) {
  const token = describe(await client.acquireTokenByClientCredential());
  const found = [];
  let next = "/users?$select=displayName,userPrincipalName";
  for (let page = 0; next && page < MAX_PAGES; page++) {
    const response = await client.fetch(next);
    const body = await response.json();
    if (!response.ok) return { status: 502, body: failure(body.error?.code, body.error?.message) };
    found.push(...body.value.map(({ displayName, userPrincipalName }) => ({ displayName, userPrincipalName })));
    next = body["@odata.nextLink"];
  }
  return { status: 200, body: { users: found, token } };
}

/** What may be known of a token by whoever must not have it. */
function describe({ tokenType, scopes, tenantId, authority, fromCache, expiresOn, refreshOn, isExtendedLifeTimeToken, correlationId }) {
  return { tokenType, scopes, tenantId, authority, fromCache, expiresOn, refreshOn, isExtendedLifeTimeToken, correlationId };
}

function failure(code = "unknown", message = "", hint = "") {
  return { error: { code, message, hint } };
}

function json(status, body, headers = {}) {
  return Response.json(body, { status, headers: { ...headers, vary: "Origin", "cache-control": "no-store", "x-content-type-options": "nosniff" } });
}
