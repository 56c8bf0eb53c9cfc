// The programs of the README, run as they stand there, and the error codes that it names.
import assert from "node:assert/strict";
import { copyFile, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import test, { beforeEach } from "node:test";
import { readCertificate } from "graph-token/certificate";
import { answerOf, signIn } from "../idp/index.mjs";
import { bundle, inWorkerd, TARGETS } from "./bundle.mjs";
import { README, STAGE, emptyFolder } from "./packed.mjs";
import { ENTRA, freePort, inTheirNames } from "./programs.mjs";

const services = await inTheirNames();
const { idp, graph, folder } = services;
const contoso = idp.tenants.contoso;
const AUTHORITY = `${ENTRA}/${contoso.id}`;
const PFX = new URL("../native/certificates/modern.pfx", import.meta.url);
const PFX_PASSPHRASE = "Pässwörd ☂";
beforeEach(() => services.fresh());

/** What a program finds in its environment, or a Worker in its bindings. */
const environmentOf = (name) => ({ CLIENT_ID: idp.clients[name].clientId, AUTHORITY, CLIENT_SECRET: idp.clients[name].clientSecret });
const DAEMON = environmentOf("daemon");

/** Every fenced block of JavaScript, with the host that the mark above it names, if there is one. */
const blocks = [...README.matchAll(/(?:^<!-- run: (\w+) -->\n)?^```js\n([\s\S]*?)^```$/gm)]
  .map(([, host, program]) => ({ host, program }));

/** Runs a program to its end; gives what it printed. */
async function printedBy(program, env) {
  const { code, stdout, stderr } = await services.run(program, env);
  assert.equal(code, 0, stdout + stderr);
  assert.equal(stderr, "");
  return stdout;
}

/** The first page of users, as Graph gives it. */
const [ADA, BLAISE] = [...contoso.users.values()].map(({ name }) => name);

async function usersOf(origin) {
  const response = await fetch(origin, { signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.deepEqual(JSON.parse(text).value.slice(0, 2).map(({ displayName }) => displayName), [ADA, BLAISE]);
}

async function inWorker(files, options, use) {
  const worker = inWorkerd({ files }, { outboundService: services.outbound, ...options });
  try {
    await use(await worker.ready, worker);
  } finally {
    await worker.dispose();
  }
}

/** Of esbuild's: files that lie nowhere. */
const inMemory = (files) => ({ name: "in memory", setup: (build) => {
  build.onResolve({ filter: /^/ }, ({ path }) => (path in files ? { path, namespace: "memory" } : undefined));
  build.onLoad({ filter: /^/, namespace: "memory" }, ({ path }) => ({ contents: files[path], resolveDir: STAGE }));
} });

/** The README's port may be taken: the program gets another one. */
async function withPort(program, written) {
  const port = await freePort();
  assert.equal(program.split(`listen(${written}, `).length, 2);
  return { port, program: program.replaceAll(String(written), String(port)) };
}

// One for each block of the README, in its order: who writes a block says here what it does.
const CHECKS = [
  { host: "node", what: "users by fetch", check: async (program) => {
    const { CLIENT_ID, CLIENT_SECRET } = DAEMON;
    const printed = await printedBy(program, {
      GRAPH_TOKEN_TENANT: contoso.id, GRAPH_TOKEN_CLIENT_ID: CLIENT_ID, GRAPH_TOKEN_CLIENT_SECRET: CLIENT_SECRET,
    });
    for (const name of [ADA, BLAISE]) assert.ok(printed.includes(`displayName: '${name}'`), printed);
    assert.deepEqual(graph.log.map(({ path }) => path), ["/v1.0/users"]);
    assert.equal(idp.tokenRequests().length, 1);
  } },

  { host: "workerd", what: "a Worker whose tokens outlive its isolate in KV", check: async (program) => {
    const { files } = await bundle(program, TARGETS.workerd);
    const options = { bindings: DAEMON, kvNamespaces: ["TOKENS"], kvPersist: await emptyFolder() };
    await inWorker(files, options, async (origin, worker) => {
      for (let request = 0; request < 2; request++) await usersOf(origin);
      const { keys } = await (await worker.getKVNamespace("TOKENS")).list();
      assert.match(keys.map(({ name }) => name).join(), /^graph-token:1:app:[^,]+$/);
    });
    await inWorker(files, options, usersOf);
    assert.equal(idp.tokenRequests().length, 1, "later requests have their token from the isolate, and later isolates from KV");
  } },

  { host: "edge", what: "an edge function", check: async (program) => {
    const files = { "./env.js": `globalThis.process = { env: ${JSON.stringify(DAEMON)} };`, "./route.js": program };
    const { script, imports } = await bundle('import "./env.js"; import { GET } from "./route.js"; export default { fetch: () => GET() };',
      { ...TARGETS.edgeLight, plugins: [inMemory(files)] });
    // The host puts the modules where the script imports them from; workerd takes no query.
    const modules = await Promise.all(imports.map(async (name) => ({
      imported: name, name: path.posix.basename(name).replace("?module", ""),
      contents: await readFile(path.join(STAGE, "node_modules/graph-token/wasm", path.posix.basename(name).replace("?module", ""))),
    })));
    const contents = modules.reduce((text, { imported, name }) => text.replace(imported, `./${name}`), script);
    await inWorker([{ name: "script.js", contents }, ...modules], {}, usersOf);
  } },

  { host: "node", what: "a certificate, the header, and the error", check: async (program) => {
    // What the README says that it prints, up to where it leaves the rest out.
    const promised = /^ *console\.log\(.*\); \/\/ (.+)…$/m.exec(program)?.[1];
    assert.ok(promised?.startsWith("invalid_client"), "the README says what is printed");
    await copyFile(PFX, path.join(folder, "app.pfx"));
    const env = { ...environmentOf("certificate"), CLIENT_SECRET: undefined, PFX_PASSPHRASE };
    const printed = await printedBy(program, env);
    assert.equal(printed.slice(0, promised.length), promised);
    assert.equal(idp.tokenRequests().length, 1);
    // Once the application has the certificate, the other branch runs.
    const { certificate } = await readCertificate({ privateKey: await readFile(PFX), passphrase: PFX_PASSPHRASE });
    idp.registerCertificate("certificate", certificate);
    assert.match(await printedBy(program, env), /^Bearer eyJ\S+ \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
  } },

  { host: "node", what: "a web app", check: async (written) => {
    const { port, program } = await withPort(written, 3000);
    const home = `http://localhost:${port}/`;
    let cookie = "";
    const open = async (url) => {
      const response = await fetch(url, { redirect: "manual", headers: { cookie }, signal: AbortSignal.timeout(20_000) });
      [cookie] = response.headers.get("set-cookie").split(";");
      return { status: response.status, location: response.headers.get("location"), text: await response.text() };
    };
    const stderr = await services.serve(program, { port, env: environmentOf("web") }, async () => {
      const { location } = await open(home);
      const back = await signIn(location.replace(ENTRA, idp.origin));
      assert.equal(answerOf(back).state, new URL(location).searchParams.get("state"));
      assert.deepEqual(await open(back), { status: 302, location: home, text: "" });
      assert.equal(JSON.parse((await open(home)).text).displayName, ADA);
      assert.deepEqual(idp.tokenRequests().map(({ body }) => body.grant_type), ["authorization_code"]);
      // Whoever comes with another's answer is not taken in.
      const mine = cookie;
      cookie = "";
      const { status, location: anew } = await open(back);
      assert.deepEqual([status, new URL(anew).origin], [302, ENTRA]);
      const forged = new URL(back);
      forged.searchParams.set("state", "another");
      assert.deepEqual(await open(forged), { status: 500, location: null, text: "state_mismatch" });
      cookie = mine;
      assert.equal((await open(home)).status, 200);
      assert.equal((await open(`${home}redirect?error=access_denied`)).status, 403);
    });
    assert.equal(stderr, "");
  } },

  { host: "node", what: "an API that acts for its caller", check: async (written) => {
    const { port, program } = await withPort(written, 3001);
    const assertion = await incomingToken();
    services.fresh();
    const call = async (headers = {}) => {
      const response = await fetch(`http://localhost:${port}/`, { headers, signal: AbortSignal.timeout(20_000) });
      return { status: response.status, challenge: response.headers.get("www-authenticate"), text: await response.text() };
    };
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    const stderr = await services.serve(program, { port, env: environmentOf("api") }, async () => {
      assert.deepEqual(await call(), { status: 401, challenge: "Bearer", text: "" });
      assert.equal((await call({ authorization: "Bearer not.a.token" })).status, 500);
      idp.fault({ status: 400, body: { error: "interaction_required", error_codes: [50076], claims, error_description: "AADSTS50076: more" } });
      const refused = await call({ authorization: `Bearer ${assertion}` });
      assert.equal(refused.status, 401);
      assert.equal(Buffer.from(/claims="([^"]+)"/.exec(refused.challenge)[1], "base64").toString(), claims);
      const { status, text } = await call({ authorization: `Bearer ${assertion}` });
      assert.deepEqual([status, JSON.parse(text).displayName], [200, ADA]);
    });
    assert.equal(stderr, "");
  } },

  { host: "node", what: "MSAL's cachePlugin", check: async (program) => {
    assert.equal(await printedBy(program, DAEMON), "false\n");
    assert.equal(await printedBy(program, DAEMON), "true\n");
    assert.equal(idp.tokenRequests().length, 1);
    const saved = JSON.parse(await readFile(path.join(folder, "cache.json"), "utf8"));
    assert.equal(Object.keys(saved.AccessToken).length, 1);
  } },
];

/** A token for the API, as the web app gets it for the person who signed in there. */
async function incomingToken() {
  const { ConfidentialClientApplication } = await import("graph-token");
  const { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = environmentOf("web");
  const app = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, authority: AUTHORITY },
    system: { fetch: (url, init) => fetch(String(url).replace(ENTRA, idp.origin), init) },
  });
  const request = { scopes: [`api://${idp.clients.api.clientId}/access_as_user`], redirectUri: "http://localhost/redirect" };
  const { code } = answerOf(await signIn((await app.getAuthCodeUrl(request)).replace(ENTRA, idp.origin)));
  return (await app.acquireTokenByCode({ ...request, code })).accessToken;
}

test("every program of the README is marked to be run, and checked here", () => {
  assert.deepEqual(blocks.map(({ host }) => host), CHECKS.map(({ host }) => host));
  // Nothing is passed over because it is written otherwise: indented, without a language, or in another one.
  const fences = [...README.matchAll(/^[ \t>]*(?:```|~~~).*$/gm)].map(([line]) => line);
  assert.deepEqual(fences.filter((_, index) => index % 2 === 0).filter((opening) => !["```js", "```sh"].includes(opening)), []);
  assert.equal(fences.filter((fence) => fence === "```js").length, blocks.length);
});

for (const [index, { host, what, check }] of CHECKS.entries()) {
  test(`${what}, in ${host}`, { timeout: 60_000 }, () => check(blocks[index].program));
}

// The core's sources lie beside `target` in a checkout.
const SOURCE = new URL("../../../../src/error.rs", import.meta.url);
test("the README names every error code, and no other", async () => {
  const table = /^\| where it lies \| `errorCode` \|\n((?:\|.*\n)+)/m.exec(README)?.[1] ?? "";
  // What is in parentheses explains a code.
  const named = [...table.replace(/\([^)]*\)/g, "").matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
  const core = await readFile(SOURCE, "utf8");
  const known = [...core.matchAll(/pub const [A-Z_]+: &str =\s*"([a-z_]+)";/g)].map(([, code]) => code);
  const lib = `${STAGE}node_modules/graph-token/lib/`;
  for (const name of await readdir(lib)) {
    const text = await readFile(lib + name, "utf8");
    known.push(...[...text.matchAll(/new \w+Error\(\s*"([a-z_]+)"/g)].map(([, code]) => code));
  }
  assert.ok(known.length > 10, "the sources' codes were found");
  assert.deepEqual(named.toSorted(), [...new Set(known)].toSorted());
});
