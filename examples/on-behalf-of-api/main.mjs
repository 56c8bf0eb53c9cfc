// An API that calls Graph on behalf of whoever calls it, and passes on what Graph asks of that person.
//
//   TENANT_ID        the tenant whose people may call
//   CLIENT_ID        the application; it exposes the scope access_as_user, and is named in its clients' consent
//   CLIENT_SECRET    its secret
//   PORT             3001, if not set
//   ISSUER           who issues the tokens, if not login.microsoftonline.com
//   GRAPH_ENDPOINT   where Graph is, if not at https://graph.microsoft.com
//
//   node main.mjs    then GET http://localhost:3001/me with a bearer token for api://{CLIENT_ID}
//
// Besides the library it needs `jose`, to judge the tokens it is shown.
import http from "node:http";
import { ConfidentialClientApplication, InteractionRequiredAuthError, LogLevel } from "@azure/msal-node";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { env } = process;
const GRAPH = env.GRAPH_ENDPOINT ?? "https://graph.microsoft.com";
const AUTHORITY = `https://login.microsoftonline.com/${env.TENANT_ID}`;
const ISSUER = env.ISSUER ?? `https://login.microsoftonline.com/${env.TENANT_ID}/v2.0`;
const PORT = Number(env.PORT ?? 3001);

const client = new ConfidentialClientApplication({
  auth: {
    clientId: env.CLIENT_ID,
    clientSecret: env.CLIENT_SECRET,
    authority: AUTHORITY,
    // Says that this API, and so its callers, can meet a claims challenge.
    clientCapabilities: ["cp1"],
  },
  system: { loggerOptions: { logLevel: LogLevel.Error, loggerCallback: (level, message) => console.error(message) } },
});
const keys = createRemoteJWKSet(new URL(`${AUTHORITY}/discovery/v2.0/keys`));

/** Gives the caller's token once it is known to be good. */
async function authenticate(authorization = "") {
  const [scheme, token] = authorization.split(" ");
  if (scheme.toLowerCase() !== "bearer" || !token) throw new Refusal(401, "A bearer token is needed.", "Bearer");
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: ISSUER, audience: [env.CLIENT_ID, `api://${env.CLIENT_ID}`] });
    if (!payload.scp?.split(" ").includes("access_as_user")) throw new Refusal(403, "The token lacks access_as_user.");
    return token;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(401, "The token is not good.", 'Bearer error="invalid_token"');
  }
}

async function me(oboAssertion, correlationId) {
  const call = async (claims) => {
    const result = await client.acquireTokenOnBehalfOf({ oboAssertion, scopes: [`${GRAPH}/User.Read`], claims, correlationId });
    return fetch(`${GRAPH}/v1.0/me`, { headers: { authorization: `Bearer ${result.accessToken}` } });
  };
  let response = await call();
  const claims = claimsOf(response);
  // Graph wants a token that fulfils these. Perhaps it can be had without the person.
  if (claims) response = await call(claims);
  const body = await response.json();
  if (!response.ok) throw new Refusal(502, `Graph answered ${response.status}: ${body.error.code}`);
  return { name: body.displayName, address: body.userPrincipalName };
}

function claimsOf(response) {
  if (response.status !== 401) return undefined;
  const challenge = response.headers.get("www-authenticate") ?? "";
  const claims = /\berror="insufficient_claims"/.test(challenge) && /\bclaims="([^"]+)"/.exec(challenge);
  return claims ? Buffer.from(claims[1], "base64").toString("utf8") : undefined;
}

/** What the caller needs to send its user through another sign-in, and to come back with a better token. */
function challengeOf({ claims }) {
  const parts = ['realm=""', `authorization_uri="${AUTHORITY}/oauth2/v2.0/authorize"`, `client_id="${env.CLIENT_ID}"`];
  if (claims) parts.push('error="insufficient_claims"', `claims="${Buffer.from(claims).toString("base64")}"`);
  else parts.push('error="interaction_required"');
  return `Bearer ${parts.join(", ")}`;
}

class Refusal extends Error {
  constructor(status, message, challenge) {
    super(message);
    this.status = status;
    this.headers = challenge ? { "www-authenticate": challenge } : {};
  }
}

function refusalFor(error) {
  if (error instanceof Refusal) return error;
  if (error instanceof InteractionRequiredAuthError) return new Refusal(401, "The person has to sign in again.", challengeOf(error));
  console.error(error.errorCode ?? error);
  return new Refusal(500, "It did not work.");
}

const server = http.createServer(async (req, res) => {
  const reply = (status, body, headers) => {
    res.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
  try {
    const token = await authenticate(req.headers.authorization);
    if (new URL(req.url, "http://localhost").pathname !== "/me") throw new Refusal(404, "There is no such resource.");
    reply(200, await me(token, req.headers["client-request-id"]));
  } catch (error) {
    const { status, message, headers } = refusalFor(error);
    reply(status, { error: message }, headers);
  }
});
server.listen(PORT, "localhost", () => console.log(`listening at http://localhost:${PORT}`));
