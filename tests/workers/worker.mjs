// The Worker under test. One client at global scope, as programs write it; CONFIGURATION is put in by the bundler.
import { ConfidentialClientApplication } from "graph-token";

const app = new ConfidentialClientApplication(CONFIGURATION);

/** One that has a plug-in, which takes its time. */
const cachePlugin = {
  text: "",
  async beforeCacheAccess({ tokenCache }) {
    await scheduler.wait(100);
    tokenCache.deserialize(this.text);
  },
  async afterCacheAccess({ cacheHasChanged, tokenCache }) {
    if (cacheHasChanged) this.text = tokenCache.serialize();
  },
};
const plugged = new ConfidentialClientApplication({ ...CONFIGURATION, cache: { cachePlugin } });

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const asked = request.method === "POST" ? await request.json() : {};
    try {
      switch (pathname) {
        case "/host":
          return Response.json({ userAgent: navigator.userAgent, process: typeof process, buffer: typeof Buffer });
        case "/token": {
          const { accessToken, fromCache } = await app.acquireTokenByClientCredential(asked);
          return Response.json({ accessToken, fromCache });
        }
        case "/plugged": {
          const { accessToken } = await plugged.acquireTokenByClientCredential(asked);
          return Response.json({ accessToken });
        }
        case "/plugged-gone":
          plugged.acquireTokenByClientCredential(asked).catch(() => {});
          return new Response("gone");
        case "/gone":
          // Begun, not awaited, and not given to ctx.waitUntil: what was begun may end with this answer.
          app.acquireTokenByClientCredential(asked).catch(() => {});
          return new Response("gone");
        case "/users": {
          const response = await app.fetch("/users");
          return new Response(response.body, response);
        }
        default:
          return new Response("not found", { status: 404 });
      }
    } catch ({ name, errorCode, message }) {
      return Response.json({ name, errorCode, message }, { status: 500 });
    }
  },
};
