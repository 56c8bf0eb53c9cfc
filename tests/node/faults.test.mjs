// What happens when the identity provider, or the way to it, is broken. After each fault nothing is cached: the next
// call asks again, and works.
import assert from "node:assert/strict";
import test from "node:test";
import { NetworkError, ServerError } from "graph-token";
import { freePort } from "../free-port.mjs";
import { startIdentityProvider } from "../idp/index.mjs";
import { failureOf, serve, services } from "../support.mjs";

const { idp, client } = await services();

/** Breaks the token endpoint for as long as one call lasts; gives the call's error and the requests that it made. */
async function failing(fault, system) {
  const app = client({ system });
  idp.fault({ times: Infinity, ...fault });
  const error = await failureOf(app.acquireTokenByClientCredential());
  const requests = idp.tokenRequests().length;
  idp.clearFaults();
  const next = await app.acquireTokenByClientCredential();
  assert.equal(next.fromCache, false);
  assert.equal(idp.tokenRequests().length, requests + 1);
  return { error, requests };
}

const UNUSABLE = [
  ["HTML", { status: 200, body: "<html>Sign in", contentType: "text/html" }, "token_parsing_error", /HTTP 200, text\/html/],
  ["cut JSON", { status: 200, body: '{"token_type":"Bearer","access_tok', contentType: "application/json" }, "token_parsing_error", /HTTP 200, application\/json/],
  ["nothing", { status: 200, body: "", contentType: "application/json" }, "token_parsing_error", /empty/],
  ["a JSON array", { status: 200, body: "[]", contentType: "application/json" }, "token_parsing_error", /HTTP 200/],
  ["10 MB", { status: 200, body: "x".repeat(10 * 2 ** 20), contentType: "application/json" }, "token_parsing_error", /larger/],
  ["no access_token", answer({ access_token: undefined }), "invalid_token_response", /no access_token.*HTTP 200, application\/json/],
  ["an access_token that is no text", answer({ access_token: 42 }), "invalid_token_response", /access_token/],
  ["an access_token that no header can carry", answer({ access_token: "a\r\nb" }), "invalid_token_response", /header/],
  ["another token_type", answer({ token_type: "pop" }), "invalid_token_response", /token_type/],
  ["a negative expires_in", answer({ expires_in: -3599 }), "invalid_token_response", /lifetime/],
  ["an expires_in of nought", answer({ expires_in: 0 }), "invalid_token_response", /lifetime/],
  ["an absurd expires_in", answer({ expires_in: 1e15 }), "invalid_token_response", /lifetime|number/],
  ["an expires_in beyond all numbers", { status: 200, body: '{"token_type":"Bearer","access_token":"x","expires_in":1e999}', contentType: "application/json" }, "invalid_token_response", /lifetime|number/],
  ["an expires_in in words", answer({ expires_in: "soon" }), "invalid_token_response", /number/],
];
function answer(changes) {
  return { status: 200, body: { token_type: "Bearer", expires_in: 3599, access_token: "x".repeat(100), ...changes } };
}
for (const [name, fault, code, text] of UNUSABLE) {
  test(`200 with ${name}`, async () => {
    const { error, requests } = await failing(fault);
    assert.ok(error instanceof ServerError, `${error}`);
    assert.equal(error.errorCode, code);
    assert.equal(error.status, 200);
    assert.match(error.message, text);
    assert.ok(error.correlationId);
    assert.equal(requests, 1, "a wrong answer is not asked for again");
  });
}

test("numbers may come as texts", async () => {
  idp.fault(answer({ expires_in: "3599" }));
  const result = await client().acquireTokenByClientCredential();
  assert.ok(Math.abs(result.expiresOn - Date.now() - 3599e3) < 10e3);
});

test("an answer without an end is given up", async () => {
  let open = true;
  const { origin } = await serve((req, res) => {
    res.writeHead(200, { "content-type": "application/json" });
    res.once("close", () => (open = false));
    const write = () => open && res.write("x".repeat(65536), () => setImmediate(write));
    write();
  });
  const error = await failureOf(client({ auth: { authority: `${origin}/contoso.com` } }).acquireTokenByClientCredential());
  assert.equal(error.errorCode, "token_parsing_error");
  assert.match(error.message, /larger/);
});

test("connection refused", async () => {
  const port = await freePort();
  const app = client({ auth: { authority: `http://127.0.0.1:${port}/contoso.example` } });
  const error = await failureOf(app.acquireTokenByClientCredential());
  assert.ok(error instanceof NetworkError, `${error}`);
  assert.equal(error.errorCode, "network_error");
  assert.equal(error.cause.cause.code, "ECONNREFUSED");
  assert.ok(error.hint);
  const late = await startIdentityProvider({ port });
  try {
    assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
  } finally {
    await late.close();
  }
});

test("a connection refused once is tried again", async () => {
  let calls = 0;
  const once = (...args) => (++calls === 1 ? Promise.reject(new TypeError("fetch failed")) : fetch(...args));
  assert.equal((await client({ system: { fetch: once } }).acquireTokenByClientCredential()).fromCache, false);
  assert.equal(calls, 2);
});

for (const cut of ["before", "headers", "body"]) {
  test(`a connection cut (${cut})`, async () => {
    idp.fault({ cut });
    assert.equal((await client().acquireTokenByClientCredential()).fromCache, false);
    assert.equal(idp.tokenRequests().length, 2);
    idp.clearLog();
    const { error, requests } = await failing({ cut }, { maxRetries: 0 });
    assert.ok(error instanceof NetworkError, `${error}`);
    assert.equal(error.errorCode, "network_error");
    assert.ok(error.cause instanceof Error);
    assert.equal(requests, 1);
  });
}

test("no answer: the call ends when its time is over", async () => {
  const { error, requests } = await failing({ hang: true }, { timeoutMs: 200 });
  assert.ok(error instanceof NetworkError, `${error}`);
  assert.deepEqual([error.errorCode, error.subError], ["network_error", "timeout"]);
  assert.match(error.hint, /timeoutMs/);
  assert.equal(requests, 1);
});

test("429 with Retry-After in seconds is waited for", async () => {
  idp.fault({ status: 429, headers: { "Retry-After": "1" } });
  assert.equal((await client().acquireTokenByClientCredential()).fromCache, false);
  const [first, second] = idp.tokenRequests();
  assert.ok(second.at - first.at >= 980, `${second.at - first.at} ms`);
});

test("429 with Retry-After as a date is waited for", async () => {
  const date = new Date(Date.now() + 2000).toUTCString();
  idp.fault({ status: 429, headers: { "Retry-After": date } });
  assert.equal((await client().acquireTokenByClientCredential()).fromCache, false);
  const [, second] = idp.tokenRequests();
  assert.ok(second.at >= Date.parse(date) - 20, `${second.at - Date.parse(date)} ms`);
});

test("a Retry-After past the call's time is told, not waited for, and blocks no later call", async () => {
  const { error, requests } = await failing({ status: 429, headers: { "Retry-After": "3600" } });
  assert.ok(error instanceof ServerError, `${error}`);
  assert.deepEqual([error.status, error.retryAfterSeconds], [429, 3600]);
  assert.equal(requests, 1);
});

test("500, 500, 200", async () => {
  idp.fault({ times: 2, status: 500 });
  assert.equal((await client().acquireTokenByClientCredential()).fromCache, false);
  assert.deepEqual(idp.tokenRequests().map(({ status }) => status), [500, 500, 200]);
});

for (const status of [408, 429, 500, 502, 503, 504]) {
  test(`${status} for good: the error after the retries`, async () => {
    const { error, requests } = await failing({ status, headers: { "Retry-After": "0" } });
    assert.ok(error instanceof ServerError, `${error}`);
    assert.equal(error.status, status);
    assert.equal(requests, 3);
  });
}

test("a gateway's 502 in HTML is a server error too", async () => {
  const { error } = await failing({ status: 502, body: "<html>Bad gateway", contentType: "text/html" }, { maxRetries: 0 });
  assert.deepEqual([error.name, error.errorCode, error.status], ["ServerError", "unknown_server_error", 502]);
  assert.match(error.message, /HTTP 502, text\/html/);
});

test("a wrong secret: Entra's own text, its number, and what to do", async () => {
  const app = client({ auth: { clientSecret: "not the secret" } });
  for (let attempt = 1; attempt <= 2; attempt++) {
    const error = await failureOf(app.acquireTokenByClientCredential());
    assert.ok(error instanceof ServerError, `${error}`);
    assert.deepEqual([error.errorCode, error.errorNo, error.errorCodes, error.status], ["invalid_client", "7000215", [7000215], 401]);
    assert.match(error.errorMessage, /AADSTS7000215: Invalid client secret provided/);
    assert.match(error.hint, /secret's value/);
    const { response, correlationId } = idp.tokenRequests().at(-1);
    assert.equal(error.traceId, response.trace_id);
    assert.equal(error.correlationId, correlationId);
    assert.equal(idp.tokenRequests().length, attempt, "a refusal is not asked for again, and blocks nothing");
  }
});

test("a 401 with an empty body", async () => {
  const { error, requests } = await failing({ status: 401, body: "" });
  assert.deepEqual([error.name, error.errorCode, error.status], ["ServerError", "unknown_server_error", 401]);
  assert.equal(requests, 1);
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`a ${status} to another host is not followed`, async () => {
    const other = await serve((req, res) => res.end("{}"));
    const { error, requests } = await failing({ status, redirectTo: `${other.origin}/token` });
    assert.deepEqual([error.name, error.errorCode, error.status], ["ServerError", "unexpected_redirect", status]);
    assert.deepEqual(other.requests, []);
    assert.equal(requests, 1);
  });
}

test("a request that hung is ended when the cached token is served in its place", async () => {
  let now = Date.now();
  let ended;
  const system = {
    now: () => now,
    fetch: (url, init) => (ended === undefined ? fetch(url, init) : new Promise(() => init.signal.addEventListener("abort", () => (ended = true)))),
  };
  const app = client({ system });
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600 });
  const first = await app.acquireTokenByClientCredential();
  now += 3400_000;
  ended = false;
  const again = await app.acquireTokenByClientCredential({ timeoutMs: 100 });
  assert.equal(again.accessToken, first.accessToken);
  assert.equal(ended, true);
});
