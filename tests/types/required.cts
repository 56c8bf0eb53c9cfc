// Checked by the compiler, never run: the types for who requires the package.
import graph = require("graph-token");

export const app: graph.IConfidentialClientApplication = new graph.ConfidentialClientApplication({ auth: { clientId: "c", clientSecret: "s" } });
export const level: graph.LogLevel = graph.LogLevel.Verbose;
export const code: "no_tokens_found" = graph.InteractionRequiredAuthErrorCodes.noTokensFound;

// @ts-expect-error were the types not found, everything would be allowed
export const wrong: number = code;
