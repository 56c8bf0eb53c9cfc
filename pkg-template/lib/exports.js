// What every entry file exports beside the clients.

export { DistributedCachePlugin, TokenCacheContext } from "./cache-plugin.js";
export { AzureCloudInstance, OIDC_DEFAULT_SCOPES, PromptValue, ProtocolMode, ResponseMode } from "./constants.js";
export { CryptoProvider } from "./crypto-provider.js";
export {
  AuthErrorCodes,
  ClientAuthErrorCodes,
  ClientConfigurationErrorCodes,
  InteractionRequiredAuthErrorCodes,
} from "./error-codes.js";
export {
  AuthError,
  ClientAuthError,
  ClientConfigurationError,
  InteractionRequiredAuthError,
  NetworkError,
  ServerError,
} from "./errors.js";
export { ManagedIdentityApplication } from "./managed-identity.js";
export { Logger, LogLevel } from "./logger.js";
export { TokenCache } from "./token-cache.js";
export { VERSION as version } from "./version.js";
