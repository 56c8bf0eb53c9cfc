// Signed-in users: accounts, id_tokens and access tokens, cached by one library and used by another.
import assert from "node:assert/strict";
import test from "node:test";
import { ConfidentialClientApplication } from "graph-token";
import { startEntra } from "./entra.mjs";
import { libraries } from "./libraries.mjs";

const entra = await startEntra();
const { idp } = entra;
const { ours, msalNode, msalPython } = libraries(entra);
const ADA = "ada@contoso.example";
const BLAISE = "blaise@contoso.example";
// A guest: her account is of her home tenant, her tokens are of this one.
const FAY = "fay@fabrikam.example";

for (const [title, writer, reader] of [
  ["MSAL Node's are used by MSAL Node", msalNode, msalNode],
  ["MSAL Node's are used here", msalNode, ours],
  ["ours are used by MSAL Node", ours, msalNode],
  ["MSAL Python's are used by MSAL Python", msalPython, msalPython],
  ["MSAL Python's are used here", msalPython, ours],
  ["ours are used by MSAL Python", ours, msalPython],
]) {
  test(`signed-in users: ${title}`, { timeout: 120_000 }, async () => {
    const tokens = {};
    let cache;
    for (const login of [ADA, BLAISE, FAY]) {
      const signedIn = await writer.signIn({ login, cache });
      tokens[login] = signedIn.token;
      cache = signedIn.cache;
    }
    idp.clearLog();
    const byName = (one, other) => one.at(-1).localeCompare(other.at(-1));
    const accounts = (await reader.accounts({ cache })).sort(byName);
    const wanted = [ADA, BLAISE, FAY].map((login) => {
      const user = idp.directory.user(idp.tenants.contoso, login);
      return [`${user.home.uid}.${user.home.utid}`, user.oid, idp.tenants.contoso.id, login];
    });
    // In MSAL Node's schema an account's entry is of the home tenant and has a profile for each other one, of which
    // MSAL Python knows nothing: for a guest it names the home tenant.
    const known = (account) => (reader === msalPython && writer !== msalPython ? [account[0], account[3]] : account);
    assert.deepEqual(accounts.map(known), wanted.map(known));
    for (const username of [ADA, BLAISE, FAY]) {
      assert.equal((await reader.silent({ cache, username })).token, tokens[username], username);
    }
    assert.equal(idp.tokenRequests().length, 0);
  });
}

for (const [title, writer, reader] of [
  ["MSAL Node's, here", msalNode, ours],
  ["ours, at MSAL Node's", ours, msalNode],
  ["MSAL Python's, here", msalPython, ours],
]) {
  test(`the result of a cached sign-in is whole: ${title}`, { timeout: 60_000 }, async () => {
    const { cache } = await writer.signIn({ login: ADA });
    const { result } = await reader.silent({ cache, username: ADA });
    const user = idp.directory.user(idp.tenants.contoso, ADA);
    assert.equal(result.fromCache, true);
    assert.deepEqual([result.uniqueId, result.tenantId, result.tokenType], [user.oid, idp.tenants.contoso.id, "Bearer"]);
    assert.deepEqual([result.idTokenClaims.oid, result.idTokenClaims.preferred_username], [user.oid, ADA]);
    assert.match(result.idToken, /^ey/);
    assert.deepEqual([result.account.username, result.account.localAccountId], [ADA, user.oid]);
    assert.equal(result.account.idTokenClaims.oid, user.oid);
    assert.ok(result.scopes.includes("https://graph.microsoft.com/User.Read"));
    assert.ok(result.expiresOn > new Date());
  });
}

test("who signs in at one library is one account for the other", { timeout: 60_000 }, async () => {
  for (const [first, second] of [[msalNode, ours], [ours, msalNode], [msalPython, ours]]) {
    const { cache } = await first.signIn({ login: ADA });
    const both = await second.signIn({ login: ADA, cache });
    const accounts = await second.accounts({ cache: both.cache });
    assert.deepEqual(accounts.map((account) => account[3]), [ADA]);
  }
});

test("an account that ours removes is gone for MSAL, with all that belongs to it", { timeout: 60_000 }, async () => {
  for (const [writer, reader] of [[msalNode, msalNode], [msalPython, msalPython], [ours, msalNode]]) {
    const ada = await writer.signIn({ login: ADA });
    const { cache } = await writer.signIn({ login: BLAISE, cache: ada.cache });
    const { clientId, clientSecret } = idp.clients.web;
    const client = new ConfidentialClientApplication({
      auth: { clientId, clientSecret, authority: entra.authority() }, system: { networkClient: entra.networkClient } });
    client.getTokenCache().deserialize(cache);
    const account = (await client.getTokenCache().getAllAccounts()).find(({ username }) => username === ADA);
    await client.getTokenCache().removeAccount(account);
    const left = client.getTokenCache().serialize();
    assert.deepEqual((await reader.accounts({ cache: left })).map((known) => known[3]), [BLAISE]);
    assert.ok(!left.includes(account.homeAccountId), "nothing of hers is left");
    idp.clearLog();
    await reader.silent({ cache: left, username: BLAISE });
    assert.equal(idp.tokenRequests().length, 0);
  }
});
