// What a minimal application weighs when it is bundled and minified.

import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { APPS, bundle } from "./common/apps.mjs";
import { grouped, judge, table } from "./common/report.mjs";

const SEPARATE_TARGET = 30_000;
/** What msal-node weighed when the target was set. */
const INLINE_TARGET = 56_150;

const weighed = [];
weigh("hand-written fetch", await bundle(APPS["raw fetch"](), "neutral"));
weigh("oauth4webapi", await bundle(APPS.oauth4webapi(), "neutral"));
const separate = weigh("graph-token, .wasm as a file", await bundle(APPS["graph-token"](), "workerd"));
const inline = weigh("graph-token, inlined", await bundle(APPS["graph-token"](), "neutral"));
weigh("@azure/msal-node", await bundle(APPS["@azure/msal-node"](), "node"));
weigh("@azure/identity, Node build", await bundle(APPS["@azure/identity"](), "node"));

table(
  "Bundled minimal application, client credentials with a secret, bytes (esbuild, minified)",
  ["", "raw", "gzip 9", "brotli 11", "of it .wasm", "over oauth4webapi"],
  weighed.map(({ name, raw, gzip, brotli, wasm }) => [
    name,
    grouped(raw),
    grouped(gzip),
    grouped(brotli),
    wasm ? grouped(wasm) : "-",
    (brotli / weighed[1].brotli).toFixed(2),
  ]),
);
judge("size, JavaScript and .wasm as files", separate, SEPARATE_TARGET, { unit: " bytes", digits: 0 });
judge("size, inlined", inline, INLINE_TARGET, { unit: " bytes", digits: 0 });

function weigh(name, { text, wasm }) {
  const files = [Buffer.from(text), ...(wasm ? [wasm] : [])];
  const total = (size) => files.reduce((sum, file) => sum + size(file), 0);
  const brotli = total(brotliBytes);
  weighed.push({
    name,
    raw: total((file) => file.length),
    gzip: total((file) => gzipSync(file, { level: 9 }).length),
    brotli,
    wasm: wasm && brotliBytes(wasm),
  });
  return brotli;
}

function brotliBytes(file) {
  return brotliCompressSync(file, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: file.length },
  }).length;
}
