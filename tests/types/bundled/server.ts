// Checked by the compiler, never run: a server's program whose moduleResolution does not tell that it is for Node.
import { ConfidentialClientApplication, PublicClientApplication as Program, type AuthenticationResult, type CacheOptions, type ICachePlugin, type AuthorizationCodeRequest, type AuthorizationUrlRequest, type Configuration } from "graph-token";
import type { AuthenticationResult as OfServer } from "graph-token/node";
import { broadcastResponseToMainFrame } from "graph-token/redirect-bridge";
import { PublicClientApplication } from "graph-token/url";

const configuration: Configuration = { auth: { clientId: "c", authority: "https://login.microsoftonline.com/contoso.com", clientSecret: "s" } };
const app = new ConfidentialClientApplication(configuration);

export const cached = (cachePlugin: ICachePlugin): CacheOptions => ({ cachePlugin });
export const brokerless: Configuration = { ...configuration, broker: {} };
export const redemption: AuthorizationCodeRequest = { code: "c", scopes: [], redirectUri: "r", state: "s", nonce: "n", enableSpaAuthorizationCode: true };

export const token = async (): Promise<AuthenticationResult | null> => app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
export const ofServer = async (): Promise<OfServer | null> => app.acquireTokenByClientCredential();
export const signIn = (url: AuthorizationUrlRequest, code: AuthorizationCodeRequest) => [app.getAuthCodeUrl(url), app.acquireTokenByCode(code)];
export const bridge: () => Promise<void> = broadcastResponseToMainFrame;
export const program = async () => {
  const client = new Program({ auth: { clientId: "c", authority: "https://login.microsoftonline.com/contoso.com" } });
  const { account } = await client.acquireTokenByDeviceCode({ scopes: ["User.Read"], deviceCodeCallback: ({ message }) => console.log(message) });
  const [first] = await client.getAllAccounts();
  await client.acquireTokenInteractive({ scopes: ["User.Read"], openBrowser: async (address) => console.log(address) });
  await client.signOut({ account });
  return first.username;
};
export const page = new PublicClientApplication({ auth: { clientId: "c" } });

// @ts-expect-error were the types not found, everything would be allowed
export const wrong: number = app.getTokenCache();
