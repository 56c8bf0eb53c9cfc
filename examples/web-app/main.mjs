// A web app: signs people in with the authorization code flow and shows them what Graph knows about them.
//
//   TENANT_ID        the tenant, or organizations
//   CLIENT_ID, CLIENT_SECRET   the application, of the platform "Web" with the redirect URI http://localhost:3000/redirect
//   PORT             3000, if not set
//   GRAPH_ENDPOINT   where Graph is, if not at https://graph.microsoft.com
//
//   node main.mjs    then open http://localhost:3000
import { randomUUID } from "node:crypto";
import http from "node:http";
import {
  AuthError, ConfidentialClientApplication, CryptoProvider, InteractionRequiredAuthError, PromptValue, ResponseMode,
} from "@azure/msal-node";

const { env } = process;
const GRAPH = env.GRAPH_ENDPOINT ?? "https://graph.microsoft.com";
const AUTHORITY = `https://login.microsoftonline.com/${env.TENANT_ID}`;
const HOME = `http://localhost:${env.PORT ?? 3000}`;
const REDIRECT_URI = `${HOME}/redirect`;

const client = new ConfidentialClientApplication({
  auth: { clientId: env.CLIENT_ID, clientSecret: env.CLIENT_SECRET, authority: AUTHORITY },
});
const cryptoProvider = new CryptoProvider();
const sessions = new Map();

/** Each page wants its own permissions: `acquireTokenSilent` gets what is missing by the refresh token. */
const PAGES = {
  "/me": { scopes: ["User.Read"], path: "/v1.0/me" },
  "/people": { scopes: [`${GRAPH}/User.ReadBasic.All`], path: "/v1.0/users?$top=5" },
};

async function signIn(session, { returnTo = "/", prompt = PromptValue.SELECT_ACCOUNT } = {}) {
  const { verifier, challenge } = await cryptoProvider.generatePkceCodes();
  const nonce = cryptoProvider.createNewGuid();
  const state = cryptoProvider.base64Encode(JSON.stringify({ csrf: cryptoProvider.createNewGuid(), returnTo }));
  session.pending = { verifier, nonce, state };
  return client.getAuthCodeUrl({
    scopes: ["User.Read"],
    redirectUri: REDIRECT_URI,
    responseMode: ResponseMode.QUERY,
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
    prompt,
    nonce,
    state,
    ...(session.account ? { loginHint: session.account.username } : {}),
  });
}

async function redeem(session, query) {
  const { pending } = session;
  delete session.pending;
  if (!pending || query.get("state") !== pending.state) throw new HttpError(400, "This is not the sign-in that was begun here.");
  if (query.has("error")) throw new HttpError(403, `Not signed in: ${query.get("error")}`);
  const result = await client.acquireTokenByCode({
    code: query.get("code"),
    scopes: ["User.Read"],
    redirectUri: REDIRECT_URI,
    codeVerifier: pending.verifier,
    nonce: pending.nonce,
    state: pending.state,
  }, { code: query.get("code"), state: query.get("state"), nonce: pending.nonce });
  session.account = result.account;
  return JSON.parse(cryptoProvider.base64Decode(pending.state)).returnTo;
}

async function show({ account }, { scopes, path }, forceRefresh) {
  const { accessToken } = await client.acquireTokenSilent({ account, scopes, forceRefresh });
  const response = await fetch(`${GRAPH}${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
  const body = await response.json();
  if (!response.ok) throw new HttpError(502, `Graph answered ${response.status}: ${body.error.code}`);
  return body;
}

async function signOut(session) {
  const { account } = session;
  session.account = undefined;
  if (account) await client.getTokenCache().removeAccount(account);
  return `${AUTHORITY}/oauth2/v2.0/logout?post_logout_redirect_uri=${encodeURIComponent(HOME)}`;
}

async function answer(session, { pathname, searchParams, href }) {
  switch (pathname) {
    case "/": return session.account ? `Hello ${session.account.name}: /me, /people, /sign-out` : "Hello, stranger: /sign-in";
    case "/sign-in": return redirect(await signIn(session));
    case "/redirect": return redirect(await redeem(session, searchParams));
    case "/sign-out": return redirect(await signOut(session));
  }
  const page = PAGES[pathname];
  if (!page) throw new HttpError(404, "There is no such page.");
  const returnTo = href.slice(HOME.length);
  if (!session.account) return redirect(await signIn(session, { returnTo }));
  try {
    return await show(session, page, searchParams.has("refresh"));
  } catch (error) {
    if (!(error instanceof InteractionRequiredAuthError)) throw error;
    return redirect(await signIn(session, { returnTo, prompt: PromptValue.LOGIN }));
  }
}

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const redirect = (location) => ({ location });

function sessionOf(req, res) {
  let id = /(?:^|; )session=([\w-]+)/.exec(req.headers.cookie ?? "")?.[1];
  if (!sessions.has(id)) {
    sessions.set(id = randomUUID(), {});
    res.setHeader("set-cookie", `session=${id}; HttpOnly; SameSite=Lax; Path=/`);
  }
  return sessions.get(id);
}

const server = http.createServer(async (req, res) => {
  try {
    const body = await answer(sessionOf(req, res), new URL(req.url, HOME));
    if (body.location) res.writeHead(302, { location: body.location }).end();
    else res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  } catch (error) {
    const { status, message } = error instanceof HttpError ? error : new HttpError(500, "It did not work.");
    if (status === 500) console.error(error instanceof AuthError ? error.errorCode : error);
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: message }));
  }
});
server.listen(new URL(HOME).port, "localhost", () => console.log(`listening at ${HOME}`));
