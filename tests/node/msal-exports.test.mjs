// What `@azure/msal-node` exports for the confidential client, we export: names, tables, constructors and members.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import * as msal from "@azure/msal-node";
import * as ours from "graph-token";
import { ABSENT } from "./fields/absent.mjs";
import { declaredFields, exportedNames } from "./fields/declarations.mjs";

test("every name that MSAL exports is ours as well, or named with its reason", () => {
  const [theirs, here] = ["@azure/msal-node", "graph-token/node"].map(exportedNames);
  assert.ok(theirs.length > 60, `only ${theirs.length} names found`);
  assert.deepEqual(theirs.filter((name) => !here.includes(name)), ABSENT.flatMap(({ names }) => names).sort());
});

test("what MSAL exports as a value is one here", () => {
  const absent = ABSENT.flatMap(({ names }) => names);
  assert.deepEqual(Object.keys(msal).filter((name) => !(name in ours)).filter((name) => !absent.includes(name)), []);
});

test("every public method of MSAL's client and its cache is there, if only to say why not", async () => {
  const folder = new URL("./types/", import.meta.resolve("@azure/msal-node/package.json"));
  const methods = (file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/^ {4}(?!private|protected|constructor)(\w+)\(/gm)].map(([, name]) => name);
  const app = new ours.ConfidentialClientApplication({ auth: { clientId: "c", authority: "https://login.microsoftonline.com/contoso.com", clientSecret: "s" } });
  const wanted = new Set([...methods("client/ClientApplication.d.ts"), ...methods("client/ConfidentialClientApplication.d.ts")]);
  assert.ok(wanted.size > 10, `${[...wanted]}`);
  assert.deepEqual([...wanted].filter((name) => typeof app[name] !== "function"), []);
  const cache = app.getTokenCache();
  assert.deepEqual(methods("cache/TokenCache.d.ts").filter((name) => typeof cache[name] !== "function"), []);
  await cache.overwriteCache();
  assert.deepEqual(cache.getCacheSnapshot(), {});
  for (const call of [() => app.acquireTokenByUsernamePassword(), () => app.acquireTokenByUserFederatedIdentityCredential(), async () => app.SetAppTokenProvider()]) {
    await assert.rejects(call, { name: "ClientAuthError", errorCode: "grant_not_supported" });
  }
});

test("clearCache clears at once, as MSAL's does, which gives no promise", async () => {
  let sent = 0;
  const fetch = async () => (sent++, Response.json({ token_type: "Bearer", expires_in: 3599, access_token: "t" }));
  const app = new ours.ConfidentialClientApplication({ auth: { clientId: "c", authority: "https://login.microsoftonline.com/contoso.com", clientSecret: "s" }, system: { fetch } });
  await app.acquireTokenByClientCredential();
  app.clearCache();
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
  assert.equal(sent, 2);
});

describe("constants hold what MSAL's do", () => {
  const TABLES = ["LogLevel", "ProtocolMode", "ResponseMode", "PromptValue", "AuthErrorCodes", "ClientAuthErrorCodes", "ClientConfigurationErrorCodes",
    "InteractionRequiredAuthErrorCodes"];
  for (const name of TABLES) test(name, () => assert.deepEqual({ ...ours[name] }, { ...msal[name] }));
  test("AzureCloudInstance", () => assert.deepEqual({ ...ours.AzureCloudInstance, ...msal.AzureCloudInstance }, { ...ours.AzureCloudInstance }));
});

describe("errors are constructed as MSAL's", () => {
  const ARGUMENTS = {
    AuthError: ["a_code", "c-1", "a message", "a_sub_error"],
    ClientAuthError: ["a_code", "c-1", "more"],
    ClientConfigurationError: ["a_code", "c-1"],
    ServerError: ["a_code", "c-1", "a message", "a_sub_error", "50000", 400],
    InteractionRequiredAuthError: ["a_code", "c-1", "a message", "a_sub_error", "2026-01-01", "t-1", "{}", "50000"],
  };
  // What MSAL says by default is a link to its own documentation.
  const OWN_WORDS = ["ClientAuthError", "ClientConfigurationError"];
  for (const [name, given] of Object.entries(ARGUMENTS)) {
    test(name, () => {
      const [theirs, mine] = [msal, ours].map((library) => new library[name](...given));
      const members = ["name", "errorCode", "subError", "correlationId", "errorNo", "timestamp", "traceId", "claims", "status"];
      if (!OWN_WORDS.includes(name)) members.push("errorMessage", "message");
      const compared = members.filter((member) => theirs[member] !== undefined);
      assert.deepEqual(compared.map((member) => [member, mine[member]]), compared.map((member) => [member, theirs[member]]));
      assert.ok(mine instanceof ours.AuthError && mine instanceof Error);
    });
  }
});

describe("what our types declare of a class is there", () => {
  const app = new ours.ConfidentialClientApplication({ auth: { clientId: "c", clientSecret: "s" } });
  const plugIn = { get: async () => "", set: async () => "" };
  const objects = {
    ConfidentialClientApplication: () => app,
    TokenCache: () => app.getTokenCache(),
    Logger: () => app.getLogger(),
    CryptoProvider: () => new ours.CryptoProvider(),
    TokenCacheContext: () => new ours.TokenCacheContext(app.getTokenCache(), false),
    DistributedCachePlugin: () => new ours.DistributedCachePlugin(plugIn, { getKey: async () => "", extractKey: async () => "" }),
    AuthError: () => new ours.AuthError("a"),
    ServerError: () => new ours.ServerError("a"),
    InteractionRequiredAuthError: () => new ours.InteractionRequiredAuthError("a"),
  };
  for (const [name, make] of Object.entries(objects)) {
    test(name, () => {
      const object = make();
      assert.ok(object instanceof ours[name]);
      const declared = declaredFields("graph-token/node", [name], (at) => at.includes(".")).map((at) => at.split(".")[1]);
      // An error's cause is there where there is one.
      const missing = declared.filter((member) => !(member in object) && member !== "cause");
      assert.deepEqual(missing, []);
      assert.ok(declared.length > 1);
    });
  }
});
