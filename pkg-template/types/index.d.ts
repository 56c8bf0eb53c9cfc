/** Microsoft Entra access tokens for Microsoft Graph, by MSAL's names; a page's too, for programs that a server renders. */
export * from "./browser-client.js";
export * from "./browser-codes.js";
export * from "./browser-configuration.js";
export * from "./browser-constants.js";
export * from "./browser-errors.js";
export * from "./browser-events.js";
export * from "./browser-navigation.js";
export * from "./browser-requests.js";
export * from "./cache.js";
export * from "./client.js";
export * from "./codes.js";
export * from "./configuration.js";
export * from "./constants.js";
export * from "./crypto.js";
export * from "./errors.js";
export * from "./logger.js";
export * from "./public-client.js";
export * from "./requests.js";
export * from "./results.js";

// A server's own, where a page's has the same name; "graph-token/browser" has the page's.
export { Configuration } from "./browser-configuration.js";
export { AuthenticationScheme } from "./browser-constants.js";
export { CacheOptions } from "./configuration.js";
export { AuthorizationCodeRequest } from "./requests.js";
export { IPublicClientApplication, PublicClientApplication } from "./public-client.js";
export { AcquiredToken, AuthenticationResult } from "./results.js";
