// An application's own tokens, cached by one library and used by another.
import assert from "node:assert/strict";
import test from "node:test";
import { startEntra } from "./entra.mjs";
import { libraries } from "./libraries.mjs";

const entra = await startEntra();
const { idp } = entra;
const { ours, msalNode, msalPython } = libraries(entra);
const LIMIT = { timeout: 60_000 };

for (const [title, writer, reader] of [
  ["MSAL Node's are used here", msalNode, ours],
  ["ours are used by MSAL Node", ours, msalNode],
  ["MSAL Python's are used here", msalPython, ours],
]) {
  test(`application tokens: ${title}`, LIMIT, async () => {
    const here = await writer.appToken();
    const both = await writer.appToken({ tenant: "fabrikam", cache: here.cache });
    idp.clearLog();
    assert.equal((await reader.appToken({ cache: both.cache })).token, here.token);
    assert.equal((await reader.appToken({ tenant: "fabrikam", cache: both.cache })).token, both.token);
    assert.equal(idp.tokenRequests().length, 0);
  });

  test(`application tokens: ${title}, but not by another application, and not for another resource`, LIMIT, async () => {
    const { token, cache } = await writer.appToken();
    idp.clearLog();
    assert.notEqual((await reader.appToken({ cache, app: "noRoles" })).token, token);
    assert.notEqual((await reader.appToken({ cache, scopes: [`api://${idp.clients.api.clientId}/.default`] })).token, token);
    assert.equal(idp.tokenRequests().length, 2);
  });
}

test("MSAL Node and ours take turns with one cache", LIMIT, async () => {
  let cache;
  const tokens = {};
  for (const [library, tenant] of [[msalNode, "contoso"], [ours, "fabrikam"], [msalNode, "fabrikam"], [ours, "contoso"]]) {
    const turn = await library.appToken({ tenant, cache });
    tokens[tenant] ??= turn.token;
    assert.equal(turn.token, tokens[tenant]);
    cache = turn.cache;
  }
  assert.equal(idp.tokenRequests().length, 2);
  assert.equal(Object.keys(JSON.parse(cache).AccessToken).length, 2);
});

test("MSAL Python finds its own again in a cache that ours wrote back", LIMIT, async () => {
  const first = await msalPython.appToken();
  const { cache } = await ours.appToken({ tenant: "fabrikam", cache: first.cache });
  idp.clearLog();
  assert.equal((await msalPython.appToken({ cache })).token, first.token);
  assert.equal(idp.tokenRequests().length, 0);
});

// MSAL Python files its own under a home account id of null, MSAL Node under an empty one, and neither finds the
// other's. Ours reads both and files as MSAL Node does, as most MSALs do.
test("MSAL Python asks anew where MSAL Node or ours has filed an application's token", LIMIT, async () => {
  for (const writer of [msalNode, ours]) {
    const { token, cache } = await writer.appToken();
    assert.deepEqual(Object.values(JSON.parse(cache).AccessToken).map((entry) => entry.home_account_id), [""]);
    idp.clearLog();
    const again = await msalPython.appToken({ cache });
    assert.notEqual(again.token, token);
    assert.equal(idp.tokenRequests().length, 1);
    // Both stay in the cache, and do not come in each other's way.
    assert.ok([token, again.token].includes((await ours.appToken({ cache: again.cache })).token));
    assert.equal((await msalNode.appToken({ cache: again.cache })).token, token);
    assert.equal((await msalPython.appToken({ cache: again.cache })).token, again.token);
    assert.equal(idp.tokenRequests().length, 1);
  }
});
