// When a token is served, renewed ahead, renewed first, or served past its life: with the clock in the test's hand.
import assert from "node:assert/strict";
import test from "node:test";
import { failureOf, services, until } from "../support.mjs";

const { idp, client } = await services();
const START = Date.parse("2026-06-01T12:00:00Z");
const requests = () => idp.tokenRequests().length;

/** A client whose clock shows `at(seconds)` after its start. */
function clocked({ system } = {}) {
  let now = START;
  const app = client({ system: { now: () => now, maxRetries: 0, ...system } });
  return { ask: (request) => app.acquireTokenByClientCredential(request), at: (seconds) => (now = START + seconds * 1000), app };
}

const OFFSETS = [[undefined, 300], [0, 0], [60, 60], [900, 900]];
for (const [tokenRenewalOffsetSeconds, offset] of OFFSETS) {
  test(`a token is renewed ${offset} seconds before its end (tokenRenewalOffsetSeconds ${tokenRenewalOffsetSeconds})`, async () => {
    idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600 });
    const { ask, at } = clocked({ system: { tokenRenewalOffsetSeconds } });
    const first = await ask();
    assert.equal(first.expiresOn.getTime(), START + 3600_000);
    at(3600 - offset - 1);
    assert.equal((await ask()).fromCache, true);
    assert.equal(requests(), 1);
    at(3600 - offset);
    const second = await ask();
    assert.equal(second.fromCache, false);
    assert.notEqual(second.accessToken, first.accessToken);
  });
}

test("a token that lives shorter than the offset is served for half of its life, so that it serves at all", async () => {
  idp.setLifetimes({ expires_in: 100, ext_expires_in: 100 });
  const { ask, at } = clocked();
  await ask();
  at(49);
  assert.equal((await ask()).fromCache, true);
  at(51);
  assert.equal((await ask()).fromCache, false);
});

test("refresh_in renews ahead, and the caller does not wait for it", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600, refresh_in: 1800 });
  const { ask, at } = clocked();
  const first = await ask();
  assert.equal(first.refreshOn.getTime(), START + 1800_000);
  at(1799);
  await ask();
  assert.equal(requests(), 1);
  at(1800);
  let answered = false;
  idp.fault({ match: ({ endpoint }) => endpoint === "token" && (answered = true), delayMs: 100 });
  const served = await Promise.all(Array.from({ length: 10 }, () => ask()));
  assert.deepEqual(new Set(served.map(({ accessToken }) => accessToken)), new Set([first.accessToken]));
  assert.ok(served.every(({ fromCache, isExtendedLifeTimeToken }) => fromCache && !isExtendedLifeTimeToken));
  await until(() => answered);
  await until(async () => (await ask()).accessToken !== first.accessToken, "the renewed token");
  assert.equal(requests(), 2, "one renewal for all of them");
});

test("a token of more than two hours is renewed ahead at half of its life", async () => {
  idp.setLifetimes({ expires_in: 28 * 3600, ext_expires_in: 28 * 3600 });
  const { ask, at } = clocked();
  const first = await ask();
  at(14 * 3600 - 1);
  await ask();
  assert.equal(requests(), 1);
  at(14 * 3600);
  assert.equal((await ask()).accessToken, first.accessToken);
  await until(async () => (await ask()).accessToken !== first.accessToken, "the renewed token");
  assert.equal(requests(), 2);
});

test("a renewal ahead that fails harms nobody, and is not tried at every call", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600, refresh_in: 1800 });
  const { ask, at } = clocked();
  const first = await ask();
  idp.fault({ times: Infinity, status: 503 });
  at(1800);
  await ask();
  await until(() => idp.tokenRequests()[1]?.status === 503);
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let i = 0; i < 20; i++) assert.equal((await ask()).accessToken, first.accessToken);
  assert.equal(requests(), 2);
  idp.clearFaults();
  at(1900);
  await until(async () => (await ask()).accessToken !== first.accessToken, "a later try");
});

for (const fault of [{ status: 503 }, { cut: "before" }, { status: 429 }]) {
  test(`while the service is down (${JSON.stringify(fault)}), a token serves to its end and beyond`, async () => {
    idp.setLifetimes({ expires_in: 3600, ext_expires_in: 7200 });
    const { ask, at } = clocked();
    const { accessToken } = await ask();
    idp.fault({ times: Infinity, ...fault });
    at(3590);
    const late = await ask();
    assert.deepEqual([late.accessToken, late.fromCache, late.isExtendedLifeTimeToken], [accessToken, true, false]);
    at(3600);
    const extended = await ask();
    assert.deepEqual([extended.accessToken, extended.fromCache, extended.isExtendedLifeTimeToken], [accessToken, true, true]);
    at(7199);
    assert.equal((await ask()).isExtendedLifeTimeToken, true);
    at(7200);
    assert.match((await failureOf(ask())).name, /^(ServerError|NetworkError)$/);
    idp.clearFaults();
    const anew = await ask();
    assert.deepEqual([anew.fromCache, anew.isExtendedLifeTimeToken], [false, false]);
  });
}

test("without a word of the server there is no life beyond the end", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600 });
  const { ask, at } = clocked();
  await ask();
  idp.fault({ times: Infinity, status: 503 });
  at(3600);
  assert.equal((await failureOf(ask())).status, 503);
});

test("a refusal is no outage: the old token is not served in its place", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 7200 });
  const { ask, at } = clocked();
  await ask();
  idp.fault({ times: 2, status: 401, body: { error: "invalid_client", error_description: "AADSTS7000222: expired" } });
  for (const seconds of [3590, 3700]) {
    at(seconds);
    assert.equal((await failureOf(ask())).errorNo, "7000222");
  }
});

test("a clock that goes back and forth: no loop of renewals, no token past its life", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600 });
  const { ask, at } = clocked();
  await ask();
  for (const seconds of [-7200, 100, -86400, 2000, 0, 2500]) {
    at(seconds);
    await ask();
  }
  assert.equal(requests(), 1);
  at(3601);
  assert.equal((await ask()).fromCache, false);
  // A year ahead by mistake, and back.
  at(365 * 86400);
  await ask();
  assert.equal(requests(), 3);
  at(3700);
  for (let i = 0; i < 10; i++) await ask();
  assert.equal(requests(), 3);
});

test("a wall clock that is set back does not lengthen a token's life", async (t) => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600 });
  let [wall, monotonic] = [START, 5000];
  t.mock.method(Date, "now", () => wall);
  t.mock.method(performance, "now", () => monotonic);
  const app = client();
  const first = await app.acquireTokenByClientCredential();
  assert.equal(first.expiresOn.getTime(), START + 3600_000);
  wall -= 7200_000;
  monotonic += 3000_000;
  assert.equal((await app.acquireTokenByClientCredential()).accessToken, first.accessToken);
  wall += 600_000;
  monotonic += 600_000;
  const second = await app.acquireTokenByClientCredential();
  assert.equal(second.fromCache, false);
  assert.ok(second.expiresOn.getTime() <= wall + 3600_000);
  // Asleep for an hour: the monotonic clock stood still.
  wall += 3600_000;
  assert.equal((await app.acquireTokenByClientCredential()).fromCache, false);
  assert.equal(requests(), 3);
});

test("an outage while the cache is cleared still serves the token that was there", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600 });
  const { ask, at, app } = clocked();
  const first = await ask();
  at(3400);
  idp.fault({ times: 1, status: 503, delayMs: 200 });
  const asked = ask();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await app.clearCache();
  assert.equal((await asked).accessToken, first.accessToken);
});

test("what answers in Entra's place does not take a valid token away", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600 });
  const { ask, at } = clocked();
  const first = await ask();
  at(3400);
  idp.fault({ times: 1, status: 200, body: "<html>Sign in to the Wi-Fi</html>", contentType: "text/html" });
  assert.equal((await ask()).accessToken, first.accessToken);
});

test("a clock that was set right again shows when the token really ends", async (t) => {
  const real = Date.now;
  t.after(() => (Date.now = real));
  const yearMs = 365 * 24 * 3600_000;
  Date.now = () => real() + yearMs;
  const app = client();
  await app.acquireTokenByClientCredential();
  Date.now = real;
  const hit = await app.acquireTokenByClientCredential();
  const secondsLeft = (hit.expiresOn.getTime() - real()) / 1000;
  assert.ok(hit.fromCache && secondsLeft > 3500 && secondsLeft < 3700, `${secondsLeft} s left`);
});
