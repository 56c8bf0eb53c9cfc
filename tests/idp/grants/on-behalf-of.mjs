// On-behalf-of (RFC 7523's assertion as a grant, with Entra's `requested_token_use`): an API swaps the token it was
// called with for one to a further API, for the same user.
import { errors as joseErrors, jwtVerify } from "jose";
import { EntraError } from "../errors.mjs";
import { readScopes } from "../scopes.mjs";
import { issueForUser } from "./issue.mjs";

export const grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
export const names = [grant];

export async function translate(request, { providers }) {
  const { form, directory, app } = request;
  for (const field of ["assertion", "scope", "requested_token_use"]) {
    if (!form[field]) throw new EntraError(900144, { field });
  }
  if (form.requested_token_use !== "on_behalf_of") throw new EntraError(70003, { grantType: form.requested_token_use });
  if (!app.confidential) throw new EntraError(7000218);
  let claims;
  try {
    ({ payload: claims } = await jwtVerify(form.assertion, request.findKey, {
      algorithms: ["RS256"], audience: [app.clientId, `api://${app.clientId}`], currentDate: new Date(request.now()),
    }));
  } catch (error) {
    throw new EntraError(error instanceof joseErrors.JWTExpired ? 500133 : 50013);
  }
  const tenant = request.tenant ?? directory.tenantOf(claims.tid);
  if (claims.tid !== tenant?.id || !providers.has(tenant.id)) throw new EntraError(50013);
  const user = directory.userByOid(tenant, claims.oid);
  // An application's token has no user to act for.
  if (!user || claims.idtyp === "app") throw new EntraError(50013);
  request.target = readScopes(form.scope, { directory, app, tenant: tenant.id });
  request.incomingUser = user;
  return { params: { grant_type: grant, assertion: form.assertion }, providerTenant: tenant };
}

export function register(provider) {
  provider.registerGrantType(grant, async (ctx) => {
    await issueForUser(provider, ctx, { login: ctx.req.request.incomingUser.login });
  }, ["assertion", "scope"]);
}
