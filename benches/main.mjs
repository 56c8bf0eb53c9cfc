// The benchmarks: `node --expose-gc benches/main.mjs [names...]`.
//
// Each runs in a process of its own, so that none inherits another's heap or compiled code, and within a time limit.

import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const LIMITS_SECONDS = { size: 40, concurrent: 20, miss: 40, cold: 70, fill: 85, hit: 100 };
const WHOLE_LIMIT_SECONDS = 235;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(LIMITS_SECONDS, name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. There are: ${Object.keys(LIMITS_SECONDS).join(", ")}.`);
  process.exit(2);
}

const version = (name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version}`;
const peers = ["graph-token", "@azure/msal-node", "@azure/identity", "oauth4webapi"].map(version).join(", ");
console.log(`${peers}; Node ${process.versions.node}, ${cpus().length} cores`);
console.log("Endpoints are on loopback or in memory: read the ratios, not the absolute figures.");

const verdicts = [];
const failures = [];
for (const name of asked.length > 0 ? asked : Object.keys(LIMITS_SECONDS)) {
  const began = performance.now();
  const ended = await run(name);
  if (ended !== undefined) failures.push(`${name} ${ended}`);
  console.log(`(${name}: ${Math.round((performance.now() - began) / 1000)} s)`);
}
console.log(`\nTargets\n${verdicts.join("\n")}`);
for (const failure of failures) console.log(`FAILED  ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Runs one in what is left of the time. Gives why it did not end well, if it did not. */
function run(name) {
  const child = fork(fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), { execArgv: ["--expose-gc"] });
  child.on("message", ({ verdict }) => verdicts.push(verdict));
  const seconds = Math.max(1, Math.min(LIMITS_SECONDS[name], WHOLE_LIMIT_SECONDS - performance.now() / 1000));
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill();
      resolve(`took longer than the ${Math.round(seconds)} s that were left for it`);
    }, seconds * 1000);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : `ended with ${code ?? signal}`);
    });
  });
}
