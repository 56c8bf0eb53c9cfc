// Bundles the Worker with the packed package as wrangler would, and runs it in workerd, without nodejs_compat.
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const COMPATIBILITY_DATE = "2026-04-20";

/**
 * Starts it. `hasWaitUntil: false` gives the runtime as it was before `cloudflare:workers` exported one: there a request
 * takes what it began with it when it ends. `kvNamespaces` are the names of those in `env`, `durableObjects`
 * their classes by name; `conditions` those by which the
 * bundler chooses the package's entry.
 */
export async function startWorker(configuration, { hasWaitUntil = true, script = "worker.mjs", kvNamespaces = [], durableObjects = {}, conditions = ["workerd"] } = {}) {
  const miniflare = new Miniflare({
    modules: await bundle(script, configuration, hasWaitUntil, conditions),
    compatibilityDate: COMPATIBILITY_DATE,
    cf: false,
    kvNamespaces,
    durableObjects,
  });
  const { origin } = await miniflare.ready;
  const ask = (path, body, signal) => fetch(`${origin}${path}`, { method: "POST", body: JSON.stringify(body ?? {}), signal });
  return {
    ask,
    /** The answer's JSON. */
    json: async (path, body, signal) => (await ask(path, body, signal)).json(),
    close: () => miniflare.dispose(),
  };
}

async function bundle(script, configuration, hasWaitUntil, conditions) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    bundle: true, format: "esm", target: "es2022", write: false, outdir: "bundle",
    conditions,
    external: hasWaitUntil ? ["cloudflare:workers"] : [],
    plugins: hasWaitUntil ? [] : [withoutExports("cloudflare:workers")],
    loader: { ".wasm": "copy" },
    define: { CONFIGURATION: JSON.stringify(configuration) ?? "undefined" },
  });
  const modules = outputFiles.map(({ path, contents }) => (path.endsWith(".wasm")
    ? { type: "CompiledWasm", path: basename(path), contents }
    : { type: "ESModule", path: basename(path), contents: new TextDecoder().decode(contents) }));
  // The first one is the Worker.
  const isScript = ({ type }) => type === "ESModule";
  return [...modules.filter(isScript), ...modules.filter((module) => !isScript(module))];
}

function withoutExports(name) {
  return {
    name: "without-exports",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: "without-exports" }));
      onLoad({ filter: /.*/, namespace: "without-exports" }, () => ({ contents: "export {};" }));
    },
  };
}
