// What the tests of the SDKs share. The SDKs send tokens to Graph's own address alone, and over https: that is what they
// are given, and below them everything for that address goes to the stand-in.
import { answerOf, GRAPH_ORIGIN, signIn } from "../idp/index.mjs";
import { services } from "../support.mjs";

export { GRAPH_ORIGIN };
export const SCOPE = `${GRAPH_ORIGIN}/.default`;
export const ADA = "ada@contoso.example";

/** The services, and the two kinds of credential that an SDK's client may hold. */
export async function sdkServices() {
  const started = await services();
  const { idp, graph, client } = started;

  return {
    ...started,
    /** `fetch` for an SDK: Graph's address is the stand-in's. */
    toStandIn: async (input, init) => {
      const request = new Request(input, init);
      if (!request.url.startsWith(`${GRAPH_ORIGIN}/`)) throw new Error(`sent to ${new URL(request.url).origin}`);
      const { method, headers, signal } = request;
      const body = request.body && await request.arrayBuffer();
      return fetch(request.url.replace(GRAPH_ORIGIN, graph.origin), { method, headers, signal, body });
    },
    /** Who may call Graph. */
    credentials: [
      { who: "an application", make: async () => client() },
      { who: "a user, on behalf of whom an API calls", make: async () => onBehalfOf(apiClient(), await incomingToken()) },
    ],
    /** The tokens that Graph was shown, in order. */
    shown: () => graph.log.map(({ headers }) => headers.authorization?.replace("Bearer ", "")),
  };

  function apiClient() {
    const { clientId, clientSecret } = idp.clients.api;
    return client({ auth: { clientId, clientSecret } });
  }

  /** A token for our API, as its caller has it: got without any library. */
  async function incomingToken() {
    const { web, api } = idp.clients;
    const base = `${idp.authority("contoso")}/oauth2/v2.0`;
    const common = { client_id: web.clientId, redirect_uri: "http://localhost/auth", scope: `api://${api.clientId}/access_as_user` };
    const asked = new URLSearchParams({ ...common, response_type: "code", state: "s" });
    const { code } = answerOf(await signIn(`${base}/authorize?${asked}`, { login: ADA }));
    const form = { ...common, client_secret: web.clientSecret, grant_type: "authorization_code", code };
    const response = await fetch(`${base}/token`, { method: "POST", body: new URLSearchParams(form) });
    const { access_token: token } = await response.json();
    idp.clearLog();
    return token;
  }
}

/** The credential of one incoming call, as an API's author writes it. */
function onBehalfOf(app, oboAssertion) {
  return {
    async getToken(scopes, { claims, abortSignal, tenantId } = {}) {
      const result = await app.acquireTokenOnBehalfOf({ oboAssertion, scopes: [scopes].flat(), claims, signal: abortSignal, tenantId });
      return { token: result.accessToken, expiresOnTimestamp: result.expiresOn.getTime() };
    },
  };
}
