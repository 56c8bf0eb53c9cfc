// What a page's entry exports beside the clients, over what every entry does.

export * as BrowserUtils from "./browser-utils.js";
export {
  ApiId,
  AuthenticationScheme,
  BrowserCacheLocation,
  CACHE_UNAVAILABLE,
  CacheLookupPolicy,
  DEFAULT_IFRAME_TIMEOUT_MS,
  EventType,
  InteractionStatus,
  InteractionType,
  WrapperSKU,
} from "./constants.js";
export { BrowserAuthErrorCodes, BrowserConfigurationAuthErrorCodes } from "./error-codes.js";
export { BrowserAuthError, BrowserConfigurationAuthError } from "./errors.js";
export { EventMessageUtils, stubbedPublicClientApplication } from "./for-react.js";
export { NavigationClient } from "./navigation-client.js";
