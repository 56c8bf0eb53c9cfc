// Chromium and Firefox behind one face, which is Playwright's: Firefox is driven by WebDriver BiDi, as it is installed.
import assert from "node:assert/strict";
import { chromium, firefox } from "playwright-core";

export const BROWSERS = ["chromium", "firefox"];

const WAIT_MS = 15_000;
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
// Playwright lets every popup open: here a click has to, as for everyone. It also turns the back-forward cache off.
const UNWANTED = ["--disable-popup-blocking", "--disable-back-forward-cache"];
const PREFERENCES = { "dom.disable_open_during_load": true, "browser.sessionhistory.max_total_viewers": 8, "fission.bfcacheInParent": true,
  "network.cookie.sameSite.laxByDefault": true };
// What the installed Firefox has not, and these tests do not need.
const UNKNOWN_TO_FIREFOX = new Set(["emulation.setMediaFeaturesOverride"]);

const launchers = {
  chromium: () => chromium.launch({ executablePath: installed("GRAPH_TOKEN_BROWSER"), args: ARGUMENTS, ignoreDefaultArgs: UNWANTED, timeout: WAIT_MS }),
  async firefox() {
    // A channel of this name makes Playwright speak BiDi instead of its own protocol, which only its own Firefox has.
    const browser = await firefox.launch({ channel: "moz-firefox", executablePath: installed("GRAPH_TOKEN_FIREFOX"), firefoxUserPrefs: PREFERENCES, timeout: 2 * WAIT_MS });
    const session = browser._connection.toImpl(browser)._browserSession;
    const send = session.send.bind(session);
    session.send = (method, parameters) => (UNKNOWN_TO_FIREFOX.has(method) ? Promise.resolve({}) : send(method, parameters));
    return browser;
  },
};

function installed(variable) {
  const file = process.env[variable];
  assert.ok(file, `${variable} names no browser`);
  return file;
}

export const launch = (name) => launchers[name]();

/** A context of its own, with nothing kept; `complaints` collects errors, uncaught errors and CSP violations of its pages. */
export async function openContext(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MS);
  const complaints = [];
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(`error: ${message.text()}`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().message}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error(`CSP violation: ${violatedDirective} ${blockedURI}`));
  });
  return { context, complaints };
}

/** Clicks, and gives the window that opens by it. */
export async function popupBy(page, selector) {
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.click(selector)]);
  return popup;
}

/**
 * One step back to the app's page. One from the back-forward cache loads nothing, and BiDi tells nothing of it: Playwright
 * waits on, so that only `evaluate` is of use until the page is left again.
 */
export async function goBack(page, address) {
  await page.evaluate(() => void setTimeout(() => history.back(), 0));
  const isThere = () => page.evaluate((wanted) => location.href === wanted && document.body?.dataset.ready !== undefined, address).catch(() => false);
  for (const end = Date.now() + WAIT_MS; !(await isThere());) {
    assert.ok(Date.now() < end, `the way back to ${address} takes too long`);
    await page.waitForTimeout(50);
  }
}
