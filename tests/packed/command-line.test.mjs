// The command line, run as npm installs it: what it prints, where it takes secrets from, and what it says where it does not work.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import { once } from "node:events";
import path from "node:path";
import test, { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import { readCertificate } from "graph-token/certificate";
import { freePort } from "../free-port.mjs";
import { selfSignedCertificate } from "../idp/index.mjs";
import { README, STAGE, TARBALL, VERSION, emptyFolder, node, run, services } from "./packed.mjs";

const { idp, graph } = await services();
const { contoso } = idp.tenants;
const COMMAND = path.join(STAGE, "node_modules/graph-token/bin/graph-token.js");
const MODERN = fileURLToPath(new URL("../native/certificates/modern.pfx", import.meta.url));
const ADA = "ada@contoso.example";
const PASSPHRASE = "Pässwörd ☂";
const DAEMON = idp.clients.daemon;
const { clientId: certified } = idp.clients.certificate;
const folder = await emptyFolder();
/** Where npm has installed it. */
const project = await emptyFolder();
before(async () => {
  const npm = await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--prefix", project, TARBALL], { cwd: project });
  assert.equal(npm.code, 0, npm.stderr);
});

const file = async (name, content, mode = 0o600) => {
  await writeFile(path.join(folder, name), content, { mode });
  return path.join(folder, name);
};
const SECRET_FILE = await file("secret", `${DAEMON.clientSecret}\n`);
const as = (clientId, ...words) => ["--client-id", clientId, "--authority", idp.authority("contoso"), ...words];
const graphToken = (words, options) => node([COMMAND, ...words], { cwd: folder, ...options });
const clean = (environment = {}) => ({ ...Object.fromEntries(["CLIENT_ID", "TENANT_ID", "CLIENT_SECRET", "CLIENT_CERTIFICATE_PATH", "FEDERATED_TOKEN_FILE"].map((name) => [`AZURE_${name}`, ""])), ...environment });

/** What it printed on the standard output, where it gave a token and said nothing else. */
async function printedBy(words, { env, ...options } = {}) {
  const { code, stdout, stderr } = await graphToken(words, { env: clean(env), ...options });
  assert.deepEqual([code, stderr], [0, ""], stdout);
  return stdout.trimEnd();
}

/** What it said, where it gave none. */
async function refusal(code, words, { env, ...options } = {}) {
  const printed = await graphToken(words, { env: clean(env), ...options });
  assert.deepEqual([printed.code, printed.stdout], [code, ""], printed.stderr);
  assert.doesNotMatch(printed.stderr, /\bat .*:\d+:\d+/, "a stack");
  return printed.stderr;
}

test("by npx, from an empty folder: the token alone", async () => {
  const { code, stdout, stderr } = await run("npx", ["graph-token", ...as(DAEMON.clientId, "--secret-file", SECRET_FILE)], { cwd: project });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^[^\s]+\n$/);
  assert.equal(decodeJwt(stdout).appid, DAEMON.clientId);
});

test("as a header", async () => {
  const header = await printedBy(["header", ...as(DAEMON.clientId, "--secret-file", SECRET_FILE)]);
  const [, token] = /^Authorization: Bearer (\S+)$/.exec(header);
  assert.equal(decodeJwt(token).tid, contoso.id);
});

test("as a table, in which the token itself is not", async () => {
  const table = await printedBy(["table", ...as(DAEMON.clientId, "--secret-file", SECRET_FILE)]);
  const rows = Object.fromEntries(table.split("\n").map((line) => line.split(/ {2,}/)));
  assert.equal(rows["token type"], "Bearer");
  assert.match(rows.expires, /^\d{4}-.*Z \(in (59|60) min\)$/);
  assert.deepEqual([rows.tenant, rows.application, rows.scopes], [contoso.id, DAEMON.clientId, "https://graph.microsoft.com/.default"]);
  assert.match(rows["access token"], /^\S{8}… \(\d+ characters\)$/);
  assert.ok(table.length < 900, table);
});

const FROM = {
  "a file": { words: ["--secret-file", SECRET_FILE] },
  "the standard input": { words: ["--secret-file", "-"], input: `${DAEMON.clientSecret}\r\n` },
  "GRAPH_TOKEN_CLIENT_SECRET": { env: { GRAPH_TOKEN_CLIENT_SECRET: DAEMON.clientSecret } },
  "AZURE_CLIENT_SECRET": { env: { AZURE_CLIENT_SECRET: DAEMON.clientSecret } },
  "a file, whatever the environment says": { words: ["--secret-file", SECRET_FILE], env: { GRAPH_TOKEN_CLIENT_SECRET: "wrong" } },
};
for (const [where, { words = [], ...options }] of Object.entries(FROM)) {
  test(`the secret from ${where}`, async () => {
    assert.equal(decodeJwt(await printedBy(as(DAEMON.clientId, ...words), options)).appid, DAEMON.clientId);
  });
}

for (const [prefix, tenant] of [["GRAPH_TOKEN", "TENANT"], ["AZURE", "TENANT_ID"]]) {
  test(`application and tenant from ${prefix}_…`, async () => {
    const env = { [`${prefix}_CLIENT_ID`]: DAEMON.clientId, [`${prefix}_${tenant}`]: contoso.initialDomain, [`${prefix}_CLIENT_SECRET`]: DAEMON.clientSecret, AZURE_AUTHORITY_HOST: `${idp.origin}/` };
    idp.clearLog();
    assert.equal(decodeJwt(await printedBy([], { env })).appid, DAEMON.clientId);
    assert.equal(new URL(idp.tokenRequests()[0].url).pathname, `/${contoso.initialDomain}/oauth2/v2.0/token`);
  });
}

test("scopes and claims are asked for", async () => {
  idp.clearLog();
  const claims = '{"access_token":{"xms_cc":{"values":["cp1"]}}}';
  await printedBy(as(DAEMON.clientId, "--secret-file", SECRET_FILE, "--scope", "https://graph.microsoft.com/.default", "--claims", claims));
  const { scope, claims: sent } = idp.tokenRequests()[0].body;
  assert.deepEqual([scope, JSON.parse(sent).access_token], ["https://graph.microsoft.com/.default", JSON.parse(claims).access_token]);
});

test("by a certificate: a PEM with its key, key and certificate apart, a DER beside its key, a PFX", async () => {
  const { privateKey, certificate } = selfSignedCertificate({ commonName: "command line" });
  idp.registerCertificate("certificate", certificate);
  const both = await file("both.pem", privateKey + certificate);
  const key = await file("key.pem", privateKey);
  const alone = await file("certificate.pem", certificate);
  const der = await file("certificate.cer", new X509Certificate(certificate).raw);
  const modern = await readCertificate({ privateKey: await readFile(MODERN), passphrase: PASSPHRASE });
  idp.registerCertificate("certificate", modern.certificate);
  const passphrase = await file("passphrase", PASSPHRASE);
  for (const [words, env] of [
    [["--certificate", both]], [["--certificate", alone, "--key", key]], [["--certificate", der, "--key", key]],
    [["--certificate", MODERN, "--passphrase-file", passphrase]],
    [["--certificate", MODERN], { GRAPH_TOKEN_CERTIFICATE_PASSPHRASE: PASSPHRASE }],
    [[], { GRAPH_TOKEN_CERTIFICATE: both }], [[], { GRAPH_TOKEN_CERTIFICATE: privateKey + certificate }],
    [[], { AZURE_CLIENT_CERTIFICATE_PATH: MODERN, AZURE_CLIENT_CERTIFICATE_PASSWORD: PASSPHRASE }],
  ]) {
    assert.equal(decodeJwt(await printedBy(as(certified, ...words), { env })).appid, certified, words.join(" "));
  }
});

test("by another issuer's token, from a file", async () => {
  idp.clearLog();
  const assertion = await file("federated", "header.payload.signature\n");
  for (const options of [{ words: ["--assertion-file", assertion] }, { env: { AZURE_FEDERATED_TOKEN_FILE: assertion } }]) {
    await refusal(1, as(certified, ...(options.words ?? [])), options);
  }
  assert.deepEqual(idp.tokenRequests().map(({ body }) => body.client_assertion), ["header.payload.signature", "header.payload.signature"]);
});

test("of another maker's provider, whose endpoints are where it says", async () => {
  const asked = [];
  const server = http.createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    asked.push([req.url.split("?")[0], new URLSearchParams(body).get("scope")]);
    const origin = `http://${req.headers.host}`;
    const isDiscovery = req.url.endsWith("/.well-known/openid-configuration");
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify(isDiscovery ? { issuer: `${origin}/realm`, authorization_endpoint: `${origin}/a`, token_endpoint: `${origin}/t`, jwks_uri: `${origin}/k` }
      : { token_type: "Bearer", expires_in: 60, access_token: "opaque" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  const words = ["--client-id", "c", "--oidc", "--authority", `http://127.0.0.1:${server.address().port}/realm`, "--scope", "things.read", "--secret-file", SECRET_FILE];
  assert.equal(await printedBy(words), "opaque");
  assert.deepEqual(asked, [["/realm/.well-known/openid-configuration", null], ["/t", "things.read"]]);
  // A token that is nobody else's to read is told of all the same.
  assert.match(await printedBy(["table", ...words]), /^access token {2,}opaque… \(6 characters\)$/m);
});

test("an assertion from the standard input serves for every request", async () => {
  idp.clearLog();
  idp.fault({ status: 503, headers: { "retry-after": "0" } });
  await refusal(1, as(certified, "--assertion-file", "-"), { input: "header.payload.signature\n" });
  assert.deepEqual(idp.tokenRequests().map(({ body }) => body.client_assertion), ["header.payload.signature", "header.payload.signature"]);
});

test("what the network refuses comes with its reason", async () => {
  const said = await refusal(1, ["--client-id", "c", "--authority", `http://127.0.0.1:${await freePort()}/contoso.com`, "--secret-file", SECRET_FILE]);
  assert.match(said, /network_error[^]*because of .*ECONNREFUSED/);
});

test("a person's, by a code for another device: the code is not where the token is", async () => {
  const child = spawn(process.execPath, [COMMAND, ...as(idp.clients.device.clientId, "--device-code", "--scope", "User.Read")], { cwd: folder, env: { ...process.env, ...clean() } });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => { stdout += text; });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
    const code = /enter the code (\S+)/.exec(stderr)?.[1];
    if (code) idp.approveDevice(code, ADA);
  });
  assert.equal(await new Promise((resolve) => child.once("close", resolve)), 0, stderr);
  assert.equal(decodeJwt(stdout).oid, idp.directory.user(contoso, ADA).oid);
  assert.match(stderr, /^To sign in, use a web browser to open the page/);
});

/** A browser in which a person signs in, as a program. */
async function browserOf(login) {
  const browser = await file("browser.mjs", `#!${process.execPath}
    import { signInToForm } from ${JSON.stringify(new URL("../idp/index.mjs", import.meta.url))};
    const { action, fields } = await signInToForm(process.argv[2], { login: ${JSON.stringify(login)} });
    if (Object.keys(process.env).some((name) => /^(GRAPH_TOKEN|AZURE)_/.test(name))) process.exit(1);
    await fetch(action, { method: "POST", body: new URLSearchParams(fields) });`);
  await chmod(browser, 0o700);
  return browser;
}

test("a person's, in the browser that BROWSER names", async () => {
  const browser = await browserOf(ADA);
  idp.clearLog();
  const { code, stdout, stderr } = await graphToken(["table", ...as(idp.clients.device.clientId, "--interactive", "--scope", "User.Read", "--login-hint", ADA)], { env: clean({ BROWSER: browser, GRAPH_TOKEN_CLIENT_SECRET: "none of the browser's business" }) });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^account {2,}ada@contoso\.example$/m);
  assert.match(stderr, /^To sign in, open http\S+\n$/);
  assert.equal(new URL(idp.log.find(({ url }) => url.includes("/authorize?")).url, idp.origin).searchParams.get("login_hint"), ADA);
});

test("a person's, in the browser, is for Graph where no scope is named", async () => {
  idp.clearLog();
  const { code, stderr } = await graphToken(as(idp.clients.device.clientId, "--interactive"), { env: clean({ BROWSER: await browserOf(ADA) }) });
  assert.equal(code, 0, stderr);
  const { searchParams } = new URL(idp.log.find(({ url }) => url.includes("/authorize?")).url, idp.origin);
  assert.deepEqual(searchParams.get("scope").split(" ").sort(), ["https://graph.microsoft.com/.default", "offline_access", "openid", "profile"]);
});

test("whoever reads may leave, and what cannot be written is said", async () => {
  const { stderr } = await run("sh", ["-c", `'${process.execPath}' '${COMMAND}' --help | true`], { cwd: folder, env: clean() });
  assert.equal(stderr, "");
  const full = await run("sh", ["-c", `'${process.execPath}' '${COMMAND}' --help > /dev/full`], { cwd: folder, env: clean() });
  assert.deepEqual([full.code, full.stderr], [1, "graph-token: the standard output cannot be written (ENOSPC)\n"]);
});

/** At a terminal of its own: what stands on it in the end, where each text is typed once what it answers is there. */
async function atTerminal(words, dialogue) {
  const quoted = [process.execPath, COMMAND, ...words].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", quoted, "/dev/null"], { cwd: folder, env: { ...process.env, ...clean() } });
  let seen = "";
  const waiting = [...dialogue];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    seen += text;
    if (waiting.length > 0 && seen.endsWith(waiting[0].question)) child.stdin.write(waiting.shift().answer);
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(limit);
  return { code, seen };
}

test("at a terminal the secret is asked for, and is not shown", async () => {
  const { code, seen } = await atTerminal(["header", ...as(DAEMON.clientId)], [{ question: "Client secret: ", answer: `${DAEMON.clientSecret}\r` }]);
  assert.equal(code, 0, seen);
  assert.match(seen, /^Client secret: \r?\nAuthorization: Bearer \S+\r?\n$/);
  assert.ok(!seen.includes(DAEMON.clientSecret));
});

test("at a terminal the passphrase of an encrypted key is asked for, and is not shown", async () => {
  const { code, seen } = await atTerminal(as(certified, "--certificate", MODERN), [{ question: "Passphrase of the key: ", answer: `${PASSPHRASE}\r` }]);
  assert.equal(code, 0, seen);
  assert.ok(!seen.includes("Pässwörd"));
});

for (const [what, typed] of [["Ctrl-C", "\u0003"], ["Ctrl-D", "\u0004"], ["nothing", "\r"]]) {
  test(`${what} at the prompt ends it`, async () => {
    const { code, seen } = await atTerminal(as(DAEMON.clientId), [{ question: "Client secret: ", answer: typed }]);
    assert.equal(code, 2, seen);
    assert.match(seen, /nothing was typed/);
  });
}

test("what the provider refuses comes with its reason, what to do, and nothing of the secret", async () => {
  const said = await refusal(1, as(DAEMON.clientId), { env: { GRAPH_TOKEN_CLIENT_SECRET: "wrong-and-secret" } });
  assert.match(said, /^graph-token: invalid_client: AADSTS7000215: /);
  assert.match(said, /\ncorrelation id [0-9a-f-]{36}/);
  assert.doesNotMatch(said, /wrong-and-secret/);
});

const WRONG = {
  "a secret on the command line": { words: ["--client-secret", "abc123"], says: /use --secret-file/ },
  "a secret on the command line, by =": { words: ["--secret=abc123"], says: /use --secret-file/ },
  "a passphrase on the command line": { words: ["--passphrase", "abc123"], says: /use --passphrase-file/ },
  "an option that is none": { words: ["--abc", "abc123"], says: /Unknown option '--abc'/ },
  "a key for an option": { words: ["-----BEGIN PRIVATE KEY-----\nabc123\n-----END PRIVATE KEY-----"], says: /there is a word that is no option/ },
  "a secret for an option": { words: ["--abc123~x!"], says: /there is a word that is no option/ },
  "an option without its value": { words: ["--tenant"], says: /--tenant <value>/ },
  "an empty value": { words: ["--tenant="], says: /--tenant is empty/ },
  "a word that is none": { words: ["abc123"], says: /one of token, header, table/ },
  "two credentials": { words: [...as("x"), "--secret-file", "a", "--certificate", "b"], says: /--secret-file and --certificate exclude each other/ },
  "two authorities": { words: as("x", "--tenant", "y"), says: /--tenant and --authority exclude each other/ },
  "two ways to sign in": { words: as("x", "--device-code", "--interactive"), says: /--device-code and --interactive exclude each other/ },
  "a secret for a person": { words: as("x", "--device-code", "--secret-file", SECRET_FILE), says: /--secret-file and --device-code exclude each other/ },
  "whom no browser proposes": { words: as("x", "--login-hint", "ada"), says: /--login-hint: it is for --interactive/ },
  "an empty scope": { words: as("x", "--scope="), says: /--scope is empty/ },
  "an assertion that is not there": { words: as("x", "--assertion-file", "nowhere"), says: /--assertion-file: there is no such file/ },
  "no application": { words: [], says: /no application: give --client-id, or set GRAPH_TOKEN_CLIENT_ID/ },
  "no tenant": { words: ["--client-id", "x"], says: /no tenant: give --tenant/ },
  "no credential and nobody to ask": { words: as("x"), says: /no credential: give --secret-file/ },
  "a file that is not there": { words: as("x", "--secret-file", "nowhere"), says: /--secret-file: there is no such file/ },
  "a folder": { words: as("x", "--certificate", "."), says: /--certificate: the file cannot be read \(EISDIR\)/ },
  "an empty file": { words: as("x", "--secret-file", "-"), says: /--secret-file: there is nothing in it/ },
  "a key without a certificate": { words: as("x", "--key", SECRET_FILE), says: /--key: give the certificate/ },
};
for (const [what, { words, says }] of Object.entries(WRONG)) {
  test(`${what}: exit code 2, the reason, and nothing that could be a secret`, async () => {
    const said = await refusal(2, words);
    assert.match(said, says);
    assert.doesNotMatch(said, /abc123/);
  });
}

test("what is wrong with a configuration is the client's own error", async () => {
  assert.match(await refusal(1, ["--client-id", "x", "--tenant", "common", "--secret-file", SECRET_FILE]), /missing_tenant_id_error/);
  assert.match(await refusal(1, ["--client-id", "x", "--authority", "https://sts.example/adfs", "--secret-file", SECRET_FILE]), /untrusted_authority/);
  assert.match(await refusal(1, as(DAEMON.clientId, "--certificate", SECRET_FILE)), /invalid_private_key/);
  assert.match(await refusal(1, as(DAEMON.clientId, "--certificate", await file("alone.pem", selfSignedCertificate({ commonName: "key alone" }).privateKey))), /Give the certificate \(PEM\) as --certificate, and the key as --key\.$/m);
});

test("--verbose says what happens, on the standard error, without the secret and the token", async () => {
  const { code, stdout, stderr } = await graphToken(as(DAEMON.clientId, "--secret-file", SECRET_FILE, "--verbose"), { env: clean() });
  assert.equal(code, 0);
  assert.match(stderr, /asking for a token/);
  assert.match(stderr, /POST http\S+\/oauth2\/v2\.0\/token: 200$/m);
  for (const secret of [DAEMON.clientSecret, stdout.trim()]) assert.ok(!stderr.includes(secret));
});

test("the README's lines, as they stand there", async () => {
  const [, block] = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].find(([, text]) => text.includes("npx graph-token"));
  const lines = block.trimEnd().split("\n").map((line) => line.replace("https://graph.microsoft.com", graph.origin));
  assert.equal(lines.length, 3);
  const env = clean({ GRAPH_TOKEN_CLIENT_ID: DAEMON.clientId, GRAPH_TOKEN_AUTHORITY: idp.authority("contoso"), GRAPH_TOKEN_CLIENT_SECRET: DAEMON.clientSecret });
  const [token, users, table] = await Promise.all(lines.map((line) => run("sh", ["-c", line], { cwd: project, env })));
  assert.equal(decodeJwt(token.stdout).appid, DAEMON.clientId);
  assert.ok(JSON.parse(users.stdout).value.length > 0, users.stderr);
  assert.match(table.stdout, /^token type {2,}Bearer$/m);
});

test("--help names each option, --version the version", async () => {
  const help = await printedBy(["--help"]);
  const { OPTIONS } = await import(new URL("../lib/command-line/usage.js", `file://${COMMAND}`));
  for (const name of Object.keys(OPTIONS)) assert.ok(help.includes(`--${name}`), name);
  assert.ok(help.split("\n").every((line) => line.length <= 130));
  assert.equal(await printedBy(["--version"]), VERSION);
});
