// Nothing that MSAL Browser's configuration or requests have is ignored in silence: fields/table.mjs says of each field
// whether it is honoured, harmless or refused.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { declaredFields } from "../node/fields/declarations.mjs";
import { FIELDS as OF_SERVERS } from "../node/fields/table.mjs";
import { CALLS, REQUEST_TYPES } from "./fields/request-rows.mjs";
import { FIELDS, page, ROWS } from "./fields/table.mjs";

const TYPES = ["Configuration", ...REQUEST_TYPES];

test("the table has every field that MSAL declares, each once, and no other", () => {
  const declared = declaredFields("@azure/msal-browser", TYPES, (name) => FIELDS.includes(name));
  assert.ok(declared.length > 250, `only ${declared.length} fields found`);
  assert.deepEqual([...FIELDS].sort(), declared.sort());
});

test("every call that takes one of the requests is in the table", () => {
  const declared = declaredFields("@azure/msal-browser", ["IPublicClientApplication"], (at) => at.includes(".")).map((at) => at.split(".")[1]);
  const others = /^(add|remove|get|set|initializeWrapper|hydrate)/;
  assert.deepEqual(Object.values(CALLS).flat().sort(), declared.filter((name) => !others.test(name)).sort());
});

test("our types offer what is taken, no field that is refused, and none that nobody knows", () => {
  const OURS = [
    "signal", "timeoutMs", "waitUntil", "cache.maxBytes", "cache.maxEntries", "system.allowedOrigins", "system.fetch", "system.graphOrigin", "system.maxRetries",
    "system.now", "system.timeoutMs", "system.allowSecretsInBrowser", "auth.protocolMode", "auth.clientCertificate.certificate", "auth.clientCertificate.passphrase",
    "cache.tokenStore.get", "cache.tokenStore.set", "cache.tokenStore.delete", "cache.tokenStore.list",
  ];
  // One configuration is both clients', a page's and a server's.
  const known = [...FIELDS, ...OF_SERVERS, ...TYPES.flatMap((type) => OURS.map((field) => `${type}.${field}`))];
  const declared = declaredFields("graph-token/browser", TYPES, (name) => known.includes(name));
  assert.deepEqual(declared.filter((name) => !known.includes(name)), []);
  const namesOf = (rows) => rows.flatMap(({ types, field }) => types.map((type) => `${type}.${field}`));
  const refused = namesOf(ROWS.filter(({ is, taken }) => is === "refused" && !taken));
  assert.deepEqual(declared.filter((name) => refused.includes(name)), []);
  const taken = namesOf(ROWS.filter(({ is }) => is !== "refused"));
  assert.deepEqual(taken.filter((name) => !declared.includes(name)), []);
});

test("docs/fields-browser.md is this table", async () => {
  assert.equal(await readFile(await documented("fields-browser.md"), "utf8"), page());
});

/** The docs lie in the checkout, above the folder in which the tests run. */
async function documented(name) {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const file = path.join(folder, "docs", name);
    if (await access(file).then(() => true, () => false)) return file;
    if (folder === path.dirname(folder)) throw new Error(`there is no docs/${name} above the tests`);
  }
}
