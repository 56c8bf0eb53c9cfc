// The test page's ways to break things, and what the package makes of each.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { enter, onPage, signIn, startAll } from "./test-page.mjs";

const TIMEOUT = { timeout: 60_000 };
const all = await startAll();
after(() => all.close());
beforeEach(() => {
  all.idp.endSessions();
  all.idp.clearLog();
});

/** Presses the button of that name; gives what the page then says. */
async function broken(page, name) {
  await page.getByRole("button", { name }).click();
  const said = page.locator("#break-result").locator(".outcome, .error");
  await said.filter({ hasText: /./ }).waitFor();
  return said.innerText();
}

const mend = (page) => page.getByRole("button", { name: "Mend network and clock" }).click();

test("a token that runs out is renewed, and the clock is told to be ahead", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  assert.match(await broken(page, "Let the token run out"), /A new token came\.\s+requests\s+1\b/);
  await page.getByRole("status").getByText(/^clock 5[89] min ahead$/).waitFor();
  assert.deepEqual(all.idp.tokenRequests().map(({ body }) => body.grant_type), ["authorization_code", "refresh_token"]);
  await mend(page);
  await page.getByText(/min ahead/).waitFor({ state: "hidden" });
}));

test("with a clock that is a day ahead there is a token nevertheless, and it counts by that clock", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  assert.match(await broken(page, "Put the clock a day ahead"), /A new token came/);
  await page.getByRole("status").getByText("clock 1440 min ahead").waitFor();
  assert.match(await page.getByRole("timer").textContent(), /^(59:\d\d|1:00:00)$/);
}));

test("without the network a token that is there serves; without one the error says what to do", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  assert.match(await broken(page, "Drop the network"), /The cache answered/);
  await page.getByRole("listitem").filter({ hasText: "failed" }).first().waitFor();
  await page.getByRole("button", { name: "Put the clock a day ahead" }).click();
  const card = page.locator("#break-result .error");
  await card.waitFor();
  assert.match(await card.innerText(), /NetworkError network_error[^]*What to do: Check the network/);
  assert.equal(all.idp.tokenRequests().length, 1);
  await mend(page);
  await page.getByRole("button", { name: "Get a new one" }).click();
  await page.locator("#token-result .tag").getByText("new").waitFor();
}));

for (const [name, location] of [["Corrupt the cache", "localStorage"], ["Corrupt the cache", "indexedDB"], ["Lose the key", "sessionStorage"],
  ["Lose the key", "localStorage"], ["Lose the key", "indexedDB"]]) {
  test(`${name}, ${location}: nothing throws, and a token is fetched anew`, TIMEOUT, () => onPage(all, { query: `?cacheLocation=${location}` }, async (page) => {
    await signIn(page);
    assert.match(await broken(page, name), /A new token came/);
    await page.getByRole("radio", { name: /Ada Test/ }).waitFor();
    await page.reload();
    await page.getByRole("radio", { name: /Ada Test/ }).waitFor();
    await page.getByRole("button", { name: "Get a token silently" }).click();
    await page.locator("#token-result .tag").getByText("from the cache").waitFor();
  }));
}

test("a demand for a second factor is met by a sign-in with its claims", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  const said = await broken(page, "Demand more at the provider");
  assert.match(said, /InteractionRequiredAuthError interaction_required[^]*AADSTS50076[^]*What to do: .*claims/);
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Sign in with these claims" }).click();
  const popup = await opened;
  await popup.locator("#login, #code").waitFor();
  if (await popup.locator("#login").count()) await enter(popup);
  await popup.locator("#code").fill("123456");
  await popup.locator("#submit").click();
  await page.locator("#session-result").getByText("Signed in as ada@contoso.example.").waitFor();
  assert.match(all.idp.tokenRequests().at(-1).body.claims, /"acrs"/);
}));

test("a refresh token that is over is followed by the provider's session", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  assert.match(await broken(page, "End the refresh token"), /A new token came/);
  assert.equal(new URL(all.idp.log.findLast(({ endpoint }) => endpoint === "authorize").url).searchParams.get("prompt"), "none");
}));

test("Graph's claims challenge is asked of the provider", TIMEOUT, () => onPage(all, { expected: /status of 400/ }, async (page) => {
  await signIn(page);
  const said = await broken(page, "Challenge a call to Graph");
  assert.match(said, /InteractionRequiredAuthError[^]*AADSTS50076/);
  assert.match(all.idp.tokenRequests().at(-1).body.claims, /"acrs"/);
}));

test("a throttled call is made again after the pause", TIMEOUT, () => onPage(all, {}, async (page) => {
  await signIn(page);
  assert.match(await broken(page, "Throttle Graph"), /Graph answered 200\.\s+requests\s+2\b/);
}));

test("with nobody signed in, what to do is said", TIMEOUT, () => onPage(all, {}, async (page) => {
  const said = await broken(page, "Drop the network");
  assert.match(said, /no_account_error[^]*What to do: /);
}));
