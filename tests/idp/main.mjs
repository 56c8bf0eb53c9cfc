// Runs both services for programs that are not JavaScript: prints one JSON line, ends on SIGTERM or when stdin closes.
import { startGraph, startIdentityProvider } from "./index.mjs";

const idp = await startIdentityProvider({ port: Number(process.env.IDP_PORT ?? 0) });
const graph = await startGraph({ idp, port: Number(process.env.GRAPH_PORT ?? 0) });

const tenants = Object.fromEntries(Object.entries(idp.tenants).map(([name, { id, initialDomain, customDomain, users }]) =>
  [name, { id, initialDomain, customDomain, users: [...users.keys()] }]));
const clients = Object.fromEntries(Object.entries(idp.clients).map(([name, { clientId, clientSecret, type }]) =>
  [name, { clientId, clientSecret, type }]));
process.stdout.write(`${JSON.stringify({ idp: idp.origin, graph: graph.origin, tenants, clients })}\n`);

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  await Promise.all([idp.close(), graph.close()]);
  process.exit(0);
}
process.on("SIGTERM", end);
process.on("SIGINT", end);
// A parent that dies closes our stdin: no server is left behind.
process.stdin.on("end", end).on("error", end).resume();
