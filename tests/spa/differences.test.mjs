// The table in the docs and the list in the tests are one.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { besideMsal } from "./differences.mjs";

test("the table names every difference that is meant, whole", async () => {
  const text = await readFile(await documented("differences-browser.md"), "utf8");
  const rows = [...text.matchAll(/^\| `[\w-]+` \|.*$/gm)].map(([row]) => row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
  assert.deepEqual(rows.map(([id]) => id.replaceAll("`", "")).sort(), Object.keys(besideMsal.rows).sort());
  for (const row of rows) assert.ok(row.length === 5 && row.every((cell) => cell.length > 3), `incomplete: ${row.join(" | ")}`);
});

/** The docs lie in the checkout, above the folder in which the tests run. */
async function documented(name) {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const file = path.join(folder, "docs", name);
    if (await access(file).then(() => true, () => false)) return file;
    if (folder === path.dirname(folder)) throw new Error(`there is no docs/${name} above the tests`);
  }
}
