// @microsoft/microsoft-graph-client, the Graph SDK for JavaScript that most programs have.
import assert from "node:assert/strict";
import test from "node:test";
import { Client, MiddlewareFactory } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import { ADA, SCOPE, sdkServices } from "./sdk.mjs";

const { idp, graph, client, credentials, toStandIn, shown } = await sdkServices();
const LIMIT = { timeout: 20_000 };

/** The end of the SDK's chain, which is its use of the global fetch, with another fetch. */
const endingIn = (send) => ({
  async execute(context) {
    context.response = await send(context.request, context.options);
  },
});

function graphClient(authProvider) {
  const chain = MiddlewareFactory.getDefaultMiddlewareChain(authProvider);
  chain[chain.length - 1] = endingIn(toStandIn);
  return Client.initWithMiddleware({ middleware: chain });
}

const ask = {
  "an application": async (sdk) => assert.ok((await sdk.api("/users").get()).value.some((user) => user.userPrincipalName === ADA)),
  "a user, on behalf of whom an API calls": async (sdk) => assert.equal((await sdk.api("/me").get()).userPrincipalName, ADA),
};

for (const { who, make } of credentials) {
  test(`TokenCredentialAuthenticationProvider takes it for ${who}`, LIMIT, async () => {
    const sdk = graphClient(new TokenCredentialAuthenticationProvider(await make(), { scopes: [SCOPE] }));
    for (let i = 0; i < 2; i++) await ask[who](sdk);
    assert.equal(idp.tokenRequests().length, 1);
    assert.equal(new Set(shown()).size, 1);
  });

  test(`an authentication provider of one's own is one line for ${who}`, LIMIT, async () => {
    const credential = await make();
    const sdk = graphClient({ getAccessToken: async () => (await credential.getToken([SCOPE])).token });
    for (let i = 0; i < 2; i++) await ask[who](sdk);
    assert.equal(idp.tokenRequests().length, 1);
  });

  // This SDK meets no challenge by itself. What its error holds is enough to do so.
  test(`a claims challenge to ${who} is met by whom the SDK tells of it`, LIMIT, async () => {
    const credential = await make();
    const options = { scopes: [SCOPE], getTokenOptions: {} };
    const sdk = graphClient(new TokenCredentialAuthenticationProvider(credential, options));
    await ask[who](sdk);
    graph.challenge({ claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' });
    const error = await ask[who](sdk).catch((reason) => reason);
    assert.equal(error.statusCode, 401);
    const [, encoded] = error.headers.get("www-authenticate").match(/claims="([^"]+)"/);
    options.getTokenOptions.claims = Buffer.from(encoded, "base64").toString();
    await ask[who](sdk);
    assert.equal(JSON.parse(idp.tokenRequests()[1].body.claims).access_token.acrs.value, "c1");

    delete options.getTokenOptions.claims;
    await ask[who](sdk);
    assert.equal(idp.tokenRequests().length, 2);
    assert.equal(shown().at(-1), shown().at(-2), "the new token has taken the old one's place");
  });
}

test("over our fetch the SDK needs no authentication provider, and challenges are met below it", LIMIT, async () => {
  const app = client({ auth: { clientCapabilities: ["cp1"] } });
  const sdk = Client.initWithMiddleware({
    middleware: endingIn((request, options) => app.fetch(request, options)), baseUrl: graph.origin, customHosts: new Set(["127.0.0.1"]),
  });
  await ask["an application"](sdk);
  graph.challenge();
  await ask["an application"](sdk);
  await ask["an application"](sdk);
  assert.deepEqual(graph.log.map(({ status }) => status), [200, 401, 200, 200]);
  assert.equal(idp.tokenRequests().length, 2);
});
