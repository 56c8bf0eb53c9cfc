// What is refused before anything is sent: a mistake in the configuration must cost no request and no secret.
import assert from "node:assert/strict";
import test from "node:test";
import { ClientAuthError, ClientConfigurationError, ConfidentialClientApplication } from "graph-token";
import { failureOf } from "../support.mjs";

const TENANT = "11111111-1111-4111-8111-111111111111";
const AUTH = { clientId: "aaaaaaaa-0000-4000-8000-000000000001", clientSecret: "a-secret", authority: `https://login.microsoftonline.com/${TENANT}` };

/** Constructs and asks; gives the error, having made sure that nothing was sent. */
async function refusal({ request, ...configuration }) {
  const sent = [];
  const { auth, cache, system } = configuration;
  const error = await failureOf(async () => new ConfidentialClientApplication({
    ...configuration,
    auth: { ...AUTH, ...auth }, cache, system: { fetch: (url) => { sent.push(url); throw new Error("sent"); }, maxRetries: 0, ...system },
  }).acquireTokenByClientCredential(request));
  assert.deepEqual(sent, []);
  return error;
}

const AUTHORITIES = [
  ["http://login.microsoftonline.com/contoso.com", "authority_uri_insecure"],
  ["http://localhost.evil.example/contoso.com", "authority_uri_insecure"],
  ["https://login.evil.example/contoso.com", "untrusted_authority"],
  ["https://login.microsoftonline.com.evil.example/contoso.com", "untrusted_authority"],
  ["https://evil-login.microsoftonline.com/contoso.com", "untrusted_authority"],
  ["https://127.0.0.1.evil.example/contoso.com", "untrusted_authority"],
  ["https://a.b.ciamlogin.com/", "untrusted_authority"],
  ["https://login.microsoftonline.com:8443/contoso.com", "untrusted_authority"],
  ["https://login.microsoftonline.com@evil.example/contoso.com", "url_parse_error"],
  ["https://login.microsoftonline.com:x@evil.example/contoso.com", "url_parse_error"],
  ["https://evil.example\\@login.microsoftonline.com/contoso.com", "url_parse_error"],
  ["https://evil.example#login.microsoftonline.com/contoso.com", "url_parse_error"],
  ["https://evil.example?login.microsoftonline.com/contoso.com", "url_parse_error"],
  ["https://login.microsoftonline.com./contoso.com", "url_parse_error"],
  ["https://login.microsoftonline.com:/contoso.com", "url_parse_error"],
  ["https://login.micros\u043Eftonline.com/contoso.com", "url_parse_error"],
  ["https://login.microsoftonline.com/contoso.com?x=1", "url_parse_error"],
  ["https://login.microsoftonline.com/contoso.com#x", "url_parse_error"],
  ["https://login.microsoftonline.com/../contoso.com", "url_parse_error"],
  ["https://login.microsoftonline.com/%2e%2e/contoso.com", "url_parse_error"],
  ["https://login.microsoftonline.com/contoso.com\r\nHost: evil.example", "url_parse_error"],
  ["https://login.microsoftonline.com/con toso.com", "url_parse_error"],
  ["https://login.microsoftonline.com", "url_parse_error"],
  ["https://login.microsoftonline.com/", "url_parse_error"],
  ["https://login.microsoftonline.com/contoso", "url_parse_error"],
  ["https://login.microsoftonline.com/contoso.com/extra", "url_parse_error"],
  ["https://", "url_parse_error"],
  ["login.microsoftonline.com/contoso.com", "url_parse_error"],
  ["ftp://login.microsoftonline.com/contoso.com", "url_parse_error"],
  ["javascript:alert(1)", "url_parse_error"],
  [`https://login.microsoftonline.com/${"a".repeat(2000)}.com`, "url_parse_error"],
  [42, "invalid_option"],
];
for (const [authority, code] of AUTHORITIES) {
  test(`authority ${JSON.stringify(authority).slice(0, 80)}: ${code}`, async () => {
    for (const attempt of [{ auth: { authority } }, { request: { authority } }]) {
      const error = await refusal(attempt);
      assert.ok(error instanceof ClientConfigurationError, `${error}`);
      assert.equal(error.errorCode, code);
    }
  });
}

for (const word of ["common", "organizations", "consumers"]) {
  test(`${word} names no tenant`, async () => {
    const authority = `https://login.microsoftonline.com/${word}`;
    for (const attempt of [{ auth: { authority } }, { request: { authority } }, { request: { tenantId: word } }]) {
      const error = await refusal(attempt);
      assert.ok(error instanceof ClientAuthError, `${error}`);
      assert.equal(error.errorCode, "missing_tenant_id_error");
      assert.match(error.message, new RegExp(word));
      assert.match(error.hint, /tenant/);
    }
  });
}

test("without an authority there is no tenant", async () => {
  assert.equal((await refusal({ auth: { authority: undefined } })).errorCode, "missing_tenant_id_error");
});

const REQUESTS = [
  [{ scopes: ["User.Read"] }, "invalid_scope", /User\.Read/],
  [{ scopes: ["https://graph.microsoft.com/User.Read"] }, "invalid_scope", /1002012/],
  [{ scopes: ["https://graph.microsoft.com/.default", "User.Read"] }, "invalid_scope", /User\.Read/],
  [{ scopes: ["/.default"] }, "invalid_scope", /default/],
  [{ scopes: ["https://graph.microsoft.com/.default", "https://vault.azure.net/.default"] }, "multiple_resources", /vault\.azure\.net/],
  [{ scopes: 'a"b' }, "invalid_scope", /character/],
  [{ scopes: 42 }, "invalid_option", /scopes/],
  [{ scopes: [42] }, "invalid_option", /scopes/],
  [{ claims: "{" }, "invalid_claims", /claims/],
  [{ claims: "[]" }, "invalid_claims", /claims/],
  [{ claims: {} }, "invalid_option", /claims/],
  [{ timeoutMs: -1 }, "invalid_option", /timeoutMs/],
  [{ timeoutMs: "5" }, "invalid_option", /timeoutMs/],
  [{ timeoutMs: NaN }, "invalid_option", /timeoutMs/],
  [{ tenantId: "../evil" }, "url_parse_error", /tenant/],
  [{ correlationId: 42 }, "invalid_option", /correlationId/],
  [{ extraParameters: { client_secret: "other" } }, "invalid_option", /extraParameters/],
];
for (const [request, code, text] of REQUESTS) {
  test(`request ${JSON.stringify(request)}: ${code}`, async () => {
    const error = await refusal({ request });
    assert.ok(error instanceof ClientConfigurationError, `${error}`);
    assert.equal(error.errorCode, code);
    assert.match(error.message, text);
  });
}

test("one credential, and no more", async () => {
  const clientCertificate = { privateKey: "k", thumbprintSha256: "t" };
  for (const auth of [{ clientCertificate }, { clientAssertion: "a.b.c" }, { clientSecret: undefined, clientCertificate, clientAssertion: "a.b.c" }]) {
    const error = await refusal({ auth });
    assert.deepEqual([error.name, error.errorCode], ["ClientAuthError", "invalid_client_credential"], JSON.stringify(auth));
  }
});

test("a credential is needed", async () => {
  for (const clientSecret of [undefined, null, ""]) {
    const error = await refusal({ auth: { clientSecret } });
    assert.equal(error.errorCode, "invalid_client_credential");
    assert.match(error.hint, /clientSecret/);
  }
  assert.equal((await refusal({ auth: { clientId: undefined } })).errorCode, "missing_client_id");
});

// What MSAL Node takes and this version does not: refused by name, never passed over.
const UNSUPPORTED = [
  ["auth.instanceAware", { auth: { instanceAware: true } }],
  ["cache.cacheLocation", { cache: { cacheLocation: "localStorage" } }],
  ["broker.nativeBrokerPlugin", { broker: { nativeBrokerPlugin: {} } }],
  ["request.authenticationScheme", { request: { authenticationScheme: "pop" } }],
  ["request.resourceRequestMethod", { request: { resourceRequestMethod: "GET" } }],
  ["request.resourceRequestUri", { request: { resourceRequestUri: "https://x.example" } }],
  ["request.shrClaims", { request: { shrClaims: "{}" } }],
  ["request.shrNonce", { request: { shrNonce: "n" } }],
  ["request.sshJwk", { request: { sshJwk: "{}" } }],
  ["request.sshKid", { request: { sshKid: "k" } }],
  ["request.popKid", { request: { popKid: "k" } }],
  ["request.attributeTokens", { request: { attributeTokens: ["a"] } }],
  ["request.storeInCache", { request: { storeInCache: { accessToken: false } } }],
  ["request.resource", { request: { resource: "https://graph.microsoft.com" } }],
];
for (const [name, attempt] of UNSUPPORTED) {
  test(`${name} is refused by name`, async () => {
    const error = await refusal(attempt);
    assert.ok(error instanceof ClientConfigurationError, `${error}`);
    assert.equal(error.errorCode, "unsupported_option");
    assert.ok(error.message.includes(name), error.message);
    assert.ok(error.hint, "says what to do");
  });
}

const OUT_OF_RANGE = [["system", "timeoutMs", -1], ["system", "maxRetries", 1e6], ["system", "tokenRenewalOffsetSeconds", "x"],
  ["cache", "maxEntries", -1], ["auth", "clientCapabilities", "cp1"], ["auth", "knownAuthorities", "x.example"], ["auth", "clientSecret", 42],
  ["system", "protocolMode", "SAML"]];
for (const [section, name, value] of OUT_OF_RANGE) {
  test(`${section}.${name} may not be ${JSON.stringify(value)}`, async () => {
    const error = await refusal({ [section]: { [name]: value } });
    assert.ok(error instanceof ClientConfigurationError, `${error}`);
    assert.equal(error.errorCode, "invalid_option");
    assert.ok(error.message.includes(`${section}.${name}`), error.message);
  });
}

test("origins that may be sent a token are checked when the client is made", async () => {
  for (const origin of ["http://graph.microsoft.com", "graph.microsoft.com", "https://graph.microsoft.us/v1.0", "https://user@graph.microsoft.us"]) {
    for (const system of [{ graphOrigin: origin }, { allowedOrigins: [origin] }]) {
      const error = await refusal({ system });
      assert.deepEqual([error.name, error.errorCode], ["ClientConfigurationError", "invalid_option"], JSON.stringify(system));
    }
  }
});

test("members of a program's own class count, and are refused like others", async () => {
  class Request {
    get scopes() {
      return ["User.Read"];
    }
  }
  assert.equal((await refusal({ request: new Request() })).errorCode, "invalid_scope");
  class WithResource {
    get resource() {
      return "https://graph.microsoft.com";
    }
  }
  assert.equal((await refusal({ request: new WithResource() })).errorCode, "unsupported_option");
  for (const request of ["https://graph.microsoft.com/.default", 7]) {
    assert.equal((await refusal({ request: request })).errorCode, "invalid_option");
  }
});

test("no parameter stands beside one of ours", async () => {
  for (const name of ["client_secret", "client_assertion", "client-request-id", "scope"]) {
    for (const place of ["extraQueryParameters", "tokenQueryParameters", "extraParameters", "tokenBodyParameters"]) {
      const error = await refusal({ request: { [place]: { [name]: "x" } } });
      assert.equal(error.errorCode, "invalid_option", `${place} ${name}`);
    }
  }
});
