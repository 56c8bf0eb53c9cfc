// An API is called with a person's token and calls Graph as that person; what Graph's guard asks of them is passed on.
import { InteractionRequiredAuthError } from "graph-token";
import { check, ends, fields, heading, note, part, table, token } from "./show.mjs";

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

/** `signedIn` is what the step before gave: the web app, which calls the API. */
export async function onBehalfOf(around, signedIn) {
  heading("An API calls Graph on behalf of its caller");
  if (!signedIn) return note("Skipped: it needs a person.");
  const { people, graphOrigin } = around;
  const api = around.client({ auth: people.api });

  part("the token with which the API is called");
  // By the sign-in's refresh token: it serves any resource that the person agreed to.
  const incoming = await signedIn.app.acquireTokenSilent({ account: signedIn.account, scopes: [`api://${people.api.clientId}/access_as_user`] });
  fields({ scopes: incoming.scopes.join(" "), account: incoming.account.username, access_token: ends(incoming.accessToken) });
  const oboAssertion = incoming.accessToken;

  part("acquireTokenOnBehalfOf");
  const request = { oboAssertion, scopes: ["User.Read"] };
  const result = await api.acquireTokenOnBehalfOf(request);
  token(result);
  check("it is another token, for the same person", result.accessToken !== oboAssertion && result.account.homeAccountId === signedIn.account.homeAccountId);
  check("for the same incoming token the cache answers", (await api.acquireTokenOnBehalfOf(request)).fromCache);

  part("Graph's /me with it");
  const response = await fetch(`${graphOrigin}/v1.0/me`, { headers: { Authorization: result.createAuthorizationHeader() } });
  const me = await response.json();
  table(["displayName", "userPrincipalName", "id"], [me]);
  check("Graph answers with the caller", response.ok && me.userPrincipalName === signedIn.account.username);

  part("a policy that wants more of the person than a password");
  people.demand(CLAIMS);
  await challenged(api, { oboAssertion, scopes: ["Mail.Read"] });
}

async function challenged(api, request) {
  try {
    await api.acquireTokenOnBehalfOf(request);
    check("the exchange is refused", false);
  } catch (error) {
    if (!(error instanceof InteractionRequiredAuthError)) throw error;
    const { name, errorCode, errorCodes, claims, hint, wwwAuthenticate = "" } = error;
    const passedOn = /claims="([^"]+)"/.exec(wwwAuthenticate)?.[1] ?? "";
    fields({
      class: name, errorCode, AADSTS: errorCodes[0], claims, hint,
      "answer to the caller": 401, "WWW-Authenticate": wwwAuthenticate.replace(passedOn, `${passedOn.slice(0, 12)}…`),
    });
    check("the caller gets the claims, for the next sign-in", Buffer.from(passedOn, "base64").toString() === CLAIMS);
  }
}
