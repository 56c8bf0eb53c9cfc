// The raw shape of a request: what the cache's handles are remembered by.
//
// Two requests of one shape are the same request. Rust made the canonical key of the first; the others need none.

/**
 * @param {any} request
 * @returns {string | undefined} `undefined` where only Rust can tell what is asked
 */
export function shapeOf(request) {
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
        if (request[name] !== undefined) return undefined;
    }
  }
  const { scopes = "", authority = "", tenantId = "" } = request;
  if (typeof authority !== "string" || typeof tenantId !== "string") return undefined;
  const wanted = typeof scopes === "string" ? scopes : scopes?.length === 1 ? scopes[0] : scopes?.join?.(" ");
  if (typeof wanted !== "string") return undefined;
  // The lengths keep one text from passing for another's part.
  return `${authority.length} ${tenantId.length} ${authority}${tenantId}${wanted}`;
}
