// Objects of other makers: without a prototype, of another realm, and what stands in for a Response.
import assert from "node:assert/strict";
import querystring from "node:querystring";
import test from "node:test";
import vm from "node:vm";
import { ConfidentialClientApplication } from "graph-token";
import { failureOf, services } from "../support.mjs";
import { ADA, people } from "./people.mjs";

const all = await services();
const { idp } = all;
const { web, visit } = people(all);
const TOKEN = { token_type: "Bearer", access_token: "a-token", expires_in: 3_600 };

/** As parsers of query strings give them, and modules' namespaces: without a prototype, inside too. */
function bare(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.assign(Object.create(null), Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bare(inner)])));
}

const asForeign = (value) => vm.runInNewContext(`(${JSON.stringify(value)})`);

for (const [kind, made] of [["without a prototype", bare], ["of another realm", asForeign]]) {
  test(`a configuration ${kind}`, async () => {
    const asked = [];
    const fetch = async (url) => (asked.push(url), Response.json(TOKEN));
    const configuration = made({
      auth: { clientId: "a-client", clientSecret: "a secret of some length", clientCapabilities: ["cp1"], knownAuthorities: ["login.elsewhere.example"],
        azureCloudOptions: { azureCloudInstance: "https://login.microsoftonline.us", tenant: "contoso.com" } },
    });
    configuration.system = { fetch };
    const app = new ConfidentialClientApplication(configuration);
    const { accessToken } = await app.acquireTokenByClientCredential(made({ scopes: ["https://graph.microsoft.us/.default"], extraQueryParameters: { dc: "one" } }));
    assert.equal(accessToken, TOKEN.access_token);
    assert.match(asked[0], /^https:\/\/login\.microsoftonline\.us\/contoso\.com\/.*[?&]dc=one/);
  });

  test(`requests and answers of a sign-in ${kind}`, async () => {
    const app = web();
    const { request, answer } = await visit(app, { extraQueryParameters: bare({ dc: "one" }) });
    const { account } = await app.acquireTokenByCode(made(request), made(answer));
    assert.equal(account.username, ADA);
    // What the sign-in was sent beside is no part of what it gave.
    assert.equal((await app.acquireTokenSilent(made({ account, scopes: request.scopes }))).fromCache, true);
  });
}

test("an answer as Node's own parser of query strings gives it", async () => {
  const app = web();
  const { request, answer } = await visit(app);
  const parsed = querystring.parse(new URLSearchParams(answer).toString());
  assert.equal((await app.acquireTokenByCode(request, parsed)).account.username, ADA);
  assert.equal((await failureOf(app.acquireTokenByCode(request, bare({ ...answer, state: "another" })))).errorCode, "state_mismatch");
});

test("further parameters may be numbers and flags; an empty one is not sent", async () => {
  const app = all.client();
  idp.clearLog();
  await app.acquireTokenByClientCredential({ extraQueryParameters: { one: 1, yes: true, none: "", never: undefined } });
  const { searchParams } = new URL(idp.tokenRequests().at(-1).url, idp.origin);
  assert.deepEqual(["one", "yes", "none", "never"].map((name) => searchParams.get(name)), ["1", "true", null, null]);
});

test("what a program's tests give in a Response's place need have no more than status and json", async () => {
  const fetch = async () => ({ ok: true, status: 200, json: async () => TOKEN });
  const app = all.client({ auth: { authority: "https://login.microsoftonline.com/contoso.com" }, system: { fetch } });
  assert.equal((await app.acquireTokenByClientCredential()).accessToken, TOKEN.access_token);
});

test("a client is nothing that a framework wraps as data", () => {
  const app = all.client();
  assert.equal(app.__v_skip, true, "Vue's word for it");
  // Jest's automock passes over what has a name of its own there.
  assert.equal(Object.prototype.toString.call(app), "[object Object]");
});
