// A client that proves itself with somebody else's JWT: a text, or a function that is asked at every network request.
import assert from "node:assert/strict";
import test from "node:test";
import { createPrivateKey, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { AuthError, ClientAuthError, LogLevel } from "graph-token";
import { failureOf, services } from "../support.mjs";
import { certified } from "./certified.mjs";
import { people, SCOPES } from "./people.mjs";

const all = await services();
const { idp, client } = all;
const { made, assertions } = certified(all);
idp.registerCertificate("web", made.certificate);
idp.registerCertificate("api", made.certificate);
const { web, api, visit, assertionOf } = people(all);
const { clientId } = idp.clients.certificate;
const anew = { forceRefresh: true };
const thrown = new RangeError("the metadata service is away");

/** An assertion as the identity provider takes it; each is another one. */
function signed({ id = clientId, tenant = "contoso" } = {}) {
  return new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: "PS256", "x5t#S256": made.x5tS256 })
    .setIssuer(id).setSubject(id).setAudience(`${idp.authority(tenant)}/oauth2/v2.0/token`).setIssuedAt().setNotBefore("0s").setExpirationTime("10m")
    .sign(createPrivateKey(made.privateKey));
}

const app = (clientAssertion, { auth, ...rest } = {}) => client({ auth: { clientId, clientSecret: undefined, clientAssertion, ...auth }, ...rest });

/** A function that gives a new assertion each time; `asked` is what it was given. */
function asking(options) {
  const asked = [];
  return { asked, give: async (...parts) => {
    asked.push(parts);
    return signed(options);
  } };
}

for (const end of ["", "\n", " \r\n\r\n"]) {
  test(`a text, as it may come out of a file: ending with ${JSON.stringify(end)}`, async () => {
    const assertion = await signed();
    assert.ok((await app(assertion + end).acquireTokenByClientCredential()).accessToken);
    assert.deepEqual(assertions(), [assertion]);
    const byFunction = app(async () => assertion + end);
    assert.ok((await byFunction.acquireTokenByClientCredential()).accessToken);
    assert.deepEqual(assertions(), [assertion, assertion]);
    assert.equal(idp.tokenRequests()[0].body.client_assertion_type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  });
}

test("a function is asked at every request to the network, and not for what is cached", async () => {
  const { asked, give } = asking();
  const confidential = app(give);
  for (const [request, times] of [[{}, 1], [{}, 1], [anew, 2], [{ scopes: [`api://${idp.clients.api.clientId}/.default`] }, 3], [{}, 3]]) {
    await confidential.acquireTokenByClientCredential(request);
    assert.equal(asked.length, times);
  }
  assert.equal(new Set(assertions()).size, 3);
});

test("a hundred identical calls at once ask it once", async () => {
  const { asked, give } = asking();
  const confidential = app(give);
  await Promise.all(Array.from({ length: 100 }, () => confidential.acquireTokenByClientCredential()));
  assert.equal(asked.length, 1);
});

test("it is told the application, the token endpoint and the federated path, and nothing else", async () => {
  const { asked, give } = asking();
  const confidential = app(give);
  await confidential.acquireTokenByClientCredential();
  await confidential.acquireTokenByClientCredential({ authority: idp.authority("fabrikam"), fmiPath: "a/b" });
  const endpoint = (tenant) => `${idp.authority(tenant)}/oauth2/v2.0/token`;
  assert.deepEqual(asked, [
    [{ clientId, tokenEndpoint: endpoint("contoso"), fmiPath: undefined }],
    [{ clientId, tokenEndpoint: endpoint("fabrikam"), fmiPath: "a/b" }],
  ]);
});

test("a request's own takes the place of the client's, text or function", async () => {
  const { asked, give } = asking();
  const confidential = app(give);
  const own = [await signed(), await signed()];
  await confidential.acquireTokenByClientCredential({ clientAssertion: own[0], skipCache: true });
  await confidential.acquireTokenByClientCredential({ clientAssertion: () => own[1], skipCache: true });
  assert.deepEqual([assertions(), asked.length], [own, 0]);
  const bySecret = client();
  idp.registerCertificate("daemon", made.certificate);
  const forDaemon = await signed({ id: idp.clients.daemon.clientId });
  await bySecret.acquireTokenByClientCredential({ clientAssertion: forDaemon });
  const { body } = idp.tokenRequests().at(-1);
  assert.deepEqual([body.client_assertion, body.client_secret], [forDaemon, undefined]);
});

test("an assertion out of its time is asked for once more", async () => {
  const { asked, give } = asking();
  idp.fault({ status: 401, body: { error: "invalid_client", error_description: "AADSTS700024: out of time", error_codes: [700024] } });
  assert.ok((await app(give).acquireTokenByClientCredential()).accessToken);
  assert.equal(asked.length, 2);
  assert.equal(new Set(assertions()).size, 2);
});

test("a request that is sent again after a passing fault carries a new one", async () => {
  const { asked, give } = asking();
  idp.fault({ times: 2, status: 503 });
  assert.ok((await app(give).acquireTokenByClientCredential()).accessToken);
  assert.equal(asked.length, 3);
  assert.equal(new Set(assertions()).size, 3);
});

test("who brings another assertion has an exchange of its own", async () => {
  const confidential = app(await signed());
  const [own, other] = [await signed(), await signed()];
  idp.fault({ times: 2, delayMs: 50 });
  await Promise.all([own, other].map((clientAssertion) => confidential.acquireTokenByClientCredential({ clientAssertion, skipCache: true })));
  assert.ok(assertions().length === 2 && new Set(assertions()).size === 2, `${assertions().length} sent`);
});

test("what another's function throws is no concern of a call with a function of its own", async () => {
  const confidential = app(await signed());
  const own = await signed();
  const failing = failureOf(confidential.acquireTokenByClientCredential({ clientAssertion: () => Promise.reject(thrown), skipCache: true }));
  const served = confidential.acquireTokenByClientCredential({ clientAssertion: () => own, skipCache: true });
  const [{ value: error }, { value: result, reason }] = await Promise.allSettled([failing, served]);
  assert.equal(error.cause, thrown);
  assert.ok(result?.accessToken, `${reason}`);
});

test("users' flows ask it too: a code, a renewal, on behalf of", async () => {
  const ids = { web: idp.clients.web.clientId, api: idp.clients.api.clientId };
  const oboAssertion = await assertionOf();
  const forWeb = asking({ id: ids.web });
  const confidential = web({ auth: { clientSecret: undefined, clientAssertion: forWeb.give } });
  const { request, answer } = await visit(confidential);
  const { account } = await confidential.acquireTokenByCode(request, answer);
  await confidential.acquireTokenSilent({ account, scopes: SCOPES });
  assert.equal(forWeb.asked.length, 1);
  await confidential.acquireTokenSilent({ account, scopes: SCOPES, ...anew });
  assert.equal(forWeb.asked.length, 2);
  const forApi = asking({ id: ids.api });
  const behalf = api({ auth: { clientSecret: undefined, clientAssertion: forApi.give } });
  for (let i = 0; i < 2; i++) assert.ok((await behalf.acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES })).accessToken);
  assert.equal(forApi.asked.length, 1);
});

for (const [name, give] of [
  ["throws", () => {
    throw thrown;
  }],
  ["rejects", () => Promise.reject(thrown)],
]) {
  test(`what a function that ${name} throws is the error's cause`, async () => {
    const error = await failureOf(app(give).acquireTokenByClientCredential());
    assert.ok(error instanceof ClientAuthError, `${error}`);
    assert.deepEqual([error.errorCode, error.cause], ["client_assertion_failed", thrown]);
    assert.match(error.hint, /JWT/);
    assert.ok(!JSON.stringify(error).includes("metadata service"));
    assert.deepEqual(idp.log, []);
  });
}

test("a function that throws is asked again by the next call", async () => {
  let first = true;
  const confidential = app(() => {
    if (first) {
      first = false;
      throw thrown;
    }
    return signed();
  });
  await failureOf(confidential.acquireTokenByClientCredential());
  assert.ok((await confidential.acquireTokenByClientCredential()).accessToken);
});

for (const value of [undefined, null, 7, "", " \n", {}, ["a.b.c"], "two\nlines", "nät"]) {
  test(`a function that gives ${JSON.stringify(value)} is refused before anything is sent`, async () => {
    const error = await failureOf(app(() => value).acquireTokenByClientCredential());
    assert.ok(error instanceof ClientAuthError, `${error}`);
    assert.equal(error.errorCode, "client_assertion_failed");
    assert.ok(error.hint);
    assert.deepEqual(idp.log, []);
  });
}

test("a value that is neither a text nor a function is refused by name", async () => {
  for (const value of [7, {}, ["a.b.c"], true]) {
    const error = await failureOf(async () => app(value).acquireTokenByClientCredential());
    assert.ok(error instanceof AuthError, `${error}`);
    assert.match(error.message, /clientAssertion is neither a JWT nor a function/);
  }
});

test("a function that hangs is waited for as long as the call may take", { timeout: 20_000 }, async () => {
  const confidential = app(() => new Promise(() => {}), { system: { timeoutMs: 200 } });
  const error = await failureOf(confidential.acquireTokenByClientCredential());
  assert.ok(error instanceof ClientAuthError, `${error}`);
  assert.equal(error.errorCode, "client_assertion_failed");
  assert.match(error.message, /in time/);
  assert.equal((await failureOf(confidential.acquireTokenByClientCredential({ timeoutMs: 50 }))).errorCode, "client_assertion_failed");
  assert.deepEqual(idp.log, []);
});

test("a caller's signal ends its wait for a function that hangs, and no timer keeps the program alive", { timeout: 20_000 }, async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const controller = new AbortController();
  let asked = 0;
  const call = failureOf(app(() => new Promise(() => asked++)).acquireTokenByClientCredential({ signal: controller.signal }));
  for (let turn = 0; asked === 0 && turn < 1000; turn++) await null;
  assert.equal(asked, 1);
  controller.abort();
  assert.equal((await call).name, "AbortError");
  assert.ok(timers() <= before, `${timers() - before} timers left`);
});

test("a server that sends an assertion back shows it to nobody", async () => {
  const assertion = await signed();
  const [, , signature] = assertion.split(".");
  const lines = [];
  const loggerOptions = { logLevel: LogLevel.Trace, piiLoggingEnabled: true, loggerCallback: (_level, message) => lines.push(message) };
  for (const clientAssertion of [assertion, `${assertion}\n`, () => assertion]) {
    for (const echo of [assertion, encodeURIComponent(assertion), `client_assertion=${assertion}&scope=x`]) {
      idp.fault({ status: 401, body: { error: "invalid_client", error_description: `AADSTS700027: bad ${echo} end`, error_codes: [700027] } });
      const error = await failureOf(app(clientAssertion, { system: { loggerOptions, maxRetries: 0 } }).acquireTokenByClientCredential());
      lines.push(`${error.stack}`, JSON.stringify(error));
    }
  }
  assert.ok(!lines.join("\n").includes(signature), lines.join("\n"));
  assert.match(lines.join("\n"), /AADSTS700027/);
});
