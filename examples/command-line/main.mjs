// A command line program: signs a person in, in the browser of this machine or on another device, and reads Graph for them.
//
//   TENANT_ID        the person's tenant, or organizations
//   CLIENT_ID        the application, of the platform "Mobile and desktop applications" with the redirect URI
//                    http://localhost; "Allow public client flows" is on
//   CACHE_FILE       where the tokens are kept between two runs
//   BROWSER          the command that opens an address; without it the address is printed
//   PORT             where the answer comes, if any free port will not do
//   GRAPH_ENDPOINT   where Graph is, if not at https://graph.microsoft.com
//
//   node main.mjs sign-in me people sign-out     one after the other; sign-in-by-code is for a machine without a browser
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { AuthError, InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-node";

const { env } = process;
const GRAPH = env.GRAPH_ENDPOINT ?? "https://graph.microsoft.com";
const SCOPES = { profile: ["User.Read"], people: ["User.ReadBasic.All"] };

const app = new PublicClientApplication({
  auth: { clientId: env.CLIENT_ID, authority: `https://login.microsoftonline.com/${env.TENANT_ID}` },
  cache: {
    cachePlugin: {
      async beforeCacheAccess({ tokenCache }) {
        const text = await readFile(env.CACHE_FILE, "utf8").catch(() => "");
        if (text) tokenCache.deserialize(text);
      },
      async afterCacheAccess({ cacheHasChanged, tokenCache }) {
        if (cacheHasChanged) await writeFile(env.CACHE_FILE, tokenCache.serialize(), { mode: 0o600 });
      },
    },
  },
});

async function openBrowser(address) {
  if (env.BROWSER) spawn(env.BROWSER, [address], { detached: true, stdio: "ignore" }).unref();
  else console.log(`Open ${address}`);
}

async function account() {
  const [first] = await app.getTokenCache().getAllAccounts();
  if (!first) throw new Error("nobody is signed in");
  return first;
}

async function read(path, scopes) {
  const { accessToken } = await app.acquireTokenSilent({ scopes, account: await account() });
  const response = await fetch(`${GRAPH}/v1.0${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
  const body = await response.json();
  if (!response.ok) throw new Error(`Graph answered ${response.status}: ${body.error.code}`);
  return body;
}

const COMMANDS = {
  async "sign-in"() {
    const { account: { username } } = await app.acquireTokenInteractive({
      scopes: SCOPES.profile,
      openBrowser,
      preferredPort: env.PORT ? Number(env.PORT) : undefined,
      successTemplate: "<h1>Done</h1><p>Go back to the command line.",
      errorTemplate: "<h1>That did not work</h1><p>The command line says why.",
    });
    return `Hello ${username}`;
  },
  async "sign-in-by-code"() {
    const { account: { username } } = await app.acquireTokenByDeviceCode({
      scopes: SCOPES.profile,
      deviceCodeCallback: ({ message }) => console.log(message),
    });
    return `Hello ${username}`;
  },
  me: async () => (await read("/me", SCOPES.profile)).userPrincipalName,
  people: async () => `${(await read("/users?$select=id", SCOPES.people)).value.length} people`,
  accounts: async () => (await app.getAllAccounts()).map(({ username }) => username).join(", ") || "nobody",
  async "sign-out"() {
    await app.signOut({ account: await account() });
    return "Goodbye";
  },
};

for (const name of process.argv.slice(2)) {
  try {
    console.log(await COMMANDS[name]());
  } catch (error) {
    const hint = error instanceof InteractionRequiredAuthError ? ", sign in again" : "";
    console.log(`${name}: ${error instanceof AuthError ? error.errorCode : error.message}${hint}`);
    process.exitCode = 1;
    break;
  }
}
