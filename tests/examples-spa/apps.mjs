// The example apps as their users have them: built with MSAL, or with the import changed and nothing else, and served.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

export const MSAL = "@azure/msal-browser";
export const OURS = "graph-token";
export const LIBRARIES = [MSAL, OURS];

const STAGE = fileURLToPath(new URL("../..", import.meta.url));
const VITE = path.join(STAGE, "node_modules/vite/bin/vite.js");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".wasm": "application/wasm" };

/** A folder beside the npm packages, so that the copies in it resolve them; gone after the tests of the file. */
const SCRATCH = await mkdtemp(path.join(STAGE, ".examples-spa-"));
after(() => rm(SCRATCH, { recursive: true, force: true }));

const builds = {
  async spa(folder, library) {
    if (library !== MSAL) await changeImports(folder, library);
    const { scripts } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const entryPoints = scripts.build.match(/\w+\.js/g);
    await build({ entryPoints, absWorkingDir: folder, bundle: true, format: "esm", minify: true, outdir: "dist", logLevel: "error" });
    return folder;
  },
  async react(folder, library, env) {
    // Nothing of the app is changed: its Vite is told.
    const { GRAPH_TOKEN: _, ...rest } = process.env;
    await promisify(execFile)(process.execPath, [VITE, "build", "--logLevel", "warn"], {
      cwd: folder, env: { ...rest, ...env, ...(library === MSAL ? {} : { GRAPH_TOKEN: "1" }) },
    });
    return path.join(folder, "dist");
  },
};

/** Gives the folder to serve. `env` is the environment of the build. */
export async function built(example, library, env = {}) {
  const folder = await mkdtemp(path.join(SCRATCH, `${example}-`));
  await cp(path.join(STAGE, "examples", example), folder, { recursive: true });
  return builds[example](folder, library, env);
}

async function changeImports(folder, library) {
  let changed = 0;
  for (const name of (await readdir(folder)).filter((name) => name.endsWith(".js"))) {
    const file = path.join(folder, name);
    const parts = (await readFile(file, "utf8")).split(`from "${MSAL}`);
    changed += parts.length - 1;
    await writeFile(file, parts.join(`from "${library}`));
  }
  assert.equal(changed, 3, "imports changed");
}

/** Serves `site.folder`, with `site.config` as its config.json. A path that is no file is a page of the app's own. */
export async function startSite() {
  const site = { folder: undefined, config: undefined };
  const server = http.createServer(async (req, res) => {
    const { pathname } = new URL(req.url, "http://localhost");
    if (pathname === "/config.json") return void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(site.config));
    const name = path.extname(pathname) ? pathname : "/index.html";
    const body = await readFile(path.join(site.folder, name)).catch(() => undefined);
    res.writeHead(body ? 200 : 404, { "content-type": TYPES[path.extname(name)] ?? "text/plain" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  site.origin = `http://localhost:${server.address().port}`;
  site.close = () => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return site;
}
