// The minimal application of each library, as source: what is bundled, weighed and started cold.
//
// Its default export gets a token from a provider at `origin`. The two that need telling how to find a provider on
// loopback have that in a text of its own, so that the weighed application does without.

import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { CLIENT_ID, CLIENT_SECRET, discovery, HOST, SCOPE, tenant } from "./answers.mjs";

const [id, secret, scope] = [CLIENT_ID, CLIENT_SECRET, SCOPE].map((text) => JSON.stringify(text));
const TENANT = tenant(0);
const AT = `origin + "/${TENANT}`;

export const APPS = {
  "raw fetch": () => `
    export default async (origin) => {
      const body = new URLSearchParams({ grant_type: "client_credentials", client_id: ${id}, client_secret: ${secret}, scope: ${scope} });
      const response = await fetch(${AT}/oauth2/v2.0/token", { method: "POST", body });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()).access_token;
    };`,
  oauth4webapi: ({ loopback = false } = {}) => `
    import { ClientSecretPost, ${loopback ? "allowInsecureRequests, " : ""}clientCredentialsGrantRequest, processClientCredentialsResponse } from "oauth4webapi";
    export default async (origin) => {
      const server = { issuer: ${AT}/v2.0", token_endpoint: ${AT}/oauth2/v2.0/token" };
      const client = { client_id: ${id} };
      const response = await clientCredentialsGrantRequest(server, client, ClientSecretPost(${secret}), { scope: ${scope} }${loopback ? ", { [allowInsecureRequests]: true }" : ""});
      return (await processClientCredentialsResponse(server, client, response)).access_token;
    };`,
  "graph-token": () => `
    import { ConfidentialClientApplication } from "graph-token";
    export default async (origin) => {
      const app = new ConfidentialClientApplication({ auth: { clientId: ${id}, clientSecret: ${secret}, authority: ${AT}" } });
      return (await app.acquireTokenByClientCredential({ scopes: [${scope}] })).accessToken;
    };`,
  "@azure/msal-node": ({ loopback = false } = {}) => `
    import { ConfidentialClientApplication } from "@azure/msal-node";
    export default async (origin) => {
      const app = new ConfidentialClientApplication({ auth: { clientId: ${id}, clientSecret: ${secret}, ${
        loopback
          ? `authority: "${HOST}/${TENANT}", authorityMetadata: ${JSON.stringify(discovery(`ORIGIN/${TENANT}`))}.replaceAll("ORIGIN", origin)`
          : `authority: ${AT}"`
      } } });
      return (await app.acquireTokenByClientCredential({ scopes: [${scope}] })).accessToken;
    };`,
  "@azure/identity": ({ loopback = false } = {}) => `
    import { ClientSecretCredential } from "@azure/identity";
    export default async (origin) => {
      const credential = new ClientSecretCredential("${TENANT}", ${id}, ${secret}${
        loopback
          ? `, { disableInstanceDiscovery: true, additionalPolicies: [{ position: "perCall", policy: { name: "loopback", sendRequest(request, next) {
              request.url = request.url.replace("${HOST}", origin);
              request.allowInsecureConnection = true;
              return next(request);
            } } }] }`
          : ""
      });
      return (await credential.getToken(${scope})).token;
    };`,
};

const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** What it is bundled for. */
const PLATFORMS = {
  node: { platform: "node" },
  neutral: { platform: "neutral", conditions: ["import"], mainFields: ["module", "main"] },
  workerd: { platform: "neutral", conditions: ["workerd", "worker", "import"], mainFields: ["module", "main"], external: ["cloudflare:workers"] },
};

/**
 * @param {string} source
 * @param {keyof typeof PLATFORMS} platform
 * @returns {Promise<{ text: string, wasm?: Uint8Array, further: { path: string, contents: Uint8Array }[] }>} the bundle,
 *   beside it the .wasm file that it imports, and those that it imports for a few
 */
export async function bundle(source, platform) {
  let wasmPath;
  const furtherPaths = new Map();
  const beside = {
    name: "wasm-beside",
    setup(building) {
      building.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        const file = new URL(path, `file://${resolveDir}/`);
        // Instantiated only when a key comes in another form than PKCS#8.
        if (path.includes("certificate")) {
          furtherPaths.set("certificate.wasm", file);
          return { path: "./certificate.wasm", external: true };
        }
        wasmPath = file;
        return { path: "./module.wasm", external: true };
      });
    },
  };
  // The CommonJS inside some asks for Node's own modules; the others are not to pay for that.
  const banner = platform === "node" && source.includes("@azure/") ? { js: REQUIRE } : undefined;
  const built = await build({
    stdin: { contents: source, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "error",
    plugins: [beside],
    banner,
    ...PLATFORMS[platform],
  });
  const further = await Promise.all([...furtherPaths].map(async ([path, file]) => ({ path, contents: await readFile(file) })));
  return { text: built.outputFiles[0].text, wasm: wasmPath && (await readFile(wasmPath)), further };
}
