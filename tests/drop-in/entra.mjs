// The services of these tests: the identity provider as a program sees it that believes to talk to Entra, and Graph.
import { after } from "node:test";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { ENTRA } from "../support.mjs";

export { ENTRA };
export const GRAPH = "https://graph.microsoft.com";

/** Starts both for one test file. `fresh()` makes them forget logs and faults, before a program runs. */
export async function entra(options) {
  const idp = await startIdentityProvider({ aliases: [ENTRA], issuer: ENTRA, ...options });
  const graph = await startGraph({ idp });
  after(async () => {
    await graph.close();
    await idp.close();
  });
  const fresh = () => {
    for (const service of [idp, graph]) {
      service.clearLog();
      service.clearFaults();
    }
    graph.clearChallenges();
    idp.setLifetimes();
  };
  return { idp, graph, fresh, routes: { [ENTRA]: idp.origin, [GRAPH]: graph.origin } };
}
