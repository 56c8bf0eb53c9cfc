// examples/on-behalf-of-api with MSAL and with graph-token: what its callers get, and what it asks for them.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { answerOf, signIn } from "../idp/index.mjs";
import { freePort } from "../free-port.mjs";
import { entra } from "./entra.mjs";
import { requestsOf, resultsOf, valueOf } from "./normal.mjs";
import { startServer } from "./programs.mjs";
import { twice } from "./twice.mjs";

const { idp, graph, fresh, routes } = await entra();
const { api, web } = idp.clients;
const { contoso } = idp.tenants;
const PORT = await freePort();
const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

const ada = await tokenOf("ada@contoso.example");
const blaise = await tokenOf("blaise@contoso.example");
const INCOMING = [[ada, "<Ada's token>"], [blaise, "<Blaise's token>"]];

/** What a person's web app sends to the API: a token for its scope. Both runs are shown the same ones. */
async function tokenOf(login) {
  const verifier = randomBytes(32).toString("base64url");
  const redirect_uri = "http://localhost:4000/auth";
  const url = new URL(`${idp.authority("contoso")}/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({
    client_id: web.clientId, response_type: "code", redirect_uri, scope: `openid api://${api.clientId}/access_as_user`,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
  });
  const { code } = answerOf(await signIn(url, { login }));
  const body = new URLSearchParams({ client_id: web.clientId, client_secret: web.clientSecret, grant_type: "authorization_code", code, redirect_uri, code_verifier: verifier });
  const response = await fetch(`${idp.authority("contoso")}/oauth2/v2.0/token`, { method: "POST", body });
  return (await response.json()).access_token;
}

/** Runs the API while `calls` calls it. */
function calling(calls) {
  return async (library) => {
    fresh();
    const env = { TENANT_ID: contoso.id, CLIENT_ID: api.clientId, CLIENT_SECRET: api.clientSecret, PORT: String(PORT) };
    const program = await startServer("on-behalf-of-api", library, { routes, env });
    try {
      const answers = [];
      await calls(async (token, headers = {}) => {
        const response = await fetch(`http://localhost:${PORT}/me`, { headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers } });
        answers.push({ status: response.status, challenge: response.headers.get("www-authenticate"), body: await response.json() });
      });
      return {
        answers, shown: valueOf(answers, idp), requests: requestsOf(idp, INCOMING), results: resultsOf(await program.observed(), idp),
        graphAnswers: graph.log.map(({ status }) => status), stderr: program.printed.stderr,
      };
    } finally {
      await program.stop();
    }
  };
}

const twoCallers = calling(async (call) => {
  await call(undefined);
  await call("not.a.token");
  await call(ada, { "client-request-id": "4b3a2c1d-0000-4000-8000-00000000000a" });
  await call(ada);
  await call(blaise);
  await call(ada);
});
twice("two callers, each for themselves and once per token", twoCallers, {
  holds({ answers, requests, graphAnswers, stderr }) {
    assert.deepEqual(answers.map(({ status }) => status), [401, 401, 200, 200, 200, 200], stderr);
    assert.deepEqual(answers.slice(2).map(({ body }) => body.name), ["Ada Test", "Ada Test", "Blaise Test", "Ada Test"]);
    assert.deepEqual(requests.map(({ body }) => body.assertion), ["<Ada's token>", "<Blaise's token>"]);
    assert.deepEqual(graphAnswers, [200, 200, 200, 200]);
  },
  differences: { results: ["cached-on-behalf-of", "ext-expires-on", "request-id"] },
});

const challengedByGraph = calling(async (call) => {
  await call(ada);
  graph.challenge({ claims: CLAIMS });
  await call(ada);
  await call(ada);
});
twice("a claims challenge of Graph's that is met without the person", challengedByGraph, {
  holds({ answers, requests, graphAnswers, stderr }) {
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200], stderr);
    assert.equal(requests.length, 2);
    assert.deepEqual(requests[1].body.claims.json.access_token.acrs, { essential: true, value: "c1" });
    assert.deepEqual(graphAnswers, [200, 401, 200, 200]);
  },
  differences: { results: ["cached-on-behalf-of", "ext-expires-on", "request-id"] },
});

const challengedByEntra = calling(async (call) => {
  idp.fault({ status: 400, body: {
    error: "interaction_required", error_codes: [50076], suberror: "basic_action", claims: CLAIMS,
    error_description: "AADSTS50076: Due to a configuration change, you must use multi-factor authentication.",
    timestamp: "2026-01-01 00:00:00Z", trace_id: "4b3a2c1d-0000-4000-8000-000000000001", correlation_id: "4b3a2c1d-0000-4000-8000-000000000002",
  } });
  await call(ada);
  await call(ada);
});
twice("a claims challenge of Entra's, which the caller has to meet", challengedByEntra, {
  holds({ answers, results, stderr }) {
    assert.deepEqual(answers.map(({ status }) => status), [401, 200], stderr);
    const claims = /error="insufficient_claims", claims="([^"]+)"$/.exec(answers[0].challenge)[1];
    assert.equal(Buffer.from(claims, "base64").toString(), CLAIMS);
    assert.equal(results[0].error.name, "InteractionRequiredAuthError");
  },
  differences: { results: ["ext-expires-on", "request-id"] },
});
