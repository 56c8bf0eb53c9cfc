// What a person does at the examples, and what the person looks at.
import assert from "node:assert/strict";
import { popupBy } from "../spa/browsers.mjs";
import { ADA, enter } from "../spa/support.mjs";

/** Waits until an element says what it should. */
export async function sees(page, selector, text) {
  const wanted = [selector, text];
  await page.waitForFunction(([at, said]) => document.querySelector(at)?.textContent === said, wanted).catch(async (error) => {
    const [seen, address] = await page.evaluate((at) => [document.querySelector(at)?.textContent ?? null, location.href], selector);
    assert.equal(seen, text, `${selector} at ${address}`);
    throw error;
  });
}

export const opens = async (context, address) => {
  const page = await context.newPage();
  await page.goto(address);
  return page;
};

/** Signs in by the window that opens by the click, which closes. */
export async function signsInByWindow(page, selector, login = ADA) {
  const popup = await popupBy(page, selector);
  await closedBy(popup, () => enter(popup, { login }));
}

/** Signs in on the page that the click leads to. */
export async function signsInByRedirect(page, selector, login = ADA) {
  await page.click(selector);
  await page.waitForSelector("#login");
  await enter(page, { login });
}

export async function closedBy(popup, action) {
  const closed = popup.isClosed() ? undefined : popup.waitForEvent("close");
  await action?.();
  await closed;
}
