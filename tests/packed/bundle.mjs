// Bundles as the users of each runtime make them, with esbuild.
import { basename } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { STAGE } from "./packed.mjs";

const COMPATIBILITY_DATE = "2026-04-20";

/** What a build for each runtime says to esbuild. */
export const TARGETS = {
  browser: { platform: "browser", format: "esm" },
  nodeModule: { platform: "node", format: "esm" },
  nodeCommonJs: { platform: "node", format: "cjs" },
  // As wrangler has it: the module lies beside the script.
  workerd: { platform: "browser", format: "esm", conditions: ["workerd"], external: ["cloudflare:workers"], loader: { ".wasm": "copy" } },
  edgeLight: { platform: "browser", format: "esm", conditions: ["edge-light"], external: ["*.wasm?module"] },
};

/**
 * Bundles a program's text; gives the files, the script first, and what the script still imports.
 * @param {string} program
 * @param {object} target one of `TARGETS`
 */
export async function bundle(program, target) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: STAGE, sourcefile: "program.js", loader: "js" },
    bundle: true, minify: true, target: "es2022", write: false, metafile: true, absWorkingDir: STAGE, outdir: "bundle",
    logLevel: "silent",
    ...target,
  });
  const files = outputFiles
    .map(({ path, contents }) => ({ name: basename(path), contents: Buffer.from(contents) }))
    .sort((a, b) => Number(a.name.endsWith(".wasm")) - Number(b.name.endsWith(".wasm")));
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports).map(({ path }) => path);
  return { script: files[0].contents.toString(), files, imports };
}

/** Runs a bundle for workerd, without nodejs_compat. `options` are Miniflare's. */
export function inWorkerd({ files }, options) {
  return new Miniflare({
    modules: files.map(({ name, contents }) => (name.endsWith(".wasm")
      ? { type: "CompiledWasm", path: name, contents }
      : { type: "ESModule", path: name, contents: contents.toString() })),
    compatibilityDate: COMPATIBILITY_DATE,
    cf: false,
    ...options,
  });
}
