// The fields that one kind of request has to itself. What a row holds: see request-rows.mjs.
import assert from "node:assert/strict";
import { freePort } from "../../free-port.mjs";
import { REDIRECT_URI } from "../../interchange/entra.mjs";
import { USER_SCOPES } from "./calls.mjs";
import { ADDRESS, BROWSER, CC, CODE, DEVICE, OBO, REFRESH, SILENT, harmless, refuse } from "./request-rows.mjs";

const OTHER_REDIRECT_URI = "http://127.0.0.1/auth";
const ADA = { homeAccountId: "u-1.t-1", environment: "login.microsoftonline.com", tenantId: "t-1", username: "ada@contoso.example", localAccountId: "u-1" };
const CLIENT_INFO = Buffer.from(JSON.stringify({ uid: "u-1", utid: "t-1" })).toString("base64url");
const UPN = { credential: "ada@contoso.example", type: "UPN" };

const ccsRows = (types) => [
  {
    types, field: "ccsCredential.credential", is: "honoured", says: "Sent as `X-AnchorMailbox`, by which the request finds its way to the user's data.",
    given: { ccsCredential: UPN }, sent: { headers: { "x-anchormailbox": `UPN: ${UPN.credential}` } },
  },
  {
    types, field: "ccsCredential.type", is: "honoured", says: "How the credential is to be read.",
    given: { ccsCredential: { credential: ADA.homeAccountId, type: "home_account_id" } }, sent: { headers: { "x-anchormailbox": "Oid:u-1@t-1" } },
  },
];

const parameter = (types, field, value, name, says) => ({ types, field, is: "honoured", says, given: { [field]: value }, sent: { parameters: { [name]: value } } });

export const FLOW_ROWS = [
  {
    types: [CC], field: "azureRegion", is: "honoured", says: "That region's endpoint is asked. `TryAutoDetect` asks the global one: no metadata service is searched for.",
    given: { azureRegion: "westeurope" }, sent: { host: "westeurope.login.microsoft.com" },
  },
  {
    types: [CC], field: "clientAssertion", is: "honoured", says: "In place of the configuration's credential; a function is asked at each request.",
    given: { clientAssertion: async ({ clientId }) => `for-${clientId}` },
    sent: {
      body: {
        client_assertion: "for-aaaaaaaa-0000-4000-8000-000000000001",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      },
    },
  },
  {
    ...parameter([CC], "fmiPath", "agent/1", "fmi_path", "Sent as `fmi_path`, and given to the assertion's function; each path is cached by itself."),
    keys: [{ fmiPath: "agent/1" }, { fmiPath: "agent/2" }],
  },
  parameter([OBO], "oboAssertion", "a.b.c", "assertion", "Exchanged, and by its hash the key in the cache."),

  parameter([ADDRESS], "redirectUri", OTHER_REDIRECT_URI, "redirect_uri", "In the address."),
  parameter([ADDRESS], "responseMode", "form_post", "response_mode", "In the address; `query` where it is left out."),
  parameter([ADDRESS, BROWSER], "domainHint", "contoso.example", "domain_hint", "In the address."),
  parameter([ADDRESS], "nonce", "n", "nonce", "In the address, as it is given; none is made."),
  parameter([ADDRESS], "state", "s", "state", "In the address, as it is given; none is made."),
  parameter([ADDRESS, BROWSER], "prompt", "consent", "prompt", "In the address."),
  {
    types: [ADDRESS, BROWSER], field: "account", is: "honoured", says: "Its login hint, session or name goes into the address, in MSAL's order.",
    given: { account: ADA }, sent: { query: { login_hint: ADA.username, "X-AnchorMailbox": "Oid:u-1@t-1" } },
  },
  {
    types: [ADDRESS, BROWSER], field: "loginHint", is: "honoured", says: "In the address, unless the prompt is `select_account`.",
    given: { loginHint: ADA.username }, sent: { query: { login_hint: ADA.username, "X-AnchorMailbox": `UPN:${ADA.username}` } },
  },
  {
    types: [ADDRESS, BROWSER], field: "sid", is: "honoured", says: "In the address, where the prompt is `none`.",
    given: { sid: "session", prompt: "none" }, sent: { query: { sid: "session" } },
  },
  {
    types: [ADDRESS, BROWSER], field: "extraScopesToConsent", is: "honoured", says: "After the scopes.",
    given: { extraScopesToConsent: ["api://other/Read"] }, sent: (sent) => assert.match(sent.query.scope, /(^| )api:\/\/other\/Read( |$)/),
  },
  {
    types: [ADDRESS], field: "codeChallenge", is: "honoured", says: "In the address; refused without its method (MSAL leaves it out then).",
    given: { codeChallenge: "c", codeChallengeMethod: "S256" }, sent: { query: { code_challenge: "c" } },
  },
  {
    types: [ADDRESS], field: "codeChallengeMethod", is: "honoured", says: "In the address.",
    given: { codeChallenge: "c", codeChallengeMethod: "S256" }, sent: { query: { code_challenge_method: "S256" } },
  },
  ...refuse([ADDRESS, BROWSER], { earJwk: "{}" }, "Encrypted answers of the sign-in are not read here."),
  ...refuse([ADDRESS, BROWSER], { platformBroker: true, reqCnf: "c" }, "There is no broker where fetch runs."),
  harmless([ADDRESS, BROWSER], "popupOriginCheckDone", true, "MSAL Browser's note about its own pop-up."),

  {
    types: [DEVICE], field: "deviceCodeCallback", is: "honoured", says: "Given what a person has to be shown. Nobody waits for it; where it fails, the call fails.",
    async probe({ call, idp }, library) {
      const shown = [];
      const { result } = await call(library, DEVICE, { deviceCodeCallback: (code) => { shown.push(code); idp.approveDevice(code.userCode); } });
      assert.ok(result.accessToken);
      assert.match(shown[0].message, new RegExp(`${shown[0].verificationUri}.*${shown[0].userCode}`));
      assert.deepEqual([shown.length, shown[0].expiresIn, shown[0].interval, typeof shown[0].deviceCode], [1, 900, 1, "string"]);
    },
  },
  {
    types: [DEVICE], field: "cancel", is: "honoured", says: "Set while the person signs in, it ends the call.",
    async probe({ clientOf }, library) {
      const request = { scopes: USER_SCOPES, deviceCodeCallback: () => setTimeout(() => { request.cancel = true; }, 50) };
      await assert.rejects(clientOf(library, DEVICE).app.acquireTokenByDeviceCode(request), { errorCode: "device_code_polling_cancelled" });
    },
  },
  {
    types: [DEVICE], field: "timeout", is: "honoured", says: "Seconds for which the person is waited for.",
    async probe({ call }, library) {
      const { error } = await call(library, DEVICE, { timeout: 1, deviceCodeCallback: () => {} });
      assert.equal(error.errorCode, "user_timeout_reached");
    },
  },

  {
    types: [BROWSER], field: "openBrowser", is: "honoured", says: "Given the address. Where it fails, the call fails.",
    async probe({ call }, library) {
      const broken = new Error("no browser");
      assert.equal((await call(library, BROWSER, { openBrowser: async () => { throw broken; } })).error, broken);
    },
  },
  {
    types: [BROWSER], field: "successTemplate", is: "honoured", says: "Shown in the browser after a sign-in.",
    async probe({ call, browse }, library) {
      let seen;
      await call(library, BROWSER, { successTemplate: "<h1>Welcome</h1>", openBrowser: async (address) => { seen = browse(address); } });
      assert.equal(await seen, "<h1>Welcome</h1>");
    },
  },
  {
    types: [BROWSER], field: "errorTemplate", is: "honoured", says: "Shown in the browser where the sign-in failed.",
    async probe({ call, browse }, library) {
      let seen;
      await call(library, BROWSER, { errorTemplate: "<h1>Sorry</h1>", openBrowser: async (address) => { seen = browse(address, { decline: true }); } });
      assert.equal(await seen, "<h1>Sorry</h1>");
    },
  },
  {
    types: [BROWSER], field: "preferredPort", is: "honoured", says: "Taken where it is free.",
    async probe({ call }, library) {
      const port = await freePort();
      const { sent, error } = await call(library, BROWSER, { preferredPort: port });
      assert.deepEqual([error, new URL(sent.query.redirect_uri).port], [undefined, String(port)]);
    },
  },
  {
    types: [BROWSER], field: "state", is: "honoured", beyond: true, says: "Comes back as the result's `state`, as in a page; MSAL Node sends it and says nothing of it.",
    async probe({ call }, library) {
      assert.equal((await call(library, BROWSER, { state: "s" })).result.state, "s");
    },
  },
  parameter([BROWSER], "nonce", "n", "nonce", "In the address, and the id_token has to have it; where it is left out one is made."),
  harmless([BROWSER], "codeChallenge", "c", "The call makes its own."),
  harmless([BROWSER], "codeChallengeMethod", "plain", "The call makes its own."),
  harmless([BROWSER], "windowHandle", Buffer.from([1]), "For a broker's window, and there is none here."),
  ...refuse([BROWSER], { redirectUri: OTHER_REDIRECT_URI }, "The call listens at a port of its own, at http://localhost."),

  parameter([CODE], "code", "made-up", "code", "Redeemed, once."),
  parameter([CODE], "redirectUri", OTHER_REDIRECT_URI, "redirect_uri", "Sent; it has to be the sign-in's."),
  parameter([CODE], "codeVerifier", "v".repeat(43), "code_verifier", "Sent."),
  {
    types: [CODE], field: "enableSpaAuthorizationCode", is: "honoured", says: "Asks for a second code, for the page: the result's `code`.",
    given: { enableSpaAuthorizationCode: true }, sent: { body: { return_spa_code: "1" } },
  },
  {
    types: [CODE], field: "clientInfo", is: "honoured", says: "Sent as `X-AnchorMailbox`, before `ccsCredential`.",
    given: { clientInfo: CLIENT_INFO, ccsCredential: UPN }, sent: { headers: { "x-anchormailbox": "Oid:u-1@t-1" } },
  },
  ...ccsRows([CODE, REFRESH]),
  {
    types: [CODE], field: "nonce", is: "honoured", says: "The id_token's has to be the same; so has none where none is given.",
    async probe({ call, freshCode }, library) {
      const redeem = async (nonce) => call(library, CODE, { nonce, code: await freshCode({ nonce: "n-1" }) });
      assert.equal((await redeem("n-1")).error, undefined);
      for (const nonce of ["n-2", undefined]) assert.equal((await redeem(nonce)).error?.errorCode, "nonce_mismatch");
    },
  },
  {
    types: [CODE], field: "state", is: "honoured", says: "Compared with that of the second argument, where there is one.",
    async probe({ call }, library) {
      const redeem = (state) => call(library, CODE, { state: "s-1" }, { extra: [{ code: "c", state }] });
      assert.equal((await redeem("s-1")).error, undefined);
      const { error, sent } = await redeem("s-2");
      assert.deepEqual([error?.errorCode, sent], ["state_mismatch", undefined]);
    },
  },

  parameter([REFRESH], "refreshToken", "made-up", "refresh_token", "Sent."),
  parameter([REFRESH, SILENT], "redirectUri", REDIRECT_URI, "redirect_uri", "Sent when a refresh token is redeemed."),
  {
    types: [REFRESH], field: "forceCache", is: "honoured", says: "Else what came is cached only where its account is there already.",
    async probe({ call }, library) {
      const accountsWith = async (forceCache) => (await (await call(library, REFRESH, { forceCache })).app.getTokenCache().getAllAccounts()).length;
      assert.deepEqual([await accountsWith(false), await accountsWith(true)], [0, 1]);
    },
  },

  {
    types: [SILENT], field: "account", is: "honoured", says: "Whose tokens are looked up and renewed.",
    async probe({ call }, library) {
      const { result, sent } = await call(library, SILENT);
      const [uid, utid] = result.account.homeAccountId.split(".");
      assert.equal(sent.headers["x-anchormailbox"], `Oid:${uid}@${utid}`);
      assert.equal((await call(library, SILENT, { account: null })).error?.errorCode, "no_account_in_silent_request");
    },
  },
  { types: [SILENT], field: "forceRefresh", is: "honoured", says: "The cached access token is not used.", given: { forceRefresh: true }, skipsCache: true },
  {
    types: [SILENT], field: "refreshTokenExpirationOffsetSeconds", is: "honoured", says: "A refresh token that ends within it is not tried; 300 where it is left out.",
    async probe({ idp, clientOf, freshCode }, library) {
      const issue = idp.onToken;
      idp.onToken = async (form, body) => ({ ...await issue(form, body), refresh_token_expires_in: 600 });
      try {
        const { app, requests } = clientOf(library, SILENT);
        const { account } = await app.acquireTokenByCode({ scopes: USER_SCOPES, redirectUri: REDIRECT_URI, code: await freshCode() });
        requests.length = 0;
        const renew = (refreshTokenExpirationOffsetSeconds) => app.acquireTokenSilent({ scopes: USER_SCOPES, account, forceRefresh: true, refreshTokenExpirationOffsetSeconds });
        await assert.rejects(renew(900), { errorCode: "refresh_token_expired" });
        assert.equal(requests.length, 0);
        assert.equal((await renew(undefined)).fromCache, false);
      } finally {
        idp.onToken = issue;
      }
    },
  },
];
