// RFC 8628. oidc-provider holds the codes and the page on which they are entered; here are Entra's field names, its
// short grant type (which MSAL sends), and a way to approve a code without a browser.
import { EntraError, fromProviderError } from "../errors.mjs";
import { callInProcess } from "../http.mjs";
import { DEVICE_GRANT, OFFLINE } from "../provider.mjs";
import { fromStored, readScopes, toProvider } from "../scopes.mjs";
import { findAnywhere } from "./authorization-code.mjs";

export const grant = DEVICE_GRANT;
export const names = [DEVICE_GRANT, "device_code"];
const INTERVAL_SECONDS = 5;

export async function translate(request, { providers }) {
  const { form, directory } = request;
  if (!form.device_code) throw new EntraError(900144, { field: "device_code" });
  const found = await findAnywhere(providers, directory, "DeviceCode", form.device_code, request.tenant);
  if (!found) throw new EntraError(70018);
  request.target = fromStored(found.stored, OFFLINE, directory);
  return { params: { grant_type: DEVICE_GRANT, device_code: form.device_code }, providerTenant: found.tenant };
}

/** `/devicecode`: the first step. */
export async function deviceAuthorization(request, { providers, intervalSeconds = INTERVAL_SECONDS }) {
  const { form, directory, req, segment } = request;
  if (!form || typeof form !== "object") throw new EntraError(900144, { field: "client_id" });
  for (const field of ["client_id", "scope"]) {
    if (!form[field]) throw new EntraError(900144, { field });
  }
  const tenant = request.tenant ?? directory.homeTenantOf(segment);
  const app = directory.clientById(form.client_id);
  if (!app?.tenants.includes(tenant.id)) throw new EntraError(700016, { clientId: form.client_id, tenant: segment });
  if (app.confidential && !form.client_secret) throw new EntraError(7000218);
  const target = readScopes(form.scope, { directory, app, tenant: tenant.id });
  const inner = await callInProcess(providers.get(tenant.id).callback(), req, {
    method: "POST", url: "/oauth2/v2.0/devicecode", originalUrl: `/${tenant.id}/oauth2/v2.0/devicecode`,
    headers: { host: req.headers.host, "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: Buffer.from(new URLSearchParams({ ...toProvider(target, OFFLINE), client_id: app.clientId,
      ...(app.confidential ? { client_secret: form.client_secret } : {}) }).toString()),
    attach: { request },
  });
  const answer = JSON.parse(inner.body.toString("utf8"));
  if (inner.status !== 200) throw fromProviderError(answer, inner.req.providerError?.error_detail, { clientId: form.client_id });
  const { user_code, device_code, verification_uri, expires_in } = answer;
  return {
    user_code, device_code, verification_uri, expires_in, interval: intervalSeconds,
    message: `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${user_code} to authenticate.`,
  };
}

/** What a person would do on the page: enter the code, sign in, and agree, or not. */
export async function settleDevice(userCode, { login, decline = false }, { providers }) {
  const code = userCode.replace(/[^0-9A-Za-z]/g, "").toUpperCase();
  for (const provider of providers.values()) {
    const found = await provider.DeviceCode.findByUserCode(code);
    if (!found) continue;
    if (decline) {
      Object.assign(found, { error: "access_denied", errorDescription: "the user declined" });
    } else {
      const grant = new provider.Grant({ accountId: login, clientId: found.clientId });
      const { scope = "", resource } = found.params;
      grant.addOIDCScope(scope);
      grant.addResourceScope(resource, scope);
      Object.assign(found, { accountId: login, grantId: await grant.save(), scope, resource, authTime: Math.floor(Date.now() / 1000) });
    }
    await found.save();
    return;
  }
  throw new Error(`no device code ${userCode}`);
}
