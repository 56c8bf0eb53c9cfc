// Checked by the compiler, never run: the types for who requires the package.
import graph = require("graph-token");
import page = require("graph-token/browser");
import bridge = require("graph-token/redirect-bridge");

export const app: graph.IConfidentialClientApplication = new graph.ConfidentialClientApplication({ auth: { clientId: "c", clientSecret: "s" } });
export const ofPage: page.IPublicClientApplication = new page.PublicClientApplication({ auth: { clientId: "c" } });
export const answer: () => Promise<void> = bridge.broadcastResponseToMainFrame;
export const level: graph.LogLevel = graph.LogLevel.Verbose;
export const code: "no_tokens_found" = graph.InteractionRequiredAuthErrorCodes.noTokensFound;

// @ts-expect-error were the types not found, everything would be allowed
export const wrong: number = code;
