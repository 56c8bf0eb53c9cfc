// The authorize endpoint: oidc-provider judges the request and issues the code, the person is seen to by sign-in-steps.mjs
// in between, and the answer that goes to the redirect URI is given Entra's parameters.
//
//   request ── oidc-provider with nobody signed in: sound? ── steps (pages, or none) ── oidc-provider with the person ── answer
import { randomUUID } from "node:crypto";
import { clientInfo } from "./claims.mjs";
import { EntraError, errorBody, fromProviderError } from "./errors.mjs";
import { callInProcess } from "./http.mjs";
import { formPage } from "./pages.mjs";
import { isRegistered, OFFLINE } from "./provider.mjs";
import { readScopes, toProvider } from "./scopes.mjs";
import { createSteps, Refusal } from "./sign-in-steps.mjs";

// What oidc-provider is told; the rest (client_info, claims, domain_hint, x-client-…) is Entra's own.
const PASSED = ["response_type", "redirect_uri", "response_mode", "state", "nonce", "code_challenge", "code_challenge_method", "max_age", "ui_locales"];
const SESSION_SECONDS = 3600;

/** `pages` is what the tests set of the sign-in pages, see identity-provider.mjs. */
export function createAuthorize({ directory, providers, sessions, pages }) {
  const steps = createSteps({ directory, sessions, pages });

  async function authorize(request, res) {
    const { url, form, segment } = request;
    const query = new URLSearchParams(form && typeof form === "object" ? form : url.searchParams);
    const tenant = request.tenant ?? directory.homeTenantOf(segment, query.get("login_hint"), query.get("domain_hint"));
    request.app = directory.clientById(query.get("client_id"));
    if (!request.app?.tenants.includes(tenant.id)) throw new EntraError(700016, { clientId: query.get("client_id"), tenant: segment });
    // On `common` and the like, whoever signs in says which tenant it is.
    const signIn = { query, tenant, app: request.app, shared: request.tenant ? undefined : segment };
    const judged = await askProvider(request, signIn);
    if (errorOf(judged.headers.location) !== "login_required") return deliver(request, res, signIn, judged);
    return proceed(request, res, signIn, () => steps.begin(request, signIn));
  }

  /** The pages of a sign-in under way; those that are none of ours (the device page's) are oidc-provider's. */
  async function page(request, res) {
    const { pathname, search } = request.url;
    const [, id, last] = /\/interaction\/([\w-]+)(\/abort)?$/.exec(pathname) ?? [];
    const signIn = steps.find(id);
    if (signIn) {
      request.app = signIn.app;
      return proceed(request, res, signIn, () => steps.next(request, signIn, { abort: last !== undefined }));
    }
    const tenant = request.tenant ?? directory.homeTenantOf(request.segment);
    const inner = `${pathname.slice(request.segment.length + 1)}${search}`;
    const answer = await callInProcess(providers.get(tenant.id).callback(), request.req, {
      url: inner, originalUrl: `/${tenant.id}${inner}`, headers: request.req.headers, body: request.bytes, attach: { request: { ...request, tenant } },
    });
    return send(res, answer);
  }

  async function proceed(request, res, signIn, step) {
    try {
      const { account, ...answer } = await step();
      if (!account) return send(res, answer);
      const answered = await askProvider(request, signIn, account);
      return deliver(request, res, signIn, { ...answered, headers: { ...answered.headers, ...answer.headers } });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return deliver(request, res, signIn, { status: 302, headers: { location: refused(request, signIn.query, error.reason) } });
    }
  }

  /** oidc-provider's answer to the request: of a person who is signed in, or of nobody and without a page. */
  async function askProvider(request, { query, tenant, app }, account) {
    const scopes = readScopes(query.get("scope"), { directory, app, tenant: tenant.id });
    const inner = new URLSearchParams({ client_id: app.clientId, ...toProvider(scopes, OFFLINE), ...(account ? {} : { prompt: "none" }) });
    for (const name of PASSED) {
      if (query.has(name)) inner.set(name, query.get(name));
    }
    // The form is made of the answer's address.
    if (isFormPost(query)) inner.set("response_mode", "query");
    const provider = providers.get(tenant.id);
    const { "content-type": _type, "content-length": _length, cookie: _cookie, ...headers } = request.req.headers;
    if (account) {
      const session = new provider.Session({ accountId: account.login, loginTs: Math.floor(account.signedInAt / 1000), uid: account.sid });
      await session.save(SESSION_SECONDS);
      headers.cookie = `_session_${tenant.name}=${session.id}`;
    }
    const path = `/oauth2/v2.0/authorize?${inner}`;
    const { status, headers: { "set-cookie": _set, ...given }, body, req } = await callInProcess(provider.callback(), request.req, {
      method: "GET", url: path, originalUrl: `/${tenant.id}${path}`, headers, attach: { request: { ...request, tenant, account: undefined } },
    });
    return { status, headers: given, body, user: req.request.account, sid: account?.sid };
  }

  /** An answer to the redirect URI gets `client_info` and `session_state`, loses `iss`, and errors get their AADSTS number. */
  function deliver(request, res, { query, app }, { user, sid, ...answer }) {
    const { location } = answer.headers;
    const { target, params, write } = readAnswer(location) ?? {};
    if (target) {
      params.delete("iss");
      if (params.has("code")) {
        if (query.get("client_info") === "1") params.set("client_info", clientInfo(user));
        params.set("session_state", sid ?? randomUUID());
      } else if (!params.has("error_uri")) {
        tell(params, fromProviderError({ error: params.get("error"), error_description: params.get("error_description") ?? "" }, undefined, { clientId: app.clientId }), request);
      }
      write();
      answer.headers.location = target.href;
      if (isFormPost(query)) return send(res, posted(target, params, answer));
    }
    return send(res, answer);
  }

  return { authorize, page };
}

const isFormPost = (query) => query.get("response_mode") === "form_post";

/** The answer as a page whose form goes to the redirect URI (OAuth 2.0 Form Post Response Mode). */
function posted({ origin, pathname }, params, { headers: { location: _, "content-length": _length, ...headers } }) {
  return { status: 200, headers: { ...headers, "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }, body: formPage(origin + pathname, params) };
}

function send(res, { status, headers, body = "" }) {
  res.writeHead(status, headers);
  res.end(res.req.method === "HEAD" ? undefined : body);
  return { status, response: headers.location ?? body.toString("utf8") };
}

function tell(params, error, request) {
  params.set("error", error.error);
  params.set("error_description", errorBody(error, request).error_description);
  params.set("error_uri", `${request.origin}/error?code=${error.code}`);
  for (const name of ["suberror", "claims"]) {
    if (error[name]) params.set(name, error[name]);
  }
}

/** The redirect URI with an error in it. */
function refused(request, query, error) {
  const params = new URLSearchParams();
  tell(params, error, request);
  if (query.has("state")) params.set("state", query.get("state"));
  const target = new URL(query.get("redirect_uri"));
  if (query.get("response_mode") === "fragment") target.hash = params.toString();
  else for (const [name, value] of params) target.searchParams.set(name, value);
  return target.href;
}

const errorOf = (location) => readAnswer(location)?.params.get("error");

function readAnswer(location) {
  if (!URL.canParse(location ?? "")) return undefined;
  const target = new URL(location);
  const fragment = target.hash.length > 1;
  const params = new URLSearchParams(fragment ? target.hash.slice(1) : target.search);
  if (!params.has("code") && !params.has("error")) return undefined;
  const write = () => {
    if (fragment) target.hash = params.toString();
    else target.search = params.toString();
  };
  return { target, params, write };
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
  return send(res, { status: 302, headers: { location: target.href } });
}
