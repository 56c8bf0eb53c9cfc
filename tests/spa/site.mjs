// The single-page app under test, served on loopback under a strict Content-Security-Policy, with the library it is given.
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { packageFile } from "../../www/server.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".wasm": "application/wasm" };
const PAGES = { "/": "app.html", "/redirect": "redirect.html", "/elsewhere": "elsewhere.html" };

/** What a library's module is called in its package. */
const MODULES = { library: { ours: "graph-token/browser", msal: "@azure/msal-browser" }, bridge: { ours: "graph-token/redirect-bridge", msal: "@azure/msal-browser/redirect-bridge" } };

/**
 * Starts the site. `settings` is what its pages ask for when they load, and may be changed while it runs: `library` is
 * the library of the redirect page's bridge, `start` and `calls` are done by the app page on its own.
 * `clockOffsetMs` puts its clock ahead of the browser's. `policy` are further directives, `isolated` sends the headers of cross-origin isolation.
 */
export async function startSite({ settings = {}, policy = [], isolated = false, wasm = true } = {}) {
  const site = { settings, requests: [], clockOffsetMs: 0 };
  const headers = {
    "content-security-policy": [
      "default-src 'none'", `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ""}`, "style-src 'self'", "img-src data:", "worker-src 'self'",
      "connect-src 'self' http://127.0.0.1:* http://localhost:*", "frame-src 'self' http://127.0.0.1:* http://localhost:*", "base-uri 'none'", ...policy,
    ].join("; "),
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
    ...(isolated ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" } : {}),
  };

  async function find(pathname) {
    if (pathname === "/settings.json") return ["application/json", JSON.stringify(site.settings)];
    if (pathname === "/ran") return ["text/plain", ""];
    const [, kind, name] = /^\/(library|bridge)\/(\w+)\.mjs$/.exec(pathname) ?? [];
    if (kind) return [TYPES[".mjs"], await moduleOf(kind, name)];
    if (pathname === "/bridge.mjs") return [TYPES[".mjs"], `export * from "/bridge/${site.settings.library ?? "ours"}.mjs";`];
    const file = PAGES[pathname] ? path.join(HERE, "fixture", PAGES[pathname])
      : /^\/fixture\/[\w-]+\.\w+$/.test(pathname) ? path.join(HERE, pathname) : packageFile(pathname);
    return file && [TYPES[path.extname(file)] ?? "text/plain", await readFile(file)];
  }

  const server = http.createServer(async (req, res) => {
    const { pathname } = new URL(req.url, "http://localhost");
    site.requests.push({ method: req.method, url: req.url });
    const [type, body] = await find(pathname).catch(() => undefined) ?? [];
    // The redirect page is left out of isolation, as MSAL and this package ask for.
    const { "cross-origin-opener-policy": _, ...ofRedirect } = headers;
    res.writeHead(body === undefined ? 404 : 200, { ...(pathname === "/redirect" ? ofRedirect : headers), "content-type": type ?? "text/plain",
      date: new Date(Date.now() + site.clockOffsetMs).toUTCString() });
    res.end(body ?? "not here");
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  site.origin = `http://localhost:${server.address().port}`;
  site.close = () => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return site;
}

const bundled = new Map();

/** Bundled, as an app has it. */
async function moduleOf(kind, name) {
  const wanted = MODULES[kind][name];
  if (!bundled.has(wanted)) {
    bundled.set(wanted, build({ stdin: { contents: `export * from "${wanted}";`, resolveDir: HERE }, bundle: true, minifyWhitespace: true, format: "esm", write: false, logLevel: "error" }));
  }
  return (await bundled.get(wanted)).outputFiles[0].text;
}
