// Under the strictest policies: script from the site alone, Trusted Types, cross-origin isolation.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ADA, asked, call, configurationOf, inEachBrowser, LIBRARY, LIMIT, openApp, SCOPES, signInByPopup, spa, succeeded } from "./support.mjs";
import { startSite } from "./site.mjs";

const { idp } = await spa();
const REQUEST = { scopes: SCOPES };
const sites = {
  "Trusted Types": await startSite({ policy: ["require-trusted-types-for 'script'", "trusted-types 'none'"] }),
  "cross-origin isolation": await startSite({ isolated: true }),
};
const withoutWasm = await startSite({ wasm: false });
after(() => Promise.all([...Object.values(sites), withoutWasm].map((site) => site.close())));

inEachBrowser((visit) => {
  for (const [policy, site] of Object.entries(sites)) {
    test(`${policy}: a popup, the refresh token and the cache, and nothing to complain of`, LIMIT, () => visit(async ({ context, complaints }) => {
      site.settings = { library: LIBRARY };
      const page = await openApp(context, { site, configuration: configurationOf({ idp, site }) });
      assert.equal(await page.evaluate(() => window.crossOriginIsolated), policy === "cross-origin isolation");
      const { account } = succeeded(await signInByPopup(page));
      assert.equal(account.username, ADA);
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
      succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account, forceRefresh: true }));
      assert.deepEqual(complaints, []);
    }));
  }

  test("Trusted Types: a hidden frame", LIMIT, () => visit(async ({ context, complaints }) => {
    const site = sites["Trusted Types"];
    site.settings = { library: LIBRARY };
    const page = await openApp(context, { site, configuration: configurationOf({ idp, site }) });
    succeeded(await signInByPopup(page));
    assert.equal(succeeded(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA })).account.username, ADA);
    assert.deepEqual(complaints, []);
  }));

  test("a policy without WebAssembly is named as the reason", { ...LIMIT, skip: LIBRARY === "msal" && "MSAL has none" }, () => visit(async ({ context }) => {
    const page = await openApp(context, { site: withoutWasm });
    const { error } = await page.evaluate(([library, given]) => window.start(library, given), [LIBRARY, configurationOf({ idp, site: withoutWasm })]);
    assert.equal(error?.errorCode, "wasm_unavailable");
    assert.match(error.message, /'wasm-unsafe-eval'.*script-src/);
    assert.deepEqual(asked(idp), []);
  }));
});
