// A client in the Worker users-worker.mjs, called as if it were here.
import { startWorker } from "./workerd.mjs";

const METHODS = ["acquireTokenByClientCredential", "acquireTokenOnBehalfOf", "getAuthCodeUrl", "acquireTokenByCode", "acquireTokenByRefreshToken",
  "acquireTokenSilent", "acquireTokenByDeviceCode", "acquireTokenInteractive", "signOut", "getAllAccounts", "getAccountByHomeId", "removeAccount", "serialize"];

/** Starts an isolate with these clients. What a call there throws is thrown here, with its name and code. */
export async function startRemote(configuration, options) {
  const worker = await startWorker(configuration, { script: "users-worker.mjs", kvNamespaces: ["TOKENS"], ...options });
  async function call(client, method, args, more) {
    const { value, error } = await worker.json("/", { client, method, args, ...more }, AbortSignal.timeout(20_000));
    if (error) throw Object.assign(new Error(error.message), error);
    return value;
  }
  return {
    /** The methods of one client, and of its token cache. */
    app: (client) => Object.fromEntries(METHODS.map((method) => [method, (...args) => call(client, method, args)])),
    /** Begins a call in a request that is answered at once, and ends with its answer. */
    gone: (client, method, ...args) => call(client, method, args, { gone: true }),
    /** Calls in a request that computes meanwhile, and lets nothing else be done in the isolate. */
    busy: (client, busyMs, method, ...args) => call(client, method, args, { busyMs }),
    told: () => call(undefined, "told"),
    close: worker.close,
  };
}
