// Runs programs that were written for the real service, with the test services in its place.
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { after } from "node:test";
import { Request, Response, fetch } from "miniflare";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { STAGE, node } from "./packed.mjs";

export const ENTRA = "https://login.microsoftonline.com";
const GRAPH = "https://graph.microsoft.com";

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
    /** Miniflare's `outboundService`. */
    async outbound(request) {
      const { origin, pathname, search } = new URL(request.url);
      if (!standIns[origin]) return new Response(`nothing stands in for ${origin}`, { status: 599 });
      const response = await fetch(new Request(standIns[origin] + pathname + search, request));
      return new Response(response.body, response);
    },
  };
}
