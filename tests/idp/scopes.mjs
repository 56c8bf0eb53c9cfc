// Entra's scopes, which name their resource inside the scope text, read into one resource and its scope names.
import { EntraError } from "./errors.mjs";
import { GRAPH_ORIGIN } from "./directory.mjs";

const OIDC_SCOPES = new Set(["openid", "profile", "email", "offline_access"]);

/**
 * Reads a scope parameter: `https://host/Name`, `api://GUID/Name`, `GUID/Name`, or a bare name, which means Graph.
 * The audience of the token is the resource as the caller wrote it, so `https://graph.microsoft.com//.default` gives
 * a token for `https://graph.microsoft.com/`, as with Entra.
 */
export function readScopes(text, { directory, app, tenant }) {
  const oidc = [];
  const names = [];
  const short = new Set();
  let resource;
  let audience;
  for (const scope of String(text ?? "").split(/\s+/).filter(Boolean)) {
    if (OIDC_SCOPES.has(scope)) {
      oidc.push(scope);
      continue;
    }
    const cut = scope.lastIndexOf("/");
    const prefix = cut < 0 ? GRAPH_ORIGIN : scope.slice(0, cut);
    const name = cut < 0 ? scope : scope.slice(cut + 1);
    if (!name) throw new EntraError(70011, { scope });
    const found = directory.resourceByIndicator(prefix.toLowerCase().replace(/\/+$/, ""));
    if (!found) {
      if (cut < 0) throw new EntraError(70011, { scope });
      throw new EntraError(500011, { resource: prefix, tenant });
    }
    if (resource && resource !== found) throw new EntraError(28000, { scope: text });
    resource = found;
    audience = prefix;
    names.push(name);
    if (cut < 0) short.add(name);
  }
  if (names.includes(".default") && names.length > 1) {
    const error = new EntraError(70011, { scope: text });
    error.message += " .default scope can't be combined with resource-specific scopes.";
    throw error;
  }
  for (const name of names) {
    if (name !== ".default" && !resource.scopes.includes(name)) {
      throw new EntraError(650053, { clientId: app.clientId, scope: name, resource: resource.appId });
    }
  }
  return { text, oidc, names, short, resource, audience, isDefault: names[0] === ".default", offline: oidc.includes("offline_access") };
}

/** Scope names as granted: `.default` stands for whatever was consented to before. */
export function grantedNames(names, resource) {
  return names.includes(".default") ? resource.defaults : names;
}

/** A name as it is spelled with its resource. */
export function fullName({ indicator }, name) {
  return `${indicator.replace(/\/$/, "")}/${name}`;
}

/**
 * The `scope` field of a token response: the OIDC words but `offline_access`, then the names as the request spelled them,
 * short or full. What `.default` stands for is spelled out in full.
 */
export function responseScope({ oidc, names, short, isDefault, resource, audience }) {
  const granted = resource ? grantedNames(names, resource) : [];
  const spelled = granted.map((name) => (!isDefault && short.has(name) ? name : fullName({ indicator: audience ?? resource.indicator }, name)));
  return [...oidc.filter((word) => word !== "offline_access"), ...spelled].join(" ");
}

/** For oidc-provider: the same scopes as one indicator and names, which keep the form, short or full, that they had. */
export function toProvider(target, offlineScope) {
  const words = target.oidc.filter((word) => word !== "offline_access");
  const names = target.names.map((name) => (target.isDefault || target.short.has(name) ? name : fullName(target.resource, name)));
  return {
    scope: [...words, ...names, ...(target.offline ? [offlineScope] : [])].join(" "),
    resource: target.resource?.indicator ?? GRAPH_ORIGIN,
  };
}

/** Back from what oidc-provider stored with a code or refresh token. */
export function fromStored({ scope = "", resource }, offlineScope, directory) {
  const words = scope.split(" ").filter(Boolean);
  const oidc = words.filter((word) => OIDC_SCOPES.has(word));
  const offline = words.includes(offlineScope);
  const spelled = words.filter((word) => !OIDC_SCOPES.has(word) && word !== offlineScope);
  const names = spelled.map((word) => word.slice(word.lastIndexOf("/") + 1));
  return {
    oidc, offline, names, short: new Set(spelled.filter((word) => !word.includes("/"))), isDefault: names[0] === ".default",
    resource: directory.resourceByIndicator([resource].flat()[0] ?? GRAPH_ORIGIN), audience: undefined,
  };
}

/** A redemption may name scopes anew, for another resource too; else it gets those of the sign-in. */
export function redeemed(asked, stored) {
  return asked.resource ? { ...asked, oidc: stored.oidc, offline: stored.offline } : stored;
}
