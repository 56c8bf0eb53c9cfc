// Objects of a program's own that throw where they are read, and what it gives that is no good.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { ClientConfigurationError, ConfidentialClientApplication, LogLevel } from "graph-token";
import { selfSignedCertificate } from "../idp/index.mjs";
import { failureOf, services } from "../support.mjs";

const { idp, client } = await services();
const { clientSecret } = idp.clients.daemon;

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = () => Object.defineProperty({}, "state", { enumerable: true, get() { throw new Error("from an accessor"); } });
const THROWING = {
  "getAuthCodeUrl: an account": (app) => app.getAuthCodeUrl({ scopes: ["a"], redirectUri: "https://app.example", account: revoked() }),
  "getAuthCodeUrl: parameters": (app) => app.getAuthCodeUrl({ scopes: ["a"], redirectUri: "https://app.example", extraQueryParameters: throwing() }),
  "getAdminConsentUrl": (app) => app.getAdminConsentUrl(revoked()),
  "removeAccount": (app) => app.getTokenCache().removeAccount(revoked()),
  "acquireTokenByCode: what came with the code": (app) => app.acquireTokenByCode({ scopes: ["a"], code: "c", redirectUri: "https://app.example" }, throwing()),
  "acquireTokenSilent: an account's claims": (app) => app.acquireTokenSilent({ scopes: ["a"], account: { homeAccountId: "a", environment: "b", idTokenClaims: revoked() } }),
  "the configuration": () => new ConfidentialClientApplication({ auth: { clientId: "c", clientSecret: "s", knownAuthorities: new Proxy(["a"], { get: (list, name) => (name === "0" ? throwing().state : list[name]) }) } }),
};
for (const [what, call] of Object.entries(THROWING)) {
  test(`${what} that throws, however often, costs nobody else a call`, async () => {
    const app = client();
    let error;
    for (let time = 0; time < 1100; time++) error = await failureOf((async () => call(app))());
    assert.ok(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), `${error}`);
    assert.ok((await app.acquireTokenByClientCredential()).accessToken);
    assert.ok((await client().acquireTokenByClientCredential()).accessToken);
  });
}

/** Errors whose class shows what their own members do not. */
const CLASSES = {
  toJSON: (body) => new (class extends Error { #body = body; toJSON() { return { body: this.#body }; } })("x"),
  toString: (body) => new (class extends Error { #body = body; toString() { return this.#body; } })("x"),
  "util.inspect": (body) => new (class extends Error { #body = body; [inspect.custom]() { return this.#body; } })("x"),
  "an accessor": (body) => new (class extends Error { #body = body; get body() { return this.#body; } })("x"),
};
for (const [what, make] of Object.entries(CLASSES)) {
  test(`the secret does not show by ${what} of an error's class`, async () => {
    const fetch = async (_url, { body }) => { throw make(body); };
    const { cause, ...error } = await failureOf(client({ system: { fetch, maxRetries: 0 } }).acquireTokenByClientCredential());
    assert.equal(cause.message, "x");
    for (const shown of [inspect(cause), JSON.stringify(cause), String(cause), String(cause.body), inspect(error)]) assert.ok(!shown.includes(clientSecret), shown);
  });
}

test("an error of a class of the program's own that shows nothing more is the cause as it is", async () => {
  class Mine extends Error {}
  const thrown = new Mine("x");
  const { cause } = await failureOf(client({ system: { fetch: async () => { throw thrown; }, maxRetries: 0 } }).acquireTokenByClientCredential());
  assert.equal(cause, thrown);
});

test("a waitUntil that throws costs a warning", async () => {
  const lines = [];
  const app = client({ system: { loggerOptions: { logLevel: LogLevel.Warning, loggerCallback: (_level, message) => lines.push(message) } } });
  const waitUntil = () => { throw new TypeError("Illegal invocation"); };
  assert.ok((await app.acquireTokenByClientCredential({ waitUntil })).accessToken);
  assert.match(lines.join("\n"), /\(promise\) => ctx\.waitUntil\(promise\)/);
});

test("a network client without its methods is refused by name", () => {
  assert.throws(() => client({ system: { networkClient: {} } }), (error) => error instanceof ClientConfigurationError && /networkClient\.sendGetRequestAsync/.test(error.message));
});

test("getToken takes null for its options", async () => {
  assert.ok((await client().getToken("https://graph.microsoft.com/.default", null)).token);
});

test("granted scopes are a list without empty ones, and without any twice", async () => {
  const fetch = async () => Response.json({ token_type: "Bearer", expires_in: 3600, access_token: "a".repeat(20), scope: " User.Read  Mail.Read User.Read " });
  const app = client({ system: { fetch } });
  const { scopes } = await app.acquireTokenByRefreshToken({ refreshToken: "r", scopes: ["User.Read", "Mail.Read"] });
  assert.deepEqual(scopes, ["User.Read", "Mail.Read"]);
});

test("configurations, and parts of them, may be instances of the program's own classes", async () => {
  const { auth } = client().getConfiguration();
  const store = new Map();
  class Settings {
    get auth() { return { ...auth, authority: idp.authority("contoso") }; }
    get cache() { return { tokenStore: store }; }
    get system() { return { maxRetries: 0 }; }
  }
  assert.ok((await new ConfidentialClientApplication(new Settings()).acquireTokenByClientCredential()).accessToken);
  assert.equal(store.size, 1);
  class Wrong extends Settings {
    get system() { return { maxRetries: "many" }; }
  }
  assert.throws(() => new ConfidentialClientApplication(new Wrong()), /maxRetries/);
  const { privateKey, certificate } = selfSignedCertificate({ commonName: "an instance" });
  idp.registerCertificate("certificate", certificate);
  class Held {
    get privateKey() { return privateKey; }
    get certificate() { return certificate; }
  }
  const certified = new ConfidentialClientApplication({ auth: { clientId: idp.clients.certificate.clientId, authority: idp.authority("contoso"), clientCertificate: new Held() } });
  assert.ok((await certified.acquireTokenByClientCredential()).accessToken);
});

test("a logger that throws ends no call", async () => {
  const loggerOptions = { logLevel: LogLevel.Trace, loggerCallback: () => { throw new Error("full"); } };
  assert.ok((await client({ system: { loggerOptions } }).acquireTokenByClientCredential()).accessToken);
});

test("what the platform's fetch throws is the cause as it was thrown", async () => {
  let thrown;
  const system = { maxRetries: 0, fetch: (url, init) => fetch(url, init).catch((error) => { throw (thrown = error); }) };
  const app = new ConfidentialClientApplication({ auth: { clientId: "c", clientSecret, authority: "http://127.0.0.1:1/contoso.com" }, system });
  const { cause } = await failureOf(app.acquireTokenByClientCredential());
  assert.ok(thrown instanceof TypeError);
  assert.equal(cause, thrown);
});

test("what else a cache says of an application stays in it", () => {
  const cache = client().getTokenCache();
  const key = "appmetadata-login.windows.net-c";
  const family = { home_account_id: "u.t", environment: "login.windows.net", credential_type: "RefreshToken", client_id: "c", secret: "r", family_id: "1" };
  cache.deserialize(JSON.stringify({
    RefreshToken: { "u.t-login.windows.net-refreshtoken-1---": family },
    AppMetadata: { [key]: { client_id: "c", environment: "login.windows.net", family_id: "1", further: "kept" } },
  }));
  assert.equal(JSON.parse(cache.serialize()).AppMetadata[key].further, "kept");
});
