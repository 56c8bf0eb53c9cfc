// A story of a person and an app, told with either library in each browser: it goes well with both, and the identity
// provider and Graph are asked the same.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { differencesOf } from "../drop-in/compare.mjs";
import { judged } from "../drop-in/differences.mjs";
import { requestsOf } from "../drop-in/normal.mjs";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { inEachBrowser, LIMIT } from "../spa/support.mjs";
import { ENTRA } from "../support.mjs";
import { built, LIBRARIES, MSAL, OURS, startSite } from "./apps.mjs";

const REDIRECT_PAGE = "/redirect.html";

/** What the app asked; of a preflight, whose answer the browser may or may not have kept, each counts once. */
const asked = (requests) => requests.filter((request, at) => !request.startsWith("OPTIONS ") || requests.indexOf(request) === at);

/**
 * Starts what an example's tests need. The `twice` it gives takes what the story is about, the story itself
 * (`{ context, site, idp, graph, complaints }`), and the ids of the differences that are met; `env` is for the build.
 */
export async function example(name) {
  const idp = await startIdentityProvider({ host: "localhost", aliases: [ENTRA], issuer: ENTRA });
  const graph = await startGraph({ idp, host: "localhost" });
  const site = await startSite();
  after(() => Promise.all([site.close(), graph.close(), idp.close()]));
  idp.registerRedirectUri("spa", `http://localhost${REDIRECT_PAGE}`);
  site.config = { auth: authOf(idp), graphEndpoint: graph.origin };

  const folders = new Map();
  const folderOf = (library, env) => {
    const key = JSON.stringify([library, env]);
    if (!folders.has(key)) folders.set(key, built(name, library, env));
    return folders.get(key);
  };

  function twice(about, story, { differences = [], env } = {}) {
    describe(about, () => inEachBrowser((visit) => {
      const runs = new Map();
      const run = async (library) => {
        site.folder = await folderOf(library, env);
        for (const service of [idp, graph]) {
          service.clearLog();
          service.clearFaults();
        }
        await visit(({ context, complaints }) => story({ context, complaints, site, idp, graph }));
        return { requests: requestsIn(idp), graph: graph.log.map(({ method, path, status }) => [method, path, status].join(" ")) };
      };
      // Each run is kept, failed or not, so that one library's failure is not the other's.
      const of = (library) => {
        if (!runs.has(library)) runs.set(library, run(library));
        return runs.get(library);
      };
      for (const library of LIBRARIES) test(`goes well with ${library}`, LIMIT, () => of(library));
      test("asks the same", LIMIT, async () => {
        const [msal, ours] = [await of(MSAL), await of(OURS)];
        assert.deepEqual(judged(differencesOf(msal.requests, ours.requests, { what: "request" })), differences);
        assert.deepEqual(asked(ours.graph), asked(msal.graph));
      });
    }));
  }
  return { twice, idp, graph, site };
}

/** What a developer has of Entra, but that Entra's endpoints are told, as they are on loopback. */
function authOf(idp) {
  const { id } = idp.tenants.contoso;
  const base = `${idp.origin}/${id}`;
  return {
    clientId: idp.clients.spa.clientId,
    authority: `${ENTRA}/${id}`,
    authorityMetadata: JSON.stringify({
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`, token_endpoint: `${base}/oauth2/v2.0/token`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`, issuer: `${idp.issuer}/${id}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys`,
    }),
  };
}

function requestsIn(idp) {
  const requests = requestsOf(idp, codesIn(idp.log));
  // Firefox's own: whether a request was made while it handled a click.
  for (const { headers } of requests) delete headers?.priority;
  return requests;
}

/** The codes of answers in a fragment, by which sign-in they are of. */
function codesIn(log) {
  const codes = log.flatMap(({ response }) => (typeof response === "string" ? /#(?:.*&)?code=([^&]+)/.exec(response)?.[1] ?? [] : []));
  return codes.map((code, i) => [decodeURIComponent(code), `<code of answer ${i + 1}>`]);
}
