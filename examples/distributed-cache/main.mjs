// A web app in several instances behind one address. Sessions and tokens lie in a cache that they share: who signed in
// at one instance is known to all of them, and a token that one got is used by the others.
//
//   TENANT_ID, CLIENT_ID, CLIENT_SECRET   the application, of the platform "Web" with the redirect URI below
//   REDIRECT_URI     {public address}/redirect
//   CACHE_FOLDER     the folder that stands in for Redis (see cache.mjs)
//   PORT             that of this instance; 3000, if not set
//   GRAPH_ENDPOINT   where Graph is, if not at https://graph.microsoft.com
//
//   PORT=3000 node main.mjs & PORT=3010 node main.mjs    then open http://localhost:3000/sign-in, and :3010/me
import { randomUUID } from "node:crypto";
import http from "node:http";
import { ConfidentialClientApplication, CryptoProvider, DistributedCachePlugin, InteractionRequiredAuthError } from "@azure/msal-node";
import { FileCache, SessionPartition } from "./cache.mjs";

const { env } = process;
const GRAPH = env.GRAPH_ENDPOINT ?? "https://graph.microsoft.com";
const AUTHORITY = `https://login.microsoftonline.com/${env.TENANT_ID}`;
const SCOPES = ["User.Read"];
const PORT = Number(env.PORT ?? 3000);

const cache = new FileCache(env.CACHE_FOLDER);
const cryptoProvider = new CryptoProvider();

/** One client per request: what it holds in memory is one person's, and the plugin brings it from the shared cache. */
function clientFor(session) {
  return new ConfidentialClientApplication({
    auth: { clientId: env.CLIENT_ID, clientSecret: env.CLIENT_SECRET, authority: AUTHORITY },
    cache: { cachePlugin: new DistributedCachePlugin(cache, new SessionPartition(session)) },
  });
}

async function signIn(session) {
  const { verifier, challenge } = await cryptoProvider.generatePkceCodes();
  session.pending = { verifier, nonce: cryptoProvider.createNewGuid(), state: cryptoProvider.createNewGuid() };
  const { nonce, state } = session.pending;
  const location = await clientFor(session).getAuthCodeUrl({
    scopes: SCOPES, redirectUri: env.REDIRECT_URI, codeChallenge: challenge, codeChallengeMethod: "S256", nonce, state,
  });
  return { location };
}

async function redeem(session, query) {
  const { pending } = session;
  delete session.pending;
  if (!pending || !query.has("code")) return { status: 400, body: { error: "This is not the sign-in that was begun here." } };
  const { verifier, nonce, state } = pending;
  const { account } = await clientFor(session).acquireTokenByCode(
    { code: query.get("code"), scopes: SCOPES, redirectUri: env.REDIRECT_URI, codeVerifier: verifier, nonce, state },
    { code: query.get("code"), state: query.get("state") },
  );
  session.homeAccountId = account.homeAccountId;
  return { location: "/me" };
}

async function accountOf(session, client) {
  if (!session.homeAccountId) return null;
  return client.getTokenCache().getAccountByHomeId(session.homeAccountId);
}

async function me(session) {
  const client = clientFor(session);
  const account = await accountOf(session, client);
  if (!account) return { location: "/sign-in" };
  try {
    const { accessToken, fromCache } = await client.acquireTokenSilent({ account, scopes: SCOPES });
    const response = await fetch(`${GRAPH}/v1.0/me`, { headers: { authorization: `Bearer ${accessToken}` } });
    return { status: response.status, body: { instance: PORT, fromCache, me: await response.json() } };
  } catch (error) {
    if (error instanceof InteractionRequiredAuthError) return { location: "/sign-in" };
    throw error;
  }
}

async function signOut(session) {
  const client = clientFor(session);
  const account = await accountOf(session, client);
  if (account) await client.getTokenCache().removeAccount(account);
  delete session.homeAccountId;
  const home = new URL("/", env.REDIRECT_URI).origin;
  return { location: `${AUTHORITY}/oauth2/v2.0/logout?post_logout_redirect_uri=${encodeURIComponent(home)}` };
}

async function answer(req) {
  const { pathname, searchParams } = new URL(req.url, "http://localhost");
  const id = /(?:^|; )session=([\w-]+)/.exec(req.headers.cookie ?? "")?.[1] ?? randomUUID();
  const session = JSON.parse(await cache.get(`session:${id}`) || "{}");
  const page = { "/sign-in": signIn, "/redirect": redeem, "/me": me, "/sign-out": signOut }[pathname];
  const reply = page ? await page(session, searchParams) : { status: 404, body: { error: "There is no such page." } };
  await cache.set(`session:${id}`, JSON.stringify(session));
  return { ...reply, cookie: `session=${id}; HttpOnly; SameSite=Lax; Path=/` };
}

const server = http.createServer(async (req, res) => {
  try {
    const { location, status, body, cookie } = await answer(req);
    res.setHeader("set-cookie", cookie);
    if (location) res.writeHead(302, { location }).end();
    else res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  } catch (error) {
    console.error(error.errorCode ?? error);
    res.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ error: "It did not work." }));
  }
});
server.listen(PORT, "localhost", () => console.log(`listening at http://localhost:${PORT}`));
