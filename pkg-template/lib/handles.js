// The cache's handles, remembered by the raw shape of the requests that they answered.
//
// Two requests of one shape are the same request. Rust made the canonical key of the first; the others need none. The
// texts of a request are looked up as they are, one after the other: a joined key would have to be built and hashed.

/** @typedef {Map<string, Map<string, number>>} ByScopes by scopes, then by authority (with its tenant, where one is named) */

export class Handles {
  /** @type {ByScopes} */
  #ofApplication = new Map();
  /** @type {Record<string, Map<string, ByScopes>>} by kind, since an assertion may spell anything; then by owner */
  #ofUsers = { silent: new Map(), onBehalfOf: new Map() };
  size = 0;

  /**
   * @param {string} kind
   * @param {any} request
   * @returns {number | undefined}
   */
  get(kind, request) {
    if (!isPlain(request)) return undefined;
    const owner = ownerOf(kind, request);
    if (owner === undefined) return undefined;
    const byScopes = owner === "" ? this.#ofApplication : this.#ofUsers[kind].get(owner);
    return byScopes?.get(scopesOf(request))?.get(authorityOf(request));
  }

  /**
   * @param {string} kind
   * @param {any} request
   * @param {number} handle
   */
  set(kind, request, handle) {
    if (!isPlain(request)) return;
    const owner = ownerOf(kind, request);
    if (owner === undefined) return;
    const byScopes = owner === "" ? this.#ofApplication : inner(this.#ofUsers[kind], owner);
    const byAuthority = inner(byScopes, scopesOf(request));
    const before = byAuthority.size;
    byAuthority.set(authorityOf(request), handle);
    this.size += byAuthority.size - before;
  }

  clear() {
    this.#ofApplication.clear();
    for (const users of Object.values(this.#ofUsers)) users.clear();
    this.size = 0;
  }
}

/**
 * @template V
 * @param {Map<string, Map<string, V>>} of
 * @param {string} key
 * @returns {Map<string, V>}
 */
function inner(of, key) {
  let found = of.get(key);
  if (!found) of.set(key, (found = new Map()));
  return found;
}

/**
 * Whose token is asked for; `undefined` where only Rust can tell.
 * @param {string} kind
 * @param {any} request
 * @returns {string | undefined}
 */
function ownerOf(kind, { account, oboAssertion }) {
  if (kind === "clientCredentials") return "";
  if (kind === "onBehalfOf") return oboAssertion || undefined;
  if (kind !== "silent" || !account?.homeAccountId) return undefined;
  return `${account.homeAccountId}\n${account.tenantId}\n${account.environment}`;
}

/**
 * Whether nothing but these members decides what is asked; where there is more, only Rust can tell.
 * @param {any} request
 */
function isPlain(request) {
  // An instance of a class may have accessors that no loop shows.
  const prototype = Object.getPrototypeOf(request);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name in request) {
    switch (name) {
      case "scopes":
      case "authority":
      case "tenantId":
      case "correlationId":
      case "signal":
      case "timeoutMs":
      case "waitUntil":
      case "account":
      case "oboAssertion":
      case "redirectUri":
      case "pageRedirectUri":
      case "originIsChecked":
      case "state":
        break;
      default:
        if (request[name]) return false;
    }
  }
  return true;
}

/** @param {any} request */
function scopesOf({ scopes }) {
  if (scopes === undefined) return "\n";
  if (!Array.isArray(scopes)) return scopes ?? "";
  return scopes.length === 1 ? scopes[0] : scopes.join(" ");
}

/** @param {any} request */
function authorityOf({ authority = "", tenantId }) {
  // No authority that Rust accepts has a line break.
  return tenantId ? `\n${tenantId}\n${authority}` : authority;
}
