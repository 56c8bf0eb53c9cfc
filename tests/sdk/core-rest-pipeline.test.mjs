// @azure/core-rest-pipeline: what all clients of the Azure SDK for JavaScript send with.
import assert from "node:assert/strict";
import test from "node:test";
import { bearerTokenAuthenticationPolicy, createEmptyPipeline, createHttpHeaders, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import { ChainedTokenCredential } from "@azure/identity";
import { GRAPH_ORIGIN, SCOPE, sdkServices } from "./sdk.mjs";

const { idp, graph, client, credentials, toStandIn, shown } = await sdkServices();
const LIMIT = { timeout: 20_000 };

const httpClient = {
  async sendRequest(request) {
    const response = await toStandIn(request.url, { method: request.method, headers: request.headers.toJSON(), signal: request.abortSignal });
    return { request, status: response.status, headers: createHttpHeaders(Object.fromEntries(response.headers)), bodyAsText: await response.text() };
  },
};

/** As an SDK's client is made once and sends often: its policy keeps the token, too. */
function sender(credential, pipeline = createPipelineFromOptions({})) {
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: SCOPE }));
  return (path) => pipeline.sendRequest(httpClient, createPipelineRequest({ url: `${GRAPH_ORIGIN}${path}` }));
}

for (const { who, make } of credentials) {
  const path = who === "an application" ? "/v1.0/users" : "/v1.0/me";

  test(`the bearer policy sends tokens of ${who}`, LIMIT, async () => {
    const credential = await make();
    for (const pipeline of [createPipelineFromOptions({}), createEmptyPipeline()]) {
      const send = sender(credential, pipeline);
      for (let i = 0; i < 2; i++) {
        const { status, bodyAsText } = await send(path);
        assert.equal(status, 200, bodyAsText);
      }
    }
    assert.equal(idp.tokenRequests().length, 1);
    assert.equal(new Set(shown()).size, 1);
  });

  test(`the bearer policy meets a claims challenge to ${who}`, LIMIT, async () => {
    const credential = await make();
    const send = sender(credential);
    await send(path);
    graph.challenge({ claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' });
    assert.equal((await send(path)).status, 200);
    assert.equal(idp.tokenRequests().length, 2);
    assert.equal(JSON.parse(idp.tokenRequests()[1].body.claims).access_token.acrs.value, "c1");
    const [first, challenged, met] = shown();
    assert.equal(challenged, first);
    assert.notEqual(met, first);
    await send(path);
    assert.deepEqual([shown().at(-1), idp.tokenRequests().length], [met, 2], "the new token stays in use");
  });
}

test("a second claims challenge to the same request ends it: there is no loop", LIMIT, async () => {
  graph.challenge({ times: 5 });
  assert.equal((await sender(client())("/v1.0/users")).status, 401);
  assert.equal(idp.tokenRequests().length, 2);
});

test("it takes its place in a chain of credentials", LIMIT, async () => {
  const chained = new ChainedTokenCredential({ getToken: async () => null }, client());
  assert.equal((await sender(chained)("/v1.0/users")).status, 200);
});
