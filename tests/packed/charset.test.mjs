// A bundle whose minifier escapes nothing, on a site that says no charset, or a wrong one.
import assert from "node:assert/strict";
import http from "node:http";
import { after, test } from "node:test";
import { launch } from "../spa/browsers.mjs";
import { bundle, TARGETS } from "./bundle.mjs";

const PROGRAM = `
  import { ConfidentialClientApplication, PublicClientApplication } from "graph-token";
  import { readCertificate } from "graph-token/certificate";
  const app = new PublicClientApplication({ auth: { clientId: "c" } });
  const server = new ConfidentialClientApplication({ auth: { clientId: "c", clientSecret: "s" }, system: { allowSecretsInBrowser: true } });
  globalThis.started = Promise.all([
    app.initialize().then(() => app.getAllAccounts().length), server.getTokenCache().serialize().length > 0,
    readCertificate({ privateKey: "none" }).catch(({ errorCode }) => errorCode),
  ]);
`;
const { script } = await bundle(PROGRAM, { ...TARGETS.browser, format: "iife", charset: "utf8" });
let charset = "";
const server = http.createServer((req, res) => {
  const isScript = req.url === "/page.js";
  res.writeHead(200, { "content-type": isScript ? `text/javascript${charset}` : "text/html" });
  res.end(isScript ? script : `<!doctype html><link rel=icon href=data:,><script>addEventListener("error", ({ error }) => { window.failed = error })</script><script src=/page.js></script>`);
});
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const browser = await launch("chromium");
after(() => {
  server.closeAllConnections();
  server.close();
  return browser.close();
});

async function open(given) {
  charset = given;
  const page = await browser.newPage();
  await page.goto(`http://localhost:${server.address().port}/`);
  return page;
}

const STARTED = [0, true, "invalid_private_key"];

test("none is said: the modules are there all the same", async () => {
  const page = await open("");
  assert.equal(await page.evaluate(() => document.characterSet), "windows-1252");
  assert.deepEqual(await page.evaluate(() => window.started), STARTED);
});

test("UTF-8 is said", async () => {
  const page = await open("; charset=utf-8");
  assert.deepEqual(await page.evaluate(() => window.started), STARTED);
});

test("a wrong one is said: the error names what to do", async () => {
  const page = await open("; charset=windows-1251");
  const { errorCode, hint } = await page.evaluate(() => ({ ...window.failed }));
  assert.equal(errorCode, "wasm_unavailable");
  assert.match(hint, /charset=utf-8/);
});
