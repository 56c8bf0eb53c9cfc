// While the service is away: users are served what is still good, for as long as it is, and get a new token once the
// service is back. And refresh tokens that end: not tried when it is too late.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InteractionRequiredAuthError, NetworkError, ServerError } from "graph-token";
import { failureOf, services, until } from "../support.mjs";
import { people, SCOPES } from "./people.mjs";

const all = await services();
const { idp } = all;
const { web, api, signedIn, assertionOf } = people(all);
const MINUTE_MS = 60_000;
const LIFETIMES = { expires_in: 3600, ext_expires_in: 7200 };

/** How a user's token is got first, and how it is asked for from then on. */
const FLOWS = {
  silently: async (options) => {
    const app = web(options);
    const { account, accessToken } = await signedIn(app);
    return { accessToken, ask: (more) => app.acquireTokenSilent({ account, scopes: SCOPES, ...more }) };
  },
  "on behalf of": async (options) => {
    const app = api(options);
    const oboAssertion = await assertionOf();
    const ask = (more) => app.acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES, ...more });
    return { accessToken: (await ask()).accessToken, ask };
  },
};
const OUTAGES = {
  "500": [{ status: 500 }, ServerError], "503": [{ status: 503, headers: { "Retry-After": "1" } }, ServerError], "429": [{ status: 429 }, ServerError],
  "a 502 of HTML": [{ status: 502, contentType: "text/html", body: "<p>Bad gateway" }, ServerError], "a cut connection": [{ cut: "before" }, NetworkError],
  "a cut answer": [{ cut: "body" }, NetworkError], silence: [{ hang: true }, NetworkError],
};

for (const [flow, begin] of Object.entries(FLOWS)) {
  describe(flow, () => {
    for (const [name, [fault, Class]] of Object.entries(OUTAGES)) {
      test(`${name}: the token serves to its end, then for its extended life and says so, then not`, async () => {
        let now = Date.now();
        idp.setLifetimes(LIFETIMES);
        const { accessToken, ask } = await begin({ system: { now: () => now, maxRetries: 0, timeoutMs: 250 } });
        idp.clearLog();
        idp.fault({ ...fault, times: 1000 });
        for (const [minutes, extended] of [[56, false], [59.9, false], [60.5, true], [119.5, true]]) {
          now = Date.now() + minutes * MINUTE_MS;
          const { isExtendedLifeTimeToken, fromCache, account, ...result } = await ask({ timeoutMs: 250 });
          assert.deepEqual([result.accessToken, isExtendedLifeTimeToken, fromCache], [accessToken, extended, true], `${minutes}`);
          assert.ok(account.homeAccountId);
        }
        assert.equal(idp.tokenRequests().length, 4, "each call has tried");
        now = Date.now() + 121 * MINUTE_MS;
        const error = await failureOf(ask());
        assert.ok(error instanceof Class, `${error}`);
        idp.clearFaults();
      });
    }

    test("once the service is back, the next call has a new token", async () => {
      let now = Date.now();
      idp.setLifetimes(LIFETIMES);
      const { accessToken, ask } = await begin({ system: { now: () => now, maxRetries: 0 } });
      now += 61 * MINUTE_MS;
      idp.fault({ status: 503 });
      assert.equal((await ask()).isExtendedLifeTimeToken, true);
      const anew = await ask();
      assert.deepEqual([anew.fromCache, anew.isExtendedLifeTimeToken, anew.accessToken === accessToken], [false, false, false]);
    });

    test("what the service refuses is no outage: the error comes out", async () => {
      let now = Date.now();
      idp.setLifetimes(LIFETIMES);
      const { ask } = await begin({ system: { now: () => now, maxRetries: 0 } });
      now += 61 * MINUTE_MS;
      idp.fault({ status: 400, body: { error: "interaction_required", error_description: "AADSTS50076: multi-factor", error_codes: [50076], suberror: "basic_action" } });
      assert.ok((await failureOf(ask())) instanceof InteractionRequiredAuthError);
    });

    test("a renewal ahead that fails costs nobody anything, and is tried again", async () => {
      let now = Date.now();
      idp.setLifetimes({ ...LIFETIMES, refresh_in: 1800 });
      const { accessToken, ask } = await begin({ system: { now: () => now, maxRetries: 0 } });
      idp.clearLog();
      idp.fault({ status: 503 });
      now += 31 * MINUTE_MS;
      const due = await ask();
      assert.deepEqual([due.accessToken, due.fromCache, due.isExtendedLifeTimeToken], [accessToken, true, false]);
      await until(() => idp.tokenRequests()[0]?.status === 503);
      // Not at once: it rests for half a minute.
      await until(async () => {
        now += 1000;
        return (await ask()).accessToken !== accessToken;
      }, "the renewed token");
      assert.equal(idp.tokenRequests().length, 2);
      assert.equal((await ask()).fromCache, true);
    });

    test("a renewal ahead is one request, whoever asks meanwhile", async () => {
      let now = Date.now();
      idp.setLifetimes({ ...LIFETIMES, refresh_in: 1800 });
      const { accessToken, ask } = await begin({ system: { now: () => now } });
      idp.clearLog();
      idp.fault({ delayMs: 100 });
      now += 31 * MINUTE_MS;
      const results = await Promise.all(Array.from({ length: 50 }, () => ask()));
      assert.deepEqual([...new Set(results.map((result) => result.accessToken))], [accessToken]);
      await until(async () => (await ask()).accessToken !== accessToken, "the renewed token");
      assert.equal(idp.tokenRequests().length, 1);
    });
  });
}

test("what was to be had anew is not served from the cache while the service is down", async () => {
  const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });
  const daemon = all.client({ system: { maxRetries: 0 } });
  await daemon.acquireTokenByClientCredential();
  const silent = await FLOWS.silently({ system: { maxRetries: 0 } });
  const onBehalf = await FLOWS["on behalf of"]({ system: { maxRetries: 0 } });
  idp.fault({ status: 503, times: 100 });
  const asks = { silently: silent.ask, "on behalf of": onBehalf.ask, "client credentials": (more) => daemon.acquireTokenByClientCredential(more) };
  for (const [flow, ask] of Object.entries(asks)) {
    const anew = [{ claims }, { forceRefresh: true }, ...(flow === "silently" ? [] : [{ skipCache: true }])];
    for (const more of anew) assert.equal((await failureOf(ask(more))).status, 503, `${flow} ${Object.keys(more)}`);
    assert.equal((await ask()).fromCache, true, `${flow}: what is cached is not lost`);
  }
});

describe("a refresh token that says when it ends", () => {
  const ENDS_IN_SECONDS = 7200;
  for (const [offset, minutes, tried] of [[undefined, 114, true], [undefined, 116, false], [60, 118, true], [60, 119.5, false], [3600, 59, true], [3600, 61, false]]) {
    test(`${offset ?? "no"} seconds before its end, after ${minutes} minutes: it is ${tried ? "tried" : "not tried"}`, async () => {
      let now = Date.now();
      idp.onToken = (_form, body) => ({ ...body, refresh_token_expires_in: ENDS_IN_SECONDS });
      try {
        const app = web({ system: { now: () => now } });
        const { account } = await signedIn(app);
        idp.clearLog();
        now += minutes * MINUTE_MS;
        const ask = () => app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true, refreshTokenExpirationOffsetSeconds: offset });
        if (tried) return assert.equal((await ask()).fromCache, false);
        const error = await failureOf(ask());
        assert.ok(error instanceof InteractionRequiredAuthError, `${error}`);
        assert.equal(error.errorCode, "refresh_token_expired");
        assert.match(error.hint, /sign in/);
        assert.deepEqual(idp.tokenRequests(), []);
      } finally {
        idp.onToken = undefined;
      }
    });
  }
});
