// What programs have and pages have not, or not every runtime.

import { ClientAuthError, hinted } from "./errors.js";
import { hasWindow } from "./page/address.js";

/** What of MSAL Node's a page's client has only to say what there is in its place. */
export class OffPage {
  async acquireTokenByDeviceCode() {
    throw offPage("acquireTokenPopup");
  }

  async acquireTokenInteractive() {
    throw offPage("acquireTokenPopup");
  }

  async acquireTokenByRefreshToken() {
    throw offPage("acquireTokenSilent");
  }

  async getAuthCodeUrl() {
    throw offPage("acquireTokenRedirect");
  }

  async signOut() {
    throw offPage("logoutPopup, logoutRedirect or clearCache");
  }

  async acquireTokenByUsernamePassword() {
    throw offPage("acquireTokenPopup; the password grant is nowhere (RFC 9700)");
  }
}

/**
 * The error of a method of MSAL Node's, where a page's client is called by it.
 * @param {string} instead
 */
function offPage(instead) {
  const error = new ClientAuthError("method_not_implemented", "", "a page's client has no such method; MSAL Node's is there for programs off a page, whose configuration names neither auth.redirectUri nor cache.cacheLocation");
  const build = hasWindow() ? "" : ' A program for Node that was bundled with the page\'s build wants the export condition "node".';
  return hinted(error, `In a page: ${instead}.${build}`);
}

/** Where nothing can listen on the person's own machine. */
export function cannotListen(correlationId = "") {
  return hinted(new ClientAuthError("method_not_implemented", correlationId, "this runtime cannot listen on the machine of the person who signs in"),
    "It takes Node 20.16, Deno or Bun. Elsewhere there is acquireTokenByDeviceCode.");
}
