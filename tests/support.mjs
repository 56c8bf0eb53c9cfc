// What the tests of the packed package share: the two services, clients of them, and a failure as a value.
import http from "node:http";
import { after, beforeEach } from "node:test";
import * as msal from "@azure/msal-node";
import { ConfidentialClientApplication } from "graph-token";
import { startGraph, startIdentityProvider } from "./idp/index.mjs";

/** The origin under which MSAL, which takes no http authority, believes to talk to the identity provider. */
export const ENTRA = "https://login.microsoftonline.com";

/**
 * Starts both services for one test file. Every test begins with empty logs, no faults, the right time and Entra's
 * lifetimes. A client that verifies id_tokens and believes to talk to Entra takes none of a loopback issuer's:
 * `services({ issuer: ENTRA })` issues them in Entra's name.
 */
export async function services({ issuer, deviceIntervalSeconds } = {}) {
  const idp = await startIdentityProvider({ aliases: [ENTRA], issuer, deviceIntervalSeconds });
  const graph = await startGraph({ idp });
  after(async () => {
    await graph.close();
    await idp.close();
  });
  beforeEach(() => {
    for (const service of [idp, graph]) {
      service.clearLog();
      service.clearFaults();
    }
    graph.clearChallenges();
    idp.setLifetimes();
    idp.setClock();
    idp.onIdToken = undefined;
  });
  return { idp, graph, ...clientsOf(idp, graph) };
}

function clientsOf(idp, graph) {
  const { clientId, clientSecret } = idp.clients.daemon;
  // In the shape of MSAL's INetworkModule, which our client takes as well.
  const networkClient = {
    async sendGetRequestAsync(url, options) {
      return answerOf(await fetch(url.replace(ENTRA, idp.origin), { headers: options?.headers }));
    },
    async sendPostRequestAsync(url, options) {
      const { headers, body } = options;
      return answerOf(await fetch(url.replace(ENTRA, idp.origin), { method: "POST", headers, body }));
    },
  };
  const atEntra = ({ auth, cache, system } = {}) => ({
    auth: { clientId, clientSecret, authority: `${ENTRA}/${idp.tenants.contoso.id}`, ...auth }, cache, system: { networkClient, ...system },
  });
  return {
    networkClient,
    /** Our client of the application "daemon", in the tenant contoso. */
    client: ({ auth, cache, system } = {}) => new ConfidentialClientApplication({
      auth: { clientId, clientSecret, authority: idp.authority("contoso"), ...auth },
      cache,
      system: { graphOrigin: graph.origin, ...system },
    }),
    /** The same, of a client that believes to talk to Entra itself: what MSAL's has to be compared with. */
    clientAtEntra: (options) => new ConfidentialClientApplication(atEntra(options)),
    msalClient: (options) => new msal.ConfidentialClientApplication(atEntra(options)),
  };
}

async function answerOf(response) {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.json() };
}

/** A plain server for the length of a test file; `requests` is what it was asked. */
export async function serve(handler) {
  const requests = [];
  const server = http.createServer(async (req, res) => {
    const chunks = [];
    const entry = { method: req.method, url: req.url, headers: req.headers, body: undefined };
    requests.push(entry);
    for await (const chunk of req) chunks.push(chunk);
    entry.body = Buffer.concat(chunks).toString("utf8");
    handler(req, res, entry);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  after(close);
  return { origin: `http://127.0.0.1:${server.address().port}`, requests };
}

/** The error with which a call fails; a call that succeeds fails the test. */
export async function failureOf(call) {
  let result;
  try {
    result = await (typeof call === "function" ? call() : call);
  } catch (error) {
    return error;
  }
  throw new Error(`expected an error, got ${result?.constructor?.name ?? typeof result}`);
}

/** Waits until `condition` holds, for five seconds at the most. */
export async function until(condition, what = String(condition)) {
  for (const end = Date.now() + 5000; !(await condition());) {
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
