// A token endpoint on loopback, as plain as can be. As a process of its own it does not share the client's thread.

import { fork } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { answer } from "./answers.mjs";

const SELF = fileURLToPath(import.meta.url);
const START_LIMIT_MS = 10_000;

/** @param {{ delayMs?: number, onRequest?: (path: string) => void }} [options] */
export async function listen({ delayMs = 0, onRequest } = {}) {
  const server = createServer((request, response) => {
    onRequest?.(request.url);
    request.resume().on("end", () => {
      const body = answer(`http://${request.headers.host}${request.url}`);
      const send = () => response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(body);
      if (delayMs) setTimeout(send, delayMs);
      else send();
    });
  });
  // No connection is closed below a client that is about to use it.
  server.keepAliveTimeout = 120_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** The same in another process. */
export async function listenApart() {
  const child = fork(SELF, ["serve"], { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  const origin = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the token endpoint does not start")), START_LIMIT_MS);
    child.once("message", (message) => {
      clearTimeout(timer);
      resolve(message);
    });
    child.once("exit", (code) => reject(new Error(`the token endpoint ended with ${code}`)));
  });
  return { origin, close: () => child.kill() };
}

if (process.argv[1] === SELF && process.argv[2] === "serve") {
  const { origin } = await listen();
  process.once("disconnect", () => process.exit());
  process.send(origin);
}
