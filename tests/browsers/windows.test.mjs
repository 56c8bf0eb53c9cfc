// The popup and the hidden frame in which a sign-in is asked for, and the pages that its answer comes back to.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { packageFile, serveFiles } from "../../www/server.mjs";
import { BROWSERS, launch, openContext, popupBy } from "../spa/browsers.mjs";
import { startProvider } from "./fixture/windows-provider.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LIMIT = { timeout: 60_000 };
/** A closed window has to be told by then. */
const CLOSED_MS = 500;
/** Half of the time limit that a frame has here. */
const SOON_MS = 10_000;
const REDIRECT_PAGES = { "the bridge": "windows-bridge.html", "no script": "windows-bare.html", "the app itself": "windows.html" };
const PLAIN = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'";

const provider = await startProvider();
const site = await serve({ "content-security-policy": `${PLAIN}; frame-src 'self' ${provider.origin}` });
const isolated = await serve({ "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" });
after(() => Promise.all([provider.close(), site.close(), isolated.close()]));

function serve(headers) {
  return serveFiles({
    // The redirect page is left out of cross-origin isolation.
    headers: (pathname) => (pathname.endsWith("windows-bridge.html") ? {} : headers),
    locate: (pathname) => (/^\/fixture\/[\w-]+\.\w+$/.test(pathname) ? path.join(HERE, pathname) : packageFile(pathname)),
  });
}

test("the bridge weighs 1 kB at most", async () => {
  const entry = packageFile("/graph-token/entry/redirect-bridge.js");
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", write: false });
  const size = brotliCompressSync(outputFiles[0].contents).length;
  assert.ok(size <= 1_000, `${size} bytes`);
});

for (const name of BROWSERS) {
  describe(name, () => {
    let browser;
    before(async () => {
      browser = await launch(name);
    }, LIMIT);
    after(() => browser?.close());

    async function visit(use, { origin = site.origin, script } = {}) {
      const { context, complaints } = await openContext(browser);
      try {
        if (script) await context.addInitScript(script);
        const page = await context.newPage();
        await page.goto(`${origin}/fixture/windows.html`);
        await page.locator("body[data-ready]").waitFor();
        return await use({ context, page, complaints });
      } finally {
        await context.close();
      }
    }

    async function popupFor(page, given) {
      await page.evaluate((given) => window.prepare(given), { provider: provider.origin, ...given });
      return popupBy(page, "#run");
    }

    async function signInPage(page, given) {
      const popup = await popupFor(page, given);
      await popup.locator("#accept").waitFor();
      return popup;
    }

    /** The answer closes the window, at times before the click is told to be over. */
    const accept = (popup) => popup.click("#accept", { noWaitAfter: true }).catch((error) => {
      if (!popup.isClosed()) throw error;
    });
    const outcome = (page) => page.evaluate(() => window.outcome);
    const looksClosed = (page) => page.waitForFunction(() => window.popup.closed);
    const gone = (popup) => popup.isClosed() || popup.waitForEvent("close");
    const askInFrame = (page, given) => page.evaluate((given) => window.askInFrame(given), { provider: provider.origin, ...given });

    /** Closes the window as a page does that has a button for it; gives the time. */
    const closeBy = (popup) => popup.evaluate(() => {
      setTimeout(() => window.close(), 50);
      return Date.now() + 50;
    });

    function assertAnswered({ answer, error }) {
      assert.equal(error, undefined, JSON.stringify(error));
      assert.deepEqual(Object.keys(answer), ["code", "client_info", "state"]);
      assert.match(answer.state, /\|mine$/);
    }

    describe("a popup", () => {
      for (const [page, redirect] of Object.entries(REDIRECT_PAGES)) {
        test(`its answer comes where the redirect page is ${page}`, LIMIT, () => visit(async ({ page, complaints }) => {
          const popup = await signInPage(page, { redirect });
          await accept(popup);
          assertAnswered(await outcome(page));
          await gone(popup);
          assert.deepEqual(complaints, []);
        }));

        if (redirect === "windows-bare.html") continue;
        test(`its answer comes over Cross-Origin-Opener-Policy where the redirect page is ${page}`, LIMIT, () => visit(async ({ page }) => {
          const popup = await signInPage(page, { redirect, coop: "same-origin" });
          await looksClosed(page);
          await sleep(2 * CLOSED_MS);
          await accept(popup);
          assertAnswered(await outcome(page));
          await gone(popup);
        }));
      }

      test("its answer comes to a page that is isolated itself", LIMIT, () => visit(async ({ page }) => {
        const popup = await signInPage(page);
        await looksClosed(page);
        await sleep(2 * CLOSED_MS);
        await accept(popup);
        assertAnswered(await outcome(page));
        await gone(popup);
      }, { origin: isolated.origin }));

      test("a living sign-in that comes to a page with Cross-Origin-Opener-Policy later is not taken for closed", LIMIT, () => visit(async ({ page }) => {
        const popup = await popupFor(page, { page: "first", coop: "same-origin" });
        await popup.locator("#accept").waitFor();
        await looksClosed(page);
        await sleep(2 * CLOSED_MS);
        await accept(popup);
        assertAnswered(await outcome(page));
      }, { script: LOSES_FOCUS }));

      test("a person closes it", LIMIT, () => visit(async ({ page }) => {
        const popup = await signInPage(page);
        const closedAt = await closeBy(popup);
        const { error, at } = await outcome(page);
        assert.deepEqual([error?.name, error?.errorCode], ["BrowserAuthError", "user_cancelled"]);
        assert.ok(at - closedAt <= CLOSED_MS, `${at - closedAt} ms`);
      }));

      test("a person closes it before there is a page in it", LIMIT, () => visit(async ({ page }) => {
        const popup = await popupFor(page, { page: "hanging" });
        await page.waitForFunction(() => window.popup);
        await sleep(CLOSED_MS);
        const closedAt = Date.now();
        await popup.close({ runBeforeUnload: true });
        const { error, at } = await outcome(page);
        assert.equal(error?.errorCode, "user_cancelled");
        assert.ok(at - closedAt <= 2 * CLOSED_MS, `${at - closedAt} ms`);
      }));

      test("the next one is a window of its own", LIMIT, () => visit(async ({ page }) => {
        await closeBy(await signInPage(page));
        await outcome(page);
        const severed = await signInPage(page, { coop: "same-origin" });
        const popup = await signInPage(page);
        assert.notEqual(popup, severed);
        await accept(popup);
        assertAnswered(await outcome(page));
        assert.equal(severed.isClosed(), false);
      }));

      test("a signal ends it, and closes the window", LIMIT, () => visit(async ({ page }) => {
        const popup = await signInPage(page);
        await page.evaluate(() => window.abort());
        assert.equal((await outcome(page)).error?.message, "no longer wanted");
        await gone(popup);
      }));

      test("a signal ends it where the window is out of reach", LIMIT, () => visit(async ({ page }) => {
        await signInPage(page, { coop: "same-origin" });
        await looksClosed(page);
        await page.evaluate(() => window.abort());
        assert.equal((await outcome(page)).error?.message, "no longer wanted");
      }));

      test("a time limit ends it, and closes the window", LIMIT, () => visit(async ({ page }) => {
        const popup = await signInPage(page, { ms: 2_000 });
        assert.equal((await outcome(page)).error?.errorCode, "timed_out");
        await gone(popup);
      }));

      test("a time limit ends it where nobody can tell that it was closed", LIMIT, () => visit(async ({ page }) => {
        const popup = await signInPage(page, { ms: 2_500, coop: "same-origin" });
        await looksClosed(page);
        await popup.close();
        assert.equal((await outcome(page)).error?.errorCode, "timed_out");
      }));

      test("it goes when the page goes that opened it", LIMIT, () => visit(async ({ page }) => {
        const popup = await signInPage(page);
        await page.reload();
        await gone(popup);
      }));

      test("a blocked one is an error that offers the redirect", LIMIT, () => visit(async ({ page, context }) => {
        const told = page.waitForEvent("console");
        // Whatever a test evaluates counts as a click, for five seconds.
        await page.evaluate((given) => void setTimeout(() => window.askUnasked(given), 5_500), { provider: provider.origin });
        const { error } = JSON.parse((await told).text());
        assert.deepEqual([error?.name, error?.errorCode], ["BrowserAuthError", "popup_window_error"]);
        assert.match(error.message, /acquireTokenRedirect/);
        assert.equal(context.pages().length, 1);
      }));

      for (const [what, attributes, wanted] of [
        ["as MSAL's in the middle", undefined, { width: 483, height: 600, top: 150, left: 318.5 }],
        ["as asked for", { popupSize: { width: 400, height: 500 }, popupPosition: { top: 10, left: 20 } }, { width: 400, height: 500, top: 10, left: 20 }],
        ["as MSAL's where it would not fit", { popupSize: { width: 4_000, height: -1 } }, { width: 483, height: 600, top: 150, left: 318.5 }],
      ]) {
        test(`its size is ${what}`, LIMIT, () => visit(async ({ page }) => {
          const [names, sizes] = await page.evaluate(async (attributes) => {
            const opened = [];
            const parent = { innerWidth: 1_000, innerHeight: 800, screenX: 60, screenY: 50, document, open: (...given) => void opened.push(given) };
            for (let n = 0; n < 2; n++) {
              window.askInPopup({ attributes, parent });
              await window.outcome;
            }
            return [opened.map(([url, name]) => [url, name]), opened.map(([, , features]) => features)];
          }, attributes);
          assert.deepEqual(sizes.map((size) => Object.fromEntries(size.split(",").map((pair) => pair.split("=")).filter(([key]) => key in wanted)
            .map(([key, value]) => [key, Number(value)]))), [wanted, wanted]);
          assert.deepEqual(names.map(([url]) => url), ["about:blank", "about:blank"]);
          assert.notEqual(names[0][1], names[1][1]);
        }));
      }
    });

    describe("a hidden frame", () => {
      for (const [page, redirect] of Object.entries(REDIRECT_PAGES)) {
        test(`its answer comes where the redirect page is ${page}`, LIMIT, () => visit(async ({ page, complaints }) => {
          await askInFrame(page, { redirect, prompt: "none" });
          const given = await outcome(page);
          assertAnswered(given);
          assert.equal(given.frames, 0);
          assert.deepEqual(complaints, []);
        }));
      }

      test("its answer comes by a page on the way", LIMIT, () => visit(async ({ page }) => {
        await askInFrame(page, { page: "first", prompt: "none" });
        assertAnswered(await outcome(page));
      }));

      for (const [what, given] of [["refuses to be framed", { framing: "DENY" }], ["wants a person", {}]]) {
        test(`a page that ${what} ends it soon`, LIMIT, () => visit(async ({ page }) => {
          const start = Date.now();
          await askInFrame(page, given);
          const { error, at, frames } = await outcome(page);
          assert.equal(error?.errorCode, "timed_out");
          assert.match(error.message, /acquireTokenPopup/);
          assert.ok(at - start < SOON_MS, `${at - start} ms`);
          assert.equal(frames, 0);
        }));
      }

      test("a time limit ends it", LIMIT, () => visit(async ({ page }) => {
        await askInFrame(page, { page: "hanging", ms: 1_000 });
        const { error, frames } = await outcome(page);
        assert.deepEqual([error?.errorCode, frames], ["timed_out", 0]);
      }));

      test("a signal ends it", LIMIT, () => visit(async ({ page }) => {
        await askInFrame(page, { page: "hanging" });
        await page.evaluate(() => window.abort());
        const { error, frames } = await outcome(page);
        assert.deepEqual([error?.message, frames], ["no longer wanted", 0]);
      }));

      test("nobody sees or reaches it", LIMIT, () => visit(async ({ page }) => {
        await askInFrame(page, { page: "hanging" });
        const frame = page.locator("iframe");
        assert.deepEqual(await frame.evaluate((element) => [element.title, element.ariaHidden, getComputedStyle(element).visibility, element.offsetWidth]),
          ["Sign-in", "true", "hidden", 0]);
      }));
    });

    describe("the redirect page", () => {
      const ID = "6fb1b1e4-3f0e-4f5c-8d8b-5a2a5a1f6a10";
      const state = (interactionType) => btoa(JSON.stringify({ id: ID, meta: { interactionType } }));
      const bridge = `${site.origin}/fixture/windows-bridge.html`;
      const answer = (kind) => new URLSearchParams({ code: "c", state: state(kind) }).toString();
      const kept = (page) => page.evaluate(() => Object.entries(sessionStorage));

      test("shows the page that a sign-in by redirect began at, with the answer left for it", LIMIT, () => visit(async ({ page }) => {
        const start = `${site.origin}/fixture/windows-bare.html?tab=2#/route`;
        await page.evaluate(([id, url]) => sessionStorage.setItem(`graph-token.return.${id}`, url), [ID, start]);
        await page.goto(`${bridge}#${answer("redirect")}`, { waitUntil: "commit" });
        await page.waitForURL(start);
        assert.deepEqual((await kept(page)).find(([key]) => key === "graph-token.answer"), ["graph-token.answer", answer("redirect")]);
      }));

      test("asks the program's navigation client, where there is one", LIMIT, () => visit(async ({ page }) => {
        await page.evaluate(([id]) => sessionStorage.setItem(`graph-token.return.${id}`, "https://app.example/"), [ID]);
        await page.goto(`${bridge}?client#${answer("redirect")}`);
        await page.evaluate(() => window.ended);
        assert.deepEqual(await page.evaluate(() => window.navigated),
          { url: "https://app.example/", options: { apiId: 865, timeout: 30_000, noHistory: true } });
      }));

      test("keeps nothing of an answer that this tab did not ask for", LIMIT, () => visit(async ({ page }) => {
        await page.goto(`${bridge}?client#${answer("redirect")}`);
        await page.evaluate(() => window.ended);
        assert.equal(await page.evaluate(() => window.navigated.url), `${site.origin}/`);
        assert.deepEqual(await kept(page), []);
      }));

      for (const [where, address] of [["fragment", `${bridge}?a=1#${answer("popup")}`], ["query", `${bridge}?${answer("popup")}`]]) {
        test(`posts what is in the ${where}, and cleans it away`, LIMIT, () => visit(async ({ page, context }) => {
          await page.evaluate((id) => {
            window.posted = new Promise((resolve) => {
              new BroadcastChannel(id).onmessage = ({ data }) => resolve(data);
            });
          }, ID);
          const landing = await context.newPage();
          await landing.goto(address);
          assert.deepEqual(await page.evaluate(() => window.posted), { v: 1, payload: answer("popup") });
          assert.equal(landing.url(), where === "query" ? bridge : `${bridge}?a=1`);
        }));
      }

      for (const [what, fragment, error] of [
        ["no answer", "", "redirect_bridge_empty_response"],
        ["a state of somebody else", "#code=c&state=other", "unable_to_parse_state"],
      ]) {
        test(`says that there is ${what}`, LIMIT, () => visit(async ({ page }) => {
          await page.goto(`${bridge}${fragment}`);
          assert.equal(await page.evaluate(() => window.ended), `BrowserAuthError ${error}`);
        }));
      }

      test("a client does nothing with what is not for a popup or a frame", LIMIT, () => visit(async ({ page }) => {
        for (const fragment of ["", `#${answer("redirect")}`, "#code=c&state=other", "#/route"]) {
          await page.goto(`${site.origin}/fixture/windows-bare.html`);
          await page.goto(`${site.origin}/fixture/windows.html${fragment}`);
          await page.locator("body[data-ready]").waitFor();
          assert.equal(await page.evaluate(() => window.relayed), false);
          assert.equal(new URL(page.url()).hash, fragment);
        }
      }));
    });
  });
}

/** A headless Chromium says that every page has the focus; with windows, a popup takes it. */
function LOSES_FOCUS() {
  const { open } = window;
  window.open = (...given) => {
    document.hasFocus = () => false;
    return open(...given);
  };
}
