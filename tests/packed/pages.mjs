// A page's program in Chromium, as its developer bundles and serves it, with the test services in Entra's and Graph's place.
import assert from "node:assert/strict";
import http from "node:http";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { launch, openContext } from "../spa/browsers.mjs";
import { bundle, TARGETS } from "./bundle.mjs";

const GRAPH = "https://graph.microsoft.com";
/** What the README promises to run under. */
const POLICY = "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

const documentWith = (script, body = "") => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title>
<link rel="icon" href="data:,"><body>${body}<script type="module" src="${script}"></script></body></html>`;

/**
 * Serves a page with a button, and the page at its redirect URI, and opens the first while `use` uses it.
 * @param {{ program: (services: object) => string, redirectPage: string }} programs what each imports is bundled
 */
export async function inPage({ program, redirectPage }, use) {
  const idp = await startIdentityProvider({ host: "localhost" });
  const graph = await startGraph({ idp, host: "localhost" });
  idp.registerRedirectUri("spa", "http://localhost/redirect.html");
  const files = {
    "/": documentWith("/page.js", "<button>Sign in</button>"), "/page.js": (await bundle(program({ idp }), TARGETS.browser)).script,
    "/redirect.html": documentWith("/redirect.js"), "/redirect.js": (await bundle(redirectPage, TARGETS.browser)).script,
  };
  const server = http.createServer((req, res) => {
    const { pathname } = new URL(req.url, "http://localhost");
    res.writeHead(files[pathname] ? 200 : 404, { "content-type": pathname.endsWith(".js") ? "text/javascript" : "text/html", "content-security-policy": POLICY });
    res.end(files[pathname]);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const browser = await launch("chromium");
  try {
    const { context, complaints } = await openContext(browser);
    await context.route(`${GRAPH}/**`, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      await route.fulfill({ response: await route.fetch({ url: graph.origin + pathname + search }) });
    });
    const page = await context.newPage();
    await page.goto(`http://localhost:${server.address().port}/`);
    await use({ context, page, idp });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    server.closeAllConnections();
    await Promise.all([new Promise((resolve) => server.close(resolve)), graph.close(), idp.close()]);
  }
}
