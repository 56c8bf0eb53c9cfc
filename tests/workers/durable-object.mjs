// One client for all isolates, in a Durable Object, as docs/cache.md has it.
import { DurableObject } from "cloudflare:workers";
import { ConfidentialClientApplication } from "graph-token";

const storeIn = (storage) => ({
  get: (key) => storage.get(key),
  set: (key, value) => storage.put(key, value),
  delete: (key) => storage.delete(key),
});

export class Tokens extends DurableObject {
  #app;
  constructor(ctx, env) {
    super(ctx, env);
    this.#app = new ConfidentialClientApplication({ ...CONFIGURATION, cache: { tokenStore: storeIn(ctx.storage) } });
  }
  async token(scopes) {
    return this.#app.getToken(scopes);
  }
  async result(request) {
    return { ...(await this.#app.acquireTokenByClientCredential(request)) };
  }
  async evict() {
    this.ctx.abort("evicted");
  }
}

export default {
  async fetch(request, env) {
    const tokens = env.TOKENS.get(env.TOKENS.idFromName("graph"));
    switch (new URL(request.url).pathname) {
      case "/token":
        return Response.json(await tokens.token(["https://graph.microsoft.com/.default"]));
      case "/result":
        return Response.json(await tokens.result({ scopes: ["https://graph.microsoft.com/.default"] }));
      default:
        await tokens.evict().catch(() => {});
        return new Response("evicted");
    }
  },
};
