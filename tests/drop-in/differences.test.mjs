// The comparison itself: what it must see, and that the table in the docs and the list in the tests are one.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { differencesOf } from "./compare.mjs";
import { DIFFERENCES, documentedRows, judged } from "./differences.mjs";
import { requestsOf } from "./normal.mjs";

const CLIENT_ID = "aaaaaaaa-0000-4000-8000-000000000005";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const guid = (end) => `4b3a2c1d-0000-4000-8000-00000000000${end}`;
const jwt = (claims) => ["eyJhbGciOiJQUzI1NiJ9", Buffer.from(JSON.stringify(claims)).toString("base64url"), "c2ln"].join(".");
const seconds = (after) => Math.floor(Date.now() / 1000) + after;

/** A sign-in and a redemption, as the identity provider's log has them. */
function run({ query = {}, body = {}, headers = {} } = {}) {
  const at = Date.now();
  const asked = new URLSearchParams({ client_id: CLIENT_ID, nonce: guid(1), code_challenge: CHALLENGE, ...query });
  const log = [
    { at, endpoint: "authorize", method: "GET", path: "/t/authorize", url: `https://idp.example/t/authorize?${asked}`, headers: {},
      response: "http://localhost/auth?code=first" },
    { at, endpoint: "keys", method: "GET", path: "/t/keys", url: "https://idp.example/t/keys", headers: {} },
    { at, endpoint: "token", method: "POST", path: "/t/token", url: "https://idp.example/t/token", headers: { accept: "*/*", "x-client-sku": "any", ...headers },
      body: { grant_type: "authorization_code", client_id: CLIENT_ID, code: "first", code_verifier: VERIFIER,
        client_assertion: jwt({ jti: guid(2), exp: seconds(600) }), ...body } },
  ];
  const requests = requestsOf({ log, tenants: {}, clients: { web: { clientId: CLIENT_ID } } });
  return requests;
}

const between = (ours) => differencesOf(run(), ours, { what: "request" }).map(({ at }) => at);

test("GUIDs, times and telemetry make no difference, nor do fetches of keys and the order of parameters", () => {
  const ours = run({ query: { nonce: guid(3) }, headers: { "x-client-sku": undefined, "x-client-ver": "1" },
    body: { "x-client-current-telemetry": "5|", client_assertion: jwt({ exp: seconds(580), jti: guid(4) }) } });
  assert.deepEqual(between(ours), []);
});

const SEEN = [
  ["another value", { body: { grant_type: "authorization_code", scope: "User.Read" } }, ["2.body.scope"]],
  ["a GUID that is known", { query: { client_id: guid(5) } }, ["1.query.client_id"]],
  ["a GUID that is none", { query: { nonce: "0" } }, ["1.query.nonce"]],
  ["a field less", { body: { client_assertion: undefined } }, ["2.body.client_assertion"]],
  ["a further header", { headers: { origin: "https://idp.example" } }, ["2.headers.origin"]],
  ["a verifier that does not fit", { body: { code_verifier: `${VERIFIER}~` } }, ["2.body.code_verifier"]],
  ["a code that was not given", { body: { code: "second" } }, ["2.body.code"]],
  ["another lifetime", { body: { client_assertion: jwt({ jti: guid(2), exp: seconds(4200) }) } }, ["2.body.client_assertion.claims.exp"]],
  ["a claim more", { body: { client_assertion: jwt({ jti: guid(2), exp: seconds(600), iat: seconds(0) }) } }, ["2.body.client_assertion.claims.iat"]],
];
for (const [what, changed, places] of SEEN) {
  test(`the comparison sees ${what}`, () => assert.deepEqual(between(run(changed)), places));
}

test("the comparison sees a request more, less, or out of turn", () => {
  assert.deepEqual(between([...run(), run()[1]]), ["3"]);
  assert.deepEqual(between(run().slice(0, 1)), ["2"]);
  assert.deepEqual(between(run().reverse()), ["1"]);
});

test("results may have more members, not fewer", () => {
  const msal = [{ call: "any", result: { scopes: ["a"], tenantId: "t" } }];
  const differences = (result) => differencesOf(msal, [{ call: "any", result }], { what: "result", more: true }).map(({ at }) => at);
  assert.deepEqual(differences({ scopes: ["a"], tenantId: "t", ours: 1 }), []);
  assert.deepEqual(differences({ scopes: ["a", "b"] }), ["1.result.scopes.1", "1.result.tenantId"]);
});

test("a difference that is not meant is an error that shows it", () => {
  assert.throws(() => judged([{ call: "request: token", at: "1.body.scope", msal: "a", ours: "b" }]), /1\.body\.scope\n +MSAL "a"\n +ours "b"/);
});

test("the table names every difference that is meant, whole, and the tests meet each", async () => {
  const rows = await documentedRows();
  assert.deepEqual(rows.map(([id]) => id.replaceAll("`", "")).sort(), Object.keys(DIFFERENCES).sort());
  for (const row of rows) assert.ok(row.length === 5 && row.every((cell) => cell.length > 3), `incomplete: ${row.join(" | ")}`);
  const folder = new URL("./", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".test.mjs"));
  const tests = (await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
  for (const id of Object.keys(DIFFERENCES)) assert.ok(tests.includes(`"${id}"`), `no test meets ${id}`);
});
