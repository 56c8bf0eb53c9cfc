// Does with its clients what it is told: `{ client, method, args }`. The clients are those of CONFIGURATION, put in by
// the bundler, each made when it is first asked for and kept, as programs do it; what JSON cannot hold is made here.
import { ConfidentialClientApplication, PublicClientApplication } from "graph-token";

/** Computes for about so long: the clock of a Worker stands still meanwhile. */
function work(ms) {
  let state = 1;
  for (let round = 0; round < ms * ROUNDS_PER_MS; round++) state = Math.imul(state, 1_103_515_245) + round | 0;
  return state;
}
const ROUNDS_PER_MS = 1_000_000;

let instances = 0;
WebAssembly.Instance = new Proxy(WebAssembly.Instance, { construct(...parts) {
  instances++;
  return Reflect.construct(...parts);
} });

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const clients = new Map();
let asked = 0;
/** The codes that a person was to be shown. */
const shown = [];
let blob = "";
const cachePlugin = {
  beforeCacheAccess: async ({ tokenCache }) => tokenCache.deserialize(blob),
  afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
    if (cacheHasChanged) blob = tokenCache.serialize();
  },
};

/** A token store over KV, which takes seconds; `list` is left out where a program has none. */
function overKv(kv, { list }) {
  return {
    get: (key) => kv.get(key),
    set: (key, value, { expiresAt }) => kv.put(key, value, { expiration: Math.ceil(expiresAt / 1000) }),
    delete: (key) => kv.delete(key),
    ...(list ? { list: async (prefix) => (await kv.list({ prefix })).keys.map(({ name }) => name) } : {}),
  };
}

function clientOf(name, env) {
  if (!clients.has(name)) {
    const { auth, pfx, assertion, cache, system, isPublic } = CONFIGURATION[name];
    const Client = isPublic ? PublicClientApplication : ConfidentialClientApplication;
    clients.set(name, new Client({
      auth: {
        ...auth,
        ...(pfx ? { clientCertificate: { privateKey: bytesOf(pfx.file), passphrase: pfx.passphrase } } : {}),
        ...(assertion ? { clientAssertion: async () => (asked++, assertion) } : {}),
      },
      cache: cache === "plugin" ? { cachePlugin } : cache ? { tokenStore: overKv(env.TOKENS, { list: cache === "list" }) } : {},
      system,
    }));
  }
  return clients.get(name);
}

export default {
  async fetch(request, env) {
    const { client, method, args = [], gone, busyMs } = await request.json();
    if (method === "told") return Response.json({ value: { instances, asked, shown, process: typeof process, buffer: typeof Buffer } });
    try {
      const app = clientOf(client, env);
      const owner = method in app ? app : app.getTokenCache();
      if (method === "busy") return Response.json({ value: work(args[0]) });
      if (method === "acquireTokenByDeviceCode") args[0].deviceCodeCallback = (code) => { shown.push(code); };
      const call = owner[method](...args);
      if (busyMs) {
        // Once what was begun is under way.
        await new Promise((resolve) => setTimeout(resolve, 60));
        work(busyMs);
      }
      if (gone) {
        // Begun, not awaited, and not given to ctx.waitUntil: what was begun may end with this answer.
        call.catch(() => {});
        return Response.json({});
      }
      return Response.json({ value: await call });
    } catch (error) {
      const { name, errorCode, hint, message } = error;
      return Response.json({ error: { name, errorCode, hint, message } });
    }
  },
};
