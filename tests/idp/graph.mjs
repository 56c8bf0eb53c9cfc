// A stand-in for Microsoft Graph: three resources, and Graph's judgement of the token it is shown.
import { randomUUID } from "node:crypto";
import { createLocalJWKSet, errors as joseErrors, jwtVerify } from "jose";
import { GRAPH_APP_ID, GRAPH_ORIGIN, guid } from "./directory.mjs";
import { createFaults } from "./faults.mjs";
import { listen, parseBody, readBody, sendJson } from "./http.mjs";

const PAGE_SIZE = 3;
/** What Graph lets a page read. */
const CORS = { "access-control-allow-origin": "*",
  "access-control-expose-headers": "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After, SdkVersion, WWW-Authenticate" };
// Which permission each resource wants: an application's role, or a user's delegated scope.
const PERMISSIONS = {
  users: { roles: ["User.Read.All", "Directory.Read.All"], scopes: ["User.ReadBasic.All", "User.Read.All", "Directory.Read.All"] },
  organization: { roles: ["User.Read.All", "Organization.Read.All", "Directory.Read.All"], scopes: ["User.Read", "Directory.Read.All"] },
  me: { roles: [], scopes: ["User.Read", "User.ReadWrite", "User.Read.All"] },
};

/** Starts the stand-in; it trusts the tokens of `idp`, and has its clock. */
export async function startGraph({ idp, port = 0, host = "127.0.0.1" }) {
  const log = [];
  const challenges = [];
  let origin;
  const faults = createFaults({
    errorFor: (status) => errorBody({ 429: "TooManyRequests", 503: "serviceNotAvailable", 504: "gatewayTimeout" }[status] ?? "generalException", `Injected: status ${status}.`),
  });

  async function handle(req, res) {
    const url = new URL(req.url, origin);
    const bytes = await readBody(req);
    const entry = { at: Date.now(), method: req.method, url: url.href, path: url.pathname, headers: req.headers,
      body: parseBody(req, bytes), status: null, response: undefined };
    if (req.method === "OPTIONS") {
      entry.status = 200;
      log.push(entry);
      res.writeHead(200, { ...CORS, "access-control-allow-methods": "GET,POST,PATCH,PUT,DELETE,OPTIONS",
        "access-control-allow-headers": req.headers["access-control-request-headers"] ?? "Authorization", "access-control-max-age": "60" });
      return void res.end();
    }
    log.push(entry);
    const fault = faults.take("graph", url.pathname, entry);
    if (fault && await faults.perform(fault, req, res, entry)) return;

    const { status, body, headers } = await judge(req, url);
    Object.assign(entry, { status, response: body });
    sendJson(res, status, body, { ...CORS, "request-id": randomUUID(), "client-request-id": req.headers["client-request-id"] ?? randomUUID(), ...headers });
  }

  async function judge(req, url) {
    const token = await readToken(req.headers.authorization, idp);
    if (token.problem) return unauthorized(idp, token.problem);
    const challenge = takeChallenge(challenges);
    if (challenge) return challenged(idp, challenge);
    return answer(url, token.claims, { idp, origin });
  }

  const server = await listen(handle, { port, host, now: idp.now });
  origin = server.origin;
  return {
    origin, log,
    clearLog: () => void (log.length = 0),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    /** A claims challenge for the next calls, as continuous access evaluation gives it. `claims` is JSON text or an object. */
    challenge: ({ times = 1, claims = { access_token: { nbf: { essential: true, value: String(Math.floor(idp.now() / 1000)) } } } } = {}) =>
      void challenges.push({ times, claims: typeof claims === "string" ? claims : JSON.stringify(claims) }),
    clearChallenges: () => void (challenges.length = 0),
    close() {
      faults.close();
      return server.close();
    },
  };
}

async function readToken(authorization, idp) {
  if (!authorization) return { problem: "Access token is empty." };
  const [scheme, token] = authorization.split(" ");
  if (scheme.toLowerCase() !== "bearer" || token?.split(".").length !== 3) return { problem: "CompactToken parsing failed with error code: 80049217" };
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(idp.jwks()), {
      algorithms: ["RS256"], audience: [GRAPH_ORIGIN, `${GRAPH_ORIGIN}/`, GRAPH_APP_ID], clockTolerance: 0, currentDate: new Date(idp.now()),
    });
    if (![idp.origin, idp.issuer].some((issuer) => payload.iss?.startsWith(`${issuer}/${payload.tid}/`))) return { problem: "Access token validation failure. Invalid issuer." };
    return { claims: payload };
  } catch (error) {
    if (error instanceof joseErrors.JWTExpired) return { problem: "Lifetime validation failed, the token is expired." };
    if (error.claim === "aud") return { problem: "Access token validation failure. Invalid audience." };
    return { problem: "Access token validation failure." };
  }
}

function answer(url, claims, { idp, origin }) {
  const [, version, name] = url.pathname.split("/");
  if (!["v1.0", "beta"].includes(version) || !PERMISSIONS[name]) {
    return failure(400, "BadRequest", `Resource not found for the segment '${name ?? version}'.`);
  }
  const { roles, scopes } = PERMISSIONS[name];
  const application = !claims.scp;
  if (application && name === "me") return failure(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
  const held = application ? (claims.roles ?? []) : claims.scp.split(" ");
  if (!(application ? roles : scopes).some((permission) => held.includes(permission))) {
    return failure(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
  }
  const tenant = idp.directory.tenantOf(claims.tid);
  const context = `${origin}/${version}/$metadata#${name}`;
  if (name === "me") return ok({ "@odata.context": `${context}/$entity`, ...person(idp.directory.userByOid(tenant, claims.oid)) });
  if (name === "organization") {
    return ok({ "@odata.context": context, value: [{ id: tenant.id, displayName: tenant.name,
      verifiedDomains: [tenant.initialDomain, tenant.customDomain].map((domain, i) => ({ name: domain, isInitial: i === 0 })) }] });
  }
  return page(url, [...tenant.users.values()].map(person), context, origin);
}

/** Graph gives the address of the next page whole, with an opaque `$skiptoken`. */
function page(url, people, context, origin) {
  const size = Number(url.searchParams.get("$top") ?? PAGE_SIZE);
  const from = Number(Buffer.from(url.searchParams.get("$skiptoken") ?? "", "base64url").toString() || 0);
  const next = new URL(url.pathname, origin);
  for (const [name, value] of url.searchParams) next.searchParams.set(name, value);
  next.searchParams.set("$skiptoken", Buffer.from(String(from + size)).toString("base64url"));
  return ok({
    "@odata.context": context,
    ...(from + size < people.length ? { "@odata.nextLink": next.href } : {}),
    value: people.slice(from, from + size),
  });
}

function person(user) {
  return { id: user.oid, displayName: user.name, userPrincipalName: user.upn, mail: user.upn };
}

function takeChallenge(challenges) {
  const [first] = challenges;
  if (!first) return undefined;
  first.times -= 1;
  if (first.times <= 0) challenges.shift();
  return first;
}

function challengeHeader(idp, more = "") {
  return { "www-authenticate": `Bearer realm="", authorization_uri="${idp.origin}/common/oauth2/authorize", client_id="${GRAPH_APP_ID}"${more}` };
}

function unauthorized(idp, message) {
  return { ...failure(401, "InvalidAuthenticationToken", message), headers: challengeHeader(idp) };
}

function challenged(idp, { claims }) {
  const encoded = Buffer.from(claims).toString("base64");
  return {
    ...failure(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp"),
    headers: challengeHeader(idp, `, error="insufficient_claims", claims="${encoded}"`),
  };
}

const ok = (body) => ({ status: 200, body });
const failure = (status, code, message) => ({ status, body: errorBody(code, message) });

function errorBody(code, message) {
  const id = guid(`request ${Math.random()}`);
  return { error: { code, message, innerError: { date: new Date().toISOString().slice(0, 19), "request-id": id, "client-request-id": id } } };
}
