// RFC 6749 section 4.1 with PKCE (RFC 7636). oidc-provider signs the user in, issues and redeems; the translation is ours.
import { EntraError } from "../errors.mjs";
import { OFFLINE } from "../provider.mjs";
import { fromStored, readScopes, redeemed } from "../scopes.mjs";

export const grant = "authorization_code";
export const names = [grant];

export async function translate(request, { providers }) {
  const { form, directory, app } = request;
  for (const field of ["code", "redirect_uri"]) {
    if (!form[field]) throw new EntraError(900144, { field });
  }
  const found = await findAnywhere(providers, directory, "AuthorizationCode", form.code, request.tenant);
  const tenant = found?.tenant ?? request.tenant ?? directory.tenants.contoso;
  if (found) {
    const asked = readScopes(form.scope, { directory, app, tenant: tenant.id });
    request.target = redeemed(asked, fromStored(found.stored, OFFLINE, directory));
  }
  const { code, redirect_uri, code_verifier } = form;
  return { params: { grant_type: grant, code, redirect_uri, ...(code_verifier ? { code_verifier } : {}) }, providerTenant: tenant };
}

/** `common` does not say which tenant issued something: all are asked. A tenant that is named is asked alone. */
export async function findAnywhere(providers, directory, model, value, only) {
  for (const tenant of only ? [only] : Object.values(directory.tenants)) {
    const stored = await providers.get(tenant.id)[model].find(value, { ignoreExpiration: true });
    if (stored) return { tenant, stored };
  }
  return undefined;
}
