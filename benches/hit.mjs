// A cached hit, with more and more tenants in the cache.

import { authorities, azureIdentity, mapFloor, mapOfResults, msalNode, ours } from "./common/in-memory.mjs";
import { judge, short, table } from "./common/report.mjs";
import { median, turned } from "./common/statistics.mjs";

const SIZES = [1, 100, 1_000, 10_000, 100_000];
const MOST_FOR_PEERS = 1_000;
const ROUNDS = 15;
const WARM_UP_MS = 150;
const BATCH_MS = 25;
/** A prime: rotating by it visits every tenant, and not in the order in which they came. */
const STRIDE = 7_919;
const TARGET_RATIO = 2;

const names = authorities(SIZES.at(-1));
const contenders = {
  "Map (floor)": { acquire: mapFloor(names), most: Infinity },
  "Map, MSAL's request and result": { acquire: mapOfResults(names), most: Infinity },
  "graph-token": { acquire: ours(names), most: Infinity },
  "@azure/msal-node": { acquire: msalNode(names), most: MOST_FOR_PEERS },
  "@azure/identity": { acquire: azureIdentity(), most: MOST_FOR_PEERS },
};

const results = [];
let filled = 0;
for (const size of SIZES) {
  const taking = Object.keys(contenders).filter((name) => contenders[name].most >= size);
  for (const name of taking) {
    for (let number = filled; number < size; number++) await contenders[name].acquire(number);
  }
  filled = size;
  results.push(await measure(size, taking));
}

table(
  "A cached hit, µs (median; in brackets the ratio to the floor)",
  ["tenants in the cache", ...SIZES.map((size) => size.toLocaleString("en").replaceAll(",", " "))],
  Object.keys(contenders).map((name) => [
    name,
    ...results.map((result) => (result[name] ? `${short(result[name].micros)} (${short(result[name].ratio)})` : "-")),
  ]),
);
console.log("- not measured: filling 10 000 tenants takes these two minutes, since each entry is found by looking at all.");
SIZES.forEach((size, at) => judge(`hit over a Map, tenants in the cache ${size}`, results[at]["graph-token"].ratio, TARGET_RATIO));

/** Rounds of a batch for each contender; the ratio is taken within a round, where the machine's mood is one. */
async function measure(size, taking) {
  const batches = {};
  for (const name of taking) {
    const { calls, ms } = await warmUp(contenders[name].acquire, size);
    batches[name] = Math.max(1, Math.round((calls * BATCH_MS) / ms));
  }
  const micros = Object.fromEntries(taking.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of turned(taking, round)) {
      micros[name].push((1000 * (await batch(contenders[name].acquire, size, batches[name]))) / batches[name]);
    }
  }
  const floor = micros[taking[0]];
  return Object.fromEntries(
    taking.map((name) => [name, { micros: median(micros[name]), ratio: median(micros[name].map((value, round) => value / floor[round])) }]),
  );
}

async function warmUp(acquire, size) {
  const began = performance.now();
  let calls = 0;
  while (performance.now() - began < WARM_UP_MS) {
    await acquire((calls++ * STRIDE) % size);
  }
  return { calls, ms: performance.now() - began };
}

/** Milliseconds of so many hits, one after the other. */
async function batch(acquire, size, calls) {
  const began = performance.now();
  for (let call = 0; call < calls; call++) await acquire((call * STRIDE) % size);
  return performance.now() - began;
}
