// The test page's request builder: what it shows is what the package sends, in every notation.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, beforeEach, test } from "node:test";
import { ConfidentialClientApplication } from "graph-token";
import { encoded, onPage, shownRequest, startAll } from "./test-page.mjs";

const TIMEOUT = { timeout: 60_000 };
const MASK = "••••";
const all = await startAll();
after(() => all.close());
beforeEach(() => all.idp.clearLog());

const unmasked = (text) => text.replace(MASK, encoded(all.clientSecret));

/** Types as a user does: key by key, with the page following. */
async function type(page, label, text) {
  await page.getByLabel(label).fill("");
  await page.getByLabel(label).pressSequentially(text);
}

/** Reads the raw HTTP back. */
function parse(text) {
  const [head, body] = text.split("\n\n");
  const [line, ...headers] = head.split("\n");
  const [method, target, version] = line.split(" ");
  return { method, target, version, body, headers: Object.fromEntries(headers.map((header) => header.split(": "))) };
}

test("what the builder shows is what the package sends", TIMEOUT, () => onPage(all, {}, async (page) => {
  await type(page, /^Client secret/, all.clientSecret);
  await page.getByLabel("Tenant", { exact: true }).selectOption(all.idp.tenants.contoso.customDomain);
  await page.locator("#panel-http code").filter({ hasText: "/contoso.example/" }).waitFor();
  const shown = parse(unmasked(await shownRequest(page)));
  assert.deepEqual(all.idp.log, [], "the page has sent something");

  const app = new ConfidentialClientApplication({ auth: { clientId: all.clientId, clientSecret: all.clientSecret, authority: all.idp.authority("contoso", "customDomain") } });
  const correlationId = new URL(shown.target, all.idp.origin).searchParams.get("client-request-id");
  await app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"], correlationId });
  const [sent] = all.idp.log;
  assert.deepEqual([shown.method, `http://${shown.headers.Host}${shown.target}`, shown.version], [sent.method, sent.url, "HTTP/1.1"]);
  assert.equal(shown.headers["Content-Type"], sent.headers["content-type"]);
  assert.deepEqual([...new URLSearchParams(shown.body)], Object.entries(sent.body));

  const answer = await fetch(`${all.idp.origin}${shown.target}`, { method: shown.method, headers: { "Content-Type": shown.headers["Content-Type"] }, body: shown.body });
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).token_type, "Bearer");
}));

test("curl, fetch and PowerShell make the same request as the raw HTTP", TIMEOUT, () => onPage(all, {}, async (page) => {
  const texts = {};
  for (const id of ["http", "curl", "fetch", "powershell"]) texts[id] = unmasked(await shownRequest(page, id));
  const raw = parse(texts.http);
  const wanted = { method: "POST", url: `${all.idp.origin}${raw.target}`, type: raw.headers["Content-Type"], body: raw.body };

  // The shell reads the command; a function stands for curl and gives back what it was called with.
  const words = execFileSync("sh", ["-c", `curl() { printf '%s\\n' "$@"; }\n${texts.curl}`], { encoding: "utf8", timeout: 10_000 }).trimEnd().split("\n");
  const values = (option) => words.filter((_, index) => words[index - 1] === option);
  assert.deepEqual({ method: values("--request")[0], url: words[2], type: values("--header")[0].replace("Content-Type: ", ""), body: values("--data-raw").join("&") }, wanted);

  const AsyncFunction = (async () => {}).constructor;
  const token = await new AsyncFunction(`${texts.fetch}\nreturn token;`)();
  assert.equal(token.token_type, "Bearer");
  const [sent] = all.idp.log;
  assert.deepEqual([sent.method, sent.url, sent.headers["content-type"]], [wanted.method, wanted.url, wanted.type]);
  assert.deepEqual(Object.entries(sent.body), [...new URLSearchParams(wanted.body)]);

  const [list, call] = texts.powershell.split(") -join '&'");
  const value = (name) => call.match(new RegExp(`${name}\\s+= '((?:[^']|'')*)'`))[1].replaceAll("''", "'");
  assert.deepEqual({ method: value("Method"), url: value("Uri"), type: value("ContentType"), body: [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, text]) => text.replaceAll("''", "'")).join("&") }, wanted);
  assert.match(call, /\$token = Invoke-RestMethod @request$/);
}));

test("it follows what is chosen and typed", TIMEOUT, () => onPage(all, {}, async (page) => {
  const shows = async (pattern) => {
    await page.locator("#panel-http code").filter({ hasText: pattern }).waitFor();
  };
  await page.getByLabel("Identity provider", { exact: true }).selectOption("https://login.microsoftonline.us");
  await shows(/Host: login\.microsoftonline\.us/);
  await page.getByLabel("Tenant", { exact: true }).selectOption(all.idp.tenants.fabrikam.initialDomain);
  await shows(/^POST \/fabrikam\.onmicrosoft\.com\/oauth2\/v2\.0\/token/);
  await page.getByLabel("Tenant", { exact: true }).selectOption("other");
  await page.getByLabel("Tenant's GUID or domain").pressSequentially("adatum.com");
  await shows(/^POST \/adatum\.com\//);
  await type(page, "Client ID", "cccccccc-0000-4000-8000-00000000000c");
  await shows(/client_id=cccccccc-0000-4000-8000-00000000000c&/);
  await type(page, "Scopes", "api://orders+more/.default");
  await shows(/scope=api%3A%2F%2Forders%2Bmore%2F\.default&/);
  await page.getByRole("row", { name: /^scope api:\/\/orders\+more\/\.default/ }).waitFor();
}));

test("where the package would send nothing, its reason stands in the request's place", TIMEOUT, () => onPage(all, {}, async (page) => {
  const card = page.locator("#builder-error .error");
  const reasons = [
    ["common", /tenant/i, () => page.getByLabel("Tenant", { exact: true }).selectOption("common")],
    ["delegated scope", /default/, async () => {
      await page.getByLabel("Tenant", { exact: true }).selectOption(all.idp.tenants.contoso.id);
      await type(page, "Scopes", "User.Read");
    }],
    ["stranger", /untrusted_authority.*knownAuthorities/, async () => {
      await page.getByLabel("Identity provider", { exact: true }).selectOption("other");
      await page.getByLabel("Identity provider's address").fill("https://login.example.org");
    }],
  ];
  for (const [name, pattern, act] of reasons) {
    await act();
    await card.filter({ hasText: pattern }).waitFor();
    assert.equal(await page.getByRole("tabpanel").count(), 0, name);
  }
  await page.getByLabel("Identity provider", { exact: true }).selectOption(all.idp.origin);
  await type(page, "Scopes", "https://graph.microsoft.com/.default");
  await page.getByRole("tabpanel").waitFor();
  assert.equal(await card.count(), 0);
}));

test("the secret is masked in every notation and in what is copied", TIMEOUT, () =>
  onPage(all, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await type(page, /^Client secret/, all.clientSecret);
    for (const [name, id] of [["HTTP", "http"], ["curl", "curl"], ["fetch", "fetch"], ["PowerShell", "powershell"]]) {
      await page.getByRole("tab", { name }).click();
      const panel = page.getByRole("tabpanel", { name });
      await panel.getByRole("button", { name: /^Copy/ }).click();
      await panel.getByText("Copied").waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(copied, await shownRequest(page, id));
      assert.equal(copied.match(/client_secret=(.{4})/)[1], MASK);
    }
    await page.getByRole("row", { name: `client_secret ${MASK}` }).waitFor();
  }));
