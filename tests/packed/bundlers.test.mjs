// The packed package in bundles for each runtime: what they hold, and that they run.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import { TARGETS, bundle, inWorkerd } from "./bundle.mjs";
import { STAGE, emptyFolder, node, printedJson, services } from "./packed.mjs";

const { idp, env } = await services();
const folder = await emptyFolder();
const WASM = await readFile(path.join(STAGE, "node_modules/graph-token/wasm/graph_token_bg.wasm"));
/** However a script writes the module down as text, it has a character for each byte at the least. */
const holdsModule = (script) => script.length > WASM.length;

// Without an `await` outside of functions, which CommonJS has not.
const PROGRAM = `
  import { ConfidentialClientApplication } from "graph-token";
  const app = new ConfidentialClientApplication(JSON.parse(process.env.CONFIGURATION));
  app.acquireTokenByClientCredential().then(({ accessToken }) => console.log(JSON.stringify({ accessToken })));
`;
const REQUIRING_PROGRAM = PROGRAM.replace('import { ConfidentialClientApplication } from "graph-token"',
  'const { ConfidentialClientApplication } = require("graph-token")');
const WORKER = `
  import { ConfidentialClientApplication } from "graph-token";
  export default {
    async fetch(request, env) {
      const app = new ConfidentialClientApplication(JSON.parse(env.CONFIGURATION));
      const { accessToken } = await app.acquireTokenByClientCredential();
      return Response.json({ accessToken });
    },
  };
`;

function assertContosoToken({ accessToken }) {
  assert.equal(decodeJwt(accessToken).tid, idp.tenants.contoso.id);
}

/** Runs a script by itself, where there is no package to load anything from. */
async function runScript(script, name) {
  const file = path.join(folder, name);
  await writeFile(file, script);
  return printedJson(await node([file], { cwd: folder, env }));
}

async function askWorker(files) {
  const worker = inWorkerd({ files }, { bindings: env });
  try {
    const response = await fetch(await worker.ready, { signal: AbortSignal.timeout(20_000) });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  } finally {
    await worker.dispose();
  }
}

const SINGLE_FILES = [
  ["a browser", PROGRAM, TARGETS.browser, "browser.mjs"],
  // As some bundlers write strings: whatever bytes the module has, they must come through.
  ["a browser, with nothing escaped", PROGRAM, { ...TARGETS.browser, charset: "utf8" }, "unescaped.mjs"],
  ["Node, as ES module", PROGRAM, TARGETS.nodeModule, "node.mjs"],
  ["Node, as CommonJS", PROGRAM, TARGETS.nodeCommonJs, "node.cjs"],
  ["Node, where it is required", REQUIRING_PROGRAM, TARGETS.nodeCommonJs, "required.cjs"],
];
for (const [what, program, target, name] of SINGLE_FILES) {
  test(`for ${what}: one file that needs no other, and gets a token`, async () => {
    const { script, files, imports } = await bundle(program, target);
    assert.equal(files.length, 1);
    assert.deepEqual(imports, []);
    assert.ok(holdsModule(script), "the module is inside");
    assertContosoToken(await runScript(script, name));
  });
}

test("for Node, by a bundler that takes the page's build: a key in another form is read where the package lies beside it", async () => {
  const { script } = await bundle(`
    import { readFileSync } from "node:fs";
    import { AuthError, ConfidentialClientApplication } from "graph-token";
    const { auth, system } = JSON.parse(process.env.CONFIGURATION);
    const ask = (passphrase) => new ConfidentialClientApplication({ system, auth: { ...auth, clientSecret: undefined, clientCertificate: { privateKey: readFileSync(process.env.PFX), passphrase } } })
      .acquireTokenByClientCredential().catch((error) => [error instanceof AuthError, error.name, error.errorCode, error.hint.includes("graph-token/certificate")]);
    Promise.all(["Pässwörd ☂", "wrong"].map(ask)).then((answers) => console.log(JSON.stringify(answers)));`, { ...TARGETS.browser, external: ["node:*"] });
  const PFX = fileURLToPath(new URL("../native/certificates/modern.pfx", import.meta.url));
  const beside = await mkdtemp(path.join(STAGE, "bundle-"));
  after(() => rm(beside, { recursive: true, force: true }));
  const answers = [];
  for (const where of [beside, folder]) {
    const file = path.join(where, "page-build.mjs");
    await writeFile(file, script);
    answers.push(printedJson(await node([file], { cwd: where, env: { ...env, PFX } })));
  }
  // The provider does not know the certificate: it was signed with.
  assert.deepEqual(answers, [
    [[true, "ServerError", "invalid_client", false], [true, "ClientConfigurationError", "wrong_passphrase", false]],
    [[true, "ClientConfigurationError", "unsupported_private_key", true], [true, "ClientConfigurationError", "unsupported_private_key", true]],
  ]);
});

test("for workerd: the modules beside the script, and nothing of Node", { timeout: 60_000 }, async () => {
  const { script, files, imports } = await bundle(WORKER, TARGETS.workerd);
  // The second is for keys in other forms than PKCS#8; it is instantiated when one is given.
  const [, ...modules] = files;
  assert.equal(modules.length, 2);
  assert.deepEqual(imports.map((name) => path.posix.basename(name)).sort(), ["cloudflare:workers", ...modules.map(({ name }) => name)].sort());
  assert.ok(modules.some(({ contents }) => contents.equals(WASM)), "the module is the package's");
  assert.ok(!holdsModule(script), "the script does not hold the module once more");
  assertContosoToken(await askWorker(files));
});

test("for workerd: a Worker that renders a page has the page's client, and nobody in it", { timeout: 60_000 }, async () => {
  const { files } = await bundle(`
    import { EventType, PublicClientApplication } from "graph-token";
    const app = new PublicClientApplication({ auth: { clientId: "c" }, cache: { cacheLocation: "localStorage" } });
    export default {
      async fetch() {
        await app.initialize();
        const refused = await app.acquireTokenSilent({ scopes: ["User.Read"] }).catch(({ errorCode }) => errorCode);
        return Response.json([app.getAllAccounts(), app.getActiveAccount(), await app.handleRedirectPromise(), refused, EventType.LOGIN_SUCCESS]);
      },
    };`, TARGETS.workerd);
  assert.deepEqual(await askWorker(files), [[], null, null, "non_browser_environment", "msal:loginSuccess"]);
});

test("for the edge-light runtime: the modules imported as such", { timeout: 60_000 }, async () => {
  const { script, files, imports } = await bundle(WORKER, TARGETS.edgeLight);
  assert.equal(files.length, 1);
  const [certificate, module, ...others] = imports.toSorted();
  assert.match(certificate, /certificate_bg\.wasm\?module$/);
  assert.match(module, /graph_token_bg\.wasm\?module$/);
  assert.deepEqual(others, []);
  assert.ok(!holdsModule(script), "the script does not hold the module once more");
  // The host puts the modules where the script imports them from; workerd takes no query.
  assert.equal(script.split(module).length, 2);
  assertContosoToken(await askWorker([
    { name: "script.js", contents: script.replace(module, "./module.wasm").replace(certificate, "./certificate.wasm") },
    { name: "module.wasm", contents: WASM },
    { name: "certificate.wasm", contents: WASM },
  ]));
});

test("graph-token/url: the script without the module, whose address it keeps", async () => {
  const { script, files, imports } = await bundle('import * as all from "graph-token/url"; console.log(all);', TARGETS.browser);
  assert.equal(files.length, 1);
  assert.deepEqual(imports, []);
  assert.ok(!holdsModule(script), "the module is not inside");
  for (const name of ["graph_token", "page"]) {
    assert.match(script, new RegExp(`new URL\\("\\.\\./wasm/${name}_bg\\.wasm",\\s*import\\.meta\\.url\\)`));
  }
});

for (const [name, target] of Object.entries(TARGETS)) {
  test(`AuthError by itself draws in nothing else (${name})`, async () => {
    const program = 'import { AuthError } from "graph-token"; console.log(JSON.stringify([new AuthError("a_code").errorCode]));';
    const { script, files, imports } = await bundle(program, target);
    assert.ok(script.length < 10_000, `${script.length} bytes`);
    assert.equal(files.length, 1);
    assert.deepEqual(imports, []);
    assert.doesNotMatch(script, /WebAssembly|graph_token_bg/);
    assert.deepEqual(await runScript(script, `auth-error-${name}.${target.format === "cjs" ? "cjs" : "mjs"}`), ["a_code"]);
  });
}
