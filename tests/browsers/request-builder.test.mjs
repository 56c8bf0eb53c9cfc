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

/** The builder's part of the page. */
const builder = (page) => page.getByRole("region", { name: "The request, byte for byte" });

/** Types as a user does: key by key, with the page following. */
async function type(page, label, text) {
  const field = builder(page).getByLabel(label);
  await field.fill("");
  await field.pressSequentially(text);
}

const choose = (page, grant) => builder(page).getByRole("radio", { name: grant }).check();

/** The raw HTTP, once it matches. */
async function shows(page, pattern) {
  const shown = page.locator("#panel-http code").filter({ hasText: pattern });
  await shown.waitFor();
  return shown.textContent();
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
  await page.getByLabel("Identity provider", { exact: true }).selectOption("https://login.microsoftonline.us");
  await shows(page, /Host: login\.microsoftonline\.us/);
  await page.getByLabel("Tenant", { exact: true }).selectOption(all.idp.tenants.fabrikam.initialDomain);
  await shows(page, /^POST \/fabrikam\.onmicrosoft\.com\/oauth2\/v2\.0\/token/);
  await page.getByLabel("Tenant", { exact: true }).selectOption("other");
  await page.getByLabel("Tenant's GUID or domain").pressSequentially("adatum.com");
  await shows(page, /^POST \/adatum\.com\//);
  await type(page, "Client ID", "cccccccc-0000-4000-8000-00000000000c");
  await shows(page, /client_id=cccccccc-0000-4000-8000-00000000000c&/);
  await type(page, "Scopes", "api://orders+more/.default");
  await shows(page, /scope=api%3A%2F%2Forders%2Bmore%2F\.default&/);
  await builder(page).getByRole("row", { name: /^scope api:\/\/orders\+more\/\.default/ }).waitFor();
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
    assert.equal(await builder(page).getByRole("tabpanel").count(), 0, name);
  }
  await page.getByLabel("Identity provider", { exact: true }).selectOption(all.idp.origin);
  await type(page, "Scopes", "https://graph.microsoft.com/.default");
  await builder(page).getByRole("tabpanel").waitFor();
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

/** What a row of the form's fields must hold, of each grant: everything that Entra asks for. */
const GRANTS = {
  "Code, with PKCE": { grant_type: "authorization_code", code: MASK, code_verifier: MASK, redirect_uri: /\/redirect$/, scope: /^User\.Read openid profile offline_access$/, client_secret: MASK },
  "Refresh token": { grant_type: "refresh_token", refresh_token: MASK, scope: /^User\.Read openid profile offline_access$/, client_secret: MASK },
  "On behalf of": { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: MASK, requested_token_use: "on_behalf_of", scope: /^User\.Read/, client_secret: MASK },
  "Device: the token": { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: MASK, scope: /^User\.Read openid profile offline_access$/ },
};

for (const [grant, fields] of Object.entries(GRANTS)) {
  test(`${grant}: the request, before it is sent`, TIMEOUT, () => onPage(all, {}, async (page) => {
    await choose(page, grant);
    const { grant_type: type } = fields;
    const { method, target, body } = parse(await shows(page, new RegExp(encoded(type).replaceAll(".", "\\."))));
    assert.match(`${method} ${target}`, /^POST \/11111111-[\w-]+\/oauth2\/v2\.0\/token\?client-request-id=[\w-]{36}$/);
    const sent = Object.fromEntries(new URLSearchParams(body));
    for (const [name, wanted] of Object.entries(fields)) {
      if (wanted instanceof RegExp) assert.match(sent[name], wanted);
      else assert.equal(sent[name], wanted, name);
    }
    assert.equal("client_secret" in sent, "client_secret" in fields);
    for (const name of Object.keys(fields)) await builder(page).getByRole("row", { name: new RegExp(`^${name} .+ [A-Z]`) }).waitFor();
    assert.deepEqual(all.idp.log, []);
  }));
}

test("Device: a code: the request, before it is sent", TIMEOUT, () => onPage(all, {}, async (page) => {
  await choose(page, "Device: a code");
  const { method, target, body } = parse(await shows(page, /devicecode/));
  assert.match(`${method} ${target}`, /^POST \/11111111-[\w-]+\/oauth2\/v2\.0\/devicecode$/);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), { scope: "User.Read openid profile offline_access", client_id: all.clientId });
  assert.equal(await builder(page).getByLabel("The application proves itself by").isVisible(), false);
}));

test("what is typed for a grant is masked too", TIMEOUT, () => onPage(all, {}, async (page) => {
  const typed = { "Code, with PKCE": [/^Code/, "0.AXcodeTyped"], "Refresh token": [/^Refresh token/, "1.AXrefreshTyped"], "On behalf of": [/^Incoming token/, "eyJincoming.typed.token"], "Device: the token": [/^Device code/, "BAQdevice"] };
  for (const [grant, [label, text]] of Object.entries(typed)) {
    await choose(page, grant);
    const field = builder(page).getByLabel(label).and(page.locator("input:not([type=radio])"));
    await field.fill(text);
    await page.locator("#panel-http code .mask").first().waitFor();
    assert.ok(!(await page.content()).includes(text), grant);
  }
}));

test("the sign-in address asks with the challenge of the verifier that redeems the code", TIMEOUT, () => onPage(all, {}, async (page) => {
  await choose(page, "Sign-in address");
  await type(page, /^Login hint/, "ada@contoso.example");
  const { method, target, body } = parse(await shows(page, /login_hint=ada%40contoso\.example/));
  assert.deepEqual([method, body], ["GET", undefined]);
  const { pathname, searchParams } = new URL(target, all.idp.origin);
  assert.match(pathname, /\/oauth2\/v2\.0\/authorize$/);
  const asked = Object.fromEntries(searchParams);
  assert.equal(asked.response_type, "code");
  assert.equal(asked.code_challenge_method, "S256");
  assert.match(asked.code_challenge, /^[\w-]{43}$/);
  for (const name of ["state", "nonce"]) assert.match(asked[name], /^[\w-]{36}$/);
  await builder(page).getByRole("row", { name: /^code_challenge .* verifier’s hash/ }).waitFor();
  assert.match(await shownRequest(page, "fetch"), /location\.assign\("http/);
  assert.match(await shownRequest(page, "powershell"), /^Start-Process 'http/);
}));

test("a certificate's assertion is shown in its parts, without its signature", TIMEOUT, () => onPage(all, {}, async (page) => {
  for (const grant of ["Client credentials", "Refresh token"]) {
    await choose(page, grant);
    await builder(page).getByLabel("The application proves itself by").selectOption("certificate");
    const { target, body } = parse(await shows(page, /client_assertion=/));
    const sent = Object.fromEntries(new URLSearchParams(body));
    assert.equal(sent.client_assertion, MASK);
    assert.equal(sent.client_assertion_type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert.equal(sent.client_secret, undefined);
    const { header, claims } = JSON.parse(await builder(page).getByRole("region", { name: "The assertion’s header and claims" }).textContent());
    assert.deepEqual([header.alg, header["x5t#S256"].length], ["PS256", 43]);
    assert.equal(claims.aud, `${all.idp.origin}${target.split("?")[0]}`);
    assert.deepEqual([claims.iss, claims.sub], [all.clientId, all.clientId]);
    assert.equal(claims.exp - claims.nbf, 600);
  }
}));
