// Requests that die while others wait for what they began. A Worker's runtime drops what a dead request had begun, and
// nobody else may hang for it or wait much longer than the token endpoint itself takes.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startIdentityProvider } from "../idp/index.mjs";
import { startWorker } from "./workerd.mjs";

const ENDPOINT_MS = 300;
const ALLOWED_MS = 1000;
const CANCELLED_AFTER_MS = 100;
const REQUESTS = 200;
// In either order the first, which begins the exchange that the others wait for, is one that dies.
const KINDS = [["gone", "cancelled", "staying"], ["cancelled", "gone", "staying"]];

let idp;
before(async () => {
  idp = await startIdentityProvider();
});
after(() => idp?.close());
beforeEach(() => {
  idp.clearLog();
  idp.clearFaults();
});

const RUNTIMES = [["with waitUntil of cloudflare:workers", true], ["of before, by the heartbeat alone", false]];
for (const [name, hasWaitUntil] of RUNTIMES) {
  const inWorker = (what, run) => test(`${what} (${name})`, { timeout: 90_000 }, async () => {
    const { clientId, clientSecret } = idp.clients.daemon;
    const worker = await startWorker({ auth: { clientId, clientSecret, authority: idp.authority("contoso") } }, { hasWaitUntil });
    try {
      // The cold start is no part of what is measured.
      await worker.json("/token");
      idp.clearLog();
      await run(worker);
    } finally {
      await worker.close();
    }
  });

  inWorker("200 requests for one token, a third cancelled and a third gone", async (worker) => {
    await chaos(worker, () => ({ forceRefresh: true, ...flight(0) }));
    if (hasWaitUntil) assert.equal(idp.tokenRequests().length, 1);
  });

  inWorker("the same, for many tokens: every flight is begun by a request that dies", async (worker) => {
    await chaos(worker, (index) => ({ forceRefresh: true, ...flight(Math.floor(index / 6)) }));
    if (hasWaitUntil) assert.equal(idp.tokenRequests().length, Math.ceil(REQUESTS / 6));
  });

  inWorker("the same, in six authorities", async (worker) => {
    const authorities = ["contoso", "fabrikam"].flatMap((tenant) => ["id", "initialDomain", "customDomain"].map((form) => idp.authority(tenant, form)));
    await chaos(worker, (index) => ({ forceRefresh: true, authority: authorities[Math.floor(index / 3) % 6] }));
  });

  inWorker("a slow owner that dies is taken over by exactly one of those who wait", async (worker) => {
    idp.fault({ times: 1000, delayMs: 1500 });
    await worker.ask("/gone", flight(1));
    const waiting = await Promise.all(Array.from({ length: 20 }, () => worker.json("/token", flight(1), AbortSignal.timeout(10_000))));
    assert.equal(new Set(waiting.map(({ accessToken }) => accessToken)).size, 1);
    assert.ok(waiting[0].accessToken, JSON.stringify(waiting[0]));
    // Where the owner outlives its answer there is nothing to take over.
    assert.equal(idp.tokenRequests().length, hasWaitUntil ? 1 : 2);
  });

  inWorker("who notices later that an owner is gone takes what another has got meanwhile", async (worker) => {
    idp.fault({ times: 1, delayMs: 2000 });
    await worker.ask("/gone", flight(2));
    const waiting = [];
    for (let i = 0; i < 35; i++) {
      waiting.push(worker.json("/token", flight(2), AbortSignal.timeout(10_000)));
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    const served = await Promise.all(waiting);
    assert.ok(served[0].accessToken, JSON.stringify(served[0]));
    assert.equal(new Set(served.map(({ accessToken }) => accessToken)).size, 1);
    assert.equal(idp.tokenRequests().length, hasWaitUntil ? 1 : 2);
  });
}

/** Requests of one number are for the same token, since a further parameter may decide what the server gives. */
function flight(number) {
  return { extraQueryParameters: { flight: String(number) } };
}

/** Sends them all at once; every third stays, and has to be served. */
async function chaos(worker, requestOf) {
  idp.fault({ times: 10_000, delayMs: ENDPOINT_MS });
  const staying = [];
  const dying = [];
  for (let index = 0; index < REQUESTS; index++) {
    const request = requestOf(index);
    const kind = KINDS[Math.floor(index / 6) % 2][index % 3];
    if (kind === "gone") dying.push(worker.ask("/gone", request).then((response) => response.text()));
    else if (kind === "cancelled") dying.push(worker.json("/token", request, AbortSignal.timeout(CANCELLED_AFTER_MS)).catch(() => {}));
    else staying.push(timed(worker, request));
  }
  const served = await Promise.all(staying);
  await Promise.all(dying);
  for (const { result } of served) assert.ok(result.accessToken, JSON.stringify(result));
  // The endpoint's own time is that of its first request in the flight: what a takeover adds counts as ours.
  for (const { request, sentAt, servedAt } of served) {
    const first = idp.tokenRequests().find((entry) => isOf(entry, request));
    const late = servedAt - Math.max(first.at, sentAt) - ENDPOINT_MS;
    assert.ok(late <= ALLOWED_MS, `${late} ms later than the token endpoint`);
  }
}

function isOf({ url, path }, { authority, extraQueryParameters }) {
  if (authority) return path.startsWith(new URL(authority).pathname);
  return new URL(url).searchParams.get("flight") === extraQueryParameters.flight;
}

async function timed(worker, request) {
  const sentAt = Date.now();
  const result = await worker.json("/token", request, AbortSignal.timeout(10_000)).catch((error) => ({ error: String(error) }));
  return { request, result, sentAt, servedAt: Date.now() };
}

// Bundlers that know Workers as pages of a kind, or not at all.
for (const conditions of [["worker", "browser"], ["node"]]) {
  test(`a Worker that was bundled with the conditions ${conditions}: nobody hangs for a request that is gone`, { timeout: 60_000 }, async () => {
    const { clientId, clientSecret } = idp.clients.daemon;
    const worker = await startWorker({ auth: { clientId, clientSecret, authority: idp.authority("contoso") } }, { conditions });
    try {
      await worker.json("/token");
      idp.fault({ times: 1000, delayMs: 500 });
      await worker.ask("/gone", { forceRefresh: true });
      const waiting = await Promise.all(Array.from({ length: 10 }, () => worker.json("/token", { forceRefresh: true }, AbortSignal.timeout(8_000))));
      for (const answer of waiting) assert.ok(answer.accessToken, JSON.stringify(answer));
    } finally {
      await worker.close();
    }
  });
}

test("an access to a plug-in whose request is gone holds nobody up", { timeout: 60_000 }, async () => {
  const { clientId, clientSecret } = idp.clients.daemon;
  const worker = await startWorker({ auth: { clientId, clientSecret, authority: idp.authority("contoso") } });
  try {
    await worker.json("/plugged");
    await worker.ask("/plugged-gone");
    const began = performance.now();
    assert.ok((await worker.json("/plugged")).accessToken);
    // What a lost access is waited for.
    assert.ok(performance.now() - began < 1_500);
  } finally {
    await worker.close();
  }
});
