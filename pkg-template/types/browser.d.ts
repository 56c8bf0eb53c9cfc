/** Microsoft Entra access tokens for Microsoft Graph in a page, by MSAL Browser's names. */
export * from "./browser-client.js";
export * from "./browser-codes.js";
export * from "./browser-confidential.js";
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
export * from "./requests.js";
export * from "./results.js";

// A page's own, where a server's has the same name.
export { AcquiredToken, AuthenticationResult } from "./browser-client.js";
export { ConfidentialClientApplication, IConfidentialClientApplication } from "./browser-confidential.js";
export { CacheOptions, Configuration } from "./browser-configuration.js";
export { AuthenticationScheme } from "./browser-constants.js";
export { AuthorizationCodeRequest } from "./browser-requests.js";
