// The token endpoint: Entra's own checks, the grant's translation to oidc-provider, and Entra's answer made of its.
import { authenticateClient } from "./client-auth.mjs";
import { acrsOf, capabilitiesOf, clientInfo } from "./claims.mjs";
import { SHARED_SEGMENTS } from "./directory.mjs";
import { EntraError, fromProviderError } from "./errors.mjs";
import { callInProcess } from "./http.mjs";
import { responseScope } from "./scopes.mjs";

// Entra opens the token endpoint to pages with simple requests; it names no allowed headers.
export const TOKEN_HEADERS = {
  "cache-control": "no-store, no-cache", pragma: "no-cache", "x-content-type-options": "nosniff",
  "access-control-allow-origin": "*", "access-control-expose-headers": "Content-Length,Content-Encoding",
};

/** Answers one token request with `{ status, body }`; throws EntraError. `request` is described in identity-provider.mjs. */
export async function tokenEndpoint(request, { grants, providers, sessions, lifetimes, finishIdToken, onToken }) {
  const { form, directory } = request;
  if (!form || typeof form !== "object") throw new EntraError(900144, { field: "grant_type" });
  for (const field of ["grant_type", "client_id"]) {
    if (!form[field]) throw new EntraError(900144, { field });
  }
  const grant = grants.find(({ names }) => names.includes(form.grant_type));
  if (!grant) throw new EntraError(70003, { grantType: form.grant_type });

  request.app = directory.clientById(form.client_id);
  const shared = SHARED_SEGMENTS.includes(request.segment);
  const here = shared ? request.segment : request.tenant.id;
  if (!request.app || (!shared && !request.app.tenants.includes(request.tenant.id))) {
    throw new EntraError(700016, { clientId: form.client_id, tenant: here });
  }
  if (shared && !request.app.multiTenant) throw new EntraError(50194, { clientId: request.app.clientId });
  checkOrigin(request, grant);
  if (shared && grant.needsTenant) throw new EntraError(9001023);

  const authentication = await authenticateClient(request);
  try {
    request.capabilities = capabilitiesOf(form.claims);
    request.acrs = acrsOf(form.claims);
  } catch {
    throw new EntraError(9002313);
  }
  const { params, providerTenant } = await grant.translate(request, { providers, sessions });
  // Where the segment names no tenant, the home tenant of the code, token or user takes its place.
  request.tenant ??= providerTenant;

  const inner = await callInProcess(providers.get((providerTenant ?? request.tenant).id).callback(), request.req, {
    method: "POST",
    url: "/oauth2/v2.0/token",
    originalUrl: `/${request.tenant.id}/oauth2/v2.0/token`,
    // Without Origin: oidc-provider has a CORS rule of its own. JSON errors, not its error page.
    headers: { host: request.req.headers.host, "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: Buffer.from(new URLSearchParams({ ...params, ...authentication, client_id: request.app.clientId }).toString()),
    attach: { request },
  });
  const answer = JSON.parse(inner.body.toString("utf8"));
  const { providerError } = inner.req;
  if (providerError instanceof EntraError) throw providerError;
  if (providerError?.cause instanceof EntraError) throw providerError.cause;
  if (inner.status >= 500) throw providerError ?? new Error(`oidc-provider answered ${inner.status}`);
  if (inner.status !== 200) {
    throw fromProviderError(answer, providerError?.error_detail, { clientId: form.client_id, tenant: here, grantType: form.grant_type });
  }

  if (answer.id_token) answer.id_token = await finishIdToken(answer.id_token);
  const body = shape(answer, request, lifetimes.current);
  return { status: 200, body: (await onToken?.(form, body)) ?? body };
}

/** Who may send an Origin header, and who must (PROTOCOL: the SPA rule). */
function checkOrigin({ req, app }, grant) {
  const origin = req.headers.origin;
  if (grant.needsTenant || app.type !== "spa") {
    if (origin !== undefined) throw new EntraError(9002326, { requestOrigin: origin });
  } else if (origin === undefined) {
    throw new EntraError(9002327);
  }
}

function shape(answer, request, { expires_in, ext_expires_in, refresh_in }) {
  const { form, account, target } = request;
  return {
    token_type: "Bearer",
    ...(account ? { scope: responseScope(target) } : {}),
    expires_in, ext_expires_in,
    ...(refresh_in === undefined ? {} : { refresh_in }),
    access_token: answer.access_token,
    ...(answer.refresh_token ? { refresh_token: answer.refresh_token } : {}),
    ...(answer.refresh_token && request.app.type === "spa" ? { refresh_token_expires_in: request.refreshTokenSeconds ?? 24 * 3600 } : {}),
    ...(answer.id_token ? { id_token: answer.id_token } : {}),
    ...(account && form.client_info === "1" ? { client_info: clientInfo(account) } : {}),
  };
}
