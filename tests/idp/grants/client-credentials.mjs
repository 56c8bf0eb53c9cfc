// RFC 6749 section 4.4, as Entra narrows it: a real tenant, `{resource}/.default`, no page.
import { EntraError } from "../errors.mjs";
import { readScopes } from "../scopes.mjs";

export const grant = "client_credentials";
export const names = [grant];
export const needsTenant = true;

export function translate(request) {
  const { form, directory, app, tenant } = request;
  if (!form.scope) throw new EntraError(900144, { field: "scope" });
  for (const scope of form.scope.split(/\s+/)) {
    if (!scope.endsWith("/.default")) throw new EntraError(1002012, { scope: form.scope });
  }
  request.target = readScopes(form.scope.split(/\s+/).filter((s, i, all) => all.indexOf(s) === i).join(" "), { directory, app, tenant: tenant.id });
  return { params: { grant_type: grant, scope: ".default", resource: request.target.resource.indicator }, providerTenant: tenant };
}
