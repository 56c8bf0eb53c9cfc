// What a client signs with its certificate's key: kept for one token endpoint until shortly before it ends, put right by
// the server's clock, and never shown.
import assert from "node:assert/strict";
import test from "node:test";
import { inspect } from "node:util";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { LogLevel, ServerError } from "graph-token";
import { failureOf, serve, services } from "../support.mjs";
import { certified, derOf, PASSPHRASE, pkcs1Of, text } from "./certified.mjs";

const all = await services();
const { idp } = all;
const { made, app, assertions, claims } = certified(all);
const { privateKey, certificate } = made;
const MINUTE_MS = 60_000;
const anew = { forceRefresh: true };

/** Counts the imports of private keys while `run` runs. */
async function importsIn(run) {
  const { subtle } = crypto;
  const { importKey } = subtle;
  let count = 0;
  subtle.importKey = function counted(format, ...rest) {
    if (format === "pkcs8") count++;
    return importKey.call(subtle, format, ...rest);
  };
  try {
    await run();
  } finally {
    delete subtle.importKey;
  }
  return count;
}

test("one assertion serves for every request to a tenant, another tenant has another", async () => {
  const client = app({ privateKey, certificate });
  const authority = idp.authority("fabrikam");
  for (const request of [anew, anew, { authority }, anew, { authority, ...anew }]) await client.acquireTokenByClientCredential(request);
  const [contoso, again, fabrikam, ...rest] = assertions();
  assert.equal(again, contoso);
  assert.deepEqual(rest, [contoso, fabrikam]);
  assert.deepEqual([contoso, fabrikam].map((jwt) => decodeJwt(jwt).aud), ["contoso", "fabrikam"].map((name) => `${idp.authority(name)}/oauth2/v2.0/token`));
  assert.equal(new Set([contoso, fabrikam].map((jwt) => decodeJwt(jwt).jti)).size, 2);
});

test("it is used until a minute before it ends", async () => {
  let now = Date.now();
  const client = app({ privateKey, certificate }, { system: { now: () => now } });
  await client.acquireTokenByClientCredential();
  now += 9 * MINUTE_MS - 2_000;
  await client.acquireTokenByClientCredential(anew);
  now += 4_000;
  idp.setClock(9 * MINUTE_MS);
  await client.acquireTokenByClientCredential(anew);
  const [first, late, next] = assertions();
  assert.equal(late, first);
  assert.notEqual(next, first);
  assert.equal(claims()[2].nbf, Math.floor(now / 1000));
});

test("each request in a hundred at once, of as many tokens, carries the same one", async () => {
  const client = app({ privateKey, certificate });
  await client.acquireTokenByClientCredential();
  await Promise.all(Array.from({ length: 100 }, (_, n) => client.acquireTokenByClientCredential({ extraQueryParameters: { n: String(n) } })));
  assert.equal(assertions().length, 101);
  assert.equal(new Set(assertions()).size, 1);
});

for (const [name, clientCertificate] of [["PKCS#8", { privateKey, certificate }], ["PKCS#1", { privateKey: pkcs1Of(privateKey), certificate }]]) {
  test(`the key is imported once, however often it signs: ${name}`, async () => {
    const client = app(clientCertificate);
    const imports = await importsIn(async () => {
      const requests = ["id", "initialDomain", "customDomain"].flatMap((form) => ["contoso", "fabrikam"].map((tenant) => ({ authority: idp.authority(tenant, form) })));
      await Promise.all(requests.map((request) => client.acquireTokenByClientCredential(request)));
    });
    assert.equal(new Set(assertions()).size, 6);
    assert.equal(imports, 1);
  });
}

test("a CryptoKey is not imported at all", async () => {
  const key = await crypto.subtle.importKey("pkcs8", derOf(privateKey), { name: "RSA-PSS", hash: "SHA-256" }, false, ["sign"]);
  assert.equal(await importsIn(() => app({ privateKey: key, certificate }).acquireTokenByClientCredential()), 0);
});

for (const hours of [-6, 6]) {
  test(`where the server's clock is ${hours} hours from ours, it signs once more by that, and right from then on`, async () => {
    idp.setClock(hours * 60 * MINUTE_MS);
    const client = app({ privateKey, certificate });
    assert.ok((await client.acquireTokenByClientCredential()).accessToken);
    assert.deepEqual(idp.tokenRequests().map(({ status }) => status), [401, 200]);
    assert.ok(Math.abs(claims()[1].nbf * 1000 - idp.now()) < MINUTE_MS);
    await client.acquireTokenByClientCredential({ authority: idp.authority("fabrikam") });
    assert.deepEqual(idp.tokenRequests().map(({ status }) => status), [401, 200, 200]);
  });
}

test("what was signed for other tenants by the wrong clock is not sent any more either", async () => {
  const client = app({ privateKey, certificate });
  const authority = idp.authority("fabrikam");
  for (const request of [{}, { authority }]) await client.acquireTokenByClientCredential(request);
  idp.setClock(60 * MINUTE_MS);
  idp.clearLog();
  for (const request of [anew, { authority, ...anew }]) await client.acquireTokenByClientCredential(request);
  assert.deepEqual(idp.tokenRequests().map(({ status }) => status), [401, 200, 200]);
});

test("it signs once more, and not a third time", async () => {
  idp.fault({ status: 401, times: 10, body: { error: "invalid_client", error_description: "AADSTS700024: out of time", error_codes: [700024] } });
  const error = await failureOf(app({ privateKey, certificate }).acquireTokenByClientCredential());
  assert.ok(error instanceof ServerError, `${error}`);
  assert.match(error.hint, /clock/);
  assert.equal(new Set(assertions()).size, 2);
  assert.equal(assertions().length, 2);
});

test("another refusal is not met with another assertion", async () => {
  idp.fault({ status: 401, times: 10, body: { error: "invalid_client", error_description: "AADSTS700027: not registered", error_codes: [700027] } });
  const error = await failureOf(app({ privateKey, certificate }).acquireTokenByClientCredential());
  assert.equal(error.errorNo, "700027");
  assert.match(error.hint, /certificate/i);
  assert.equal(assertions().length, 1);
});

for (const [name, given] of [["the certificate", { certificate }], ["both thumbprints", { thumbprint: made.thumbprint, thumbprintSha256: made.thumbprintSha256 }]]) {
  test(`AD FS gets the form that it knows, with ${name}`, async () => {
    const adfs = await serve((req, res, { url }) => {
      res.setHeader("content-type", "application/json");
      res.end(JSON.stringify(url.includes(".well-known")
        ? { issuer: `${adfs.origin}/adfs`, token_endpoint: `${adfs.origin}/adfs/oauth2/token`, authorization_endpoint: `${adfs.origin}/adfs/oauth2/authorize`, jwks_uri: `${adfs.origin}/adfs/discovery/keys` }
        : { token_type: "bearer", access_token: "an-access-token", expires_in: 3600 }));
    });
    const auth = { authority: `${adfs.origin}/adfs`, knownAuthorities: [new URL(adfs.origin).host] };
    const { accessToken } = await app({ privateKey, ...given }, { auth }).acquireTokenByClientCredential({ scopes: ["https://api.contoso.example/.default"] });
    assert.equal(accessToken, "an-access-token");
    const { url, body } = adfs.requests.find(({ method }) => method === "POST");
    assert.match(url, /^\/adfs\/oauth2\/token/);
    const assertion = new URLSearchParams(body).get("client_assertion");
    assert.deepEqual(decodeProtectedHeader(assertion), { typ: "JWT", alg: "RS256", x5t: made.x5t });
    assert.equal(decodeJwt(assertion).aud, `${adfs.origin}/adfs/oauth2/token`);
  });
}

/** All that a program might print of a value. */
function printed(value) {
  const texts = [String(value), JSON.stringify(value) ?? "", inspect(value), inspect(value, { depth: 10, showHidden: true, getters: true })];
  for (const name of Object.getOwnPropertyNames(Object(value))) texts.push(`${value[name]}`);
  return texts.join("\n");
}

test("key, passphrase and assertion are nowhere in what is printed", async () => {
  const lines = [];
  const system = { maxRetries: 0, loggerOptions: { logLevel: LogLevel.Trace, piiLoggingEnabled: true, loggerCallback: (_level, message) => lines.push(message) } };
  const clientCertificate = { privateKey: text("encrypted-scrypt.pem"), passphrase: PASSPHRASE, certificate: text("leaf.pem") };
  const client = app(clientCertificate, { system });
  await client.acquireTokenByClientCredential();
  const [assertion] = assertions();
  // Some servers send back what they were sent.
  for (const echo of [assertion, encodeURIComponent(assertion), `client_assertion=${assertion}&scope=x`]) {
    idp.fault({ status: 401, body: { error: "invalid_client", error_description: `AADSTS700027: bad ${echo} end`, error_codes: [700027] } });
    lines.push(printed(await failureOf(client.acquireTokenByClientCredential(anew))));
    idp.fault({ status: 502, contentType: "text/html", body: `<p>${echo}</p>` });
    lines.push(printed(await failureOf(client.acquireTokenByClientCredential({ extraQueryParameters: { a: "b" } }))));
  }
  const wrong = app({ ...clientCertificate, passphrase: "Wr0ng-passphrase" }, { system });
  lines.push(printed(await failureOf(wrong.acquireTokenByClientCredential())));
  lines.push(printed(client), printed(wrong), printed(client.getTokenCache()), client.getTokenCache().serialize());
  const key = derOf(text("pkcs8.pem")).toString("base64");
  const [, , signature] = assertion.split(".");
  for (const secret of [PASSPHRASE, "Wr0ng", signature, key.slice(100, 160), text("encrypted-scrypt.pem").split("\n")[3]]) {
    assert.ok(secret.length > 4 && !lines.join("\n").includes(secret), secret);
  }
  assert.equal(new Set(assertions()).size, 1);
});
