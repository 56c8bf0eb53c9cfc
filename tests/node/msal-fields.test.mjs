// Nothing that MSAL's configuration or requests have is ignored in silence: fields/table.mjs says of each whether it is
// honoured, harmless or refused, and each of these is tried. What is honoured is tried with MSAL first, so that a probe
// asserts what MSAL does and not what we take it to do.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as msal from "@azure/msal-node";
import * as ours from "graph-token";
import { refusalOf, REQUEST_TYPES, startCalls } from "./fields/calls.mjs";
import { declaredFields } from "./fields/declarations.mjs";
import { parametersOf } from "./fields/request-rows.mjs";
import { FIELDS, page, ROWS } from "./fields/table.mjs";

const world = await startCalls();
const CC = "ClientCredentialRequest";
const rowsThatAre = (wanted) => ROWS.filter(({ is }) => is === wanted).flatMap((row) => row.types.map((type) => ({ ...row, type, name: `${type}.${row.field}` })));

test("the table has every field that MSAL declares, each once, and no other", () => {
  const declared = declaredFields("@azure/msal-node", ["Configuration", ...REQUEST_TYPES], (name) => FIELDS.includes(name));
  assert.ok(declared.length > 180, `only ${declared.length} fields found`);
  assert.deepEqual([...FIELDS].sort(), declared.sort());
});

test("our types offer no field that is refused, and none that nobody knows", () => {
  const OURS = ["signal", "timeoutMs", "waitUntil", "tenantId", "tokenQueryParameters", "tokenBodyParameters"];
  const declared = declaredFields("graph-token/node", REQUEST_TYPES, (name) => name.includes("."));
  assert.ok(declared.length > 100, `only ${declared.length} fields found`);
  const refused = rowsThatAre("refused").filter(({ taken }) => !taken).map(({ name }) => name);
  assert.deepEqual(declared.filter((name) => refused.includes(name)), []);
  const known = new Set([...OURS, ...FIELDS.map((name) => name.split(".")[1])]);
  assert.deepEqual(declared.filter((name) => !known.has(name.split(".")[1])), []);
});

test("docs/fields.md is this table", async () => {
  assert.equal(await readFile(await documented("fields.md"), "utf8"), page());
});

/** The docs lie in the checkout, above the folder in which the tests run. */
async function documented(name) {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const file = path.join(folder, "docs", name);
    if (await access(file).then(() => true, () => false)) return file;
    if (folder === path.dirname(folder)) throw new Error(`there is no docs/${name} above the tests`);
  }
}

describe("refused", () => {
  for (const { type, name, field, given, taken } of rowsThatAre("refused")) {
    test(name, async () => {
      const inConfiguration = type === "Configuration";
      const { error, sent } = await refusalOf(ours, inConfiguration ? CC : type, ...(inConfiguration ? [{}, given] : [given]));
      assert.ok(error instanceof ours.ClientConfigurationError, String(error));
      // As a program spells it: `request.resource`, `auth.isMcp`.
      const spelled = (inConfiguration ? field : `request.${field}`).replaceAll(".", "\\.");
      assert.match(error.message, new RegExp(`(^|[^.\\w])${spelled}\\b`));
      assert.notEqual(error.hint, "");
      assert.equal(sent, 0);
      if (taken) assert.equal((await world.call(ours, type, taken)).error, undefined);
    });
  }
});

describe("harmless", () => {
  for (const { type, name, given } of rowsThatAre("harmless")) {
    test(name, async () => {
      const call = (fields, configuration) => (type === "Configuration"
        ? world.call(ours, CC, {}, { configuration })
        : world.call(ours, type, fields));
      const [without, withIt] = [await call({}, {}), await call(given, given)];
      assert.equal(withIt.error, undefined);
      assert.deepEqual(comparable(withIt.requests, withIt.sent), comparable(without.requests, without.sent));
    });
  }
});

/** Requests without what differs from sign-in to sign-in. */
function comparable(requests, sent) {
  return [...requests, sent].map(({ query, body, ...rest }) => {
    const { code, refresh_token, assertion, device_code, code_verifier, ...same } = body;
    const { state, nonce, code_challenge, ...asked } = rest.isAddress ? query : {};
    return {
      ...rest, query: withoutPort(rest.isAddress ? asked : query), body: withoutPort(same),
      has: [code, refresh_token, assertion, device_code, code_verifier, state, nonce, code_challenge].map((value) => value !== undefined),
    };
  });
}

/** Of a listener's address. */
const withoutPort = ({ redirect_uri: uri, ...rest }) => ({ ...rest, ...(uri ? { redirect_uri: uri.replace(/:\d+$/, "") } : {}) });

describe("honoured", () => {
  for (const row of rowsThatAre("honoured")) {
    test(row.name, async (t) => {
      if (!row.beyond) await t.test("by MSAL", () => honours(msal, row));
      await t.test("by us", () => honours(ours, row));
    });
  }
});

async function honours(library, { type, given, sent, skipsCache, keys, probe }) {
  assert.ok(sent || skipsCache || keys || probe, "a row that is honoured needs a probe");
  if (sent) {
    const asConfiguration = type === "Configuration";
    const call = (part) => world.call(library, asConfiguration ? CC : type, asConfiguration ? {} : part, { configuration: asConfiguration ? part : {} });
    const outcome = await call(given);
    assert.ok(outcome.sent, `nothing was sent: ${outcome.error}`);
    await holds(outcome.sent, sent);
    // A probe that holds without the field would prove nothing.
    const without = await call({});
    assert.ok(without.sent);
    await assert.rejects(async () => holds(without.sent, sent), undefined, "the same without the field");
  }
  if (skipsCache) {
    const always = type === "SilentFlowRequest" ? { forceRefresh: false } : {};
    assert.deepEqual(await world.fromCache(library, type, always, always, { ...always, ...given }), [type === "SilentFlowRequest", true, false]);
  }
  if (keys) assert.deepEqual(await world.fromCache(library, type, keys[0], keys[0], keys[1], {}, keys[1]), [false, true, false, false, true]);
  if (probe) await probe(world, library);
}

/** Whether a request is as `wanted` says: a function that asserts, or some of its parts. */
async function holds(request, wanted) {
  if (typeof wanted === "function") return wanted(request);
  const parts = { ...request, parameters: parametersOf(request) };
  for (const [part, value] of Object.entries(wanted)) {
    if (typeof value === "string") assert.equal(parts[part], value, part);
    else for (const [name, text] of Object.entries(value)) assert.equal(parts[part][name], text, `${part} ${name}`);
  }
}
