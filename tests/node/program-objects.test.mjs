// Objects of a program's own that throw where they are read, and what it gives that is no good.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { ClientConfigurationError, ConfidentialClientApplication, LogLevel } from "graph-token";
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
