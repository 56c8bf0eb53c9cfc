// Kiota, and the Graph SDK for TypeScript that is generated with it.
import assert from "node:assert/strict";
import test from "node:test";
import { AzureIdentityAuthenticationProvider } from "@microsoft/kiota-authentication-azure";
import { KiotaClientFactory } from "@microsoft/kiota-http-fetchlibrary";
import { createGraphServiceClient, extendGraphServiceClient, GraphRequestAdapter } from "@microsoft/msgraph-sdk";
import { createUserCollectionResponseFromDiscriminatorValue, createUserFromDiscriminatorValue } from "@microsoft/msgraph-sdk/models/index.js";
import { createODataErrorFromDiscriminatorValue } from "@microsoft/msgraph-sdk/models/oDataErrors/index.js";
import { ADA, sdkServices, SCOPE } from "./sdk.mjs";

const { idp, graph, client, credentials, toStandIn, shown } = await sdkServices();
const LIMIT = { timeout: 20_000 };

// What @microsoft/msgraph-sdk-users and its like add: the SDK itself comes without a single path.
const getting = (path, responseBodyFactory) => ({
  requestsMetadata: {
    get: {
      uriTemplate: `{+baseurl}/${path}`, responseBodyContentType: "application/json", adapterMethodName: "send", responseBodyFactory,
      errorMappings: { XXX: createODataErrorFromDiscriminatorValue },
    },
  },
});
extendGraphServiceClient({
  users: getting("users", createUserCollectionResponseFromDiscriminatorValue),
  me: getting("me", createUserFromDiscriminatorValue),
}, {});

function graphServiceClient(credential, scopes = [SCOPE], send = toStandIn) {
  const provider = new AzureIdentityAuthenticationProvider(credential, scopes);
  return createGraphServiceClient(new GraphRequestAdapter(provider, undefined, undefined, KiotaClientFactory.create(send)));
}

const ask = {
  "an application": async (service) => assert.ok((await service.users.get()).value.some((user) => user.userPrincipalName === ADA)),
  "a user, on behalf of whom an API calls": async (service) => assert.equal((await service.me.get()).userPrincipalName, ADA),
};

for (const { who, make } of credentials) {
  test(`the Graph SDK calls Graph as ${who}`, LIMIT, async () => {
    const service = graphServiceClient(await make());
    for (let i = 0; i < 2; i++) await ask[who](service);
    assert.equal(idp.tokenRequests().length, 1);
    assert.equal(new Set(shown()).size, 1);
  });

  test(`the Graph SDK meets a claims challenge to ${who}`, LIMIT, async () => {
    const service = graphServiceClient(await make());
    await ask[who](service);
    graph.challenge({ claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' });
    await ask[who](service);
    assert.equal(idp.tokenRequests().length, 2);
    assert.equal(JSON.parse(idp.tokenRequests()[1].body.claims).access_token.acrs.value, "c1");
    const [first, challenged, met] = shown();
    assert.equal(challenged, first);
    assert.notEqual(met, first);

    // Kiota asks for a token before every request: it must be the new one, or each would be challenged again.
    await ask[who](service);
    assert.deepEqual([shown().at(-1), idp.tokenRequests().length], [met, 2]);
  });
}

test("the Graph SDK says that it can meet claims challenges, and so does the token", LIMIT, async () => {
  await ask["an application"](graphServiceClient(client()));
  assert.deepEqual(JSON.parse(idp.tokenRequests()[0].body.claims).access_token.xms_cc.values, ["cp1"]);
});

test("kiota's own choice of scopes is understood", LIMIT, async () => {
  await ask["an application"](graphServiceClient(client(), []));
  assert.equal(idp.tokenRequests()[0].body.scope, SCOPE);
});

test("a refusal comes out as the SDK's error, and a missing token as ours", LIMIT, async () => {
  const { clientId, clientSecret } = idp.clients.noRoles;
  await assert.rejects(graphServiceClient(client({ auth: { clientId, clientSecret } })).users.get(), { responseStatusCode: 403 });
  const wrong = graphServiceClient(client({ auth: { clientSecret: "wrong" } }));
  await assert.rejects(wrong.users.get(), { name: "ServerError", errorCode: "invalid_client" });
});
