// graph-token/certificate in bundles for each runtime: it runs by itself, and draws in the client nowhere but where Node
// has it already.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { selfSignedCertificate } from "../idp/certificate.mjs";
import { TARGETS, bundle } from "./bundle.mjs";
import { STAGE, emptyFolder, node, printedJson } from "./packed.mjs";

const folder = await emptyFolder();
const { privateKey, certificate, thumbprintSha256 } = selfSignedCertificate();
const env = { KEY: privateKey.replaceAll("\n", "\\n"), CERTIFICATE: certificate };
const wasm = async (name) => readFile(path.join(STAGE, "node_modules/graph-token/wasm", name));

const PROGRAM = `
  import { readCertificate } from "graph-token/certificate";
  readCertificate({ privateKey: process.env.KEY, certificate: process.env.CERTIFICATE }).then((found) => console.log(JSON.stringify(found)));
`;

for (const [target, name] of [["browser", "browser.mjs"], ["nodeModule", "module.mjs"], ["nodeCommonJs", "script.cjs"]]) {
  test(`one file for ${target} reads a key spelled as an environment variable has it`, async () => {
    const { script, imports } = await bundle(PROGRAM, TARGETS[target]);
    assert.deepEqual(imports, []);
    await writeFile(path.join(folder, name), script);
    const found = printedJson(await node([path.join(folder, name)], { cwd: folder, env }));
    assert.equal(found.privateKey, privateKey);
    assert.equal(found.thumbprintSha256.toLowerCase(), thumbprintSha256);
  });
}

test("a page that reads certificates does not get the client with it", async () => {
  const { script } = await bundle(PROGRAM, TARGETS.browser);
  assert.doesNotMatch(script, /acquireTokenByClientCredential/);
});

for (const target of ["workerd", "edgeLight"]) {
  test(`${target} has the module beside the script, and no other`, async () => {
    const { script, files, imports } = await bundle(PROGRAM, TARGETS[target]);
    assert.doesNotMatch(script, /acquireTokenByClientCredential/);
    assert.equal(imports.filter((name) => name.includes(".wasm")).length, 1);
    const modules = files.filter(({ name }) => name.endsWith(".wasm"));
    if (target === "workerd") assert.ok(modules.length === 1 && modules[0].contents.equals(await wasm("certificate_bg.wasm")));
  });
}
