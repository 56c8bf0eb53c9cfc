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

/** @type {Map<string, Buffer[]>} */
const crates = new Map();
bodies.forEach((body, index) => {
  const name = names.get(imported + index) ?? "";
  // Mangled (`_ZN4core3fmt…`, `_RNv…4core`) or demangled; the first crate named owns the function.
  const found = /_ZN(?:\d+_\$LT\$)?(?:.*?as\$u20\$)?(\d+)([a-z][a-z0-9_]*)/.exec(name);
  const crate = found ? found[2].slice(0, Number(found[1])) : /\b([a-z_][a-z0-9_]*)::/.exec(name)?.[1] ?? "(exports, allocator, memory)";
  crates.set(crate, [...(crates.get(crate) ?? []), body]);
});
console.log(`${"crate in the module, before wasm-opt".padEnd(44)} ${"raw".padStart(9)} ${"brotli".padStart(9)}`);
const rows = [...crates].map(([crate, parts]) => {
  const code = Buffer.concat(parts);
  return [crate, code.length, brotliCompressSync(code).length];
});
for (const [crate, raw, small] of rows.sort((a, b) => Number(b[1]) - Number(a[1]))) {
  console.log(`${String(crate).padEnd(44)} ${String(raw).padStart(9)} ${String(small).padStart(9)}`);
}
