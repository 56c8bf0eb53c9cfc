// MSAL Python, run once for each thing that a test wants of it.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const DRIVER = fileURLToPath(new URL("msal_driver.py", import.meta.url));
const LIMIT_MS = 60_000;

/**
 * Does one job (msal_driver.py says which there are) and gives its `{ result, cache }`. The interpreter, which has MSAL
 * Python among its packages, is GRAPH_TOKEN_PYTHON: `cargo xtask setup` makes it.
 */
export async function runPython(job) {
  const child = spawn(process.env.GRAPH_TOKEN_PYTHON ?? "python3", ["-I", DRIVER], { timeout: LIMIT_MS, killSignal: "SIGKILL" });
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  // One that ended before it read the job is told of by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(job));
  const code = await ended;
  if (code !== 0) throw new Error(`MSAL Python ended with ${code}: ${await err}`);
  return JSON.parse(await out);
}

async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
