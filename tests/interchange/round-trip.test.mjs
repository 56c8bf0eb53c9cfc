// What ours does not know of a cache goes through it unharmed.
import assert from "node:assert/strict";
import test from "node:test";
import { startEntra } from "./entra.mjs";
import { libraries } from "./libraries.mjs";

const entra = await startEntra();
const { idp } = entra;
const { ours, msalNode, msalPython } = libraries(entra);
const ADA = "ada@contoso.example";
const BLAISE = "blaise@contoso.example";
const LATER = { anything: [1.5, null, true, { text: "\u{1F600} \"quoted\" \\ and \n" }], empty: {} };

/** Adds what a later version might write: a section, and a member to every entry. */
function fromLater(cache) {
  const sections = JSON.parse(cache);
  for (const section of Object.values(sections)) {
    for (const entry of Object.values(section)) entry.later_member = LATER;
  }
  return { ...sections, LaterSection: { "some-key": LATER } };
}

for (const [name, writer] of [["MSAL Node", msalNode], ["MSAL Python", msalPython]]) {
  test(`a later version's members and sections survive: ${name}'s cache`, { timeout: 60_000 }, async () => {
    const ada = await writer.signIn({ login: ADA });
    const blaise = await writer.signIn({ login: BLAISE, cache: ada.cache });
    const before = fromLater(blaise.cache);
    // Reading, and adding something of one's own, are no reasons to forget.
    const read = await ours.silent({ cache: JSON.stringify(before), username: ADA });
    assert.equal(read.token, ada.token);
    const added = await ours.appToken({ cache: read.cache });
    const after = JSON.parse(added.cache);
    for (const section of ["Account", "IdToken", "AccessToken", "RefreshToken", "AppMetadata"]) {
      for (const entry of Object.values(before[section] ?? {})) {
        const kept = Object.values(after[section]).find((known) => (known.secret ?? known.home_account_id) === (entry.secret ?? entry.home_account_id));
        assert.deepEqual({ ...kept, environment: entry.environment }, entry, section);
      }
    }
    assert.deepEqual(after.LaterSection, before.LaterSection);

    idp.clearLog();
    for (const [username, { token }] of [[ADA, ada], [BLAISE, blaise]]) {
      assert.equal((await writer.silent({ cache: added.cache, username })).token, token);
    }
    assert.equal(idp.tokenRequests().length, 0);
  });

  test(`a renewal takes nothing from the entries that it leaves alone: ${name}'s cache`, { timeout: 60_000 }, async () => {
    const ada = await writer.signIn({ login: ADA });
    const blaise = await writer.signIn({ login: BLAISE, cache: ada.cache });
    const before = fromLater(blaise.cache);
    const renewed = await ours.silent({ cache: JSON.stringify(before), username: ADA, forceRefresh: true });
    const after = JSON.parse(renewed.cache);
    const isBlaises = (entry) => entry.home_account_id?.startsWith(idp.directory.user(idp.tenants.contoso, BLAISE).home.uid);
    for (const section of ["Account", "IdToken", "AccessToken", "RefreshToken"]) {
      const [was, is] = [before, after].map((cache) => Object.values(cache[section]).filter(isBlaises));
      assert.equal(was.length, 1);
      assert.deepEqual(is.map((entry) => ({ ...entry, environment: was[0].environment })), was, section);
    }
    assert.deepEqual(after.LaterSection, before.LaterSection);
  });
}

test("tokens of a kind that ours does not issue are kept for MSAL", { timeout: 60_000 }, async () => {
  const { cache } = await msalNode.signIn({ login: ADA });
  const sections = JSON.parse(cache);
  const [[key, entry]] = Object.entries(sections.AccessToken);
  const pop = { ...entry, credential_type: "AccessToken_With_AuthScheme", token_type: "pop", key_id: "the key", secret: "a bound token" };
  sections.AccessToken = { [`${key}pop`]: pop };
  sections.AppMetadata = { "appmetadata-login.windows.net-x": { client_id: "x", environment: "login.windows.net", family_id: "1" } };
  idp.clearLog();
  const asked = await ours.silent({ cache: JSON.stringify(sections), username: ADA });
  assert.notEqual(asked.token, pop.secret);
  assert.equal(idp.tokenRequests().length, 1);
  const after = JSON.parse(asked.cache);
  assert.deepEqual(after.AccessToken[`${key}pop`], pop);
  assert.deepEqual(after.AppMetadata["appmetadata-login.windows.net-x"], sections.AppMetadata["appmetadata-login.windows.net-x"]);
});
