// What MSAL's wrapper for React needs beside the client.

import { EventType, InteractionStatus, InteractionType } from "./constants.js";
import { BrowserConfigurationAuthError } from "./errors.js";

export class EventMessageUtils {
  /**
   * The status that an event leads to; null where it changes nothing.
   * @param {{ eventType: string, interactionType: string | null }} message
   * @param {string} [currentStatus]
   */
  static getInteractionStatusFromEvent({ eventType, interactionType }, currentStatus) {
    const interactive = interactionType === InteractionType.Redirect || interactionType === InteractionType.Popup;
    /** @param {string} status */
    const end = (status) => (!currentStatus || currentStatus === status ? InteractionStatus.None : null);
    switch (eventType) {
      case EventType.ACQUIRE_TOKEN_START:
        return interactive ? InteractionStatus.AcquireToken : null;
      case EventType.ACQUIRE_TOKEN_SUCCESS:
      case EventType.ACQUIRE_TOKEN_FAILURE:
      case EventType.RESTORE_FROM_BFCACHE:
        return interactive ? end(InteractionStatus.AcquireToken) : null;
      case EventType.HANDLE_REDIRECT_START:
        return InteractionStatus.HandleRedirect;
      case EventType.HANDLE_REDIRECT_END:
        return end(InteractionStatus.HandleRedirect);
      case EventType.LOGOUT_START:
        return InteractionStatus.Logout;
      case EventType.LOGOUT_END:
        return end(InteractionStatus.Logout);
      default:
        return null;
    }
  }
}

const refuse = () => {
  const message = "no client was given; with msal-react, put the component below an MsalProvider";
  throw new BrowserConfigurationAuthError("stubbed_public_client_application_called", "", message);
};
const reject = async () => refuse();
const nothing = () => {};
const none = () => null;

/** Stands where there is no client: it knows no account, and acquires nothing. */
export const stubbedPublicClientApplication = /*#__PURE__*/ Object.freeze({
  initialize: reject,
  acquireTokenPopup: reject,
  acquireTokenRedirect: reject,
  acquireTokenSilent: reject,
  acquireTokenByCode: reject,
  handleRedirectPromise: reject,
  loginPopup: reject,
  loginRedirect: reject,
  logoutRedirect: reject,
  logoutPopup: reject,
  ssoSilent: reject,
  hydrateCache: reject,
  clearCache: reject,
  getToken: reject,
  fetch: reject,
  getLogger: refuse,
  getConfiguration: refuse,
  getAllAccounts: () => [],
  getAccount: none,
  getActiveAccount: none,
  setActiveAccount: nothing,
  addEventCallback: none,
  removeEventCallback: nothing,
  addPerformanceCallback: () => "",
  removePerformanceCallback: () => false,
  setLogger: nothing,
  initializeWrapperLibrary: nothing,
  setNavigationClient: nothing,
});
