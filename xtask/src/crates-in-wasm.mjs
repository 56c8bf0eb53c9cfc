// Prints how many bytes of a WebAssembly module's code belong to each crate, by the names of its functions.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const bytes = readFileSync(process.argv[2]);
let at = 8;

function number() {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
}

function text() {
  const length = number();
  at += length;
  return bytes.toString("utf8", at - length, at);
}

let imported = 0;
/** @type {Buffer[]} */
const bodies = [];
/** @type {Map<number, string>} */
const names = new Map();
while (at < bytes.length) {
  const id = bytes[at++];
  const size = number();
  const end = at + size;
  if (id === 2) {
    for (let left = number(); left > 0; left--) {
      text();
      text();
      const kind = bytes[at++];
      if (kind === 0) imported++;
      if (kind === 0) number();
      else if (kind === 3) at += 2;
      else {
        if (kind === 1) at++;
        const limits = bytes[at++];
        number();
        if (limits & 1) number();
      }
    }
  } else if (id === 10) {
    for (let left = number(); left > 0; left--) {
      const length = number();
      bodies.push(bytes.subarray(at, (at += length)));
    }
  } else if (id === 0 && text() === "name") {
    while (at < end) {
      const part = bytes[at++];
      const partEnd = number() + at;
      if (part === 1) for (let left = number(); left > 0; left--) names.set(number(), text());
      at = partEnd;
    }
  }
  at = end;
}

/**
 * The crate that a function belongs to: the first that its demangled name has, such as `core` of `<core[…]::str…>`. The
 * exports that wasm-bindgen makes have names of their own, and are ours.
 * @param {string} name
 */
function crateOf(name) {
  const found = /(?:^|[<&( ])(?:dyn |mut )?([a-z][a-z0-9_]*)(?:\[[0-9a-f]+\])?::/.exec(name);
  if (found) return found[1];
  return /^(client|acquisition)_|^readCertificate/.test(name) ? "graph_token" : "(the runtime's own)";
}

/** @type {Map<string, Buffer[]>} */
const crates = new Map();
bodies.forEach((body, index) => {
  const name = names.get(imported + index) ?? "";
  const crate = crateOf(name);
  crates.set(crate, [...(crates.get(crate) ?? []), body]);
});
console.log(`${"code of each crate in the module".padEnd(44)} ${"raw".padStart(9)} ${"brotli".padStart(9)}`);
const rows = [...crates].map(([crate, parts]) => {
  const code = Buffer.concat(parts);
  return [crate, code.length, brotliCompressSync(code).length];
});
for (const [crate, raw, small] of rows.sort((a, b) => Number(b[1]) - Number(a[1]))) {
  console.log(`${String(crate).padEnd(44)} ${String(raw).padStart(9)} ${String(small).padStart(9)}`);
}
