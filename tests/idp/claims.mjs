// The claims Entra puts into its tokens.
import { createHash, randomBytes } from "node:crypto";
import { grantedNames } from "./scopes.mjs";

// Entra dates its tokens five minutes back, which is why `exp - iat` is not `expires_in`.
const BACKDATE_SECONDS = 300;

/** Reshapes the payload oidc-provider made for an access token. `token` is its model, `request` ours. */
export function accessTokenClaims(payload, { token, request, origin, issuer, expiresInSeconds }) {
  const { app, tenant, user, directory } = request;
  const target = request.target?.resource ? request.target : undefined;
  const resource = target?.resource ?? directory.resourceByIndicator(token.aud);
  const now = Math.floor(request.now() / 1000);
  const version = resource.version;
  const claims = {
    aud: version === "2.0" ? resource.appId : (target?.audience ?? resource.indicator),
    // Version 1 tokens come from another issuer than version 2's: sts.windows.net in the real service.
    iss: version === "2.0" ? `${issuer}/${tenant.id}/v2.0` : `${origin}/${tenant.id}/`,
    iat: now - BACKDATE_SECONDS,
    nbf: now - BACKDATE_SECONDS,
    exp: now + expiresInSeconds,
    ...(version === "2.0" ? { azp: app.clientId, azpacr: app.confidential ? "1" : "0" }
      : { appid: app.clientId, appidacr: app.confidential ? "1" : "0", app_displayname: app.name }),
    tid: tenant.id,
    uti: randomBytes(16).toString("base64url"),
    ver: version,
    ...(request.capabilities?.length ? { xms_cc: request.capabilities } : {}),
    ...(request.acrs?.length ? { acrs: request.acrs } : {}),
    jti: payload.jti,
  };
  if (user) {
    return {
      ...claims, oid: user.oid, sub: subjectOf(user, app), idtyp: "user", name: user.name,
      [version === "2.0" ? "preferred_username" : "upn"]: user.upn,
      scp: grantedNames(request.target?.names ?? [], resource).join(" "),
    };
  }
  // An application is its own subject: the object id of its service principal in this tenant.
  const oid = servicePrincipalId(app, tenant);
  const roles = app.roles[resource.appId] ?? [];
  return { ...claims, oid, sub: oid, idtyp: "app", ...(roles.length ? { roles } : {}) };
}

/** What oidc-provider's account gives for id_tokens; it masks them by scope. */
export function idTokenClaims({ user, app, tenant, sid }) {
  return {
    sub: subjectOf(user, app),
    oid: user.oid, tid: tenant.id, ver: "2.0", nbf: Math.floor(Date.now() / 1000) - BACKDATE_SECONDS,
    uti: randomBytes(16).toString("base64url"), rh: "1.test.",
    login_hint: loginHintOf(user.home),
    name: user.name, preferred_username: user.upn, email: user.upn,
    // An optional claim, which the page's registration asks for.
    ...(app.type === "spa" && sid ? { sid } : {}),
  };
}

/** The opaque `login_hint` of an id_token. */
export const loginHintOf = ({ uid, utid }) => `O.${Buffer.from(`${uid}.${utid}`).toString("base64url")}`;

/** The claims of a whole id_token, as oidc-provider made it: in the issuer's name, and dated by the provider's clock. */
export function idTokenOf(claims, { issuer, offsetSeconds }) {
  const dates = ["iat", "nbf", "exp", "auth_time"].filter((name) => name in claims).map((name) => [name, claims[name] + offsetSeconds]);
  return { ...claims, iss: `${issuer}/${claims.tid}/v2.0`, ...Object.fromEntries(dates) };
}

/** Which id_token claims come with which scope. */
export const CLAIMS_BY_SCOPE = {
  openid: ["sub", "oid", "tid", "ver", "nbf", "uti", "rh", "sid", "login_hint"],
  profile: ["name", "preferred_username"],
  email: ["email"],
};

/** `client_info`: where the user lives, whichever tenant was asked. */
export function clientInfo(user) {
  return Buffer.from(JSON.stringify(user.home)).toString("base64url");
}

/** The client capabilities asked for in a `claims` parameter. Throws on text that is no JSON. */
export function capabilitiesOf(claims) {
  if (!claims) return [];
  const parsed = JSON.parse(claims);
  return parsed?.access_token?.xms_cc?.values ?? [];
}

/** The authentication contexts (`acrs`) that a `claims` parameter insists on. */
export function acrsOf(claims) {
  const { essential, value, values } = (claims && JSON.parse(claims)?.access_token?.acrs) || {};
  return essential ? (values ?? [value]) : [];
}

/** `sub` differs by application, so that two applications cannot correlate a person by it. */
export function subjectOf(user, app) {
  return createHash("sha256").update(`${user.oid} ${app.clientId}`).digest("base64url");
}

function servicePrincipalId(app, tenant) {
  const hex = createHash("sha256").update(`${app.clientId} ${tenant.id}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
