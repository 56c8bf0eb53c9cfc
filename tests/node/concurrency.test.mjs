// Many callers at once: one exchange for all, and nobody's leaving disturbs another.
import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { ClientAuthError, NetworkError } from "graph-token";
import { failureOf, serve, services, until } from "../support.mjs";

const { idp, client } = await services();
const SLOW_MS = 200;

test("a hundred identical acquisitions make one request", async () => {
  const app = client();
  const results = await Promise.all(Array.from({ length: 100 }, () => app.acquireTokenByClientCredential()));
  assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1);
  assert.equal(new Set(results).size, 100);
  assert.equal(idp.tokenRequests().length, 1);
});

test("the same asked for in other words is the same request; another tenant is not", async () => {
  const app = client();
  const scope = "https://graph.microsoft.com/.default";
  await Promise.all([{}, { scopes: [scope] }, { scopes: scope.toUpperCase() }, { authority: idp.authority("contoso") },
    { authority: idp.authority("fabrikam") }].map((request) => app.acquireTokenByClientCredential(request)));
  assert.deepEqual(idp.tokenRequests().map(({ tenant }) => tenant).sort(), [idp.tenants.contoso.id, idp.tenants.fabrikam.id]);
});

test("each forced renewal is one request, however many ask for it at once", async () => {
  const app = client();
  await app.acquireTokenByClientCredential();
  await Promise.all(Array.from({ length: 20 }, () => app.acquireTokenByClientCredential({ forceRefresh: true })));
  assert.equal(idp.tokenRequests().length, 2);
});

test("all get the error when it fails, and the next call asks again", async () => {
  const app = client();
  idp.fault({ status: 400, body: { error: "invalid_client", error_description: "AADSTS7000222: expired" } });
  const errors = await Promise.all(Array.from({ length: 20 }, () => failureOf(app.acquireTokenByClientCredential())));
  assert.deepEqual([...new Set(errors.map(({ errorNo }) => errorNo))], ["7000222"]);
  assert.equal(idp.tokenRequests().length, 1);
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
});

test("who leaves does not end what others wait for, not even who came first", async () => {
  const app = client();
  idp.fault({ delayMs: SLOW_MS });
  const leaving = new AbortController();
  const first = failureOf(app.acquireTokenByClientCredential({ signal: leaving.signal }));
  const staying = app.acquireTokenByClientCredential();
  const alsoLeaving = failureOf(app.acquireTokenByClientCredential({ signal: leaving.signal }));
  await until(() => idp.tokenRequests().length === 1);
  leaving.abort();
  const left = await Promise.all([first, alsoLeaving]);
  assert.deepEqual(left.map(({ name }) => name), ["AbortError", "AbortError"]);
  assert.equal(idp.tokenRequests()[0].status, null, "they left before the answer");
  assert.equal((await staying).fromCache, false);
  assert.equal(idp.tokenRequests().length, 1);
});

test("when all have left, the request is ended; a newcomer makes one of its own", async () => {
  const answers = [];
  const { origin, requests } = await serve((req, res) => answers.push(res));
  const app = client({ auth: { authority: `${origin}/contoso.com` } });
  const callers = [new AbortController(), new AbortController()];
  const errors = callers.map(({ signal }) => failureOf(app.acquireTokenByClientCredential({ signal })));
  await until(() => answers.length === 1);
  const closed = once(answers[0], "close");
  for (const caller of callers) caller.abort();
  assert.deepEqual((await Promise.all(errors)).map(({ name }) => name), ["AbortError", "AbortError"]);
  const next = app.acquireTokenByClientCredential();
  await closed;
  await until(() => answers.length === 2);
  answers[1].setHeader("content-type", "application/json");
  answers[1].end(JSON.stringify({ token_type: "Bearer", expires_in: 3599, access_token: "late" }));
  assert.equal((await next).accessToken, "late");
  assert.equal(requests.length, 2);
});

test("a signal that is aborted already sends nothing, cached token or not", async () => {
  const app = client();
  const reason = new Error("no longer wanted");
  const request = { signal: AbortSignal.abort(reason) };
  assert.equal(await failureOf(app.acquireTokenByClientCredential(request)), reason);
  assert.equal(await failureOf(app.getToken([], { abortSignal: request.signal })), reason);
  assert.equal(idp.tokenRequests().length, 0);
  await app.acquireTokenByClientCredential();
  assert.equal(await failureOf(app.acquireTokenByClientCredential(request)), reason);
});

for (const reason of [new RangeError("mine"), "a text", { code: 7 }, 0, null]) {
  test(`what is thrown is the signal's reason: ${JSON.stringify(reason) ?? reason}`, async () => {
    const app = client();
    idp.fault({ hang: true });
    const controller = new AbortController();
    const failed = app.acquireTokenByClientCredential({ signal: controller.signal }).then(() => assert.fail("resolved"), (thrown) => ({ thrown }));
    await until(() => idp.tokenRequests().length === 1);
    controller.abort(reason);
    assert.equal((await failed).thrown, reason);
    assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
  });
}

test("an abort while waiting to try again ends the wait", async () => {
  const app = client();
  idp.fault({ status: 503, headers: { "Retry-After": "20" } });
  const controller = new AbortController();
  const failed = failureOf(app.acquireTokenByClientCredential({ signal: controller.signal }));
  await until(() => idp.tokenRequests()[0]?.status === 503);
  controller.abort();
  assert.equal((await failed).name, "AbortError");
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
});

test("each request has a time limit of its own", async () => {
  const app = client();
  idp.fault({ times: 2, delayMs: 600 });
  const hasty = failureOf(app.acquireTokenByClientCredential({ timeoutMs: 100 }));
  const patient = app.acquireTokenByClientCredential();
  const error = await hasty;
  assert.ok(error instanceof NetworkError, `${error}`);
  assert.equal(error.subError, "timeout");
  assert.equal((await patient).fromCache, false);
  assert.equal((await app.acquireTokenByClientCredential({ timeoutMs: 100 })).fromCache, true);
});

test("an error that comes to several is each one's own, by its own correlation id", async () => {
  const app = client();
  idp.fault({ status: 400, body: { error: "invalid_client", error_codes: [7000222], correlation_id: "the server's" } });
  const ids = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"];
  const errors = await Promise.all(ids.map((correlationId) => failureOf(app.acquireTokenByClientCredential({ correlationId }))));
  assert.deepEqual(errors.map(({ correlationId }) => correlationId), ids);
  errors[0].errorMessage = "changed";
  errors[0].errorCodes.push(1);
  for (const error of errors.slice(1)) {
    assert.notEqual(error.errorMessage, "changed");
    assert.deepEqual([error.name, error.constructor, error.errorNo, error.errorCodes, error.status], [errors[0].name, errors[0].constructor, "7000222", [7000222], 400]);
    assert.match(error.stack, /invalid_client/);
  }
  assert.equal(idp.tokenRequests().length, 1);
});

test("who joined and leaves has its own reason back", async () => {
  const app = client();
  idp.fault({ delayMs: SLOW_MS });
  const first = app.acquireTokenByClientCredential();
  const leaving = new AbortController();
  class OwnError extends ClientAuthError {
    constructor(detail) {
      super("own", "", detail.text);
    }
  }
  const reason = new OwnError({ text: "left" });
  const joined = failureOf(app.acquireTokenByClientCredential({ signal: leaving.signal, correlationId: "11111111-1111-4111-8111-111111111111" }));
  await until(() => idp.tokenRequests().length === 1);
  leaving.abort(reason);
  assert.equal(await joined, reason);
  assert.ok((await first).accessToken);
});

test("who joins a call whose time is nearly over has time of its own", async () => {
  let hangs = true;
  const fetched = [];
  const system = {
    timeoutMs: 1_500,
    fetch: (url, init) => {
      fetched.push(url);
      return hangs ? new Promise(() => {}) : fetch(url, init);
    },
  };
  const app = client({ system });
  const first = failureOf(app.acquireTokenByClientCredential());
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  hangs = false;
  const joined = await Promise.all(Array.from({ length: 5 }, () => app.acquireTokenByClientCredential()));
  assert.equal((await first).subError, "timeout");
  assert.equal(new Set(joined.map(({ accessToken }) => accessToken)).size, 1);
  assert.equal(fetched.length, 2, "one more for all of them");
});
