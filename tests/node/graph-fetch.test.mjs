// app.fetch: where the bearer header goes and where it never goes, and what is sent again.
import assert from "node:assert/strict";
import test from "node:test";
import { decodeJwt } from "jose";
import { failureOf, serve, services } from "../support.mjs";

const { idp, graph, client } = await services();
const FIRST_CONTOSO_USER = /ada@contoso\.example/;
const received = () => graph.log.map(({ method, path }) => `${method} ${path}`);

test("addresses may be relative to Graph, or whole, in every form that fetch takes", async () => {
  const app = client();
  const whole = `${graph.origin}/v1.0/users`;
  for (const input of ["/users", "/v1.0/users", whole, new URL(whole), new Request(whole)]) {
    const response = await app.fetch(input);
    assert.equal(response.status, 200);
    assert.match(await response.text(), FIRST_CONTOSO_USER);
  }
  await app.fetch("/me");
  await app.fetch("/beta/users?$top=1");
  await app.fetch("/v1.0");
  await app.fetch("/betamax");
  assert.deepEqual(received().slice(5), ["GET /v1.0/me", "GET /beta/users", "GET /v1.0", "GET /v1.0/betamax"]);
  assert.equal(new URL(graph.log[6].url).search, "?$top=1");
  assert.equal(idp.tokenRequests().length, 1);
});

test("method, headers and body arrive; a header of the caller's own does not replace the token", async () => {
  await client().fetch("/users", { method: "PATCH", headers: { "content-type": "application/json", "x-mine": "1", authorization: "Basic x" }, body: '{"a":1}' });
  const [{ method, headers, body }] = graph.log;
  assert.deepEqual([method, headers["x-mine"], headers["content-type"], body], ["PATCH", "1", "application/json", '{"a":1}']);
  assert.match(headers.authorization, /^Bearer ey/);
});

test("another origin gets a plain request, without a token being got for it", async () => {
  const other = await serve((req, res) => res.end("ok"));
  const app = client();
  const { host, port } = new URL(other.origin);
  for (const input of [`${other.origin}/v1.0/users`, `//${host}/x`, `http://localhost:${port}/x`, `http://graph.microsoft.com@${host}/x`]) {
    // Those that are no address are fetch's own error.
    await app.fetch(input).catch((error) => assert.ok(error instanceof TypeError, `${error}`));
  }
  assert.ok(other.requests.length >= 1);
  for (const { headers } of other.requests) assert.equal(headers.authorization, undefined);
  assert.equal(idp.tokenRequests().length, 0);
});

test("an allowed origin gets a token for itself, not Graph's", async () => {
  const other = await serve((req, res) => res.end("ok"));
  const api = idp.directory.resourceByIndicator(`api://${idp.clients.api.clientId}`);
  idp.directory.resources.set(other.origin, api);
  const app = client({ system: { allowedOrigins: [`${other.origin}/`] } });
  assert.equal((await app.fetch(`${other.origin}/things`)).status, 200);
  const [{ headers }] = other.requests;
  assert.equal(decodeJwt(headers.authorization.split(" ")[1]).azp, idp.clients.daemon.clientId);
  assert.equal(idp.tokenRequests()[0].body.scope, `${other.origin}/.default`);
  await app.fetch("/users");
  assert.notEqual(graph.log[0].headers.authorization, headers.authorization);
});

for (const [method, status] of [["GET", 301], ["GET", 302], ["GET", 307], ["HEAD", 308], ["POST", 302], ["POST", 303], ["POST", 307]]) {
  test(`a ${status} of a ${method} to another origin carries no credential there`, async () => {
    const other = await serve((req, res) => res.end("elsewhere"));
    graph.fault({ status, redirectTo: `${other.origin}/moved` });
    const headers = { cookie: "session=1", "proxy-authorization": "Basic x" };
    const response = await client().fetch("/users", { method, headers, body: method === "POST" ? "text" : undefined });
    assert.equal(response.status, 200);
    assert.equal(other.requests.length, 1);
    assert.match(graph.log[0].headers.authorization, /^Bearer ey/);
    for (const name of ["authorization", "cookie", "proxy-authorization"]) assert.equal(other.requests[0].headers[name], undefined, name);
  });
}

test("a redirect within Graph keeps the header; redirect: manual and error are fetch's", async () => {
  const app = client();
  graph.fault({ status: 302, redirectTo: `${graph.origin}/v1.0/users` });
  assert.match(await (await app.fetch("/old")).text(), FIRST_CONTOSO_USER);
  graph.fault({ status: 302, redirectTo: `${graph.origin}/v1.0/users` });
  assert.equal((await app.fetch("/old", { redirect: "manual" })).status, 302);
  graph.fault({ status: 302, redirectTo: `${graph.origin}/v1.0/users` });
  assert.ok((await failureOf(app.fetch("/old", { redirect: "error" }))) instanceof TypeError);
});

test("redirects without an end are given up", async () => {
  graph.fault({ times: 1000, status: 302, redirectTo: `${graph.origin}/v1.0/again` });
  const ended = await client().fetch("/again").then(({ status }) => status, (error) => error.name);
  assert.ok([302, "TypeError"].includes(ended), String(ended));
  assert.ok(graph.log.length <= 25, `${graph.log.length} requests`);
});

test("a claims challenge is met once, with a new token", async () => {
  const app = client();
  await app.fetch("/users");
  const claims = { access_token: { nbf: { essential: true, value: "1" } } };
  graph.challenge({ claims });
  assert.equal((await app.fetch("/users")).status, 200);
  const [before, challenged, met] = graph.log.map(({ headers }) => headers.authorization);
  assert.equal(challenged, before);
  assert.notEqual(met, before);
  assert.equal(idp.tokenRequests().length, 2);
  assert.deepEqual(JSON.parse(idp.tokenRequests()[1].body.claims).access_token, claims.access_token);
  graph.challenge({ times: 2, claims });
  const refused = await app.fetch("/users");
  assert.equal(refused.status, 401);
  assert.match(await refused.text(), /InvalidAuthenticationToken/);
  assert.equal(idp.tokenRequests().length, 3);
});

test("a 401 or 403 without a challenge is the caller's to read", async () => {
  const app = client({ auth: { clientId: idp.clients.noRoles.clientId, clientSecret: idp.clients.noRoles.clientSecret } });
  const forbidden = await app.fetch("/users");
  assert.equal(forbidden.status, 403);
  assert.match(await forbidden.text(), /Authorization_RequestDenied/);
  graph.fault({ status: 401 });
  assert.equal((await app.fetch("/users")).status, 401);
  assert.equal(graph.log.length, 2);
  assert.equal(idp.tokenRequests().length, 1);
});

for (const status of [429, 503]) {
  test(`${status} with Retry-After is obeyed, and the body is sent again`, async () => {
    const app = client();
    graph.fault({ status, headers: { "Retry-After": "1" } });
    await app.fetch("/users", { method: "POST", body: "the text" });
    const [first, second] = graph.log;
    assert.ok(second.at - first.at >= 980, `${second.at - first.at} ms`);
    assert.deepEqual(graph.log.map(({ method, body }) => [method, body]), [["POST", "the text"], ["POST", "the text"]]);
  });
}

test("a wait that the caller ends, one without a length, one too long, and one without an end", async () => {
  const app = client();
  graph.fault({ status: 429, headers: { "Retry-After": "30" } });
  assert.equal((await failureOf(app.fetch("/users", { signal: AbortSignal.timeout(100) }))).name, "TimeoutError");
  graph.fault({ status: 429 });
  assert.equal((await app.fetch("/users")).status, 429);
  graph.fault({ status: 429, headers: { "Retry-After": "86400" } });
  assert.equal((await app.fetch("/users")).status, 429);
  graph.clearLog();
  graph.fault({ times: 100, status: 503, headers: { "Retry-After": "0" } });
  assert.equal((await app.fetch("/users")).status, 503);
  assert.ok(graph.log.length > 1 && graph.log.length <= 5, `${graph.log.length} requests`);
});

test("a stream is sent once", async () => {
  const app = client();
  const body = () => new Blob(["streamed"]).stream();
  graph.fault({ status: 429, headers: { "Retry-After": "0" } });
  assert.equal((await app.fetch("/users", { method: "POST", body: body(), duplex: "half" })).status, 429);
  graph.challenge();
  assert.equal((await app.fetch("/users", { method: "POST", body: body(), duplex: "half" })).status, 401);
  assert.deepEqual(graph.log.map((entry) => entry.body), ["streamed", "streamed"]);
});

test("no token: the error is that of getToken, and Graph is not asked", async () => {
  const error = await failureOf(client({ auth: { clientSecret: "wrong" } }).fetch("/users"));
  assert.equal(error.errorNo, "7000215");
  assert.deepEqual(graph.log, []);
});

test("system.fetch serves here too", async () => {
  const seen = [];
  const own = (input, init) => (seen.push(typeof input === "string" ? input : input.url), fetch(input, init));
  assert.equal((await client({ system: { fetch: own } }).fetch("/users")).status, 200);
  assert.ok(seen.includes(`${graph.origin}/v1.0/users`));
});

test("a write that is redirected: sent again within Graph, without the header elsewhere, whatever fetch would do", async () => {
  const other = await serve((req, res) => res.end("elsewhere"));
  const seen = [];
  // A fetch that drops nothing by itself, as some runtimes' does not.
  const system = { fetch: (input, init) => (input.redirect && seen.push(input.redirect), fetch(input, init)) };
  const app = client({ system });
  graph.fault({ times: 1, status: 307, headers: { location: `${graph.origin}/v1.0/organization` } });
  await app.fetch("/users", { method: "POST", body: "again" });
  assert.deepEqual(graph.log.map(({ method, path, body }) => [method, path, body]), [["POST", "/v1.0/users", "again"], ["POST", "/v1.0/organization", "again"]]);
  assert.ok(graph.log.every(({ headers }) => headers.authorization?.startsWith("Bearer ")));
  graph.fault({ times: 1, status: 307, headers: { location: `${other.origin}/x` } });
  await app.fetch("/users", { method: "POST", body: "once more" });
  graph.fault({ times: 1, status: 303, headers: { location: `${other.origin}/y` } });
  await app.fetch("/users", { method: "POST", body: "and more" });
  assert.deepEqual(other.requests.map(({ method, url, body }) => [method, url, body]), [["POST", "/x", "once more"], ["GET", "/y", ""]]);
  assert.ok(other.requests.every(({ headers }) => headers.authorization === undefined));
  assert.ok(seen.every((redirect) => redirect === "manual"));
});

test("a challenge whose claims are no JSON object is the caller's to read", async () => {
  graph.fault({ times: 1, status: 401, headers: { "www-authenticate": `Bearer error="insufficient_claims", claims="${btoa("no json")}"` } });
  const response = await client().fetch("/users");
  assert.equal(response.status, 401);
  assert.equal(graph.log.length, 1);
});

test("what another origin sends back to Graph goes without the header, as with fetch", async () => {
  const other = await serve((req, res) => res.writeHead(307, { location: `${graph.origin}/v1.0/users/ada/revokeSignInSessions` }).end());
  graph.fault({ status: 307, redirectTo: `${other.origin}/moved` });
  const response = await client().fetch("/start", { method: "POST", body: "text" });
  assert.deepEqual(graph.log.map(({ method, path, headers }) => [method, path, headers.authorization?.slice(0, 9)]),
    [["POST", "/v1.0/start", "Bearer ey"], ["POST", "/v1.0/users/ada/revokeSignInSessions", undefined]]);
  assert.deepEqual([response.status, response.redirected], [401, true]);
});

test("what another origin wants is no business of the token's", async () => {
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString("base64");
  for (const [status, headers] of [[401, { "www-authenticate": `Bearer error="insufficient_claims", claims="${claims}"` }], [429, { "retry-after": "1" }]]) {
    const { origin, requests } = await serve((req, res) => res.writeHead(status, headers).end());
    const near = await serve((req, res) => res.writeHead(302, { location: `${origin}/elsewhere` }).end());
    idp.clearLog();
    const response = await client({ system: { graphOrigin: near.origin } }).fetch("/me");
    assert.deepEqual([response.status, requests.length, near.requests.length, idp.tokenRequests().length], [status, 1, 1, 1]);
    assert.equal(requests[0].headers.authorization, undefined);
  }
});

test("several calls whose token is refused get one new token", async () => {
  const app = client();
  await app.fetch("/users");
  const [{ headers: { authorization: refused } }] = graph.log;
  const challenge = Buffer.from(JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } })).toString("base64");
  const others = await serve((req, res) => {
    const isOld = req.headers.authorization === refused;
    // The later calls are refused when the first has met the challenge already.
    setTimeout(() => res.writeHead(isOld ? 401 : 200, isOld ? { "www-authenticate": `Bearer error="insufficient_claims", claims="${challenge}"` } : {}).end(), 20 * others.requests.length);
  });
  const system = { fetch: (input, init) => fetch(input instanceof Request && input.url.startsWith(graph.origin) ? new Request(input.url.replace(graph.origin, others.origin), input) : input, init) };
  const revoked = client({ system });
  const { accessToken } = await app.acquireTokenByClientCredential();
  revoked.getTokenCache().deserialize(app.getTokenCache().serialize());
  assert.equal(refused, `Bearer ${accessToken}`);
  idp.clearLog();
  const responses = await Promise.all(Array.from({ length: 10 }, () => revoked.fetch("/users")));
  assert.deepEqual(responses.map(({ status }) => status), Array(10).fill(200));
  assert.equal(idp.tokenRequests().length, 1);
});

test("a fetch of the program's own finds the address, and the rest in the fields", async () => {
  const seen = [];
  const system = {
    fetch: (input, init) => {
      seen.push([String(input), init.method]);
      // As one that does not know the platform's Request.
      return fetch(String(input), init);
    },
  };
  const response = await client({ system }).fetch("/users", { method: "PATCH", headers: { "x-mine": "1" }, body: "{}" });
  assert.equal(response.status, 200);
  assert.deepEqual(seen.at(-1), [`${graph.origin}/v1.0/users`, "PATCH"]);
  const [{ headers, body }] = graph.log;
  assert.match(headers.authorization, /^Bearer ey/);
  assert.deepEqual([headers["x-mine"], body], ["1", "{}"]);
});

const HANDS_ON = (input, init) => fetch(input, init);
const KNOWS_NO_REQUEST = (input, init) => fetch(String(input), init);
for (const [what, own] of Object.entries({ "hands on what it is given": HANDS_ON, "knows no Request": KNOWS_NO_REQUEST })) {
  test(`a fetch of the program's own that ${what} sends every body as it was`, async () => {
    const stream = () => new Blob(["streamed"]).stream();
    const form = new FormData();
    form.set("a", "1");
    const whole = `${graph.origin}/v1.0/users`;
    const app = client({ system: { fetch: own } });
    for (const [input, init] of [
      ["/users", { method: "POST", body: "text" }],
      ["/users", { method: "POST", body: new TextEncoder().encode("bytes") }],
      ["/users", { method: "POST", body: stream(), duplex: "half" }],
      [new Request(whole, { method: "POST", body: "of a Request" }), undefined],
      ["/users", { method: "POST", body: form }],
    ]) {
      assert.equal((await app.fetch(input, init)).status, 200);
    }
    const bodies = graph.log.map(({ body }) => body);
    assert.deepEqual(bodies.slice(0, 4), ["text", "bytes", "streamed", "of a Request"]);
    const [, boundary] = /boundary=(\S+)/.exec(graph.log[4].headers["content-type"]);
    assert.ok(bodies[4].includes(`--${boundary}`) && bodies[4].includes('name="a"'));
    assert.equal((await app.fetch("/users", null)).status, 200);
  });
}

test("a redirect to what is no address of the web is followed no more than the platform's fetch follows it", async () => {
  const other = await serve((req, res) => res.writeHead(302, { location: "data:application/json,{}" }).end());
  const app = client({ system: { allowedOrigins: [other.origin] } });
  idp.directory.resources.set(other.origin, idp.directory.resourceByIndicator(`api://${idp.clients.api.clientId}`));
  assert.ok((await failureOf(app.fetch(`${other.origin}/x`))) instanceof TypeError);
});

test("who aborts while a pause is about to begin does not wait for its end", async () => {
  const controller = new AbortController();
  const other = await serve((req, res) => {
    res.writeHead(429, { "retry-after": "5" }).end();
  });
  idp.directory.resources.set(other.origin, idp.directory.resourceByIndicator(`api://${idp.clients.api.clientId}`));
  const system = {
    allowedOrigins: [other.origin],
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (response.status === 429) controller.abort(new Error("mine"));
      return response;
    },
  };
  const began = performance.now();
  assert.equal((await failureOf(client({ system }).fetch(`${other.origin}/x`, { signal: controller.signal }))).message, "mine");
  assert.ok(performance.now() - began < 4_000);
});
