// examples/spa with MSAL Browser and with graph-token.
import assert from "node:assert/strict";
import { popupBy } from "../spa/browsers.mjs";
import { closedBy, opens, sees, signsInByRedirect, signsInByWindow } from "./person.mjs";
import { example } from "./twice.mjs";

const { twice, idp } = await example("spa");

const NAME = "Ada Test (ada@contoso.example)";
const ADA = [...idp.tenants.contoso.users.values()].find(({ login }) => login === "ada@contoso.example");
const PROFILE = `NameAda TestMailada@contoso.exampleId${ADA.oid}`;
const PEOPLE = "Ada TestBlaise TestCharles TestDorothy TestEdsger Test";

twice("a person signs in by a window, looks around, loads anew, and signs out", async ({ context, complaints, site }) => {
  const page = await opens(context, site.origin);
  await signsInByWindow(page, "#sign-in-popup");
  await sees(page, "#account", NAME);
  await page.click("#see-profile");
  await sees(page, "#profile", PROFILE);
  await page.click("#see-people");
  await sees(page, "#people", PEOPLE);

  await page.reload();
  await sees(page, "#account", NAME);
  await page.click("#see-people");
  await sees(page, "#people", PEOPLE);

  await closedBy(await popupBy(page, "#sign-out-popup"));
  await page.waitForSelector("#sign-in-popup");
  await page.reload();
  await page.waitForSelector("#sign-in-popup");
  assert.deepEqual(complaints, []);
});

twice("a person signs in and out by redirects", async ({ context, complaints, site }) => {
  const page = await opens(context, `${site.origin}/?from=bookmark`);
  await signsInByRedirect(page, "#sign-in-redirect");
  await sees(page, "#account", NAME);
  assert.equal(page.url(), `${site.origin}/?from=bookmark`);
  await page.click("#see-profile");
  await sees(page, "#profile", PROFILE);

  await page.reload();
  await sees(page, "#account", NAME);
  await page.click("#see-profile");
  await sees(page, "#profile", PROFILE);

  await page.click("#sign-out-redirect");
  await page.waitForSelector("#sign-in-redirect");
  await page.reload();
  await page.waitForSelector("#sign-in-redirect");
  assert.deepEqual(complaints, []);
});

twice("Entra wants to see the person again: a window opens, and closes by itself", async ({ context, site, idp }) => {
  const page = await opens(context, site.origin);
  await signsInByWindow(page, "#sign-in-popup");
  await sees(page, "#account", NAME);
  idp.fault({ status: 400, body: {
    error: "interaction_required", error_codes: [50079], suberror: "basic_action",
    error_description: "AADSTS50079: Due to a configuration change, you must enroll in multi-factor authentication.",
    timestamp: "2026-01-01 00:00:00Z", trace_id: "4b3a2c1d-0000-4000-8000-000000000001", correlation_id: "4b3a2c1d-0000-4000-8000-000000000002",
  } });
  await closedBy(await popupBy(page, "#see-people"));
  await sees(page, "#people", PEOPLE);
  await sees(page, "#error", "");
});

twice("a person who declines is told, and may try again", async ({ context, site }) => {
  const page = await opens(context, site.origin);
  const popup = await popupBy(page, "#sign-in-popup");
  await closedBy(popup, () => popup.click("#cancel", { noWaitAfter: true }));
  await sees(page, "#error", "access_denied");
  await signsInByWindow(page, "#sign-in-popup");
  await sees(page, "#account", NAME);
  await sees(page, "#error", "");
});
