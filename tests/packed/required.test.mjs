// `require("graph-token")` in a page: what jest loads where its environment is jsdom, whose global has neither WebCrypto nor
// TextEncoder. A test that mocks the client has to get as far as that.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import vm from "node:vm";

const require = createRequire(import.meta.url);
const folder = path.dirname(require.resolve("graph-token/package.json"));
const { exports } = require("graph-token/package.json");

/** Loads what `require` finds under the condition "browser", where there is nothing but the language and these globals. */
async function inPage(globals = {}) {
  const file = path.join(folder, exports["."].browser.require);
  const code = await readFile(file, "utf8");
  const page = vm.createContext({ ...globals });
  Object.assign(page, { window: page, document: {}, location: new URL("http://localhost/"), parent: page });
  const module = { exports: {} };
  vm.runInContext(`(function (module, exports, require) {${code}\n})`, page, { filename: file })(module, module.exports, (name) => {
    throw new Error(`${name} is not for loading`);
  });
  return module.exports;
}

test("it loads without WebCrypto and TextEncoder; a client then says what it lacks", async () => {
  const library = await inPage();
  for (const name of ["PublicClientApplication", "BrowserAuthError", "EventMessageUtils", "Logger"]) assert.equal(typeof library[name], "function", name);
  assert.deepEqual([...library.stubbedPublicClientApplication.getAllAccounts()], []);
  assert.equal(library.BrowserUtils.getCurrentUri(), "http://localhost/");
  assert.throws(() => new library.PublicClientApplication({ auth: { clientId: "c" } }), { name: "BrowserAuthError", errorCode: "crypto_nonexistent" });
});

for (const [what, text] of [["with what else a page has", /^Text/], ["without TextEncoder, but with Node's Buffer", /^Buffer$/]]) {
  test(`${what}, it starts`, async () => {
    const values = new Map();
    const sessionStorage = { getItem: (name) => values.get(name) ?? null, setItem: (name, value) => values.set(name, value), removeItem: (name) => values.delete(name) };
    const names = Object.getOwnPropertyNames(globalThis).filter((name) => text.test(name) || /^(crypto|WebAssembly|performance|set|clear|Abort|Broadcast|URL|atob|btoa|fetch)/.test(name));
    const globals = Object.fromEntries(names.map((name) => [name, globalThis[name]]));
    const library = await inPage({ ...globals, sessionStorage });
    const app = new library.PublicClientApplication({ auth: { clientId: "c", authority: "https://login.microsoftonline.com/contoso.com" } });
    await app.initialize();
    assert.deepEqual([...app.getAllAccounts()], []);
    assert.equal(await app.handleRedirectPromise(), null);
    assert.match(app.getAdminConsentUrl({ state: "ä" }), /contoso.*state=%C3%A4/);
  });
}

test("its parts can be required too", () => {
  assert.equal(typeof require("graph-token/redirect-bridge").broadcastResponseToMainFrame, "function");
  assert.equal(typeof require("graph-token/browser").PublicClientApplication, "function");
  assert.equal(typeof require("graph-token/certificate").readCertificate, "function");
});
