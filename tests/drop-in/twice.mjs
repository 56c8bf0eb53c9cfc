// The tests that every program has: it does its work with either library, and both runs are the same but for what
// docs/differences.md names.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { differencesOf } from "./compare.mjs";
import { judged } from "./differences.mjs";
import { MSAL, OURS } from "./programs.mjs";

/**
 * `run(library)` gives `requests`, `results` and `shown` (what the program printed or its pages said); `holds` is what
 * has to be true of either run; `differences` are the ids that are met.
 */
export function twice(way, run, { holds, differences: { requests = [], results = [] } = {} }) {
  describe(way, () => {
    const runs = new Map();
    // Each run is kept, failed or not, so that one library's failure is not the other's.
    const of = (library) => {
      if (!runs.has(library)) runs.set(library, run(library));
      return runs.get(library);
    };
    for (const library of [MSAL, OURS]) test(`does its work with ${library}`, async () => holds(await of(library), library));
    test("asks the identity provider the same", async () => {
      const [msal, ours] = [await of(MSAL), await of(OURS)];
      assert.deepEqual(judged(differencesOf(msal.requests, ours.requests, { what: "request" })), requests);
    });
    test("gets the same from the library", async () => {
      const [msal, ours] = [await of(MSAL), await of(OURS)];
      assert.deepEqual(judged(differencesOf(msal.results, ours.results, { what: "result", more: true })), results);
    });
    test("shows the same", async () => assert.deepEqual((await of(OURS)).shown, (await of(MSAL)).shown));
  });
}
