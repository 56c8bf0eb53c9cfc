// A person signs in on another device, with the code that a program shows (RFC 8628).
import assert from "node:assert/strict";
import test from "node:test";
import { decodeJwt } from "jose";
import { ClientAuthError, ClientConfigurationError, NetworkError, PublicClientApplication, ServerError } from "graph-token";
import { failureOf, serve, services, until } from "../support.mjs";
import { ADA, BLAISE, people } from "./people.mjs";

const all = await services({ deviceIntervalSeconds: 1 });
const { idp, graph } = all;
const { homeIdOf } = people(all);
const { contoso } = idp.tenants;
const SCOPES = ["User.Read"];

const program = ({ auth, cache, system } = {}) => new PublicClientApplication({
  auth: { clientId: idp.clients.device.clientId, authority: idp.authority("contoso"), ...auth }, cache, system: { graphOrigin: graph.origin, ...system },
});
const approving = (login = ADA) => ({ scopes: SCOPES, deviceCodeCallback: ({ userCode }) => idp.approveDevice(userCode, login) });
const polls = () => idp.tokenRequests().filter(({ body }) => body.grant_type.endsWith("device_code"));
const starts = () => idp.log.filter(({ url }) => url.includes("/oauth2/v2.0/devicecode"));

test("the code is shown, the person signs in, the program has tokens and an account", async () => {
  const app = program();
  const shown = [];
  const result = await app.acquireTokenByDeviceCode({
    scopes: SCOPES,
    deviceCodeCallback: (code) => {
      shown.push(code);
      setTimeout(() => idp.approveDevice(code.userCode), 300);
    },
  });
  const [{ userCode, deviceCode, verificationUri, expiresIn, interval, message }] = shown;
  assert.equal(shown.length, 1);
  assert.deepEqual([expiresIn, interval], [900, 1]);
  assert.match(userCode, /^[A-Z]{4}-[A-Z]{4}$/);
  assert.match(message, new RegExp(`open the page ${verificationUri} and enter the code ${userCode}`));
  assert.ok(deviceCode.length > 20);
  const user = idp.directory.user(contoso, ADA);
  assert.equal(decodeJwt(result.accessToken).oid, user.oid);
  assert.deepEqual([result.fromCache, result.account.username, result.account.homeAccountId, result.tenantId], [false, ADA, homeIdOf(ADA), contoso.id]);
  assert.equal(polls().length, 2, "one at once, and one after the pause");
  assert.equal(starts().length, 1);
  assert.deepEqual(new Set(polls().map(({ body }) => body.device_code)), new Set([deviceCode]));
});

test("afterwards the account's tokens come silently, for other resources too, and for fetch and the SDKs", async () => {
  const app = program();
  const { account, accessToken } = await app.acquireTokenByDeviceCode(approving());
  assert.deepEqual((await app.getAllAccounts()).map(({ username }) => username), [ADA]);
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, accessToken);
  assert.equal((await app.getToken(SCOPES)).token, accessToken);
  const response = await app.fetch("/me");
  assert.equal((await response.json()).userPrincipalName, ADA);
  assert.equal((await app.acquireTokenSilent({ scopes: ["Mail.Read"], account })).fromCache, false);
});

test("of two people the active one is meant; who signs out is forgotten", async () => {
  const app = program();
  const { account: ada } = await app.acquireTokenByDeviceCode(approving(ADA));
  const { account: blaise } = await app.acquireTokenByDeviceCode(approving(BLAISE));
  assert.equal((await failureOf(app.getToken(SCOPES))).errorCode, "no_account_in_silent_request");
  app.setActiveAccount(blaise);
  assert.equal((await app.getActiveAccount()).username, BLAISE);
  assert.equal(decodeJwt((await app.getToken(SCOPES)).token).oid, blaise.localAccountId);
  assert.equal((await app.getAccount({ username: ADA })).homeAccountId, ada.homeAccountId);
  assert.equal((await app.getAllAccounts({ isHomeTenant: true })).length, 2);
  for (const nothing of [undefined, {}, { homeAccountId: undefined }]) assert.equal(await app.getAccount(nothing), null);
  await app.signOut({ account: blaise });
  assert.deepEqual([(await app.getAllAccounts()).map(({ username }) => username), await app.getActiveAccount()], [[ADA], null]);
  assert.equal((await failureOf(app.acquireTokenSilent({ scopes: SCOPES, account: blaise }))).errorCode, "no_tokens_found");
  assert.equal((await failureOf(app.getToken(SCOPES))).errorCode, "no_account_in_silent_request", "who was chosen is gone, and nobody else is meant");
  assert.match((await failureOf(app.signOut({}))).message, /request\.account/);
});

test("two calls at once show a code each", async () => {
  const app = program();
  const [one, other] = await Promise.all([app.acquireTokenByDeviceCode(approving(ADA)), app.acquireTokenByDeviceCode(approving(BLAISE))]);
  assert.deepEqual([one.account.username, other.account.username], [ADA, BLAISE]);
  assert.equal(starts().length, 2);
});

test("the provider's words are the errors: declined, expired, a code that is none", async () => {
  const app = program();
  const declined = await failureOf(app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback: ({ userCode }) => idp.declineDevice(userCode) }));
  assert.ok(declined instanceof ServerError, `${declined}`);
  assert.equal(declined.errorCode, "authorization_declined");
  idp.fault({ match: "token", status: 400, body: { error: "expired_token", error_description: "AADSTS70019: Verification code expired." } });
  const expired = await failureOf(app.acquireTokenByDeviceCode(approving()));
  assert.deepEqual([expired.name, expired.errorCode], ["ClientAuthError", "device_code_expired"]);
  assert.match(expired.hint, /Start again/);
  const unknown = await failureOf(program({ auth: { clientId: "00000000-0000-4000-8000-00000000ffff" } }).acquireTokenByDeviceCode(approving()));
  assert.deepEqual([unknown.name, unknown.errorCodes], ["ServerError", [700016]]);
});

test("slow_down makes the pause longer by five seconds, a fault of the service twice as long; neither ends it", async () => {
  const app = program();
  let shown = 0;
  const began = Date.now();
  idp.fault({ match: "token", status: 400, body: { error: "slow_down", error_description: "too fast" } });
  await app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback: ({ userCode }) => (shown++, idp.approveDevice(userCode)) });
  assert.ok(Date.now() - began >= 5_900, `${Date.now() - began} ms`);
  assert.equal(shown, 1);
  idp.fault({ match: "token", status: 503, times: 3 });
  await app.acquireTokenByDeviceCode(approving());
});

test("cancel, the signal and a callback that fails end the call, and nothing is asked after", async () => {
  const app = program();
  const waiting = { scopes: SCOPES, deviceCodeCallback: () => {} };
  const ended = async (change, make = (request) => request) => {
    idp.clearLog();
    const request = make({ ...waiting });
    const call = failureOf(app.acquireTokenByDeviceCode(request));
    await until(() => polls().length === 1);
    change(request);
    const error = await call;
    const asked = polls().length;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.equal(polls().length, asked);
    return error;
  };
  const cancelled = await ended((request) => { request.cancel = true; });
  assert.ok(cancelled instanceof ClientAuthError);
  assert.equal(cancelled.errorCode, "device_code_polling_cancelled");
  const controller = new AbortController();
  const reason = new Error("enough");
  assert.equal(await ended(() => controller.abort(reason), (request) => ({ ...request, signal: controller.signal })), reason);
  const broken = new Error("no screen");
  assert.equal(await failureOf(app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback: () => { throw broken; } })), broken);
  assert.equal(await failureOf(app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback: async () => { throw broken; } })), broken);
});

test("the program's time limit ends it, in seconds", async () => {
  const began = Date.now();
  const error = await failureOf(program().acquireTokenByDeviceCode({ scopes: SCOPES, timeout: 2, deviceCodeCallback: () => {} }));
  assert.equal(error.errorCode, "user_timeout_reached");
  assert.ok(Date.now() - began >= 2_000 && Date.now() - began < 4_000, `${Date.now() - began} ms`);
});

test("a request of a class of its own, and a timeout of nothing", async () => {
  class Request {
    cancel = false;
    timeout = 0;
    get scopes() { return SCOPES; }
    deviceCodeCallback({ userCode }) { this.shown = userCode; idp.approveDevice(userCode); }
  }
  const request = new Request();
  const { scopes } = await program().acquireTokenByDeviceCode(request);
  assert.ok(request.shown);
  assert.ok(scopes.includes("User.Read"), `${scopes}`);
});

test("what a subclass overrides is called by the client's own methods", async () => {
  const calls = [];
  class Mine extends PublicClientApplication {
    acquireTokenSilent(request) {
      calls.push(request.scopes);
      return super.acquireTokenSilent(request);
    }
  }
  const app = new Mine({ auth: { clientId: idp.clients.device.clientId, authority: idp.authority("contoso") }, system: { graphOrigin: graph.origin } });
  assert.ok(app instanceof PublicClientApplication);
  assert.equal(PublicClientApplication.name, "PublicClientApplication");
  const { accessToken } = await app.acquireTokenByDeviceCode(approving());
  assert.equal((await app.getToken(SCOPES)).token, accessToken);
  assert.equal((await app.fetch("/me")).status, 200);
  assert.deepEqual(calls, [SCOPES, []]);
});

test("what cannot be asked is refused before anything is sent", async () => {
  const app = program();
  const refused = async (request) => [(await failureOf(app.acquireTokenByDeviceCode(request))), idp.log.length];
  const [missing, sent] = await refused({ scopes: SCOPES });
  assert.deepEqual([missing.errorCode, sent], ["request_cannot_be_made", 0]);
  assert.match(missing.message, /deviceCodeCallback/);
  for (const [request, named] of [[{ timeout: -1 }, "timeout"], [{ resource: "https://graph.microsoft.com" }, "resource"], [{ extraParameters: { device_code: "x" } }, "extraParameters"]]) {
    const [error, count] = await refused({ ...approving(), ...request });
    assert.ok(error instanceof ClientConfigurationError, `${error}`);
    assert.match(error.message, new RegExp(`request\\.${named}`));
    assert.equal(count, 0);
  }
  const secret = await failureOf(() => program({ auth: { clientSecret: "s" } }));
  assert.match(secret.message, /auth\.clientSecret/);
});

/** A provider of another make: endpoints by discovery, no message, numbers as texts. */
async function otherProvider(answers) {
  const server = await serve((req, res, entry) => {
    const { url } = entry;
    const send = (status, body) => res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (url.includes("/.well-known/")) {
      const { origin } = server;
      return send(200, { issuer: origin, token_endpoint: `${origin}/token`, authorization_endpoint: `${origin}/authorize`, jwks_uri: `${origin}/keys`, device_authorization_endpoint: `${origin}/device`, ...answers.discovery });
    }
    if (url.startsWith("/device")) return send(answers.status ?? 200, answers.device);
    if (url.startsWith("/keys")) return send(200, { keys: [] });
    if (answers.echo) return send(400, { error: "invalid_grant", error_description: `wrong: ${entry.body}` });
    return send(200, { access_token: "a-token", token_type: "Bearer", expires_in: 3600, scope: "api" });
  });
  const app = new PublicClientApplication({ auth: { clientId: "c", authority: server.origin, protocolMode: "OIDC" } });
  return { app, server };
}

test("another provider: its endpoint by discovery, a message where it has none", async () => {
  const { app, server } = await otherProvider({ device: { device_code: "d", user_code: "AB-CD", verification_url: "https://op.example/go", expires_in: "300" } });
  const shown = [];
  const result = await app.acquireTokenByDeviceCode({ scopes: ["api"], deviceCodeCallback: (code) => shown.push(code) });
  assert.equal(result.accessToken, "a-token");
  assert.deepEqual(shown, [{
    userCode: "AB-CD", deviceCode: "d", verificationUri: "https://op.example/go", verificationUriComplete: "", expiresIn: 300, interval: 5,
    message: "To sign in, use a web browser to open the page https://op.example/go and enter the code AB-CD to authenticate.",
  }]);
  assert.deepEqual(server.requests.map(({ url }) => url.split("?")[0]).filter((path) => path !== "/keys"), ["/.well-known/openid-configuration", "/device", "/token"]);
});

test("another provider: what it cannot do, or answers in place of a code, is told", async () => {
  const { app } = await otherProvider({ discovery: { device_authorization_endpoint: undefined } });
  assert.match((await failureOf(app.acquireTokenByDeviceCode({ scopes: ["api"], deviceCodeCallback: () => {} }))).message, /device_authorization_endpoint/);
  for (const device of [{}, { user_code: "u", verification_uri: "https://op.example" }, { device_code: "d", verification_uri: "https://op.example" }, { device_code: "d", user_code: "u" }, "text"]) {
    const { app: other } = await otherProvider({ device });
    const error = await failureOf(other.acquireTokenByDeviceCode({ scopes: ["api"], deviceCodeCallback: () => assert.fail("nothing is to be shown") }));
    assert.deepEqual([error.name, error.errorCode], ["ServerError", "invalid_token_response"], `${error}`);
  }
  const nobody = new PublicClientApplication({ auth: { clientId: "c", authority: "http://127.0.0.1:9", protocolMode: "OIDC" }, system: { maxRetries: 0 } });
  assert.ok((await failureOf(nobody.acquireTokenByDeviceCode({ scopes: ["api"], deviceCodeCallback: () => {} }))) instanceof NetworkError);
});

test("no error shows the device's code, whatever the provider sends back", async () => {
  const { app } = await otherProvider({ echo: true, device: { device_code: "the-devices-own-code", user_code: "u", verification_uri: "https://op.example" } });
  const error = await failureOf(app.acquireTokenByDeviceCode({ scopes: ["api"], deviceCodeCallback: () => {} }));
  assert.match(error.message, /wrong: /);
  assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes("the-devices-own-code"), error.message);
});
