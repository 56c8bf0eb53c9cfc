// The programs of the README, run as they stand there, and the error codes that it names.
import assert from "node:assert/strict";
import { copyFile, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import test, { beforeEach } from "node:test";
import { readCertificate } from "graph-token/certificate";
import { popupBy } from "../spa/browsers.mjs";
import { alone, asked, enter } from "../spa/support.mjs";
import { until } from "../support.mjs";
import { bundle, inWorkerd, TARGETS } from "./bundle.mjs";
import { README, STAGE, emptyFolder } from "./packed.mjs";
import { inPage } from "./pages.mjs";
import { ENTRA, inTheirNames } from "./programs.mjs";

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

/** A program of a page's, of this tenant and this application. */
function ofOurTenant(program, { idp }) {
  for (const placeholder of [`${ENTRA}/your-tenant`, "your-client-id"]) assert.equal(program.split(placeholder).length, 2, placeholder);
  return program.replace(`${ENTRA}/your-tenant`, idp.authority("contoso")).replace("your-client-id", idp.clients.spa.clientId);
}

const programOf = (wanted) => blocks.find(({ host }) => host === wanted).program;

// One for each block of the README, in its order: who writes a block says here what it does.
const CHECKS = [
  { host: "page", what: "a page in which people sign in", check: (program) =>
    inPage({ program: (services) => ofOurTenant(program, services), redirectPage: programOf("redirect") }, async ({ context, page, idp }) => {
      await enter(await popupBy(page, "button"));
      await page.getByText(ADA).waitFor();
      await alone(context);
      // Whoever is signed in stays so.
      idp.clearLog();
      await page.reload();
      await page.getByText(ADA).waitFor();
      assert.deepEqual(asked(idp), []);
    }) },

  { host: "redirect", what: "the redirect page, and signing in by redirect", check: (redirectPage) => {
    const changes = [["loginPopup", "loginRedirect"], ["const { account } = await app.loginRedirect", "await app.loginRedirect"],
      ["  app.setActiveAccount(account);\n  await show();\n", ""],
      ["await app.initialize();", "await app.initialize();\nconst result = await app.handleRedirectPromise();\nif (result) app.setActiveAccount(result.account);"]];
    const byRedirect = changes.reduce((text, [from, to]) => {
      assert.ok(text.includes(from), from);
      return text.replace(from, to);
    }, programOf("page"));
    return inPage({ program: (services) => ofOurTenant(byRedirect, services), redirectPage }, async ({ page, idp }) => {
      const { href } = new URL(page.url());
      await page.click("button", { noWaitAfter: true });
      await enter(page);
      await page.getByText(ADA).waitFor();
      assert.equal(page.url(), href);
      assert.deepEqual(asked(idp), ["authorize", "token authorization_code"]);
    });
  } },

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

  { host: "node", what: "a program on a person's own machine", check: async (program) => {
    const { device } = idp.clients;
    const running = printedBy(program, { CLIENT_ID: device.clientId, AUTHORITY });
    const codeShown = () => idp.log.find(({ endpoint, response }) => endpoint === "devicecode" && response?.user_code)?.response.user_code;
    await until(codeShown);
    await idp.approveDevice(codeShown());
    const [message, name] = (await running).trimEnd().split("\n");
    assert.match(message, /^To sign in, use a web browser to open the page /);
    assert.equal(name, ADA);
  } },

  { host: "node", what: "MSAL's cachePlugin", check: async (program) => {
    assert.equal(await printedBy(program, DAEMON), "false\n");
    assert.equal(await printedBy(program, DAEMON), "true\n");
    assert.equal(idp.tokenRequests().length, 1);
    const saved = JSON.parse(await readFile(path.join(folder, "cache.json"), "utf8"));
    assert.equal(Object.keys(saved.AccessToken).length, 1);
  } },
];

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
/** Between the core and its host: what the host knows of the cause is thrown in its place. */
const INTERNAL = ["window_failed"];
test("the README names every error code, and no other", async () => {
  const table = /^\| where it lies \| `errorCode` \|\n((?:\|.*\n)+)/m.exec(README)?.[1] ?? "";
  // What is in parentheses explains a code.
  const named = [...table.replace(/\([^)]*\)/g, "").matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
  const core = await readFile(SOURCE, "utf8");
  const known = [...core.matchAll(/pub const [A-Z_]+: &str =\s*"([a-z_]+)";/g)].map(([, code]) => code);
  for (const folder of ["lib", "lib/page", "entry"].map((name) => path.join(STAGE, "node_modules/graph-token", name))) {
    for (const name of (await readdir(folder)).filter((one) => one.endsWith(".js"))) {
      const text = await readFile(path.join(folder, name), "utf8");
      known.push(...[...text.matchAll(/(?:new \w+Error|browserError)\(\s*"([a-z_]+)"/g)].map(([, code]) => code));
    }
  }
  for (const code of INTERNAL) assert.ok(known.includes(code), code);
  assert.ok(known.includes("popup_window_error") && known.length > 50, "the sources' codes were found");
  assert.deepEqual(named.toSorted(), [...new Set(known)].filter((code) => !INTERNAL.includes(code)).toSorted());
});
