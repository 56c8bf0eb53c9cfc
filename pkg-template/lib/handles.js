// The cache's handles, remembered by the raw shape of the requests that they answered.
//
// Two requests of one shape are the same request. Rust made the canonical key of the first; the others need none. The
// texts of a request are looked up as they are, one after the other: a joined key would have to be built and hashed.

export class Handles {
  /** @type {Map<string, Map<string, number>>} by scopes, then by authority (with its tenant, where one is named) */
  #byScopes = new Map();
  size = 0;

  /**
   * @param {any} request
   * @returns {number | undefined}
   */
  get(request) {
    if (!isPlain(request)) return undefined;
    return this.#byScopes.get(scopesOf(request))?.get(authorityOf(request));
  }

  /**
   * @param {any} request
   * @param {number} handle
   */
  set(request, handle) {
    if (!isPlain(request)) return;
    const scopes = scopesOf(request);
    let byAuthority = this.#byScopes.get(scopes);
    if (!byAuthority) this.#byScopes.set(scopes, (byAuthority = new Map()));
    const before = byAuthority.size;
    byAuthority.set(authorityOf(request), handle);
    this.size += byAuthority.size - before;
  }

  clear() {
    this.#byScopes.clear();
    this.size = 0;
  }
}

/**
 * Whether nothing but these members decides what is asked; where there is more, only Rust can tell.
 * @param {any} request
 */
function isPlain(request) {
  for (const name in request) {
    switch (name) {
      case "scopes":
      case "authority":
      case "tenantId":
      case "correlationId":
      case "signal":
      case "timeoutMs":
      case "waitUntil":
        break;
      default:
        if (request[name] !== undefined) return false;
    }
  }
  return true;
}

/** @param {any} request */
function scopesOf({ scopes }) {
  if (!Array.isArray(scopes)) return scopes ?? "";
  return scopes.length === 1 ? scopes[0] : scopes.join(" ");
}

/** @param {any} request */
function authorityOf({ authority = "", tenantId }) {
  // No authority that Rust accepts has a line break.
  return tenantId ? `\n${tenantId}\n${authority}` : authority;
}
