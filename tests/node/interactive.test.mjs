// A person signs in in the system's browser; a listener on this machine takes the answer (RFC 8252).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { PublicClientApplication } from "graph-token";
import { signInToForm } from "../idp/index.mjs";
import { failureOf, services, until } from "../support.mjs";
import { ADA, people } from "./people.mjs";

const all = await services();
const { idp } = all;
const { homeIdOf } = people(all);
const { contoso } = idp.tenants;
const SCOPES = ["User.Read"];
const run = promisify(execFile);

const program = ({ auth, system } = {}) => new PublicClientApplication({
  auth: { clientId: idp.clients.device.clientId, authority: idp.authority("contoso"), ...auth }, system,
});

/** The person's browser: signs in, and posts the form that the provider's last page has. */
async function browse(address, { login = ADA, decline = false } = {}) {
  const { action, fields } = await signInToForm(address, { login, decline });
  return fetch(action, { method: "POST", body: new URLSearchParams(fields) });
}

/** The status of an answer to a request line that fetch would not send. */
function rawly(uri, line) {
  const { hostname, port } = new URL(uri);
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, hostname, () => socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
    let text = "";
    socket.on("data", (chunk) => { text += chunk; }).on("error", reject).on("close", () => resolve(Number(text.split(" ")[1])));
  });
}

test("what the browser cannot do is the program's own error, whatever its name", async () => {
  class NetworkError extends Error { name = "NetworkError"; }
  for (const thrown of [new DOMException("no net", "NetworkError"), new NetworkError("no browser"), null]) {
    const error = await program().acquireTokenInteractive({ scopes: SCOPES, openBrowser: () => Promise.reject(thrown) }).then(() => assert.fail("signed in"), (error) => error);
    if (thrown) assert.equal(error, thrown);
  }
});

test("nobody else has the listener's port, at either of localhost's addresses", async (t) => {
  const taken = http.createServer((_req, res) => res.end("somebody else"));
  if (await new Promise((resolve) => taken.once("error", resolve).listen(0, "::1", resolve))) return t.skip("this machine has no IPv6");
  const { port } = taken.address();
  try {
    let address;
    const result = await program().acquireTokenInteractive({ scopes: SCOPES, preferredPort: port, openBrowser: async (url) => {
      address = new URL(new URL(url).searchParams.get("redirect_uri"));
      assert.notEqual(address.port, String(port));
      for (const host of ["127.0.0.1", "[::1]"]) assert.equal((await fetch(`http://${host}:${address.port}/`)).status, 200);
      browse(url);
    } });
    assert.equal(result.account.username, ADA);
    for (const host of ["127.0.0.1", "[::1]"]) await assert.rejects(fetch(`http://${host}:${address.port}/`));
  } finally {
    taken.close();
  }
});

test("the browser is opened, the person signs in, the program has tokens and an account", async () => {
  const app = program();
  const pages = [];
  const result = await app.acquireTokenInteractive({
    scopes: SCOPES, state: "mine",
    openBrowser: (address) => { browse(address).then(async (response) => pages.push([response.status, response.headers.get("content-type"), await response.text()])); },
  });
  assert.equal(decodeJwt(result.accessToken).oid, idp.directory.user(contoso, ADA).oid);
  assert.deepEqual([result.account.username, result.account.homeAccountId, result.state, result.fromCache], [ADA, homeIdOf(ADA), "mine", false]);
  await until(() => pages.length === 1);
  assert.deepEqual(pages[0].slice(0, 2), [200, "text/html; charset=utf-8"]);
  assert.match(pages[0][2], /You can close this window/);
  const asked = new URL(idp.log.find(({ url }) => url.includes("/authorize?")).url, idp.origin).searchParams;
  assert.deepEqual([asked.get("response_mode"), asked.get("code_challenge_method"), asked.get("response_type")], ["form_post", "S256", "code"]);
  assert.match(asked.get("redirect_uri"), /^http:\/\/localhost:\d+$/);
  const { body } = idp.tokenRequests().at(-1);
  assert.equal(body.redirect_uri, asked.get("redirect_uri"));
  assert.ok(body.code_verifier.length >= 43);
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })).fromCache, true);
  // Nobody listens any more.
  await assert.rejects(fetch(asked.get("redirect_uri")));
});

test("without scopes it is a sign-in; pages of the program's own are shown", async () => {
  const shown = [];
  const show = (options) => (address) => { browse(address, options).then(async (response) => shown.push(await response.text())); };
  const app = program();
  const { account } = await app.acquireTokenInteractive({ successTemplate: "<h1>Welcome</h1>", openBrowser: show() });
  assert.equal(account.username, ADA);
  const declined = await failureOf(app.acquireTokenInteractive({ scopes: SCOPES, errorTemplate: "<h1>Sorry</h1>", openBrowser: show({ decline: true }) }));
  assert.deepEqual([declined.name, declined.errorCode], ["ServerError", "access_denied"]);
  await until(() => shown.length === 2);
  assert.deepEqual(shown, ["<h1>Welcome</h1>", "<h1>Sorry</h1>"]);
});

test("what others send to the listener neither ends nor settles the sign-in", async () => {
  const app = program();
  const answers = [];
  const result = await app.acquireTokenInteractive({
    scopes: SCOPES,
    openBrowser: async (address) => {
      const uri = new URL(address).searchParams.get("redirect_uri");
      const state = new URL(address).searchParams.get("state");
      const post = (fields, headers) => fetch(uri, { method: "POST", headers, body: new URLSearchParams(fields) });
      answers.push((await fetch(`${uri}/favicon.ico`)).status, (await fetch(uri)).status, (await fetch(`${uri}/?code=c&state=another`)).status,
        (await post({ code: "c", state: "another" })).status, (await post({ code: "c" })).status, (await post([["code", "c"], ["state", state], ["state", "x"]])).status,
        (await fetch(uri, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code: "c", state }) })).status,
        (await fetch(uri, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: `code=c&state=${state}&x=${"y".repeat(100_000)}` })).status,
        (await fetch(uri, { method: "PUT" })).status);
      answers.push((await fetch(`${uri}/?code=c&state=${encodeURIComponent(state)}`)).status, await rawly(uri, "GET //"), await rawly(uri, "GET http://a:99999/"));
      browse(address);
    },
  });
  assert.equal(result.account.username, ADA);
  assert.deepEqual(answers, [404, 200, 400, 400, 400, 400, 400, 400, 405, 400, 404, 404]);
  assert.equal(idp.tokenRequests().length, 1);
});

test("the port that is preferred is taken where it is free", async () => {
  const taken = http.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address();
  const used = [];
  const request = { scopes: SCOPES, preferredPort: port, openBrowser: (address) => { used.push(new URL(new URL(address).searchParams.get("redirect_uri")).port); browse(address); } };
  await program().acquireTokenInteractive(request);
  await new Promise((resolve) => taken.close(resolve));
  await program().acquireTokenInteractive(request);
  assert.notEqual(used[0], String(port));
  assert.equal(used[1], String(port));
});

test("the signal, the time limit and a browser that does not open end it, and nobody listens after", async () => {
  const app = program();
  let uri;
  const opened = (then) => (address) => { uri = new URL(address).searchParams.get("redirect_uri"); then?.(); };
  const controller = new AbortController();
  const reason = new Error("enough");
  assert.equal(await failureOf(app.acquireTokenInteractive({ scopes: SCOPES, signal: controller.signal, openBrowser: opened(() => setTimeout(() => controller.abort(reason), 50)) })), reason);
  await assert.rejects(fetch(uri));
  assert.equal((await failureOf(app.acquireTokenInteractive({ scopes: SCOPES, timeoutMs: 100, openBrowser: opened() }))).errorCode, "user_timeout_reached");
  await assert.rejects(fetch(uri));
  const broken = new Error("no browser");
  for (const openBrowser of [() => { throw broken; }, async () => { throw broken; }]) {
    assert.equal(await failureOf(app.acquireTokenInteractive({ scopes: SCOPES, openBrowser })), broken);
  }
  assert.equal(idp.tokenRequests().length, 0);
});

test("what cannot be asked is refused", async () => {
  const app = program();
  const openBrowser = () => assert.fail("no browser is to be opened");
  for (const [request, named] of [[{}, "openBrowser"], [{ openBrowser, redirectUri: "http://localhost/x" }, "redirectUri"], [{ openBrowser, responseMode: "query" }, "responseMode"]]) {
    assert.match((await failureOf(app.acquireTokenInteractive({ scopes: SCOPES, ...request }))).message, new RegExp(`request\\.${named}`));
  }
});

test("the program ends when the sign-in has", async () => {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", `
    import { PublicClientApplication } from "graph-token";
    const app = new PublicClientApplication({ auth: { clientId: "c", authority: "http://127.0.0.1:9/contoso.example" } });
    await app.acquireTokenInteractive({ openBrowser: () => { throw new Error("no browser"); } }).catch((error) => console.log(error.message));
    await app.acquireTokenByDeviceCode({ deviceCodeCallback: () => {} }).catch((error) => console.log(error.errorCode));
  `], { cwd: fileURLToPath(new URL(".", import.meta.url)), timeout: 20_000 });
  assert.equal(stdout, "no browser\nnetwork_error\n");
});
