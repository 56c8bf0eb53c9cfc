// Serves the browser test page, the installed package, and the page's settings, on loopback and under a strict CSP.
//
//   const page = await startTestPage({ settings: { identityProvider, tenants, clientId, graphOrigin } });
//   const worker = await startWorker({ bindings: { …, PAGE_ORIGIN: page.origin } });
//   page.settings.workerOrigin = worker.origin;
import { readFile } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = path.dirname(createRequire(import.meta.url).resolve("graph-token/package.json"));

const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
  ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".wasm": "application/wasm",
};
// What of www/ is for the browser; the rest runs on the server's side.
const PAGE_FILES = new Set(["index.html", "redirect.html", "style.css", "icon.svg", "page.mjs", "redirect.mjs", "settings.mjs",
  "session.mjs", "traffic.mjs", "masks.mjs", "stored.mjs", "attempt.mjs", "accounts-panel.mjs", "token-panel.mjs", "graph-panel.mjs",
  "break-panel.mjs", "cache-panel.mjs", "traffic-panel.mjs", "builder-panel.mjs", "worker-panel.mjs", "request-builder.mjs", "formats.mjs",
  "claims.mjs", "meanings.mjs", "marked.mjs", "tabs.mjs", "elements.mjs"]);
const PAGES = { "/": "index.html", "/redirect": "redirect.html" };
// Copied by name, so that a secret which finds its way into the settings is not served with them.
const SETTINGS = ["identityProvider", "tenants", "clientId", "spaClientId", "graphOrigin", "workerOrigin"];
const TENANT = ["name", "id", "initialDomain", "customDomain"];

const LOOPBACK = "http://127.0.0.1:* http://localhost:*";
const PROVIDERS = "https://login.microsoftonline.com https://login.microsoftonline.us https://login.partner.microsoftonline.cn";
const GRAPHS = "https://graph.microsoft.com https://graph.microsoft.us https://dod-graph.microsoft.us https://microsoftgraph.chinacloudapi.cn";

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:",
  `connect-src 'self' ${LOOPBACK} ${PROVIDERS} ${GRAPHS}`, `frame-src 'self' ${LOOPBACK} ${PROVIDERS}`,
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  // The sign-in window stays the page's, and may be seen to be closed.
  "cross-origin-opener-policy": "same-origin-allow-popups",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
};
/** The redirect URI is opened in the sign-in window and in the page's own frame. */
const REDIRECT_HEADERS = {
  ...HEADERS,
  "content-security-policy": CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
  "x-frame-options": "SAMEORIGIN",
  "cross-origin-opener-policy": "unsafe-none",
};

/**
 * Starts the test page. `settings` holds `identityProvider` (an origin), `tenants` (`name`, `id`, `initialDomain`,
 * `customDomain`), `clientId` of a daemon, `spaClientId` of the page itself and `graphOrigin`; the page asks for them when it
 * loads, so they may still change.
 */
export async function startTestPage({ port = 0, settings = {}, workerOrigin } = {}) {
  const live = { ...settings, ...(workerOrigin ? { workerOrigin } : {}) };
  const server = await serveFiles({
    port,
    headers: (pathname) => (pathname === "/redirect" ? REDIRECT_HEADERS : HEADERS),
    locate: (pathname) => {
      const name = PAGES[pathname] ?? pathname.slice(1);
      return PAGE_FILES.has(name) ? path.join(HERE, name) : packageFile(pathname);
    },
    answer: async (pathname) => {
      if (pathname === "/settings.json") return { type: "application/json; charset=utf-8", body: JSON.stringify(publicSettings(live)) };
      if (pathname === "/package.mjs") return { type: TYPES[".mjs"], body: await bundledPackage() };
    },
  });
  return { ...server, settings: live };
}

let bundled;

/** What the page has of the package: in one file, as an app has it. */
async function bundledPackage() {
  bundled ??= build({
    entryPoints: [path.join(HERE, "package.mjs")], bundle: true, write: false, format: "esm", target: "es2022", minifyWhitespace: true, logLevel: "error",
    plugins: [{ name: "package", setup: ({ onResolve }) => onResolve({ filter: /^\/graph-token\// }, ({ path }) => ({ path: packageFile(path) })) }],
  });
  bundled.catch(() => {
    bundled = undefined;
  });
  return (await bundled).outputFiles[0].text;
}

/** The file behind `/graph-token/…`, or nothing. */
export function packageFile(pathname) {
  const prefix = "/graph-token/";
  if (!pathname.startsWith(prefix)) return undefined;
  const file = path.join(PACKAGE, pathname.slice(prefix.length));
  return file.startsWith(PACKAGE + path.sep) ? file : undefined;
}

/**
 * A server of static files on loopback: `locate(pathname)` names a file, `answer(pathname)` gives another `{ type, body }`,
 * `headers(pathname)` goes with all of them.
 */
export async function serveFiles({ port = 0, headers, locate, answer = () => undefined }) {
  const server = http.createServer(async (req, res) => {
    const send = (status, type, body) => {
      res.writeHead(status, { ...headers(req.url.split("?")[0]), "content-type": type });
      res.end(req.method === "HEAD" ? undefined : body);
    };
    try {
      const pathname = decodeURIComponent(new URL(req.url, "http://127.0.0.1").pathname);
      if (req.method !== "GET" && req.method !== "HEAD") return send(405, "text/plain", "GET and HEAD only");
      const answered = await answer(pathname);
      if (answered) return send(200, answered.type, answered.body);
      const file = locate(pathname);
      const type = TYPES[path.extname(file ?? "")];
      if (!type) return send(404, "text/plain", "not here");
      send(200, type, await readFile(file));
    } catch {
      send(404, "text/plain", "not here");
    }
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    // Kept-alive connections would hold `server.close` open.
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function publicSettings(settings) {
  const { tenants = [], ...rest } = pick(settings, SETTINGS);
  return { ...rest, tenants: tenants.map((tenant) => pick(tenant, TENANT)) };
}

function pick(from, names) {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
}
