// How the test page looks and is used: narrow, light and dark, by keyboard alone, named for screen readers.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { onPage, signIn, startAll } from "./test-page.mjs";

const TIMEOUT = { timeout: 90_000 };
const WCAG_AA = 4.5;
const all = await startAll();
after(() => all.close());

/** Everything that the page can show at once. */
async function unfold(page) {
  await signIn(page);
  await page.getByRole("button", { name: "Call Graph" }).click();
  await page.getByRole("region", { name: "Graph’s answer" }).waitFor();
  await page.getByRole("button", { name: "Demand more at the provider" }).click();
  await page.locator("#break-result .error").waitFor();
  await page.getByRole("button", { name: "Load users" }).click();
  await page.getByRole("row", { name: "Ada Test ada@contoso.example" }).waitFor();
  await page.getByRole("button", { name: "Try it in this page" }).click();
  await page.locator("#secret-result .error").waitFor();
  await page.getByLabel("The application proves itself by").selectOption("certificate");
  await page.getByRole("region", { name: "The assertion’s header and claims" }).waitFor();
  await page.evaluate(() => document.querySelectorAll("details").forEach((node) => (node.open = true)));
  await page.getByRole("button", { name: "Show the access token" }).click();
}

const fold = (page) => page.getByRole("button", { name: "Show the access token" }).click();

for (const width of [320, 390, 800, 1280]) {
  test(`${width} pixels are wide enough`, TIMEOUT, () => onPage(all, { viewport: { width, height: 740 } }, async (page) => {
    await unfold(page);
    for (const tab of await page.getByRole("tab").all()) {
      await tab.click();
      const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(needed <= there, `${needed} pixels wide in ${there}`);
    }
    await page.getByRole("tab", { name: "Access token" }).click();
    await fold(page);
  }));
}

for (const colorScheme of ["light", "dark"]) {
  test(`${colorScheme}: each text stands out from its ground`, TIMEOUT, () => onPage(all, { colorScheme, reducedMotion: "reduce" }, async (page) => {
    await unfold(page);
    const { faint, ground, count } = await page.evaluate(contrasts, WCAG_AA);
    assert.deepEqual(faint, []);
    assert.ok(count > 300, `${count} texts`);
    assert.ok(colorScheme === "light" ? ground > 0.8 : ground < 0.05, `${ground}`);
    await fold(page);
  }));
}

/** In the page: texts whose contrast is below `least`, the page's own luminance, and how many texts were looked at. */
function contrasts(least) {
  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const { rgb, alpha } = parse(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return luminance(rgb);
    }
    return 1;
  };
  const faint = [];
  let count = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: node, data } = walker.currentNode;
    if (!data.trim() || !node.checkVisibility() || node.closest(".unseen, .skip, :disabled, option, noscript")) continue;
    count++;
    const [text, ground] = [luminance(parse(getComputedStyle(node).color).rgb), groundOf(node)];
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (ratio < least) faint.push(`${data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return { faint, count, ground: groundOf(document.body) };
}

test("by keyboard alone: sign in, look into the log, call Graph, break and mend", TIMEOUT, () => onPage(all, {}, async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  /** Goes on by the Tab key until the focus is where it is wanted. */
  const tabTo = async (wanted) => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press("Tab");
      if (wanted.test(await focused())) {
        assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none", `${wanted} shows no focus`);
        return;
      }
    }
    assert.fail(`${wanted} is not reached`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the session");
  await page.keyboard.press("Enter");
  await tabTo(/^Sign in by popup$/);
  const opened = page.waitForEvent("popup");
  await page.keyboard.press("Enter");
  const popup = await opened;
  await popup.locator("#login").focus();
  await popup.keyboard.type("ada@contoso.example");
  await popup.locator("#password").focus();
  await popup.keyboard.type("any");
  await popup.keyboard.press("Enter");
  await page.getByRole("timer").waitFor();
  await tabTo(/^Call Graph$/);
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Graph’s answer" }).waitFor();
  await tabTo(/POST\s*\/oauth2\/v2\.0\/token/);
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Answer", exact: true }).waitFor();
  await tabTo(/^Drop the network$/);
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("network dropped").waitFor();
  await tabTo(/^Mend network and clock$/);
  await page.keyboard.press("Enter");
  await page.getByText("network dropped").waitFor({ state: "hidden" });
  assert.equal(await focused(), "Let the token run out");
}));

test("landmarks, names and live regions are there for screen readers", TIMEOUT, () => onPage(all, {}, async (page) => {
  for (const role of ["banner", "main", "navigation"]) assert.equal(await page.getByRole(role).count(), 1, role);
  for (const name of ["Sign in", "Token", "Microsoft Graph", "Requests and answers", "Break things", "Cache", "The request, byte for byte"]) {
    await page.getByRole("region", { name, exact: true }).getByRole("heading", { name, exact: true }).waitFor();
  }
  const nameless = await page.evaluate(() => [...document.querySelectorAll("input, select, button")]
    .filter((node) => !node.labels?.length && !node.ariaLabel && !node.textContent.trim()).map((node) => node.outerHTML));
  assert.deepEqual(nameless, []);
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length, "an id stands twice");

  const said = page.locator("#announcer");
  await signIn(page);
  assert.equal(await said.textContent(), "Signed in as ada@contoso.example.");
  await page.getByRole("button", { name: "Get a token silently" }).click();
  await said.getByText("The cache answered with a token.").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Demand more at the provider" }).click();
  await said.getByText("InteractionRequiredAuthError: interaction_required").waitFor({ state: "attached" });
}));
