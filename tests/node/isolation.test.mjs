// Nobody is served what another asked for: not by a request that changes under way, and not by one that looks alike.
import assert from "node:assert/strict";
import test from "node:test";
import { inspect } from "node:util";
import { decodeJwt } from "jose";
import { NetworkError } from "graph-token";
import { failureOf, services } from "../support.mjs";
import { ADA, BLAISE, people, SCOPES } from "./people.mjs";

const all = await services();
const { idp, client } = all;
const { web, api, signedIn, assertionOf, homeIdOf } = people(all);
const userOf = ({ accessToken }) => decodeJwt(accessToken).oid;
const oidOf = (login) => idp.directory.user(idp.tenants.contoso, login).oid;

test("a request that is used again for another tenant is that tenant's", async () => {
  const app = client();
  const request = { authority: idp.authority("contoso") };
  const first = app.acquireTokenByClientCredential(request);
  request.authority = idp.authority("fabrikam");
  const second = app.acquireTokenByClientCredential(request);
  request.authority = idp.authority("contoso");
  const tenants = [await first, await second, await app.acquireTokenByClientCredential({ authority: idp.authority("fabrikam") })].map(({ accessToken }) => decodeJwt(accessToken).tid);
  assert.deepEqual(tenants, [idp.tenants.contoso.id, idp.tenants.fabrikam.id, idp.tenants.fabrikam.id]);
});

test("a list of scopes that changes under way is not remembered as what it has become", async () => {
  const app = client();
  const scopes = ["https://graph.microsoft.com/.default"];
  const first = app.acquireTokenByClientCredential({ scopes });
  scopes[0] = `api://${idp.clients.api.clientId}/.default`;
  await first;
  const { accessToken } = await app.acquireTokenByClientCredential({ scopes });
  assert.notEqual(accessToken, (await first).accessToken);
});

test("an assertion that changes under way gives its owner's token to nobody else", async () => {
  const app = api();
  const [ada, blaise] = [await assertionOf(ADA), await assertionOf(BLAISE)];
  const request = { oboAssertion: ada, scopes: SCOPES };
  const first = app.acquireTokenOnBehalfOf(request);
  request.oboAssertion = blaise;
  assert.equal(userOf(await first), oidOf(ADA));
  assert.equal(userOf(await app.acquireTokenOnBehalfOf({ oboAssertion: blaise, scopes: SCOPES })), oidOf(BLAISE));
});

test("an account that changes under way, too", async () => {
  const app = web();
  const [ada, blaise] = [await signedIn(app, { login: ADA }), await signedIn(app, { login: BLAISE })];
  const request = { account: ada.account, scopes: ["Mail.Read"] };
  const first = app.acquireTokenSilent(request);
  request.account = blaise.account;
  assert.equal(userOf(await first), oidOf(ADA));
  assert.equal(userOf(await app.acquireTokenSilent({ account: blaise.account, scopes: ["Mail.Read"] })), oidOf(BLAISE));
});

test("an assertion that spells an account is no assertion of that account's", async () => {
  const app = web();
  const { account } = await signedIn(app);
  await app.acquireTokenSilent({ account, scopes: SCOPES });
  for (const more of ["", `\n${account.environment}`]) {
    const oboAssertion = `${homeIdOf(ADA)}\n${account.tenantId}${more}`;
    assert.ok((await failureOf(app.acquireTokenOnBehalfOf({ oboAssertion, scopes: SCOPES }))).errorCode);
  }
});

test("accessors of a program's own class count when a token is remembered", async () => {
  class Request {
    scopes = ["https://graph.microsoft.com/.default"];
    get authority() { return idp.authority("fabrikam"); }
  }
  const app = client();
  await app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
  assert.equal(decodeJwt((await app.acquireTokenByClientCredential(new Request())).accessToken).tid, idp.tenants.fabrikam.id);
});

test("no scopes of a resource are not all resources'", async () => {
  const app = web();
  const { account, accessToken } = await signedIn(app, { scopes: [`api://${idp.clients.api.clientId}/access_as_user`] });
  const without = await app.acquireTokenSilent({ account, scopes: [] });
  assert.notEqual(without.accessToken, accessToken);
});

test("a client's error that holds its request is not passed on with the secret in it", async () => {
  const refusing = Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
  const app = client({ system: { maxRetries: 0, fetch: async (url, { body }) => { throw Object.assign(refusing, { config: { url, data: body } }); } } });
  const error = await failureOf(app.acquireTokenByClientCredential());
  assert.ok(error instanceof NetworkError);
  assert.deepEqual([error.cause.message, error.cause.code], ["connection refused", "ECONNREFUSED"]);
  assert.ok(!inspect(error, { depth: 10 }).includes(encodeURIComponent(idp.clients.daemon.clientSecret)));
});
