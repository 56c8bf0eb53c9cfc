// A page's program on the server that renders it: there MSAL Browser imports, constructs, initializes, knows nobody, and
// refuses what needs a browser. So does this package, wherever Node finds it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, test } from "node:test";

const CALLS = `
  const account = { homeAccountId: "u.t", localAccountId: "u", environment: "login.microsoftonline.com", tenantId: "t", username: "a" };
  const request = { scopes: ["User.Read"], account };
  const configuration = { auth: { clientId: "c", redirectUri: "/" }, cache: { cacheLocation } };
  const found = {};
  async function ask(what, call) {
    try {
      const answer = await call();
      found[what] = answer === undefined ? "nothing" : JSON.stringify(answer);
    } catch (error) {
      found[what] = error instanceof library.BrowserAuthError ? error.errorCode : String(error);
    }
  }
  (async () => {
    const app = new library.PublicClientApplication(configuration);
    const inform = (when) => Promise.all([
      ask("getAllAccounts " + when, () => app.getAllAccounts()),
      ask("getAccount " + when, () => app.getAccount({ username: "a" })),
      ask("getActiveAccount " + when, () => app.getActiveAccount()),
      ask("addEventCallback " + when, () => app.addEventCallback(() => {})),
    ]);
    await inform("before initialize");
    await ask("initialize", () => app.initialize());
    await inform("after initialize");
    await ask("setActiveAccount", () => app.setActiveAccount(null));
    await ask("handleRedirectPromise", () => app.handleRedirectPromise());
    for (const method of ["loginPopup", "loginRedirect", "acquireTokenPopup", "acquireTokenRedirect", "acquireTokenSilent", "ssoSilent", "acquireTokenByCode",
      "logoutPopup", "logoutRedirect"]) await ask(method, () => app[method](request));
    await ask("acquireTokenSilent without an account", () => app.acquireTokenSilent({ scopes: ["User.Read"] }));
    await ask("clearCache", () => app.clearCache());
    await ask("createStandardPublicClientApplication", async () => (await library.createStandardPublicClientApplication(configuration)).getAllAccounts());
    await ask("BrowserUtils.getCurrentUri", () => library.BrowserUtils.getCurrentUri());
    await ask("BrowserUtils.blockNonBrowserEnvironment", () => library.BrowserUtils.blockNonBrowserEnvironment());
    await ask("stubbedPublicClientApplication", () => library.stubbedPublicClientApplication.getAllAccounts());
    await ask("constants", () => [library.EventType.LOGIN_SUCCESS, library.InteractionType.Popup, library.InteractionStatus.None]);
    console.log(JSON.stringify(found));
    // MSAL keeps the program alive.
    process.exit();
  })();
`;

const run = promisify(execFile);
const cwd = fileURLToPath(new URL(".", import.meta.url));
async function answersOf(opening, cacheLocation) {
  const program = `${opening}\nconst cacheLocation = ${JSON.stringify(cacheLocation)};\n${CALLS}`;
  const type = opening.includes("require") ? "commonjs" : "module";
  const { stdout, stderr } = await run(process.execPath, [`--input-type=${type}`, "--eval", program], { cwd, timeout: 20_000 });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}
const imported = (name) => `import * as library from "${name}";`;
const required = (name) => `const library = require("${name}");`;

for (const cacheLocation of [undefined, "localStorage"]) {
  describe(`cacheLocation ${cacheLocation ?? "left out"}`, () => {
    const theirs = answersOf(imported("@azure/msal-browser"), cacheLocation);
    for (const opening of [imported("graph-token"), required("graph-token"), imported("graph-token/browser")]) {
      test(`${opening}: every answer is MSAL's`, async () => {
        const [mine, expected] = await Promise.all([answersOf(opening, cacheLocation), theirs]);
        assert.ok(Object.keys(expected).length > 20);
        assert.equal(expected.acquireTokenSilent, "non_browser_environment");
        assert.deepEqual(mine, expected);
      });
    }
  });
}

test("handleRedirectPromise may be called before initialize, and nothing keeps the program alive", async () => {
  for (const cacheLocation of ["localStorage", "indexedDB"]) {
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", `
      import { PublicClientApplication } from "graph-token";
      const app = new PublicClientApplication({ auth: { clientId: "c" }, cache: { cacheLocation: "${cacheLocation}" } });
      console.log(await app.handleRedirectPromise());
      await app.initialize();`], { cwd, timeout: 10_000 });
    assert.equal(stdout, "null\n");
  }
});
