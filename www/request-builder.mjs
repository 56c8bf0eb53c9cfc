// The request that the package makes, caught before it leaves, with its secret masked.
import { ConfidentialClientApplication } from "/graph-token/entry/inline.js";

export const MASK = "••••";
const PLACEHOLDER_SECRET = "placeholder";

/**
 * Runs the package with a fetch that sends nothing. Gives `{ method, url, headers, body }`, `body` as its encoded
 * `name=value` pairs; throws what the package throws where it would send no request.
 */
export async function buildRequest({ authority, clientId, clientSecret, scopes, correlationId }) {
  let caught;
  const captureFetch = async (url, { method, headers, body }) => {
    caught = { method, url: String(url), headers, body: mask(body) };
    return Response.json({ error: "captured" }, { status: 400 });
  };
  const app = new ConfidentialClientApplication({
    auth: { clientId, authority, clientSecret: clientSecret || PLACEHOLDER_SECRET },
    system: { allowSecretsInBrowser: true, fetch: captureFetch, maxRetries: 0 },
  });
  try {
    await app.acquireTokenByClientCredential({ scopes: scopes.split(/\s+/).filter(Boolean), correlationId });
  } catch (error) {
    if (!caught) throw error;
  }
  return caught;
}

/** The address for an administrator's consent. */
export function consentUrl({ authority, clientId, redirectUri, state }) {
  const app = new ConfidentialClientApplication({ auth: { clientId, authority, clientSecret: PLACEHOLDER_SECRET } });
  return app.getAdminConsentUrl({ redirectUri, state });
}

/** What happens to a secret in this page without `allowSecretsInBrowser`: the error, and how many requests were made. */
export async function trySecret({ authority, clientId }) {
  let requests = 0;
  const countingFetch = async () => {
    requests++;
    return Response.error();
  };
  const app = new ConfidentialClientApplication({
    auth: { clientId, authority, clientSecret: PLACEHOLDER_SECRET },
    system: { fetch: countingFetch, maxRetries: 0 },
  });
  const error = await app.acquireTokenByClientCredential().then(() => undefined, (thrown) => thrown);
  return { error, requests };
}

/** The pairs of a form, as encoded, but for the secret. */
function mask(form) {
  return form.split("&").map((pair) => {
    const [name] = pair.split("=", 1);
    return name === "client_secret" ? `${name}=${MASK}` : pair;
  });
}
