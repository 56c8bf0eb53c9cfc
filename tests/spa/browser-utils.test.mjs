// BrowserUtils answer, refuse and clean as MSAL's: in a page, and in a frame, whatever stands in their address. MSAL's
// wrapper for Angular asks them in its guard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inEachBrowser, LIMIT, spa } from "./support.mjs";

const { site } = await spa();

const state = (interactionType) => btoa(JSON.stringify({ id: "1", meta: { interactionType } }));
const ADDRESSES = [
  "", "#", "#section", "#a=b", "#/route", "#/route?code=1", "#/code=1&state=2", "#code=1&state=2", "#code=", "#error=e", "#error_description=e", "#=code",
  `#code=1&state=${state("popup")}`, `#code=1&state=${state("silent")}|own`, `?code=1&state=${state("popup")}#there`, "?code=1&state=2", "?q=1#state=2",
];

/** What each helper does at this address; run in the page or the frame. */
async function behaviour(library) {
  const { BrowserUtils, BrowserAuthError } = await import(`/library/${library}.mjs`);
  const tell = (call) => {
    try {
      return call() ?? "nothing";
    } catch (error) {
      return error instanceof BrowserAuthError ? error.errorCode : String(error);
    }
  };
  const { origin } = location;
  const found = {
    isInIframe: tell(() => BrowserUtils.isInIframe()),
    isInPopup: tell(() => BrowserUtils.isInPopup()),
    getCurrentUri: tell(() => BrowserUtils.getCurrentUri().replace(origin, "")),
    getHomepage: tell(() => BrowserUtils.getHomepage().replace(origin, "")),
    blockReloadInHiddenIframes: tell(() => BrowserUtils.blockReloadInHiddenIframes()),
    blockRedirectInIframe: [true, false].map((allowed) => tell(() => BrowserUtils.blockRedirectInIframe(allowed))),
    blockAcquireTokenInPopups: tell(() => BrowserUtils.blockAcquireTokenInPopups()),
    blockNonBrowserEnvironment: tell(() => BrowserUtils.blockNonBrowserEnvironment()),
    blockAPICallsBeforeInitialize: [true, false].map((initialized) => tell(() => BrowserUtils.blockAPICallsBeforeInitialize(initialized))),
    preflightCheck: [true, false].map((initialized) => tell(() => BrowserUtils.preflightCheck(initialized))),
    redirectPreflightCheck: [true, false].map((allowRedirectInIframe) => tell(() => BrowserUtils.redirectPreflightCheck(true, { system: { allowRedirectInIframe }, cache: {} }))),
  };
  const before = location.href;
  const address = () => location.href.slice(origin.length);
  BrowserUtils.clearHash(window);
  found.clearHash = address();
  history.replaceState(null, "", before);
  BrowserUtils.clearAuthResponseFromUrl(window);
  found.clearAuthResponseFromUrl = address();
  BrowserUtils.replaceHash("https://elsewhere.example/?q#one#two");
  found.replaceHash = address();
  BrowserUtils.preconnect("https://login.microsoftonline.com/common");
  found.preconnect = [...document.head.querySelectorAll("link[rel=preconnect]")].map(({ href, crossOrigin }) => [href, crossOrigin]).at(-1);
  history.replaceState(null, "", before);
  return found;
}

inEachBrowser((visit) => {
  for (const where of ["a page", "a frame"]) {
    test(`in ${where}`, LIMIT, () => visit(async ({ context }) => {
      const page = await context.newPage();
      await page.goto(`${site.origin}/elsewhere`);
      let frame = page.mainFrame();
      if (where === "a frame") {
        await page.evaluate(() => new Promise((resolve) => {
          document.body.append(Object.assign(document.createElement("iframe"), { src: location.href, onload: resolve }));
        }));
        [, frame] = page.frames();
      }
      for (const address of ADDRESSES) {
        await frame.evaluate((at) => history.replaceState(null, "", at), `/elsewhere${address}`);
        const expected = await frame.evaluate(behaviour, "msal");
        assert.equal(expected.isInIframe, where === "a frame");
        assert.deepEqual(await frame.evaluate(behaviour, "ours"), expected, address);
      }
    }));
  }
});
