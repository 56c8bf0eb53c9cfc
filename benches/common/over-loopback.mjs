// The clients with their own network stacks, pointed at an endpoint on loopback.

import { ClientSecretCredential } from "@azure/identity";
import { ConfidentialClientApplication as MsalClient } from "@azure/msal-node";
import { ConfidentialClientApplication } from "graph-token";
import * as oauth from "oauth4webapi";
import { CLIENT_ID, CLIENT_SECRET, discovery, HOST, SCOPE, tenant } from "./answers.mjs";

const TENANT = tenant(0);

/**
 * @param {string} origin
 * @param {{ anew: boolean }} options whether the cache is to be passed over
 * @returns {Record<string, () => Promise<string>>} each gives an access token
 */
export function contendersAt(origin, { anew }) {
  const authority = `${origin}/${TENANT}`;
  return {
    "raw fetch": () => rawFetch(authority),
    "graph-token": graphToken(authority, anew),
    oauth4webapi: oauth4webapi(authority),
    "@azure/msal-node": msalNode(authority, anew),
    // It has no way to pass its cache over.
    ...(anew ? {} : { "@azure/identity": azureIdentity(origin) }),
  };
}

export async function rawFetch(authority) {
  const response = await fetch(`${authority}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", client_id: CLIENT_ID, client_secret: CLIENT_SECRET, scope: SCOPE }),
  });
  if (!response.ok) throw new Error(`the endpoint answered ${response.status}`);
  return (await response.json()).access_token;
}

function graphToken(authority, anew) {
  const app = new ConfidentialClientApplication({ auth: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, authority } });
  return async () => (await app.acquireTokenByClientCredential({ scopes: [SCOPE], forceRefresh: anew })).accessToken;
}

function oauth4webapi(authority) {
  const server = { issuer: `${authority}/v2.0`, token_endpoint: `${authority}/oauth2/v2.0/token` };
  const client = { client_id: CLIENT_ID };
  const authentication = oauth.ClientSecretPost(CLIENT_SECRET);
  return async () => {
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: SCOPE }, { [oauth.allowInsecureRequests]: true });
    return (await oauth.processClientCredentialsResponse(server, client, response)).access_token;
  };
}

/** It takes no http authority; metadata that is given, it follows to any address. */
function msalNode(authority, anew) {
  const app = new MsalClient({
    auth: {
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authority: `${HOST}/${TENANT}`,
      authorityMetadata: discovery(authority),
    },
  });
  return async () => (await app.acquireTokenByClientCredential({ scopes: [SCOPE], skipCache: anew })).accessToken;
}

function azureIdentity(origin) {
  const toLoopback = {
    name: "toLoopback",
    sendRequest(request, next) {
      request.url = request.url.replace(HOST, origin);
      request.allowInsecureConnection = true;
      return next(request);
    },
  };
  const credential = new ClientSecretCredential(TENANT, CLIENT_ID, CLIENT_SECRET, {
    disableInstanceDiscovery: true,
    additionalPolicies: [{ policy: toLoopback, position: "perCall" }],
  });
  return async () => (await credential.getToken(SCOPE)).token;
}
