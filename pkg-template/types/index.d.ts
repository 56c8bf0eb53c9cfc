/** Microsoft Entra access tokens for Microsoft Graph, by MSAL's names. */
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
