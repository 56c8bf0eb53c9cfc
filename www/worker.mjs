// Runs the test page's Worker in workerd, without nodejs_compat.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const SCRIPT = fileURLToPath(new URL("worker-script.mjs", import.meta.url));
const COMPATIBILITY_DATE = "2026-04-20";

/** Starts the Worker with its `bindings` (see worker-script.mjs) on loopback. */
export async function startWorker({ bindings, port = 0 }) {
  const worker = new Miniflare({
    modules: await bundle(),
    modulesRoot: path.dirname(SCRIPT),
    compatibilityDate: COMPATIBILITY_DATE,
    // Bindings are JSON: what is not set is left out.
    bindings: JSON.parse(JSON.stringify(bindings)),
    host: "127.0.0.1",
    port,
  });
  const { origin } = await worker.ready;
  return { origin, dispose: () => worker.dispose() };
}

/** One script, and beside it the WebAssembly module, which workerd takes as a module of its own only. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [SCRIPT],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    outdir: path.dirname(SCRIPT),
    conditions: ["workerd"],
    external: ["cloudflare:workers"],
    loader: { ".wasm": "copy" },
  });
  const modules = outputFiles.map(({ path: file, contents }) => ({
    type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
    path: file,
    contents,
  }));
  // The first module is the one that runs.
  return modules.sort((a, b) => Number(a.type === "CompiledWasm") - Number(b.type === "CompiledWasm"));
}
