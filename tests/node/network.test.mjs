// The ways to the network that a program may put in place of the platform's, and providers other than Entra.
import assert from "node:assert/strict";
import test from "node:test";
import { NetworkError, ProtocolMode, ServerError } from "graph-token";
import { ENTRA, failureOf, serve, services } from "../support.mjs";

const { idp, client, clientAtEntra, networkClient } = await services();
const TOKEN = { token_type: "Bearer", expires_in: 3599, access_token: "token-of-the-provider" };

test("system.fetch is given address and fields, and follows no redirect", async () => {
  const calls = [];
  const app = client({ system: { fetch: (...call) => (calls.push(call), fetch(...call)) } });
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
  const [[url, init]] = calls;
  assert.equal(calls.length, 1);
  assert.equal(typeof url, "string");
  assert.ok(url.startsWith(`${idp.authority("contoso")}/oauth2/v2.0/token`));
  assert.deepEqual([init.method, init.redirect], ["POST", "manual"]);
  assert.ok(init.signal instanceof AbortSignal);
  assert.equal(new URLSearchParams(init.body).get("grant_type"), "client_credentials");
});

test("system.fetch may answer with something that is barely a Response", async () => {
  const bare = () => ({ status: 200, headers: new Map([["content-type", "application/json"]]), text: async () => JSON.stringify(TOKEN) });
  assert.equal((await client({ system: { fetch: bare } }).acquireTokenByClientCredential()).accessToken, TOKEN.access_token);
});

const BROKEN = [
  ["throws an Error", () => { throw new Error("mine"); }],
  ["rejects with a text", () => Promise.reject("a text")],
  ["rejects with nothing", () => Promise.reject()],
  ["gives nothing", () => undefined],
  ["gives something else", () => ({})],
];
for (const [name, broken] of BROKEN) {
  test(`system.fetch that ${name} is a network error with its cause`, async () => {
    const error = await failureOf(client({ system: { fetch: broken, maxRetries: 0 } }).acquireTokenByClientCredential());
    assert.ok(error instanceof NetworkError, `${error}`);
    assert.equal(error.errorCode, "network_error");
    assert.notEqual(error.cause, undefined);
  });
}

test("system.fetch that pays no heed to its signal cannot hold a call past its time", async () => {
  const error = await failureOf(client({ system: { fetch: () => new Promise(() => {}), timeoutMs: 100 } }).acquireTokenByClientCredential());
  assert.deepEqual([error.errorCode, error.subError], ["network_error", "timeout"]);
});

test("system.networkClient in MSAL's shape", async () => {
  const app = clientAtEntra();
  const result = await app.acquireTokenByClientCredential();
  assert.equal(result.authority, `${ENTRA}/${idp.tenants.contoso.id}/`);
  const [{ headers }] = idp.tokenRequests();
  assert.equal(headers["content-type"], "application/x-www-form-urlencoded;charset=utf-8");
});

test("system.networkClient: errors, odd header case, and Retry-After", async () => {
  const answers = [
    { status: 429, headers: { "RETRY-AFTER": "0" }, body: { error: "temporarily_unavailable" } },
    { status: 401, headers: {}, body: { error: "invalid_client", error_description: "AADSTS7000222: The provided client secret keys are expired." } },
  ];
  const scripted = { ...networkClient, sendPostRequestAsync: async () => answers.shift() };
  const error = await failureOf(client({ system: { networkClient: scripted } }).acquireTokenByClientCredential());
  assert.ok(error instanceof ServerError, `${error}`);
  assert.deepEqual([error.errorNo, error.status, answers.length], ["7000222", 401, 0]);
});

/** A plain OpenID Connect provider; `document` changes its discovery document. */
async function provider(document = {}) {
  const server = await serve((req, res) => {
    res.setHeader("content-type", "application/json");
    const issuer = `${server.origin}/realms/one`;
    res.end(JSON.stringify(req.method === "GET" ? { issuer, token_endpoint: `${server.origin}/take/token`, ...document } : TOKEN));
  });
  return server;
}

test("protocolMode OIDC asks the provider for its endpoints, once", async () => {
  const { origin, requests } = await provider();
  for (const place of ["system", "auth"]) {
    requests.length = 0;
    const authority = `${origin}/realms/one`;
    const mode = { protocolMode: ProtocolMode.OIDC };
    const app = client({ auth: { authority, ...(place === "auth" ? mode : {}) }, system: place === "system" ? mode : {} });
    const result = await app.acquireTokenByClientCredential({ scopes: ["things.read"] });
    assert.equal(result.accessToken, TOKEN.access_token);
    await app.acquireTokenByClientCredential({ scopes: ["things.write"] });
    assert.deepEqual(requests.map(({ method, url }) => `${method} ${url.split("?")[0]}`),
      ["GET /realms/one/.well-known/openid-configuration", "POST /take/token", "POST /take/token"]);
    assert.equal(new URLSearchParams(requests[1].body).get("scope"), "things.read");
  }
});

test("protocolMode OIDC asks another provider for no scope of Graph's, and needs no keys for what is not a user's", async () => {
  const { origin, requests } = await provider({ authorization_endpoint: "https://idp.example/authorize" });
  const app = client({ auth: { authority: `${origin}/realms/one`, protocolMode: ProtocolMode.OIDC } });
  assert.ok((await app.acquireTokenByClientCredential()).accessToken);
  assert.equal(new URLSearchParams(requests.at(-1).body).has("scope"), false);
  const url = new URL(await app.getAuthCodeUrl({ redirectUri: "http://localhost/auth" }));
  assert.equal(url.searchParams.get("scope"), "openid profile offline_access");
});

test("an id_token beside an application's own token is nobody's", async () => {
  const fetch = async () => new Response(JSON.stringify({ ...TOKEN, id_token: "a.b.c" }), { headers: { "content-type": "application/json" } });
  const app = client({ auth: { authority: "https://login.microsoftonline.com/contoso.com" }, system: { fetch } });
  const result = await app.acquireTokenByClientCredential();
  assert.deepEqual([result.accessToken, result.idToken, result.account], [TOKEN.access_token, "", null]);
});

test("a token of unknown life is given, and not served again", async () => {
  const { expires_in: _, ...endless } = TOKEN;
  let sent = 0;
  const fetch = async () => (sent++, new Response(JSON.stringify(endless), { headers: { "content-type": "application/json" } }));
  const app = client({ auth: { authority: "https://login.microsoftonline.com/contoso.com" }, system: { fetch } });
  for (const times of [1, 2]) {
    const result = await app.acquireTokenByClientCredential();
    assert.equal(result.accessToken, TOKEN.access_token);
    assert.ok(result.expiresOn <= new Date());
    assert.equal(sent, times);
  }
});

const WRONG_DOCUMENTS = [
  ["another issuer", { issuer: "https://evil.example/realms/one" }],
  ["a token endpoint over http", { token_endpoint: "http://evil.example/token" }],
  ["no token endpoint", { token_endpoint: undefined }],
  ["a token endpoint with a user", { token_endpoint: "http://127.0.0.1@evil.example/token" }],
];
for (const [name, document] of WRONG_DOCUMENTS) {
  test(`a discovery document with ${name} gets no secret`, async () => {
    const { origin, requests } = await provider(document);
    const app = client({ auth: { authority: `${origin}/realms/one`, protocolMode: ProtocolMode.OIDC } });
    const error = await failureOf(app.acquireTokenByClientCredential({ scopes: ["things.read"] }));
    assert.equal(error.errorCode, "invalid_authority_metadata");
    assert.deepEqual(requests.map(({ method }) => method), ["GET"]);
  });
}

test("authorityMetadata takes discovery's place", async () => {
  const { origin, requests } = await provider();
  const authorityMetadata = JSON.stringify({ token_endpoint: `${origin}/given/token` });
  const app = client({ auth: { authority: `${origin}/realms/one`, protocolMode: ProtocolMode.OIDC, authorityMetadata } });
  assert.equal((await app.acquireTokenByClientCredential({ scopes: ["things.read"] })).accessToken, TOKEN.access_token);
  assert.deepEqual(requests.map(({ url }) => url.split("?")[0]), ["/given/token"]);
});

test("knownAuthorities admits a host of one's own", async () => {
  const sent = [];
  const take = (url) => (sent.push(url), new Response(JSON.stringify(TOKEN), { headers: { "content-type": "application/json" } }));
  const auth = { authority: "https://login.own.example/contoso.com" };
  assert.equal((await failureOf(client({ auth, system: { fetch: take } }).acquireTokenByClientCredential())).errorCode, "untrusted_authority");
  assert.deepEqual(sent, []);
  await client({ auth: { ...auth, knownAuthorities: ["login.own.example"] }, system: { fetch: take } }).acquireTokenByClientCredential();
  assert.equal(new URL(sent[0]).host, "login.own.example");
});

test("whoever runs the program may force a region, and a request decline it", async () => {
  const hosts = [];
  const fetch = async (url) => (hosts.push(new URL(url).host), new Response(JSON.stringify(TOKEN), { headers: { "content-type": "application/json" } }));
  const app = () => client({ auth: { authority: "https://login.microsoftonline.com/contoso.com" }, system: { fetch } });
  process.env.MSAL_FORCE_REGION = "WestUS2";
  try {
    for (const azureRegion of [undefined, "westeurope", "DisableMsalForceRegion", "TryAutoDetect"]) await app().acquireTokenByClientCredential({ azureRegion });
    process.env.MSAL_FORCE_REGION = "evil.example/";
    assert.equal((await failureOf(app().acquireTokenByClientCredential())).errorCode, "invalid_option");
  } finally {
    delete process.env.MSAL_FORCE_REGION;
  }
  const [global, regional] = ["login.microsoftonline.com", "login.microsoft.com"];
  assert.deepEqual(hosts, [`westus2.${regional}`, `westeurope.${regional}`, global, global]);
});
