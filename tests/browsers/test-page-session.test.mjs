// The test page's session: signing in and out, tokens, the log, the cache, Graph, settings.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { enter, onPage, signIn, startAll } from "./test-page.mjs";

const TIMEOUT = { timeout: 60_000 };
const MASK = "••••";
const ADA = "ada@contoso.example";
const all = await startAll();
after(() => all.close());
beforeEach(() => {
  all.idp.endSessions();
  all.idp.clearLog();
});

const nobody = (page) => page.getByText("Nobody is signed in.").waitFor();
const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

test("a sign-in by popup shows the account, the tokens' claims, and how long the token serves", TIMEOUT, () => onPage(all, {}, async (page) => {
  await nobody(page);
  await signIn(page);
  assert.equal(await page.getByRole("radio", { name: /Ada Test ada@contoso\.example/ }).isChecked(), true);
  const { id } = all.idp.tenants.contoso;
  await page.getByRole("tabpanel", { name: "Access token" }).getByRole("row", { name: "scp User.Read What the person lets the application do" }).waitFor();
  await page.getByRole("tabpanel", { name: "Access token" }).getByRole("row", { name: `tid ${id} The tenant` }).waitFor();
  await page.getByRole("tab", { name: "ID token" }).click();
  await page.getByRole("row", { name: `preferred_username ${ADA}` }).waitFor();

  const timer = page.getByRole("timer");
  const first = await timer.textContent();
  assert.ok(seconds(first) > 3500 && seconds(first) < 3600, first);
  await page.waitForFunction((before) => document.querySelector("[role=timer]").textContent !== before, first);
  assert.ok(seconds(await timer.textContent()) < seconds(first));
}));

test("after a reload the account and its token are there again; of two accounts one is chosen", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page, "blaise@contoso.example");
  all.idp.endSessions();
  await signIn(page, ADA);
  await page.reload();
  await page.getByRole("row", { name: `upn ${ADA}` }).waitFor();
  await page.getByRole("radio", { name: /Ada Test/ }).press("ArrowUp");
  await page.getByRole("row", { name: "upn blaise@contoso.example" }).waitFor();
  assert.match(await page.evaluate(() => document.activeElement.labels[0].textContent), /Blaise Test/);
  assert.equal(all.idp.tokenRequests().length, 2);
}));

test("a sign-in by redirect comes back to the page and its settings", TIMEOUT, () => onPage(all, { query: "?cacheLocation=localStorage" }, async (page) => {
  await page.getByRole("button", { name: "Sign in by redirect" }).click();
  await page.waitForURL((url) => url.origin === all.idp.origin);
  await enter(page);
  await page.locator("#session-result").getByText(`Back from the sign-in page, as ${ADA}.`).waitFor();
  assert.equal(page.url(), `${all.site.origin}/?cacheLocation=localStorage`);
  await page.getByRole("timer").waitFor();
}));

test("whoever is forgotten here is found again by the provider's session, without a window", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  await page.getByRole("button", { name: "Forget here only" }).click();
  await nobody(page);
  assert.equal(await page.getByRole("timer").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "sign-in-popup");
  await page.getByText("Options").click();
  await page.getByLabel("Login hint", { exact: true }).fill(ADA);
  await page.getByRole("button", { name: "Sign in silently" }).click();
  await page.getByRole("radio", { name: /Ada Test/ }).waitFor();
  assert.equal(new URL(all.idp.log.findLast(({ endpoint }) => endpoint === "authorize").url).searchParams.get("prompt"), "none");
}));

test("without a session the silent sign-in says so, and offers a window", TIMEOUT, () => onPage(all, {}, async (page) => {
  await page.getByRole("button", { name: "Sign in silently" }).click();
  const card = page.locator("#session-result .error");
  await card.waitFor();
  assert.match(await card.textContent(), /InteractionRequiredAuthError.*AADSTS50058/);
  const opened = page.waitForEvent("popup");
  await card.getByRole("button", { name: "Sign in by popup" }).click();
  await enter(await opened);
  await page.getByRole("radio", { name: /Ada Test/ }).waitFor();
}));

test("signing out by popup ends the session at the provider too", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  await page.getByRole("button", { name: "Sign out by popup" }).click();
  await page.locator("#session-result").getByText(`${ADA} is signed out.`).waitFor();
  await nobody(page);
  assert.ok(all.idp.log.some(({ endpoint }) => endpoint === "logout"));
}));

test("signing out by redirect comes back to the page", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  await page.getByRole("button", { name: "Sign out by redirect" }).click();
  await nobody(page);
  await page.getByRole("button", { name: "Sign in silently" }).click();
  await page.locator("#session-result .error").getByText(/AADSTS50058/).waitFor();
}));

test("the redirect page without an answer says what it is for", TIMEOUT, () => onPage(all, {}, async (page) => {
  await page.goto(`${all.site.origin}/redirect`);
  await page.getByText("there is no answer in the address").waitFor();
  await page.getByRole("link", { name: "To the test page" }).click();
  await nobody(page);
}));

test("the log shows each request and answer with its secrets masked; a token is in the page only while it is shown", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  const entry = page.getByRole("listitem").filter({ hasText: "POST /oauth2/v2.0/token" });
  await entry.locator("summary").click();
  const request = await entry.getByRole("region", { name: "Request" }).textContent();
  assert.match(request, /^POST \/11111111-[\w-]+\/oauth2\/v2\.0\/token\?client-request-id=/);
  for (const name of ["code", "code_verifier"]) assert.match(request, new RegExp(`[&\\n]${name}=${MASK}(&|$)`));
  const answer = await entry.getByRole("region", { name: "Answer" }).textContent();
  assert.match(answer, /^HTTP 200/);
  const [{ response }] = all.idp.tokenRequests();
  for (const name of ["access_token", "refresh_token", "id_token"]) assert.ok(answer.includes(`"${name}": "${MASK} ${response[name].length} characters"`), name);

  const show = page.getByRole("button", { name: "Show the access token" });
  await show.click();
  assert.ok((await page.content()).includes(response.access_token));
  await show.click();
  assert.equal(await show.getAttribute("aria-pressed"), "false");
  await page.getByRole("checkbox", { name: "events" }).uncheck();
  assert.equal(await page.getByText("loginSuccess").isVisible(), false);
}));

for (const location of ["sessionStorage", "localStorage", "indexedDB"]) {
  test(`the cache's entries are listed where they lie: ${location}`, TIMEOUT, () => onPage(all, { query: `?cacheLocation=${location}` }, async (page) => {
    await signIn(page);
    const where = location === "indexedDB" ? "IndexedDB, entries" : location;
    const entries = page.getByRole("row").filter({ hasText: where });
    await entries.first().waitFor();
    for (const entry of await entries.allTextContents()) assert.match(entry, /^graph-token\.1\.aaaaaaaa-[\w.-]+.*AES-GCM.*(kB|B)/);
    await page.getByRole("row", { name: /IndexedDB, keys AES-GCM 256 key, not extractable/ }).waitFor();
    await page.getByText("The same, decrypted").click();
    const text = await page.getByRole("region", { name: "The cache, decrypted" }).textContent();
    const { Account, AccessToken } = JSON.parse(text);
    assert.deepEqual(Object.values(Account).map(({ username }) => username), [ADA]);
    assert.match(Object.values(AccessToken)[0].secret, new RegExp(`^${MASK} \\d+ characters$`));
    await page.getByRole("button", { name: "Clear the cache" }).click();
    await nobody(page);
    await entries.first().waitFor({ state: "detached" });
  }));
}

test("Graph is called by the client's own fetch", TIMEOUT, () => onPage(all, { expected: /status of 400/ }, async (page) => {
  await signIn(page);
  await page.getByRole("button", { name: "Call Graph" }).click();
  const answer = page.getByRole("region", { name: "Graph’s answer" });
  await answer.waitFor();
  assert.equal(JSON.parse(await answer.textContent()).userPrincipalName, ADA);
  await page.getByRole("combobox", { name: "GET", exact: true }).fill("/nowhere");
  await page.keyboard.press("Enter");
  await page.locator("#graph-result .tag.bad").getByText("400").waitFor();
}));

test("settings stand in the address, and count from there", TIMEOUT, () => onPage(all, {}, async (page) => {
  await page.locator("#settings > summary").click();
  await page.getByLabel("Scopes of the page").fill("User.Read Mail.Read");
  await page.getByLabel("Cache location").selectOption("memoryStorage");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(`${all.site.origin}/?scopes=User.Read+Mail.Read&cacheLocation=memoryStorage`);
  await signIn(page);
  await page.getByRole("row", { name: /^scp .*Mail\.Read/ }).waitFor();
  assert.equal(await page.getByRole("row").filter({ hasText: "graph-token.1." }).count(), 0);

  await page.goto(`${all.site.origin}/?authority=https://login.microsoftonline.com/adatum.com`);
  await page.getByText("Give the settings a client ID to begin.").waitFor();
  assert.equal(await page.getByLabel("Graph origin").inputValue(), "");
  assert.equal(await page.getByRole("button", { name: "Sign in by popup" }).isDisabled(), true);
  assert.equal(await page.getByLabel("Client ID of the page").isVisible(), true);
}));

test("one's own tenant is asked, once its application's client ID is given", TIMEOUT, () => onPage(all, {}, async (page, context) => {
  await context.route("https://login.microsoftonline.com/**", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Entra</title>" }));
  await page.locator("#settings > summary").click();
  await page.getByLabel("Authority", { exact: true }).fill("https://login.microsoftonline.com/adatum.com");
  await page.getByLabel("Client ID of the page").fill("cccccccc-0000-4000-8000-00000000000c");
  await page.getByLabel("Graph origin").fill("");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(/authority=.*clientId=/);
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Sign in by popup" }).click();
  const popup = await opened;
  await popup.waitForURL(/authorize/);
  const { pathname, searchParams } = new URL(popup.url());
  assert.equal(pathname, "/adatum.com/oauth2/v2.0/authorize");
  assert.equal(searchParams.get("client_id"), "cccccccc-0000-4000-8000-00000000000c");
  assert.equal(searchParams.get("redirect_uri"), `${all.site.origin}/redirect`);
}));
