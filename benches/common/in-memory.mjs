// The clients, each of them over a network that is a function call.

import { ClientSecretCredential } from "@azure/identity";
import { ConfidentialClientApplication as MsalClient } from "@azure/msal-node";
import { ConfidentialClientApplication } from "graph-token";
import { answer, CLIENT_ID, CLIENT_SECRET, HOST, SCOPE, tenant } from "./answers.mjs";

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const HOME = `${HOST}/${tenant(0)}`;

/**
 * A client of many tenants.
 * @typedef {(tenantNumber: number) => Promise<unknown>} Acquire resolves with the library's own result
 */

/** The authorities of tenants, made once: a service keeps them, and no contender is to be charged for the text. */
export function authorities(count) {
  return Array.from({ length: count }, (_, number) => `${HOST}/${tenant(number)}`);
}

/** The floor: what a hand-written cache comes to. */
export function mapFloor(names) {
  const cache = new Map();
  async function get(authority) {
    const entry = cache.get(authority);
    if (entry !== undefined && entry.expiresOn > Date.now()) return entry;
    const { access_token, expires_in } = JSON.parse(answer(`${authority}/oauth2/v2.0/token`));
    const fresh = { token: access_token, expiresOn: Date.now() + expires_in * 1000 };
    cache.set(authority, fresh);
    return fresh;
  }
  return (number) => get(names[number]);
}

/** For comparison: a Map that does MSAL's part too, a key from the request's fields and a result for each caller. */
export function mapOfResults(names) {
  const cache = new Map();
  async function acquire(request) {
    const key = `${request.authority} ${request.scopes.join(" ")}`;
    const entry = cache.get(key);
    if (entry !== undefined && entry.expiresOn > Date.now()) {
      return { ...entry, scopes: [...entry.scopes], expiresOn: new Date(entry.expiresOn), fromCache: true };
    }
    const { access_token, token_type, expires_in } = JSON.parse(answer(`${request.authority}/oauth2/v2.0/token`));
    const fresh = {
      authority: request.authority,
      accessToken: access_token,
      tokenType: token_type,
      scopes: request.scopes,
      expiresOn: Date.now() + expires_in * 1000,
      account: null,
      idTokenClaims: {},
      correlationId: "",
    };
    cache.set(key, fresh);
    return fresh;
  }
  return (number) => acquire({ scopes: [SCOPE], authority: names[number] });
}

/** graph-token: one application, the authority in each request. */
export function ours(names) {
  const fetch = async (url) => new Response(answer(String(url)), { headers: JSON_TYPE });
  const app = new ConfidentialClientApplication({
    auth: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, authority: HOME },
    system: { fetch },
  });
  return (number) => app.acquireTokenByClientCredential({ scopes: [SCOPE], authority: names[number] });
}

/** msal-node, used in the same way. */
export function msalNode(names) {
  const reply = async (url) => ({ status: 200, headers: JSON_TYPE, body: JSON.parse(answer(url)) });
  const app = new MsalClient({
    auth: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, authority: HOME },
    system: { networkClient: { sendGetRequestAsync: reply, sendPostRequestAsync: reply } },
  });
  return (number) => app.acquireTokenByClientCredential({ scopes: [SCOPE], authority: names[number] });
}

/** @azure/identity: one credential, the tenant in each call. */
export function azureIdentity() {
  const headers = { get: (name) => JSON_TYPE[name.toLowerCase()], toJSON: () => JSON_TYPE, has: () => false, set() {}, delete() {} };
  const credential = new ClientSecretCredential(tenant(0), CLIENT_ID, CLIENT_SECRET, {
    additionallyAllowedTenants: ["*"],
    httpClient: { sendRequest: async (request) => ({ request, status: 200, headers, bodyAsText: answer(request.url) }) },
  });
  return (number) => credential.getToken(SCOPE, { tenantId: tenant(number) });
}
