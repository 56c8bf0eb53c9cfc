// On-behalf-of: what was got for an incoming token, cached by one library and used by another.
import assert from "node:assert/strict";
import test from "node:test";
import { startEntra } from "./entra.mjs";
import { libraries } from "./libraries.mjs";

const entra = await startEntra();
const { idp } = entra;
const { ours, msalNode, msalPython } = libraries(entra);
const ADA = "ada@contoso.example";
const LIMIT = { timeout: 60_000 };

/** A token for our API, as its caller has it. */
async function incomingToken(login = ADA) {
  const { token } = await msalNode.signIn({ login, scopes: [`api://${idp.clients.api.clientId}/access_as_user`] });
  idp.clearLog();
  return token;
}

for (const [title, writer, reader] of [
  ["MSAL Node's is used by MSAL Node", msalNode, msalNode],
  ["MSAL Node's is used here", msalNode, ours],
  ["ours is used by MSAL Node", ours, msalNode],
]) {
  test(`on-behalf-of: ${title} for the same assertion, and for no other`, LIMIT, async () => {
    const assertion = await incomingToken();
    const { token, cache } = await writer.onBehalfOf({ assertion });
    idp.clearLog();
    assert.equal((await reader.onBehalfOf({ assertion, cache })).token, token);
    assert.equal(idp.tokenRequests().length, 0);

    for (const login of [ADA, "blaise@contoso.example"]) {
      const another = await incomingToken(login);
      assert.notEqual((await reader.onBehalfOf({ assertion: another, cache })).token, token, login);
      assert.equal(idp.tokenRequests().length, 1);
    }
  });
}

test("two users' are told apart, whoever filed them", LIMIT, async () => {
  const [ada, blaise] = [await incomingToken(), await incomingToken("blaise@contoso.example")];
  const first = await msalNode.onBehalfOf({ assertion: ada });
  const second = await ours.onBehalfOf({ assertion: blaise, cache: first.cache });
  idp.clearLog();
  for (const reader of [msalNode, ours]) {
    assert.equal((await reader.onBehalfOf({ assertion: ada, cache: second.cache })).token, first.token);
    assert.equal((await reader.onBehalfOf({ assertion: blaise, cache: second.cache })).token, second.token);
  }
  assert.equal(idp.tokenRequests().length, 0);
});

test("an application's token is not taken for one on behalf of a user, nor the reverse", LIMIT, async () => {
  const assertion = await incomingToken();
  const scopes = ["https://graph.microsoft.com/.default"];
  const onBehalf = await msalNode.onBehalfOf({ assertion, scopes });
  const { token } = await ours.appToken({ app: "api", cache: onBehalf.cache, scopes });
  assert.notEqual(token, onBehalf.token);
  const own = await msalNode.appToken({ app: "api", scopes });
  idp.clearLog();
  assert.notEqual((await ours.onBehalfOf({ assertion, scopes, cache: own.cache })).token, own.token);
  assert.equal(idp.tokenRequests().length, 1);
});

// MSAL Python notes no assertion with the token: its users find the account, and ask silently for it.
for (const [title, writer, reader] of [
  ["MSAL Python's is used by MSAL Python", msalPython, msalPython],
  ["MSAL Python's is used here", msalPython, ours],
  ["ours is used by MSAL Python", ours, msalPython],
]) {
  test(`on-behalf-of: ${title} for the account`, LIMIT, async () => {
    const { token, cache } = await writer.onBehalfOf({ assertion: await incomingToken() });
    idp.clearLog();
    assert.deepEqual((await reader.accounts({ app: "api", cache })).map((account) => account[3]), [ADA]);
    assert.equal((await reader.silent({ app: "api", cache, username: ADA })).token, token);
    assert.equal(idp.tokenRequests().length, 0);
  });
}

test("on-behalf-of: MSAL Python's serves no assertion here, as it does not say whose it is", LIMIT, async () => {
  const assertion = await incomingToken();
  const { token, cache } = await msalPython.onBehalfOf({ assertion });
  idp.clearLog();
  assert.notEqual((await ours.onBehalfOf({ assertion, cache })).token, token);
  assert.equal(idp.tokenRequests().length, 1);
});
