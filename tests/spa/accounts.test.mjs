// The accounts of a page: found at once, told apart, kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA, asked, BLAISE, call, claimsOf, eventTypes, FAY, inEachBrowser, LIBRARY, LIMIT, load, openApp, SCOPES, signInByPopup, spa, succeeded,
} from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const usernamesOf = (accounts) => accounts.map(({ username }) => username);

inEachBrowser((visit) => {
  const signedIn = (use, { logins = [ADA, BLAISE], more } = {}) => visit(async ({ context }) => {
    const page = await openApp(context, { site, configuration: configuration(more) });
    const accounts = [];
    for (const login of logins) accounts.push(succeeded(await signInByPopup(page, { login, request: { ...REQUEST, prompt: "login" } })).account);
    idp.clearLog();
    const get = async (method, ...args) => succeeded(await call(page, method, ...args));
    await use({ page, accounts, get });
  });

  test("each person has tokens of their own", LIMIT, () => signedIn(async ({ accounts, get }) => {
    assert.deepEqual(usernamesOf(await get("getAllAccounts")).sort(), [ADA, BLAISE]);
    for (const [i, login] of [ADA, BLAISE].entries()) {
      const { accessToken, fromCache } = await get("acquireTokenSilent", { ...REQUEST, account: accounts[i] });
      assert.equal(claimsOf(accessToken).upn, login);
      assert.equal(fromCache, true);
    }
    assert.deepEqual(asked(idp), []);
  }));

  test("an account is found by all that is given", LIMIT, () => signedIn(async ({ accounts, get }) => {
    const [ada, blaise] = accounts;
    for (const filter of [{ homeAccountId: ada.homeAccountId }, { localAccountId: ada.localAccountId }, { username: ADA.toUpperCase() }, { loginHint: ADA },
      { sid: ada.idTokenClaims.sid }, { name: ada.name, tenantId: ada.tenantId }]) {
      assert.equal((await get("getAccount", filter))?.username, ADA, JSON.stringify(filter));
    }
    assert.equal(await get("getAccount", { username: ADA, homeAccountId: blaise.homeAccountId }), null);
    // A whole account, as results have it, and members that say nothing of who it is.
    const { tenantProfiles: _, ...whole } = ada;
    for (const filter of [whole, { ...whole, dataBoundary: "EU" }]) assert.equal((await get("getAccount", filter))?.username, ADA);
    assert.equal((await get("getAllAccounts", { tenantId: ada.tenantId })).length, 2);
    assert.deepEqual(await get("getAllAccounts", { username: "nobody@contoso.example" }), []);
  }));

  test("the active account is kept, told of, and forgotten", LIMIT, () => signedIn(async ({ page, accounts, get }) => {
    assert.equal(await get("getActiveAccount"), null);
    await get("setActiveAccount", accounts[1]);
    assert.equal((await get("getActiveAccount")).username, BLAISE);
    await page.waitForFunction(() => window.events.some(({ eventType }) => eventType === "msal:activeAccountChanged"));
    await load(page, `${site.origin}/`);
    succeeded(await page.evaluate(([library, given]) => window.start(library, given), [LIBRARY, configuration()]));
    assert.equal((await get("getActiveAccount")).username, BLAISE);
    assert.equal((await get("acquireTokenSilent", REQUEST)).account.username, BLAISE);
    // By an id alone it is known as well; by nothing, nobody is.
    await get("setActiveAccount", { homeAccountId: accounts[0].homeAccountId });
    assert.equal((await get("getActiveAccount")).username, ADA);
    if (LIBRARY === "ours") {
      await get("setActiveAccount", { name: "whoever" });
      assert.equal(await get("getActiveAccount"), null);
    }
    await get("setActiveAccount", null);
    assert.equal(await get("getActiveAccount"), null);
  }));

  test("a reload knows the accounts as soon as it is initialized", LIMIT, () => signedIn(async ({ page, accounts, get }) => {
    await load(page, `${site.origin}/`);
    succeeded(await page.evaluate(([library, given]) => window.start(library, given), [LIBRARY, configuration()]));
    const again = await get("getAllAccounts");
    assert.deepEqual(usernamesOf(again).sort(), [ADA, BLAISE]);
    const ada = again.find(({ username }) => username === ADA);
    assert.deepEqual(ada.idTokenClaims, accounts[0].idTokenClaims);
    assert.equal((await get("acquireTokenSilent", { ...REQUEST, account: ada })).fromCache, true);
    assert.deepEqual(asked(idp), []);
  }));

  test("one user in two tenants is one account with two profiles", { ...LIMIT, skip: LIBRARY === "msal" && "MSAL is told one tenant's endpoints" }, () => signedIn(async ({ page, accounts, get }) => {
    const elsewhere = idp.authority("fabrikam");
    const request = { ...REQUEST, account: accounts[0], authority: elsewhere };
    const guest = await get("acquireTokenSilent", request);
    assert.equal(guest.tenantId, idp.tenants.fabrikam.id);
    assert.equal(guest.account.homeAccountId, accounts[0].homeAccountId);
    assert.deepEqual(Object.keys(guest.account.tenantProfiles).sort(), [idp.tenants.contoso.id, idp.tenants.fabrikam.id].sort());
    assert.deepEqual(asked(idp), ["token refresh_token"]);
    assert.equal((await get("getAccount", { homeAccountId: accounts[0].homeAccountId, tenantId: idp.tenants.fabrikam.id })).tenantId, idp.tenants.fabrikam.id);
    assert.equal((await get("acquireTokenSilent", request)).fromCache, true);
    assert.equal((await get("acquireTokenSilent", { ...REQUEST, account: accounts[0] })).tenantId, idp.tenants.contoso.id);
    // Nobody has signed in again by that.
    const events = await eventTypes(page);
    assert.equal(events.filter((name) => name === "msal:loginSuccess").length, 1, `${events}`);
  }, { logins: [ADA] }));

  test("on organizations, whoever signs in says which tenant it is", LIMIT, () => signedIn(async ({ accounts, get }) => {
    assert.equal(accounts[0].tenantId, idp.tenants.fabrikam.id);
    assert.equal((await get("acquireTokenSilent", { ...REQUEST, account: accounts[0] })).fromCache, true);
  }, { logins: [FAY], more: { tenant: "organizations" } }));

  test("however many accounts there are, the start decrypts once", { ...LIMIT, skip: LIBRARY === "msal" && "MSAL reads each" }, () => signedIn(async ({ page, accounts }) => {
    await page.evaluate(addAccounts, { account: accounts[0], count: 50, scopes: SCOPES });
    await load(page, `${site.origin}/`);
    const { decryptions, usernames } = await page.evaluate(async ([library, given]) => {
      const decrypt = crypto.subtle.decrypt.bind(crypto.subtle);
      let count = 0;
      crypto.subtle.decrypt = (...args) => {
        count += 1;
        return decrypt(...args);
      };
      await window.start(library, given);
      return { decryptions: count, usernames: window.appOf().getAllAccounts().map(({ username }) => username) };
    }, [LIBRARY, configuration()]);
    assert.equal(decryptions, 1);
    assert.equal(usernames.length, 51);
    assert.ok(usernames.includes(ADA));
  }, { logins: [ADA] }));
});

/** In the page: people who look like this one, as a server would hand them over. */
async function addAccounts({ account, count, scopes }) {
  const app = window.appOf();
  const result = await app.acquireTokenSilent({ scopes, account });
  const [header, , signature] = result.idToken.split(".");
  for (let i = 0; i < count; i += 1) {
    const oid = crypto.randomUUID();
    const idTokenClaims = { ...result.idTokenClaims, oid, sub: oid, preferred_username: `person${i}@contoso.example` };
    const idToken = [header, btoa(JSON.stringify(idTokenClaims)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), signature].join(".");
    const person = { ...account, homeAccountId: `${oid}.${account.tenantId}`, localAccountId: oid, username: idTokenClaims.preferred_username, idTokenClaims };
    await app.hydrateCache({ ...result, uniqueId: oid, idTokenClaims, idToken, account: person }, { scopes });
  }
}
