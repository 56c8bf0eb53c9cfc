// An edge runtime's sandbox (Next's): the module that the bundler's import gives is of another realm than the program.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import vm from "node:vm";
import { build } from "esbuild";
import { services } from "../support.mjs";
import { TARGETS } from "./bundle.mjs";
import { STAGE } from "./packed.mjs";

const { idp } = await services();

test("a module of another realm is instantiated", async () => {
  const modules = new Map();
  const outside = {
    name: "module-of-another-realm",
    setup(building) {
      building.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({ path: new URL(path.replace("?module", ""), `file://${resolveDir}/`).pathname, namespace: "module" }));
      building.onLoad({ filter: /./, namespace: "module" }, async ({ path }) => {
        modules.set(path, new WebAssembly.Module(await readFile(path)));
        return { contents: `export default modules.get(${JSON.stringify(path)});` };
      });
    },
  };
  const { external, ...target } = TARGETS.edgeLight;
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "graph-token";', resolveDir: STAGE, loader: "js" },
    ...target, format: "iife", globalName: "library", bundle: true, write: false, logLevel: "silent", absWorkingDir: STAGE, plugins: [outside],
  });
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => /^(crypto|Text|performance|set|clear|Abort|DOMException|URL|fetch|atob|btoa)/.test(name));
  const realm = vm.createContext({ modules, ...Object.fromEntries(names.map((name) => [name, globalThis[name]])) });
  vm.runInContext(outputFiles[0].text, realm);
  assert.equal([...modules.values()].some((module) => vm.runInContext("(module) => module instanceof WebAssembly.Module", realm)(module)), false);
  realm.configuration = { auth: { ...idp.clients.daemon, authority: idp.authority("contoso") } };
  const token = await vm.runInContext("new library.ConfidentialClientApplication(configuration).acquireTokenByClientCredential()", realm);
  assert.ok(token.accessToken);
});
