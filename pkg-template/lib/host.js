// What host this is.

/**
 * Whether everybody who uses this program can read it: a page, or a worker of one. Servers, Workers and their kin are
 * told apart by what they say of themselves, since some of them have a WorkerGlobalScope too.
 */
export function inBrowser() {
  /** @type {any} */
  const host = globalThis;
  if (inWorkerd() || typeof host.EdgeRuntime === "string") return false;
  if (host.Deno?.version?.deno || host.Bun?.version) return false;
  const isNode = Object.prototype.toString.call(host.process) === "[object process]" && host.process.type !== "renderer";
  if (isNode && host.process.versions?.node) return false;
  return Boolean(host.window?.document) || typeof host.WorkerGlobalScope === "function";
}

/** Whether this is Cloudflare's runtime, where a request's own timers and requests end with it. Older ones have no navigator. */
export function inWorkerd() {
  /** @type {any} */
  const host = globalThis;
  return host.navigator?.userAgent === "Cloudflare-Workers" || typeof host.WebSocketPair === "function";
}

/**
 * Azure's region: where the program runs, as Azure's hosts tell it, or the one that whoever runs it forces, as with MSAL.
 * @param {"REGION_NAME" | "MSAL_FORCE_REGION"} name
 */
export function regionOfEnvironment(name) {
  /** @type {any} */
  const { process, Deno } = globalThis;
  // Deno asks the person before it tells.
  if (Deno && name === "MSAL_FORCE_REGION") return undefined;
  return process?.env?.[name] || undefined;
}
