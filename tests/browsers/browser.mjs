// The browser of these tests, and an eye on what its pages complain about.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const WAIT_MS = 20_000;

export async function launch() {
  const { GRAPH_TOKEN_BROWSER } = process.env;
  assert.ok(GRAPH_TOKEN_BROWSER, "GRAPH_TOKEN_BROWSER names no browser");
  return chromium.launch({ executablePath: GRAPH_TOKEN_BROWSER, args: ARGUMENTS, timeout: WAIT_MS });
}

/** A context of its own with one page; `complaints` collects console errors, uncaught errors and CSP violations. */
export async function openPage(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MS);
  const complaints = [];
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().message}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error(`CSP violation: ${violatedDirective} ${blockedURI}`));
  });
  return { context, page: await context.newPage(), complaints };
}
