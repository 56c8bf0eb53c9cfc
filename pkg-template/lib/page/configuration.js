// The configuration of a page's client.

import { OIDC_DEFAULT_SCOPES } from "../constants.js";
import { LogLevel } from "../logger.js";
import { getCurrentUri, hasWindow } from "./address.js";

/** How long the page may take to be left: MSAL's. */
export const LEAVE_LIMIT_MS = 30_000;

/**
 * The configuration with MSAL's defaults, which programs read.
 * @param {any} given
 */
export function merged({ auth, cache, system, ...rest } = /** @type {any} */ ({})) {
  const page = getCurrentUri();
  return {
    telemetry: { application: { appName: "", appVersion: "" } },
    ...rest,
    auth: {
      authority: "https://login.microsoftonline.com/common/", knownAuthorities: [], redirectUri: page, postLogoutRedirectUri: page, clientCapabilities: [],
      azureCloudOptions: { azureCloudInstance: "none", tenant: "" }, instanceAware: false, ...auth,
      OIDCOptions: { responseMode: "fragment", defaultScopes: OIDC_DEFAULT_SCOPES, ...auth?.OIDCOptions },
    },
    cache: { cacheLocation: hasWindow() ? "sessionStorage" : "memoryStorage", cacheRetentionDays: 5, ...cache },
    system: {
      protocolMode: auth?.protocolMode ?? "AAD", tokenRenewalOffsetSeconds: 300, iframeBridgeTimeout: 10_000, redirectNavigationTimeout: LEAVE_LIMIT_MS,
      allowRedirectInIframe: false, navigatePopups: true, ...system,
      loggerOptions: { loggerCallback: () => {}, logLevel: LogLevel.Info, piiLoggingEnabled: false, ...system?.loggerOptions },
    },
  };
}
