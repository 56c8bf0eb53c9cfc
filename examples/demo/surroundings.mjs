// Whom the demo talks to: the identity provider and the Graph stand-in of the tests, or the real ones.

import { startGraph, startIdentityProvider } from "../../tests/idp/index.mjs";

/**
 * @param {Record<string, string | undefined>} environment
 */
export async function surroundings(environment) {
  const { GRAPH_TOKEN_TENANT: tenant, GRAPH_TOKEN_CLIENT_ID: clientId, GRAPH_TOKEN_CLIENT_SECRET: clientSecret } = environment;
  return tenant && clientId && clientSecret ? theRealOnes(tenant, clientId, clientSecret) : standIns();
}

function theRealOnes(tenant, clientId, clientSecret) {
  const origin = "https://login.microsoftonline.com";
  console.log(`Talking to ${origin} and Microsoft Graph.`);
  return {
    clientId,
    clientSecret,
    graphOrigin: "https://graph.microsoft.com",
    authorities: [{ form: "given", address: `${origin}/${tenant}` }],
    unknownTenant: `${origin}/00000000-0000-4000-8000-000000000000`,
    settings: {
      identityProvider: origin,
      tenants: [{ name: tenant, id: tenant, initialDomain: tenant, customDomain: tenant }],
      clientId,
      graphOrigin: "https://graph.microsoft.com",
    },
    requests: () => undefined,
    registerPage: () => {},
    close: async () => {},
  };
}

async function standIns() {
  const idp = await startIdentityProvider();
  const graph = await startGraph({ idp });
  console.log(`Talking to an identity provider in Entra's shape at ${idp.origin} and a Graph stand-in at ${graph.origin}.`);
  console.log("Set GRAPH_TOKEN_TENANT, GRAPH_TOKEN_CLIENT_ID and GRAPH_TOKEN_CLIENT_SECRET to talk to the real ones.");
  const { clientId, clientSecret } = idp.clients.daemon;
  const tenants = Object.entries(idp.tenants).map(([name, { id, initialDomain, customDomain }]) => ({ name, id, initialDomain, customDomain }));
  return {
    clientId,
    clientSecret,
    graphOrigin: graph.origin,
    authorities: [
      { form: "a GUID", address: idp.authority("contoso", "id") },
      { form: "an initial domain", address: idp.authority("contoso", "initialDomain") },
      { form: "a custom domain", address: idp.authority("contoso", "customDomain") },
    ],
    unknownTenant: idp.authority("nowhere.onmicrosoft.com"),
    settings: { identityProvider: idp.origin, tenants, clientId, graphOrigin: graph.origin },
    requests: () => idp.tokenRequests().length,
    registerPage: (origin) => idp.registerRedirectUri("daemon", `${origin}/`),
    close: async () => {
      await graph.close();
      await idp.close();
    },
  };
}
