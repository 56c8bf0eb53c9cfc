// Users' flows whose owner's request dies while others wait for what it began: taken over by exactly one of them, but
// for a code, which is spent by the first who sends it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { people, SCOPES } from "../node/people.mjs";
import { failureOf, services, until } from "../support.mjs";
import { startRemote } from "./remote.mjs";

const all = await services();
const { idp } = all;
const { visit, signedIn, assertionOf } = people(all);
const ENDPOINT_MS = 1500;
const WAITING = 20;
/** More than any pause that a waiter takes for silence. */
const BUSY_MS = 900;
const configuration = Object.fromEntries(["web", "api"].map((name) => {
  const { clientId, clientSecret } = idp.clients[name];
  return [name, { auth: { clientId, clientSecret, authority: idp.authority("contoso") } }];
}));
configuration.oidc = { auth: { ...configuration.web.auth, authority: `${idp.authority("contoso")}/v2.0`, protocolMode: "OIDC" } };
configuration.stored = { ...configuration.web, cache: "index" };

const RUNTIMES = [["with waitUntil of cloudflare:workers", true], ["of before, by the heartbeat alone", false]];
for (const [name, hasWaitUntil] of RUNTIMES) {
  const inWorker = (what, run) => test(`${what} (${name})`, { timeout: 60_000 }, async () => {
    const worker = await startRemote(configuration, { hasWaitUntil });
    try {
      await run(worker);
    } finally {
      await worker.close();
    }
  });

  /** Lets a request begin the call and die, and others join; gives what they got. */
  async function joined(worker, client, method, ...args) {
    idp.clearLog();
    idp.fault({ times: 1000, delayMs: ENDPOINT_MS });
    await worker.gone(client, method, ...args);
    await until(() => idp.tokenRequests().length === 1);
    return Promise.all(Array.from({ length: WAITING }, () => worker.app(client)[method](...args).catch((error) => ({ error }))));
  }

  /** Where the owner outlives its answer there is nothing to take over. */
  function assertOnePerOwner(results) {
    for (const { error } of results) assert.equal(error, undefined);
    assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1);
    assert.ok(results[0].accessToken);
    assert.equal(idp.tokenRequests().length, hasWaitUntil ? 1 : 2);
  }

  inWorker("a silent renewal", async (worker) => {
    const { account } = await signedIn(worker.app("web"));
    assertOnePerOwner(await joined(worker, "web", "acquireTokenSilent", { account, scopes: SCOPES, forceRefresh: true }));
  });

  inWorker("where a provider takes each refresh token once, they are spent one after the other, however long each takes", async (worker) => {
    const scopes = ["User.Read", "Mail.Read", "Files.Read", "Calendars.Read"].map((scope) => [`https://graph.microsoft.com/${scope}`]);
    const { account } = await signedIn(worker.app("oidc"), { scopes: scopes[0] });
    const silent = (scopes) => ["acquireTokenSilent", { account, scopes, forceRefresh: true }];
    const spent = () => idp.tokenRequests().map(({ body }) => body.refresh_token);
    idp.clearLog();
    idp.fault({ times: 4, delayMs: 1_800 });
    const results = await Promise.all(scopes.map((scopes) => worker.app("oidc")[silent(scopes)[0]](silent(scopes)[1])));
    for (const { error } of results) assert.equal(error, undefined);
    assert.deepEqual(spent().slice(1), idp.tokenRequests().slice(0, -1).map(({ response }) => response.refresh_token));
    // One whose request ends is waited for where it goes on, and else taken over by one of the others.
    idp.clearLog();
    idp.fault({ times: 100, delayMs: 600 });
    await worker.gone("oidc", ...silent(scopes[0]));
    await until(() => spent().length === 1);
    for (const { error } of await Promise.all(scopes.slice(1).map((scopes) => worker.app("oidc")[silent(scopes)[0]](silent(scopes)[1])))) assert.equal(error, undefined);
    const ofTheLiving = spent().slice(1);
    assert.deepEqual([ofTheLiving.length, new Set(ofTheLiving).size], [3, 3]);
    idp.clearFaults();
  });

  inWorker("on behalf of", async (worker) => {
    const request = { oboAssertion: await assertionOf(), scopes: SCOPES };
    assertOnePerOwner(await joined(worker, "api", "acquireTokenOnBehalfOf", request));
    assert.equal((await worker.app("api").acquireTokenOnBehalfOf(request)).fromCache, true);
  });

  inWorker("an isolate that computes is not taken for dead", async (worker) => {
    idp.fault({ times: 1000, delayMs: BUSY_MS - 200 });
    const { request, answer } = await visit(worker.app("web"));
    idp.clearLog();
    const busy = worker.busy("web", BUSY_MS, "acquireTokenByCode", request, answer);
    await until(() => idp.tokenRequests().length === 1);
    const others = Array.from({ length: 3 }, () => worker.app("web").acquireTokenByCode(request, answer));
    const results = await Promise.all([busy, ...others]);
    assert.equal(new Set(results.map(({ accessToken }) => accessToken)).size, 1);
    assert.equal(idp.tokenRequests().length, 1);
    const listed = await worker.busy("stored", BUSY_MS, "getAllAccounts");
    assert.deepEqual([listed, await worker.app("stored").getAllAccounts()], [[], []]);
  });

  inWorker("a code is not sent again", async (worker) => {
    const { request, answer } = await visit(worker.app("web"));
    const results = await joined(worker, "web", "acquireTokenByCode", request, answer);
    assert.equal(idp.tokenRequests().length, 1);
    if (hasWaitUntil) return assertOnePerOwner(results);
    for (const { error } of results) {
      assert.deepEqual([error?.name, error?.errorCode], ["ClientAuthError", "redemption_lost"]);
      assert.match(error.hint, /anew/);
    }
    const later = await failureOf(worker.app("web").acquireTokenByCode(request, answer));
    assert.equal(later.errorCode, "redemption_lost");
    assert.equal(idp.tokenRequests().length, 1);
    // Another sign-in of the same person is served.
    idp.clearFaults();
    assert.ok((await signedIn(worker.app("web"))).accessToken);
  });
}
