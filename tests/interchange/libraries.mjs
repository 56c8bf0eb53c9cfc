// Our client, MSAL Node's and MSAL Python's behind the same five verbs, so that each can be put in another's place.
//
// Every verb makes a client of its own, as a process does that was just started, gives it the cache it is handed, and
// answers with what was asked for and the cache as it is afterwards.
import * as msal from "@azure/msal-node";
import * as graphToken from "graph-token";
import { REDIRECT_URI } from "./entra.mjs";
import { runPython } from "./python.mjs";

export const GRAPH_SCOPES = ["https://graph.microsoft.com/.default"];
export const USER_SCOPES = ["https://graph.microsoft.com/User.Read"];

/** `entra` is what startEntra gave. */
export function libraries(entra) {
  return {
    ours: inJavaScript(graphToken.ConfidentialClientApplication, entra),
    msalNode: inJavaScript(msal.ConfidentialClientApplication, entra),
    msalPython: inPython(entra),
  };
}

function inJavaScript(Client, { idp, authority, networkClient, answerTo }) {
  async function work(name, { cache, tenant, system }, verb) {
    const { clientId, clientSecret } = idp.clients[name];
    const client = new Client({ auth: { clientId, clientSecret, authority: authority(tenant) }, system: { networkClient, ...system } });
    if (cache) client.getTokenCache().deserialize(cache);
    const result = await verb(client);
    return { token: result?.accessToken, result, cache: client.getTokenCache().serialize() };
  }
  const accountNamed = async (client, username) => {
    const accounts = await client.getTokenCache().getAllAccounts();
    return accounts.find((account) => account.username === username) ?? raise(`no account ${username} in the cache`);
  };
  return {
    appToken: ({ scopes = GRAPH_SCOPES, app = "daemon", ...job } = {}) =>
      work(app, job, (client) => client.acquireTokenByClientCredential({ scopes })),
    signIn: ({ login, scopes = USER_SCOPES, ...job }) => work("web", job, async (client) => {
      const { code } = await answerTo(await client.getAuthCodeUrl({ scopes, redirectUri: REDIRECT_URI }), login);
      return client.acquireTokenByCode({ code, scopes, redirectUri: REDIRECT_URI });
    }),
    silent: ({ username, scopes = USER_SCOPES, app = "web", forceRefresh, ...job }) => work(app, job, async (client) =>
      client.acquireTokenSilent({ account: await accountNamed(client, username), scopes, forceRefresh })),
    onBehalfOf: ({ assertion, scopes = USER_SCOPES, ...job }) =>
      work("api", job, (client) => client.acquireTokenOnBehalfOf({ oboAssertion: assertion, scopes })),
    /** The accounts of a cache: home account id, local account id, tenant, username. */
    accounts: async ({ app = "web", ...job }) => {
      const { result } = await work(app, job, (client) => client.getTokenCache().getAllAccounts());
      return result.map((account) => [account.homeAccountId, account.localAccountId, account.tenantId, account.username]);
    },
  };
}

function inPython({ idp, authority, answerTo }) {
  async function work(name, { cache, tenant }, verb, parameters) {
    const { clientId, clientSecret } = idp.clients[name];
    const done = await runPython({
      provider: idp.origin, client_id: clientId, client_secret: clientSecret, authority: authority(tenant),
      cache, do: verb, arguments: parameters,
    });
    if (done.result?.error) raise(`MSAL Python: ${done.result.error} ${done.result.error_description}`);
    return { token: done.result?.access_token, ...done };
  }
  return {
    appToken: ({ scopes = GRAPH_SCOPES, app = "daemon", ...job } = {}) => work(app, job, "client", { scopes }),
    signIn: async ({ login, scopes = USER_SCOPES, ...job }) => {
      const { result: flow } = await work("web", job, "begin_code_flow", { scopes, redirect_uri: REDIRECT_URI });
      return work("web", job, "code_flow", { flow, answer: await answerTo(flow.auth_uri, login) });
    },
    silent: ({ username, scopes = USER_SCOPES, app = "web", forceRefresh, ...job }) =>
      work(app, job, "silent", { scopes, username, force_refresh: forceRefresh }),
    onBehalfOf: ({ assertion, scopes = USER_SCOPES, ...job }) => work("api", job, "obo", { scopes, assertion }),
    accounts: async ({ app = "web", ...job }) => {
      const { result } = await work(app, job, "accounts");
      return result.map((account) => [account.home_account_id, account.local_account_id, account.realm, account.username]);
    },
  };
}

function raise(message) {
  throw new Error(message);
}
