// The example programs as processes of their own: as they are, with MSAL, or with the import changed and nothing else.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

export const MSAL = "@azure/msal-node";
export const OURS = "graph-token";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const STAGE = path.join(HERE, "../..");
const WAIT_MS = 30_000;
const PRELOADS = ["route.mjs", "observe.mjs"].flatMap((name) => ["--import", pathToFileURL(path.join(HERE, name)).href]);

/** A folder beside the npm packages, so that the copies in it resolve them; gone after the tests of the file. */
export const SCRATCH = await mkdtemp(path.join(STAGE, ".drop-in-"));
after(() => rm(SCRATCH, { recursive: true, force: true }));

/** The program's folder for a library. */
async function folderOf(example, library) {
  const original = path.join(STAGE, "examples", example);
  if (library === MSAL) return original;
  const copy = path.join(SCRATCH, example);
  await cp(original, copy, { recursive: true });
  let changed = 0;
  for (const name of (await readdir(copy)).filter((name) => name.endsWith(".mjs"))) {
    const file = path.join(copy, name);
    const parts = (await readFile(file, "utf8")).split(`from "${MSAL}"`);
    changed += parts.length - 1;
    await writeFile(file, parts.join(`from "${library}"`));
  }
  assert.ok(changed > 0, `${example} does not import ${MSAL}`);
  return copy;
}

/**
 * Starts a program. `observed()` is what the library gave it so far, `printed` what it said. `ended` settles with the
 * exit code.
 */
export async function start(example, library, { routes, env, args = [] }) {
  const folder = await folderOf(example, library);
  const observed = path.join(SCRATCH, `${process.hrtime.bigint()}.observed`);
  const child = spawn(process.execPath, [...PRELOADS, "main.mjs", ...args], {
    cwd: folder,
    // Nothing that a developer has set to talk to the real service must reach it.
    env: { PATH: process.env.PATH, DROP_IN_ROUTES: JSON.stringify(routes), DROP_IN_LIBRARY: library, DROP_IN_OBSERVED: observed, ...env },
    stdio: ["ignore", "pipe", "pipe"], timeout: WAIT_MS, killSignal: "SIGKILL",
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => { printed[name] += text; });
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return {
    printed,
    ended,
    async observed() {
      const text = await readFile(observed, "utf8").catch(() => "");
      return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** Starts a server program and waits until it listens. */
export async function startServer(example, library, options) {
  const program = await start(example, library, options);
  for (;;) {
    if (/^listening at /m.test(program.printed.stdout)) return program;
    const next = await Promise.race([program.ended, new Promise((resolve) => setTimeout(resolve, 10, "wait"))]);
    if (next !== "wait") throw new Error(`${example} with ${library} ended with ${next} before it listened\n${program.printed.stderr}`);
  }
}
