// A miss, over a raw fetch to the same endpoint.

import { listenApart } from "./common/endpoint.mjs";
import { contendersAt, rawFetch } from "./common/over-loopback.mjs";
import { judge, short, table } from "./common/report.mjs";
import { median, quantile, turned } from "./common/statistics.mjs";
import { tenant } from "./common/answers.mjs";

const WARM_UP_ROUNDS = 300;
const MOST_ROUNDS = 3_000;
const LIMIT_MS = 20_000;
const TARGET_RATIO = 1.05;
const FLOOR = "raw fetch";

const endpoint = await listenApart();
// The raw fetch takes part twice: how far its second turn is from 1 is what the machine's noise amounts to.
const contenders = { ...contendersAt(endpoint.origin, { anew: true }), "raw fetch again": () => rawFetch(`${endpoint.origin}/${tenant(0)}`) };
const names = Object.keys(contenders);
for (let round = 0; round < WARM_UP_ROUNDS; round++) {
  for (const name of names) await contenders[name]();
}

const micros = Object.fromEntries(names.map((name) => [name, []]));
const ends = performance.now() + LIMIT_MS;
let round = 0;
for (; round < MOST_ROUNDS && performance.now() < ends; round++) {
  for (const name of turned(names, round)) {
    const began = performance.now();
    await contenders[name]();
    micros[name].push(1000 * (performance.now() - began));
  }
}
endpoint.close();

const floor = median(micros[FLOOR]);
const ratio = (name) => median(micros[name]) / floor;
table(
  `A miss with a secret, ${round} turns each`,
  ["", "µs (median)", "quartiles", "over raw fetch, µs", "ratio"],
  names.map((name) => [
    name,
    short(median(micros[name])),
    `${short(quantile(micros[name], 0.25))} to ${short(quantile(micros[name], 0.75))}`,
    short(Math.round(median(micros[name]) - floor)),
    ratio(name).toFixed(3),
  ]),
);
judge("miss over a raw fetch", ratio("graph-token"), TARGET_RATIO, { digits: 3 });
process.exit();
