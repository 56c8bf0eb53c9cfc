// The interactive half: the authorize request translated for oidc-provider, its pages passed on, and the answer that
// goes to the redirect URI given Entra's parameters. Also logout and admin consent, which are redirects alone.
import { randomUUID } from "node:crypto";
import { clientInfo } from "./claims.mjs";
import { EntraError, errorBody, fromProviderError } from "./errors.mjs";
import { callInProcess } from "./http.mjs";
import { isRegistered, OFFLINE } from "./provider.mjs";
import { readScopes, toProvider } from "./scopes.mjs";

// What oidc-provider is told; the rest (client_info, claims, domain_hint, x-client-…) is Entra's own.
const PASSED = ["response_type", "redirect_uri", "response_mode", "state", "nonce", "code_challenge", "code_challenge_method",
  "login_hint", "max_age", "ui_locales"];

/** Answers `/authorize`, the sign-in pages under `/interaction`, and the device page, all by way of oidc-provider. */
export async function interactive(request, endpoint, res, { providers, pending }) {
  const { req, url, directory, segment } = request;
  let inner = `${url.pathname.slice(segment.length + 1)}${url.search}`;
  let { tenant } = request;
  if (endpoint === "authorize") {
    const query = new URLSearchParams(request.form && typeof request.form === "object" ? request.form : url.searchParams);
    tenant ??= directory.homeTenantOf(segment, query.get("login_hint"), query.get("domain_hint"));
    request.app = directory.clientById(query.get("client_id"));
    if (!request.app?.tenants.includes(tenant.id)) throw new EntraError(700016, { clientId: query.get("client_id"), tenant: segment });
    inner = `/oauth2/v2.0/authorize?${translate(query, request, tenant)}`;
    pending.set(query.get("state") ?? "", { clientInfo: query.get("client_info") === "1" });
  } else {
    tenant ??= directory.homeTenantOf(segment);
  }

  const answer = await callInProcess(providers.get(tenant.id).callback(), req, {
    method: endpoint === "authorize" ? "GET" : req.method,
    url: inner, originalUrl: `/${tenant.id}${inner}`, headers: endpoint === "authorize" ? withoutBody(req.headers) : req.headers,
    body: endpoint === "authorize" ? undefined : request.bytes, attach: { request: { ...request, tenant, account: undefined } },
  });
  const headers = { ...answer.headers };
  if (headers.location) headers.location = shapeAnswer(headers.location, { request, account: answer.req.request.account, pending, origin: request.origin });
  res.writeHead(answer.status, headers);
  res.end(req.method === "HEAD" ? undefined : answer.body);
  return { status: answer.status, response: headers.location ?? answer.body.toString("utf8") };
}

function withoutBody({ "content-type": _type, "content-length": _length, ...headers }) {
  return headers;
}

function translate(query, { directory, app }, tenant) {
  const scopes = readScopes(query.get("scope"), { directory, app, tenant: tenant.id });
  const inner = new URLSearchParams({ client_id: app.clientId, ...toProvider(scopes, OFFLINE) });
  for (const name of PASSED) {
    if (query.has(name)) inner.set(name, query.get(name));
  }
  // oidc-provider has no page for choosing an account: any such wish is a new sign-in.
  const prompt = query.get("prompt");
  if (prompt) inner.set("prompt", ["select_account", "create"].includes(prompt) ? "login" : prompt);
  return inner;
}

/** An answer to the redirect URI gets `client_info` and `session_state`, loses `iss`, and errors get their AADSTS number. */
function shapeAnswer(location, { request, account, pending, origin }) {
  let target;
  try {
    target = new URL(location);
  } catch {
    return location;
  }
  if (target.origin === origin) return location;
  const fragment = target.hash.length > 1;
  const params = new URLSearchParams(fragment ? target.hash.slice(1) : target.search);
  if (!params.has("code") && !params.has("error")) return location;
  params.delete("iss");
  const wanted = pending.get(params.get("state") ?? "");
  if (params.has("code")) {
    if (wanted?.clientInfo && account) params.set("client_info", clientInfo(account));
    params.set("session_state", randomUUID());
  } else {
    const error = fromProviderError({ error: params.get("error"), error_description: params.get("error_description") ?? "" }, undefined, { clientId: request.app?.clientId });
    params.set("error_description", errorBody(error, request).error_description);
    params.set("error_uri", `${origin}/error?code=${error.code}`);
  }
  if (fragment) target.hash = params.toString();
  else target.search = params.toString();
  return target.href;
}

/** RP-initiated logout: the session's cookie goes, and the browser goes back where it is allowed to. */
export function logout(request, res) {
  const { url, tenant, directory } = request;
  const wanted = url.searchParams.get("post_logout_redirect_uri");
  const allowed = wanted && Object.values(directory.clients).some((app) => isRegistered(wanted, app.redirectUris));
  const names = tenant ? [tenant.name] : Object.keys(directory.tenants);
  const headers = {
    "set-cookie": names.flatMap((name) => ["", ".sig"].map((end) => `_session_${name}${end}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`)),
  };
  if (!allowed) {
    res.writeHead(200, { ...headers, "content-type": "text/html; charset=utf-8" });
    res.end("<!doctype html><title>Signed out</title><p id=\"signed-out\">You signed out of your account");
    return { status: 200 };
  }
  const target = new URL(wanted);
  if (url.searchParams.has("state")) target.searchParams.set("state", url.searchParams.get("state"));
  res.writeHead(302, { ...headers, location: target.href });
  res.end();
  return { status: 302, response: target.href };
}

/** An administrator who always agrees. */
export function adminConsent(request, res) {
  const { url, directory, tenant } = request;
  const app = directory.clientById(url.searchParams.get("client_id"));
  if (!app) throw new EntraError(700016, { clientId: url.searchParams.get("client_id"), tenant: request.segment });
  const redirectUri = url.searchParams.get("redirect_uri") ?? "";
  if (!isRegistered(redirectUri, app.redirectUris)) throw new EntraError(50011, { redirectUri, clientId: app.clientId });
  const target = new URL(redirectUri);
  target.searchParams.set("admin_consent", "True");
  target.searchParams.set("tenant", (tenant ?? directory.tenants.contoso).id);
  if (url.searchParams.has("state")) target.searchParams.set("state", url.searchParams.get("state"));
  res.writeHead(302, { location: target.href });
  res.end();
  return { status: 302, response: target.href };
}
