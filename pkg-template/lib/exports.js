// What every entry file exports beside the clients.

export {
  AuthError,
  ClientAuthError,
  ClientConfigurationError,
  InteractionRequiredAuthError,
  NetworkError,
  ServerError,
} from "./errors.js";
export { Logger, LogLevel } from "./logger.js";
export { AzureCloudInstance, OIDC_DEFAULT_SCOPES, ProtocolMode } from "./constants.js";
