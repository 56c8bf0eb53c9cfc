// Filling the cache: whether the time for an entry grows with their number, and what an entry weighs.

import { TOKEN_BYTES } from "./common/answers.mjs";
import { authorities, mapFloor, msalNode, ours } from "./common/in-memory.mjs";
import { grouped, judge, short, table } from "./common/report.mjs";
import { median } from "./common/statistics.mjs";

const SIZES = [1_000, 10_000, 100_000];
const MOST_FOR_MSAL = 1_000;
/** Entries whose time is taken together. */
const SLICE = 500;
const HEAP_TARGET = 1.3 * TOKEN_BYTES + 500;
/** Linear: an entry at the end costs at most this many times what one near the beginning costs. */
const LINEAR_RATIO = 1.5;

const names = authorities(SIZES.at(-1));
const contenders = { "Map (floor)": mapFloor, "graph-token": ours, "@azure/msal-node": msalNode };

const rows = [];
const growth = {};
for (const [name, make] of Object.entries(contenders)) {
  const sizes = SIZES.filter((size) => name !== "@azure/msal-node" || size <= MOST_FOR_MSAL);
  const filled = await fill(make(names), sizes);
  growth[name] = filled;
  rows.push([name, ...SIZES.map((_, at) => (filled[at] ? `${short(filled[at].micros)} | ${grouped(filled[at].heap)}` : "-"))]);
}
table(
  `Filling: µs for an entry at that size | bytes of heap for an entry, WebAssembly memory included (tokens of ${TOKEN_BYTES} bytes)`,
  ["tenants", ...SIZES.map(grouped)],
  rows,
);
console.log("- not measured: msal-node looks at all entries to add one.");
const mine = growth["graph-token"];
judge("filling, time for an entry at 100 000 over that at 10 000", mine[2].micros / mine[1].micros, LINEAR_RATIO);
// At 1 000 what is compiled meanwhile, and WebAssembly's page-wise growth, are hundreds of bytes for each: not judged.
SIZES.forEach((size, at) => size > 1_000 && judge(`heap for an entry, tenants in the cache ${size}`, mine[at].heap, HEAP_TARGET, { unit: " bytes", digits: 0 }));

async function fill(acquire, sizes) {
  // The client, its module and the engine's code are no part of an entry.
  for (let number = 0; number < 100; number++) await acquire(number);
  const before = heap();
  const start = 100;
  const filled = [];
  let number = start;
  for (const size of sizes) {
    const slices = [];
    while (number < size) {
      const until = Math.min(size, number + SLICE);
      const [began, count] = [performance.now(), until - number];
      for (; number < until; number++) await acquire(number);
      slices.push((1000 * (performance.now() - began)) / count);
    }
    // The later half: what an entry costs where there are about that many.
    const late = slices.slice(-Math.ceil(slices.length / 2));
    filled.push({ micros: median(late), heap: (heap() - before) / (size - start) });
  }
  // Keeps the client alive until it is weighed.
  await acquire(0);
  return filled;
}

/** `external` counts array buffers and, in Node 20, the WebAssembly memory too. */
function heap() {
  for (let time = 0; time < 3; time++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
