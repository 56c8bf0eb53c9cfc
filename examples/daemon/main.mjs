// A daemon: counts the users of several tenants, as the application itself.
//
//   TENANT_IDS       tenants, separated by commas
//   CLIENT_ID        the application, with the role User.Read.All for Graph, consented to in each tenant
//   CLIENT_SECRET    its secret; or else
//   CLIENT_CERTIFICATE_FILE, CLIENT_KEY_FILE   its certificate and the key to it, as PEM
//   CLIENT_CERTIFICATE_NAMED_BY                sha256 (the default), sha1 (AD FS), or chain (subject name and issuer)
//   API_SCOPE        a further resource to get tokens for, as api://…/.default
//   GRAPH_ENDPOINT   where Graph is, if not at https://graph.microsoft.com
//
//   node main.mjs
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AuthError, ConfidentialClientApplication, LogLevel } from "@azure/msal-node";

const { env } = process;
const GRAPH = env.GRAPH_ENDPOINT ?? "https://graph.microsoft.com";
const AUTHORITY = "https://login.microsoftonline.com";
const TENANTS = env.TENANT_IDS.split(",");

const client = new ConfidentialClientApplication({
  auth: { clientId: env.CLIENT_ID, authority: `${AUTHORITY}/${TENANTS[0]}`, ...await credential() },
  system: {
    loggerOptions: {
      logLevel: LogLevel.Warning,
      piiLoggingEnabled: false,
      loggerCallback: (level, message) => console.error(message),
    },
  },
});

async function credential() {
  if (env.CLIENT_SECRET) return { clientSecret: env.CLIENT_SECRET };
  const certificate = await readFile(env.CLIENT_CERTIFICATE_FILE, "utf8");
  const privateKey = await readFile(env.CLIENT_KEY_FILE, "utf8");
  const { fingerprint, fingerprint256 } = new X509Certificate(certificate);
  const plain = (text) => text.replaceAll(":", "");
  switch (env.CLIENT_CERTIFICATE_NAMED_BY ?? "sha256") {
    case "sha256": return { clientCertificate: { privateKey, thumbprintSha256: plain(fingerprint256) } };
    case "chain": return { clientCertificate: { privateKey, thumbprintSha256: plain(fingerprint256), x5c: certificate } };
    case "sha1": return { clientCertificate: { privateKey, thumbprint: plain(fingerprint) } };
    default: throw new Error("CLIENT_CERTIFICATE_NAMED_BY is sha256, sha1 or chain");
  }
}

/** Asks for a token each time: the library knows whether it has one that is still good. */
function tokenFor(tenant, scope, more = {}) {
  return client.acquireTokenByClientCredential({ scopes: [scope], authority: `${AUTHORITY}/${tenant}`, ...more });
}

async function callGraph(tenant, url) {
  const send = async (more) => {
    const { accessToken, tokenType } = await tokenFor(tenant, `${GRAPH}/.default`, more);
    return fetch(url, { headers: { authorization: `${tokenType} ${accessToken}` } });
  };
  let response = await send();
  // A token may be withdrawn before it expires. A new one is worth one try.
  if (response.status === 401) response = await send({ skipCache: true });
  const body = await response.json();
  if (!response.ok) throw new Error(`Graph answered ${response.status}: ${body.error.code}`);
  return body;
}

async function countUsers(tenant) {
  let count = 0;
  for (let url = `${GRAPH}/v1.0/users?$select=id`; url;) {
    const page = await callGraph(tenant, url);
    count += page.value.length;
    url = page["@odata.nextLink"];
  }
  return count;
}

async function attempt(what, action) {
  try {
    console.log(`${what}: ${await action()}`);
  } catch (error) {
    // What is wrong with one tenant must not keep the others waiting.
    const reason = error instanceof AuthError ? error.errorCode : error.message;
    console.log(`${what}: failed, ${reason}`);
    process.exitCode = 1;
  }
}

for (const tenant of TENANTS) {
  await attempt(`users of ${tenant}`, () => countUsers(tenant));
  if (!env.API_SCOPE) continue;
  await attempt(`${env.API_SCOPE} in ${tenant}`, async () => {
    const { scopes, fromCache } = await tokenFor(tenant, env.API_SCOPE);
    return `a token for ${scopes.join(" ")}${fromCache ? " from the cache" : ""}`;
  });
}
