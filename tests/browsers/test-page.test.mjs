// What the test page shows of the server side: the Worker, secrets, consent, and what its server gives away.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { onPage, startAll } from "./test-page.mjs";

const TIMEOUT = { timeout: 60_000 };
const all = await startAll();
after(() => all.close());
beforeEach(() => {
  all.idp.clearLog();
  all.graph.clearLog();
});

test("Graph's users come by way of the Worker, which keeps its token", TIMEOUT, () => onPage(all, {}, async (page) => {
  const { users } = all.idp.tenants.contoso;
  const load = page.getByRole("button", { name: "Load users" });
  await load.click();
  const rows = page.locator("#users-result tbody tr");
  await rows.first().waitFor();
  assert.deepEqual(await rows.allTextContents(), [...users.values()].map(({ name, upn }) => `${name}${upn}`));
  assert.match(await page.locator("#users-result .facts-line").textContent(), /^new token expires at .+ tenant 11111111-/);
  await load.click();
  await page.locator("#users-result .tag.good").waitFor();
  assert.match(await page.locator("#users-result .facts-line").textContent(), /^token from the Worker’s cache/);
  assert.equal(all.idp.tokenRequests().length, 1);
  assert.equal(all.idp.tokenRequests()[0].headers.origin, undefined);
}));

test("what goes wrong behind the Worker is told", TIMEOUT, () => onPage(all, {}, async (page) => {
  all.graph.fault({ match: "graph", status: 403, body: JSON.stringify({ error: { code: "Authorization_RequestDenied", message: "Insufficient privileges." } }) });
  // The browser logs a 502 by itself; here it is what the test asked for.
  await page.route("**/users", async (route) => {
    const answer = await route.fetch();
    assert.equal(answer.status(), 502);
    await route.fulfill({ response: answer, status: 200 });
  });
  await page.getByRole("button", { name: "Load users" }).click();
  const card = page.locator("#users-result .error");
  await card.waitFor();
  assert.match(await card.textContent(), /Authorization_RequestDenied.*Insufficient privileges/);
}));

test("the Worker answers its own page only, and never with the token", TIMEOUT, async () => {
  const ask = (pathname, origin) => fetch(`${all.worker.origin}${pathname}`, { headers: origin ? { origin } : {} });
  const own = await ask("/token", all.site.origin);
  assert.equal(own.headers.get("access-control-allow-origin"), all.site.origin);
  const described = await own.json();
  assert.equal(described.tokenType, "Bearer");
  assert.ok(Date.parse(described.expiresOn) > Date.now());
  const stranger = await ask("/users", "http://127.0.0.1:1");
  assert.equal(stranger.status, 403);
  assert.equal(stranger.headers.get("access-control-allow-origin"), null);
  assert.equal((await ask("/elsewhere", all.site.origin)).status, 404);
  const texts = [JSON.stringify(described), await stranger.text(), await (await ask("/users", all.site.origin)).text()];
  for (const text of texts) {
    assert.doesNotMatch(text, /eyJ/, "a JWT is in the answer");
    assert.ok(!text.includes(all.clientSecret));
  }
});

test("a secret in the page is refused before the eyes of the user", TIMEOUT, () => onPage(all, {}, async (page) => {
  await page.getByRole("button", { name: "Try it in this page" }).click();
  const card = page.locator("#secret-result .error");
  await card.waitFor();
  const text = await card.textContent();
  assert.match(text, /ClientConfigurationError secret_in_browser/);
  assert.match(text, /can be read by everyone who opens the page/);
  assert.match(text, /What to do: Get this token on a server or in a Worker/);
  assert.match(text, /Requests sent by this page: 0/);
  assert.deepEqual(all.idp.log, []);
}));

test("the consent link leads to the identity provider and back", TIMEOUT, () => onPage(all, {}, async (page, context) => {
  await page.getByLabel("Tenant", { exact: true }).selectOption(all.idp.tenants.fabrikam.id);
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: /adminconsent/ }).click();
  const consent = await opened;
  await consent.locator("#consent-answer .tag").waitFor();
  assert.match(await consent.locator("#consent-answer").textContent(), /consent given tenant 22222222-/);
  const asked = new URL(all.idp.log.find(({ endpoint }) => endpoint === "adminconsent").url);
  assert.equal(asked.pathname, `/${all.idp.tenants.fabrikam.id}/adminconsent`);
  assert.equal(asked.searchParams.get("client_id"), all.clientId);
  assert.equal(asked.searchParams.get("redirect_uri"), `${all.site.origin}/`);
  assert.equal(new URL(consent.url()).searchParams.get("state"), asked.searchParams.get("state"));
}));

test("tabs and buttons can be worked by keyboard", TIMEOUT, () => onPage(all, {}, async (page) => {
  await page.getByRole("tab", { name: "HTTP" }).focus();
  for (const [key, name] of [["ArrowRight", "curl"], ["End", "PowerShell"], ["ArrowRight", "HTTP"], ["ArrowLeft", "PowerShell"]]) {
    await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), name);
    assert.equal(await page.getByRole("tab", { selected: true }).textContent(), name);
    assert.equal(await page.getByRole("tabpanel", { name }).isVisible(), true);
  }
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Copy the PowerShell command");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.getByRole("button", { name: "Load users" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /ada@contoso/ }).waitFor();
  await page.getByRole("status").getByText("users.").waitFor({ state: "attached" });
}));

test("the server gives the page's files and public settings, with its headers, and nothing else", TIMEOUT, async () => {
  const get = (pathname) => fetch(`${all.site.origin}${pathname}`);
  const index = await get("/");
  const policy = index.headers.get("content-security-policy");
  assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|(?<!127\.0\.0\.1:|localhost:)\*/);
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
    assert.ok(policy.split("; ").includes(part), part);
  }
  assert.equal(index.headers.get("x-content-type-options"), "nosniff");
  const settings = await (await get("/settings.json")).json();
  assert.deepEqual(Object.keys(settings).sort(), ["clientId", "graphOrigin", "identityProvider", "spaClientId", "tenants", "workerOrigin"]);
  assert.deepEqual(Object.keys(settings.tenants[0]).sort(), ["customDomain", "id", "initialDomain", "name"]);
  assert.ok(!JSON.stringify(settings).includes(all.clientSecret));
  // Only the redirect URI may stand in a frame, and that of its own page alone.
  assert.ok((await get("/redirect")).headers.get("content-security-policy").split("; ").includes("frame-ancestors 'self'"));
  for (const hidden of ["/server.mjs", "/worker-script.mjs", "/graph-token/../../package.json", "/graph-token/%2e%2e%2f%2e%2e%2fpackage.json", "/%zz"]) {
    assert.equal((await get(hidden)).status, 404, hidden);
  }
  assert.equal((await get("/graph-token/wasm/graph_token_bg.wasm")).headers.get("content-type"), "application/wasm");
});
