// 100 identical acquisitions at once, with nothing cached: how often the token endpoint is asked.

import { contendersAt } from "./common/over-loopback.mjs";
import { listen } from "./common/endpoint.mjs";
import { judge, table } from "./common/report.mjs";

const CALLERS = 100;
/** Long enough for all callers to come while the first is under way. */
const DELAY_MS = 50;

let asked = 0;
const endpoint = await listen({ delayMs: DELAY_MS, onRequest: (path) => (asked += path.includes("/oauth2/v2.0/token") ? 1 : 0) });
const rows = [];
const requests = {};
for (const [name, acquire] of Object.entries(contendersAt(endpoint.origin, { anew: false }))) {
  asked = 0;
  await Promise.all(Array.from({ length: CALLERS }, acquire));
  requests[name] = asked;
  rows.push([name, asked]);
}
endpoint.close();
table(`${CALLERS} identical acquisitions at once, empty cache`, ["", "requests at the token endpoint"], rows);
judge(`requests for ${CALLERS} acquisitions at once`, requests["graph-token"], 1, { digits: 0 });
process.exit();
