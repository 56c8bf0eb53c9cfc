// examples/react, with the real MSAL React, on MSAL Browser and on graph-token.
import assert from "node:assert/strict";
import { popupBy } from "../spa/browsers.mjs";
import { enter } from "../spa/support.mjs";
import { closedBy, opens, sees, signsInByRedirect, signsInByWindow } from "./person.mjs";
import { example } from "./twice.mjs";

const { twice } = await example("react");

const NAME = "Ada Test";
const PROFILE = "NameAda TestMailada@contoso.example";
const PEOPLE = "Ada TestBlaise TestCharles TestDorothy TestEdsger Test";

async function byWindow({ context, complaints, site }) {
  const page = await opens(context, site.origin);
  await sees(page, "main", "Sign in to see your profile.");
  await signsInByWindow(page, "#sign-in-popup");
  await sees(page, "#account", NAME);
  await sees(page, "main", "You are signed in.");
  await page.click("a[href='/profile']");
  await sees(page, "#profile", PROFILE);
  await page.click("a[href='/people']");
  await sees(page, "#people", PEOPLE);

  await page.reload();
  await sees(page, "#people", PEOPLE);
  await sees(page, "#account", NAME);

  await closedBy(await popupBy(page, "#sign-out-popup"));
  await sees(page, "main", "Sign in to see your profile.");
  await page.reload();
  await sees(page, "main", "Sign in to see your profile.");
  assert.deepEqual(complaints, []);
}

twice("a person signs in by a window, looks around, loads anew, and signs out", byWindow);
twice("the same while it is developed, where React does everything twice", byWindow, { env: { NODE_ENV: "development" } });

twice("a person follows a link to a page that wants a sign-in", async ({ context, complaints, site }) => {
  const page = await opens(context, `${site.origin}/profile`);
  await page.waitForSelector("#login");
  await enter(page);
  await sees(page, "#profile", PROFILE);
  assert.equal(page.url(), `${site.origin}/profile`);
  await page.reload();
  await sees(page, "#profile", PROFILE);

  const second = await opens(context, `${site.origin}/people`);
  await sees(second, "#account", NAME);
  await sees(second, "#people", PEOPLE);

  await page.click("#sign-out-redirect");
  await sees(page, "main", "Sign in to see your profile.");
  await second.reload();
  await second.waitForSelector("#sign-in-popup");
  assert.deepEqual(complaints, []);
});

twice("a person signs in by a redirect, after declining", async ({ context, complaints, site }) => {
  const page = await opens(context, site.origin);
  await page.click("#sign-in-redirect");
  await page.click("#cancel", { noWaitAfter: true });
  await sees(page, "main", "Sign in to see your profile.");
  await signsInByRedirect(page, "#sign-in-redirect");
  await sees(page, "#account", NAME);
  await sees(page, "main", "You are signed in.");
  assert.deepEqual(complaints, []);
});

twice("a person who declines in the window is told, and may try again", async ({ context, site }) => {
  const page = await opens(context, site.origin);
  const popup = await popupBy(page, "#sign-in-popup");
  await closedBy(popup, () => popup.click("#cancel", { noWaitAfter: true }));
  await sees(page, "#error", "access_denied");
  await signsInByWindow(page, "#sign-in-popup");
  await sees(page, "#account", NAME);
});
