// What the tests of this folder share: where the packed package lies, programs as processes of their own, and the
// client's configuration against the test services.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";

const require = createRequire(import.meta.url);

/** The folder with the npm packages, in which the packed package is installed as any other. */
export const STAGE = fileURLToPath(new URL("../../", import.meta.url));
export const { version: VERSION } = require("graph-token/package.json");
export const TARBALL = path.join(STAGE, "..", `graph-token-${VERSION}.tgz`);
export const README = await readFile(path.join(STAGE, "README.md"), "utf8");

const WAIT_MS = 30_000;

/** The TypeScript compiler; run by Node, as its file has no ending that a shell would know everywhere. */
export function tsc(args, options) {
  const manifest = require.resolve("typescript/package.json");
  return run(process.execPath, [path.join(path.dirname(manifest), require(manifest).bin.tsc), ...args], options);
}

export const node = (args, options) => run(process.execPath, args, options);

/** Runs a program to its end, for half a minute at the most; gives its exit code and what it printed. */
export function run(command, args, { cwd = STAGE, env = {}, input } = {}) {
  return new Promise((resolve, reject) => {
    // What a developer has set to talk to the real service must not reach a test, nor must the test runner's own.
    const inherited = Object.entries(process.env).filter(([name]) => !/^(GRAPH_TOKEN_|NODE_OPTIONS$|NODE_TEST)/.test(name));
    const child = spawn(command, args, { cwd, env: { ...Object.fromEntries(inherited), ...env }, timeout: WAIT_MS, killSignal: "SIGKILL" });
    const printed = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => { printed[name] += text; });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code: code ?? signal, ...printed }));
    // A program that ends without reading breaks the pipe; its exit code tells what there is to tell.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** What a program printed as JSON; one that failed fails the test with what it said. */
export function printedJson({ code, stdout, stderr }) {
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

/** An empty folder outside of the checkout, gone after the tests of the file. */
export async function emptyFolder() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "graph-token-"));
  after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts both services for one test file. `CONFIGURATION` is for the environment of a program. */
export async function services() {
  const idp = await startIdentityProvider();
  const graph = await startGraph({ idp });
  after(async () => {
    await graph.close();
    await idp.close();
  });
  const { clientId, clientSecret } = idp.clients.daemon;
  const configuration = { auth: { clientId, clientSecret, authority: idp.authority("contoso") }, system: { graphOrigin: graph.origin } };
  return { idp, graph, env: { CONFIGURATION: JSON.stringify(configuration) } };
}
