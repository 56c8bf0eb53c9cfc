// Whom the demo talks to: the identity provider and the Graph stand-in of the tests, or the real ones.
//
//   GRAPH_TOKEN_TENANT, GRAPH_TOKEN_CLIENT_ID            the tenant and the application
//   GRAPH_TOKEN_CLIENT_SECRET                            its secret; or else
//   GRAPH_TOKEN_CERTIFICATE                              its certificate with the key: a PEM text, or the path of a PEM or PFX
//   GRAPH_TOKEN_CERTIFICATE_PASSPHRASE                   what that is encrypted with
import { readFile } from "node:fs/promises";
import { ConfidentialClientApplication } from "graph-token";
import { startGraph, startIdentityProvider } from "../../tests/idp/index.mjs";
import { certificatesOf, peopleOf } from "./stand-ins.mjs";

/** @param {Record<string, string | undefined>} environment */
export async function surroundings(environment) {
  const { GRAPH_TOKEN_TENANT: tenant, GRAPH_TOKEN_CLIENT_ID: clientId, GRAPH_TOKEN_CLIENT_SECRET: clientSecret } = environment;
  const given = await certificateOf(environment);
  const around = tenant && clientId && (clientSecret || given) ? theRealOnes({ tenant, clientId, clientSecret, given }) : await standIns();
  const { auth, authorities, graphOrigin } = around;
  return {
    ...around,
    /** A client; what `more` says of `auth` and `system` comes in place of what is given. */
    client: (more = {}) => new ConfidentialClientApplication({
      auth: { ...auth, authority: authorities[0].address, ...more.auth },
      system: { graphOrigin, ...more.system },
    }),
  };
}

async function certificateOf({ GRAPH_TOKEN_CERTIFICATE: certificate, GRAPH_TOKEN_CERTIFICATE_PASSPHRASE: passphrase }) {
  if (!certificate) return undefined;
  const privateKey = certificate.includes("-----BEGIN") ? certificate : await readFile(certificate);
  return { privateKey, ...(passphrase ? { passphrase } : {}) };
}

function theRealOnes({ tenant, clientId, clientSecret, given }) {
  const origin = "https://login.microsoftonline.com";
  const graphOrigin = "https://graph.microsoft.com";
  console.log(`Talking to ${origin} and Microsoft Graph, with ${given ? "the certificate" : "the secret"}.`);
  return {
    clientSecret,
    auth: { clientId, ...(given ? { clientCertificate: given } : { clientSecret }) },
    graphOrigin,
    authorities: [{ form: "given", address: `${origin}/${tenant}` }],
    unknownTenant: `${origin}/00000000-0000-4000-8000-000000000000`,
    certificates: given ? [{ form: "the one given", clientId, given }] : [],
    registerCertificate: () => {},
    // Users have to be there to sign in.
    people: undefined,
    settings: { identityProvider: origin, tenants: [{ name: tenant, id: tenant, initialDomain: tenant, customDomain: tenant }], clientId, graphOrigin },
    requests: () => undefined,
    registerPage: () => {},
    close: async () => {},
  };
}

async function standIns() {
  const idp = await startIdentityProvider();
  const graph = await startGraph({ idp });
  console.log(`Talking to an identity provider in Entra's shape at ${idp.origin} and a Graph stand-in at ${graph.origin}.`);
  console.log("Set GRAPH_TOKEN_TENANT, GRAPH_TOKEN_CLIENT_ID and GRAPH_TOKEN_CLIENT_SECRET (or GRAPH_TOKEN_CERTIFICATE) to talk to the real ones.");
  const { clientId, clientSecret } = idp.clients.daemon;
  const tenants = Object.entries(idp.tenants).map(([name, { id, initialDomain, customDomain }]) => ({ name, id, initialDomain, customDomain }));
  return {
    clientSecret,
    auth: { clientId, clientSecret },
    graphOrigin: graph.origin,
    authorities: [
      { form: "a GUID", address: idp.authority("contoso", "id") },
      { form: "an initial domain", address: idp.authority("contoso", "initialDomain") },
      { form: "a custom domain", address: idp.authority("contoso", "customDomain") },
    ],
    unknownTenant: idp.authority("nowhere.onmicrosoft.com"),
    certificates: await certificatesOf(idp),
    registerCertificate: (pem) => idp.registerCertificate("certificate", pem),
    people: peopleOf(idp),
    settings: { identityProvider: idp.origin, tenants, clientId, spaClientId: idp.clients.spa.clientId, graphOrigin: graph.origin },
    requests: () => idp.tokenRequests().length,
    registerPage: (origin) => idp.registerRedirectUri("daemon", `${origin}/`),
    close: async () => {
      await graph.close();
      await idp.close();
    },
  };
}
