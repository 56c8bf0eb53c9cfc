// A token store that failed once, is behind, or gives what others' clients give; and several programs over one store at a provider
// that takes each refresh token once.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, test } from "node:test";
import { ConfidentialClientApplication } from "graph-token";
import { failureOf, serve, services } from "../support.mjs";
import { ADA, BLAISE, people, SCOPES } from "./people.mjs";

const all = await services();
const { idp } = all;
const { web, signedIn } = people(all);

describe("a store that failed, or is behind", () => {
  /** A store over a map that fails where it is told to. */
  const failing = () => {
    const map = new Map();
    const faults = { get: [], set: [] };
    const access = (what, act) => async (...given) => {
      if (faults[what].shift()) throw new Error("ECONNRESET");
      return act(...given);
    };
    const tokenStore = { get: access("get", (key) => map.get(key)), set: access("set", (key, value) => void map.set(key, value)), delete: async (key) => void map.delete(key) };
    return { map, faults, cache: { tokenStore } };
  };
  const silently = (app, account) => app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
  const elsewhere = async (cache, account) => (await web({ cache }).acquireTokenSilent({ account, scopes: ["Mail.Read"] })).account.username;

  test("who could not be saved at the sign-in is saved with the next renewal", async () => {
    const { faults, cache } = failing();
    const app = web({ cache });
    faults.set.push(true);
    const { account } = await signedIn(app);
    assert.equal((await failureOf(elsewhere(cache, account))).errorCode, "no_tokens_found");
    await silently(app, account);
    assert.equal(await elsewhere(cache, account), ADA);
  });

  test("whoever was removed elsewhere stays so, all the same", async () => {
    const { map, cache } = failing();
    const app = web({ cache });
    const { account } = await signedIn(app);
    await web({ cache }).getTokenCache().removeAccount(account);
    await silently(app, account);
    assert.deepEqual([...map.keys()].filter((key) => key.includes(":user:")), []);
  });

  test("and so does whoever was removed elsewhere after a fault", async () => {
    const { map, faults, cache } = failing();
    const app = web({ cache });
    const { account } = await signedIn(app);
    for (const what of ["get", "set"]) {
      faults[what].push(true);
      await silently(app, account);
      faults[what].length = 0;
    }
    await web({ cache }).getTokenCache().removeAccount(account);
    await silently(app, account);
    assert.deepEqual([...map.keys()].filter((key) => key.includes(":user:")), []);
  });

  test("an entry that was cut is written over", async () => {
    const { map, cache } = failing();
    const app = web({ cache });
    const { account } = await signedIn(app);
    const [key] = [...map.keys()].filter((name) => name.includes(":user:"));
    map.set(key, map.get(key).slice(0, 200));
    await silently(app, account);
    assert.equal(await elsewhere(cache, account), ADA);
  });

  test("what parses JSON, or gives bytes, is read as well", async () => {
    const { map, cache } = failing();
    const { account } = await signedIn(web({ cache }));
    for (const given of [JSON.parse, (text) => Buffer.from(text)]) {
      const tokenStore = { ...cache.tokenStore, get: async (key) => (map.has(key) ? given(map.get(key)) : null) };
      assert.equal(await elsewhere({ tokenStore }, account), ADA);
    }
  });

  test("a list may come one by one, and hold what was not asked for", async () => {
    const { map, cache } = failing();
    const other = web({ auth: { clientId: idp.clients.api.clientId, clientSecret: idp.clients.api.clientSecret }, cache });
    await signedIn(web({ cache }));
    await signedIn(other, { login: BLAISE }).catch(() => {});
    const list = async function* list() {
      for (const key of map.keys()) yield key;
    };
    const accounts = await web({ cache: { tokenStore: { ...cache.tokenStore, list } } }).getTokenCache().getAllAccounts();
    assert.deepEqual(accounts.map(({ username }) => username), [ADA]);
  });
});

describe("a provider that takes each refresh token once, and several programs with one store", () => {
  /** Its tokens are numbered; a spent one is refused. */
  async function provider() {
    let latest = 0;
    const spent = new Set();
    const server = await serve((_req, res, { url, body }) => {
      const { origin } = server;
      const send = (status, answer) => res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      if (url.includes("/.well-known/")) return send(200, { issuer: origin, token_endpoint: `${origin}/token`, authorization_endpoint: `${origin}/authorize`, jwks_uri: `${origin}/keys` });
      if (url.startsWith("/keys")) return send(200, { keys: [server.jwk] });
      const form = new URLSearchParams(body);
      const given = form.get("refresh_token");
      if (given && (spent.has(given) || !given)) return send(400, { error: "invalid_grant", error_description: "spent" });
      spent.add(given);
      return send(200, { token_type: "Bearer", expires_in: 3600, scope: "api openid", access_token: `at-${++latest}`, refresh_token: `rt-${latest}`, id_token: server.idToken() });
    });
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    server.jwk = { ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" };
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    server.idToken = () => {
      const seconds = Math.floor(Date.now() / 1000);
      const text = `${part({ alg: "RS256", kid: "1" })}.${part({ iss: server.origin, aud: "c", sub: "ada", preferred_username: "ada", iat: seconds, exp: seconds + 3600 })}`;
      return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
    };
    return server;
  }
  const clientOf = ({ origin }, tokenStore) => new ConfidentialClientApplication({
    auth: { clientId: "c", clientSecret: "s", authority: origin, protocolMode: "OIDC" }, cache: { tokenStore }, system: { protocolMode: "OIDC" },
  });
  const overMap = (map, ms) => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random())));
    return {
      get: async (key) => (await wait(), map.get(key)),
      set: async (key, value) => (await wait(), void map.set(key, value)),
      delete: async (key) => (await wait(), void map.delete(key)),
    };
  };

  test("all that renew at once get a token, and the store keeps a refresh token that is good", async () => {
    const server = await provider();
    const map = new Map();
    const { account } = await clientOf(server, overMap(map, 0)).acquireTokenByCode({ code: "x", redirectUri: "http://localhost", scopes: ["api"] });
    for (let round = 0; round < 4; round++) {
      const programs = Array.from({ length: 3 }, () => clientOf(server, overMap(map, 8)));
      const ask = (app) => app.acquireTokenSilent({ account, scopes: ["api"], forceRefresh: true });
      const results = await Promise.all(programs.map(ask));
      assert.ok(results.every(({ accessToken }) => accessToken.startsWith("at-")));
      assert.ok((await ask(clientOf(server, overMap(map, 0)))).accessToken);
    }
  });

  test("a store that shows an older refresh token than this program has is not believed", async () => {
    const server = await provider();
    const map = new Map();
    let snapshot;
    const tokenStore = { ...overMap(map, 0), get: async (key) => (snapshot ?? map).get(key) };
    const app = clientOf(server, tokenStore);
    const { account } = await app.acquireTokenByCode({ code: "x", redirectUri: "http://localhost", scopes: ["api"] });
    snapshot = new Map(map);
    for (let times = 0; times < 3; times++) assert.ok((await app.acquireTokenSilent({ account, scopes: ["api"], forceRefresh: true })).accessToken);
  });
});
