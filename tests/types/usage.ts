// Checked by the compiler, never run: the types as a program uses them.
import type { TokenCredential } from "@azure/core-auth";
import type {
  AuthenticationResult as MsalResult,
  ClientCredentialRequest as MsalRequest,
} from "@azure/msal-node";
import {
  AuthError,
  type AuthenticationResult,
  type ClientCredentialRequest,
  ConfidentialClientApplication,
  type Configuration,
  type IPublicClientApplication,
  LogLevel,
  PublicClientApplication,
  ServerError,
  type TokenStore,
} from "graph-token";

const app = new ConfidentialClientApplication({
  auth: { clientId: "c", authority: "https://login.microsoftonline.com/contoso.com", clientSecret: "s" },
  system: { loggerOptions: { loggerCallback: (level, message) => console.log(level === LogLevel.Error, message) } },
});

export const credential: TokenCredential = app;

export async function use(): Promise<string> {
  try {
    const result = await app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
    const response: Response = await app.fetch("/users", { signal: AbortSignal.timeout(1) });
    return result.createAuthorizationHeader() + result.expiresOn.toISOString() + response.status;
  } catch (error) {
    if (error instanceof ServerError) return `${error.errorNo} ${error.hint}`;
    if (error instanceof AuthError) return error.errorCode;
    throw error;
  }
}

/** An application's own token has no account. */
export const username = async (): Promise<string> => {
  const { account } = await app.acquireTokenByClientCredential();
  // @ts-expect-error it may be null
  account.username;
  return account?.username ?? "";
};

// What stores give, and keys are.
export const stores: TokenStore[] = [
  new Map<string, string>(),
  { get: async (key) => new TextEncoder().encode(key), set() {}, delete() {}, async *list(prefix) { yield prefix; } },
  { get: async (key) => JSON.parse(key) as object, set() {}, delete() {} },
];
export const certified = (file: ArrayBuffer): Configuration => ({ auth: { clientId: "c", clientCertificate: { privateKey: file, certificate: new Uint8Array(file) } } });

// What MSAL's programs hand in and take out.
export const request = (given: Pick<MsalRequest, "scopes" | "authority" | "claims" | "correlationId" | "skipCache">): ClientCredentialRequest => given;
export const result = (ours: AuthenticationResult): MsalResult => ours;

// A page's program, on the server that renders it.
const configuration: Configuration = { auth: { clientId: "c", redirectUri: "/" }, cache: { cacheLocation: "localStorage" } };
export const page: IPublicClientApplication = new PublicClientApplication(configuration);

// @ts-expect-error a page has no use for a client without configuration
new ConfidentialClientApplication();
