// A cold start: a fresh process or isolate, from import to the first token.

import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Miniflare } from "miniflare";
import { APPS, bundle } from "./common/apps.mjs";
import { listenApart } from "./common/endpoint.mjs";
import { judge, short, table } from "./common/report.mjs";
import { median, turned } from "./common/statistics.mjs";

const NODE_RUNS = 11;
const WORKERD_RUNS = 11;
const LIMIT_MS = 22_000;
const ONE_RUN_LIMIT_MS = 15_000;
/** What it may take beyond oauth4webapi. */
const TARGET_MS = 5;
const IN_WORKERD = ["raw fetch", "oauth4webapi", "graph-token"];
const RUNNER = fileURLToPath(new URL("common/first-token.mjs", import.meta.url));
const COMPATIBILITY_DATE = "2026-04-01";

const endpoint = await listenApart();
// Inside the working directory, where the packages are found.
const folder = await mkdtemp(join(process.cwd(), "bench-"));
const tidy = () => {
  rmSync(folder, { recursive: true, force: true });
  endpoint.close();
};
process.once("SIGTERM", () => {
  tidy();
  process.exit(1);
});
try {
  await inNode();
  await inWorkerd();
} finally {
  tidy();
}
process.exit();

async function inNode() {
  const forms = {};
  for (const [name, source] of Object.entries(APPS)) {
    const file = join(folder, name.replace(/\W/g, "-"));
    await writeFile(`${file}.mjs`, source({ loopback: true }));
    await writeFile(`${file}.bundle.mjs`, (await bundle(source({ loopback: true }), "node")).text);
    forms[`${name}, node_modules`] = `${file}.mjs`;
    forms[`${name}, bundled`] = `${file}.bundle.mjs`;
  }
  const times = await interleaved(Object.keys(forms), NODE_RUNS, async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUNNER, forms[name], endpoint.origin], { timeout: ONE_RUN_LIMIT_MS });
    return Number(stdout);
  });
  table(
    "Cold start in Node: import to first token, ms (median; in brackets over oauth4webapi)",
    ["", "node_modules", "bundled"],
    Object.keys(APPS).map((name) => [name, ...["node_modules", "bundled"].map((form) => beside(times, `${name}, ${form}`, `oauth4webapi, ${form}`))]),
  );
  for (const form of ["node_modules", "bundled"]) {
    const over = median(times[`graph-token, ${form}`]) - median(times[`oauth4webapi, ${form}`]);
    judge(`cold start in Node beyond oauth4webapi, ${form}`, over, TARGET_MS, { unit: " ms", digits: 1 });
  }
}

async function inWorkerd() {
  const workers = {};
  for (const name of IN_WORKERD) workers[name] = await modulesOf(name);
  const readyTimes = Object.fromEntries(IN_WORKERD.map((name) => [name, []]));
  const secondTimes = Object.fromEntries(IN_WORKERD.map((name) => [name, []]));
  const times = await interleaved(IN_WORKERD, WORKERD_RUNS, async (name) => {
    const began = performance.now();
    const miniflare = new Miniflare({ modules: workers[name], compatibilityDate: COMPATIBILITY_DATE });
    try {
      await miniflare.ready;
      const ready = performance.now();
      await firstToken(miniflare, name);
      const answered = performance.now();
      await firstToken(miniflare, name);
      readyTimes[name].push(ready - began);
      secondTimes[name].push(performance.now() - answered);
      return answered - ready;
    } finally {
      await miniflare.dispose();
    }
  });
  table(
    "Cold start in workerd, ms (median; in brackets over oauth4webapi)",
    ["", "to ready", "ready to first token", "another"],
    IN_WORKERD.map((name) => [name, short(median(readyTimes[name])), beside(times, name, "oauth4webapi"), short(median(secondTimes[name]))]),
  );
  const over = median(times["graph-token"]) - median(times.oauth4webapi);
  judge("cold start in workerd beyond oauth4webapi", over, TARGET_MS, { unit: " ms", digits: 1 });
}

async function modulesOf(name) {
  const source = APPS[name]({ loopback: true }).replace("export default", "const getToken =");
  const worker = `${source}
    export default { async fetch(request) { return new Response(await getToken(new URL(request.url).searchParams.get("origin"))); } };`;
  const { text, wasm, further } = await bundle(worker, "workerd");
  return [
    { type: "ESModule", path: "worker.mjs", contents: text },
    ...(wasm ? [{ type: "CompiledWasm", path: "module.wasm", contents: wasm }] : []),
    ...further.map((module) => ({ type: "CompiledWasm", ...module })),
  ];
}

async function firstToken(miniflare, name) {
  const response = await miniflare.dispatchFetch(`http://worker/?origin=${encodeURIComponent(endpoint.origin)}`, {
    signal: AbortSignal.timeout(ONE_RUN_LIMIT_MS),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${name} in workerd: ${text.slice(0, 500)}`);
}

/** So many runs of each, in turns, as far as the time goes. The first run is not counted: it warms the disk. */
async function interleaved(names, runs, run) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const ends = performance.now() + LIMIT_MS;
  for (let turn = -1; turn < runs && (turn < 3 || performance.now() < ends); turn++) {
    for (const name of turned(names, turn + 1)) {
      const ms = await run(name);
      if (turn >= 0) times[name].push(ms);
    }
  }
  return times;
}

function beside(times, name, other) {
  const difference = median(times[name]) - median(times[other]);
  return `${short(median(times[name]))} (${difference < 0 ? "" : "+"}${difference.toFixed(1)})`;
}
