// Runs programs that were written for the real service, with the test services in its place.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { after } from "node:test";
import { Request, Response, fetch } from "miniflare";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { STAGE, node } from "./packed.mjs";

export const ENTRA = "https://login.microsoftonline.com";
const GRAPH = "https://graph.microsoft.com";
const WAIT_MS = 30_000;

/** Starts both services in Entra's and Graph's names, and gives what runs programs against them. */
export async function inTheirNames() {
  const idp = await startIdentityProvider({ aliases: [ENTRA], issuer: ENTRA });
  const graph = await startGraph({ idp });
  // Inside of the stage, so that the package is found from there.
  const folder = await mkdtemp(path.join(STAGE, ".programs-"));
  after(async () => {
    await graph.close();
    await idp.close();
    await rm(folder, { recursive: true, force: true });
  });
  const standIns = { [ENTRA]: idp.origin, [GRAPH]: graph.origin };
  const environmentOf = (more) => ({
    NODE_OPTIONS: `--import=${new URL("stand-ins.mjs", import.meta.url)}`, STAND_INS: JSON.stringify(standIns), ...more,
  });

  return {
    idp,
    graph,
    /** Where the programs run. */
    folder,
    fresh() {
      idp.clearLog();
      idp.clearFaults();
      graph.clearLog();
    },
    /** Runs a program to its end. */
    run: (program, env) => node(["--input-type=module", "-"], { cwd: folder, input: program, env: environmentOf(env) }),
    /** Runs a server while `use` uses it, and gives what it wrote to stderr. */
    async serve(program, { env, port }, use) {
      const child = spawn(process.execPath, ["--input-type=module", "-"], {
        cwd: folder, env: { PATH: process.env.PATH, ...environmentOf(env) }, stdio: ["pipe", "ignore", "pipe"], timeout: WAIT_MS, killSignal: "SIGKILL",
      });
      const ended = once(child, "close");
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text) => { stderr += text; });
      child.stdin.on("error", () => {});
      child.stdin.end(program);
      try {
        await Promise.race([listening(port), ended.then(() => { throw new Error(`it ended: ${stderr}`); })]);
        await use();
      } finally {
        child.kill();
        await ended;
      }
      return stderr;
    },
    /** Miniflare's `outboundService`. */
    async outbound(request) {
      const { origin, pathname, search } = new URL(request.url);
      if (!standIns[origin]) return new Response(`nothing stands in for ${origin}`, { status: 599 });
      const response = await fetch(new Request(standIns[origin] + pathname + search, request));
      return new Response(response.body, response);
    },
  };
}

/** A port that is free now. */
export async function freePort() {
  const server = net.createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function listening(port) {
  for (const end = Date.now() + WAIT_MS; ;) {
    const socket = net.connect(port, "localhost");
    const connected = await once(socket, "connect").then(() => true, () => false);
    socket.destroy();
    if (connected) return;
    if (Date.now() > end) throw new Error(`nothing listens at ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
