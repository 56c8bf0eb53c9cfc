// RFC 6749 section 6, wider than oidc-provider's: a refresh token is bound to neither resource nor tenant, and using it
// does not revoke it.
import { EntraError } from "../errors.mjs";
import { OFFLINE } from "../provider.mjs";
import { fromStored, readScopes, redeemed } from "../scopes.mjs";
import { findAnywhere } from "./authorization-code.mjs";
import { issueForUser } from "./issue.mjs";

export const grant = "refresh_token";
export const names = [grant];

export async function translate(request, { providers, sessions }) {
  const { form, directory, app } = request;
  if (!form.refresh_token) throw new EntraError(900144, { field: "refresh_token" });
  const found = await findAnywhere(providers, directory, "RefreshToken", form.refresh_token);
  if (!found || found.stored.clientId !== app.clientId) throw new EntraError(70000);
  if (found.stored.isExpired) throw new EntraError(app.type === "spa" ? 700084 : 700082);
  if (request.acrs.length > 0 && !sessions.accountOf(found.stored.sessionUid)?.strong) {
    throw new EntraError(50076, {}, { suberror: "basic_action", claims: form.claims });
  }
  const tenant = request.tenant ?? found.tenant;
  const asked = readScopes(form.scope, { directory, app, tenant: tenant.id });
  request.target = redeemed(asked, fromStored(found.stored, OFFLINE, directory));
  request.refreshToken = found.stored;
  return { params: { grant_type: grant, refresh_token: form.refresh_token }, providerTenant: tenant };
}

export function register(provider) {
  provider.registerGrantType(grant, async (ctx) => {
    const { refreshToken } = ctx.req.request;
    await issueForUser(provider, ctx, { login: refreshToken.accountId, refreshExpiresAt: refreshToken.exp, sessionUid: refreshToken.sessionUid });
  }, ["refresh_token", "scope"]);
}
