// MSAL Browser's NavigationClient: how the page is left. Programs with a router of their own override `navigateInternal`.

import { browserError } from "./errors.js";

/** @typedef {{ apiId: number, timeout: number, noHistory: boolean }} NavigationOptions */

export class NavigationClient {
  /**
   * To another page of the program; false where the page stayed.
   * @param {string} url
   * @param {NavigationOptions} options
   * @returns {Promise<boolean>}
   */
  navigateInternal(url, options) {
    return NavigationClient.defaultNavigateWindow(url, options);
  }

  /**
   * To the sign-in page.
   * @param {string} url
   * @param {NavigationOptions} options
   * @returns {Promise<boolean>}
   */
  navigateExternal(url, options) {
    return NavigationClient.defaultNavigateWindow(url, options);
  }

  /**
   * @param {string} url
   * @param {NavigationOptions} options
   * @returns {Promise<never>}
   */
  static defaultNavigateWindow(url, { noHistory, timeout }) {
    if (noHistory) location.replace(url);
    else location.assign(url);
    return new Promise((_, reject) => {
      setTimeout(() => reject(Object.assign(browserError("timed_out", "the page was not left"), { subError: "failed_to_redirect" })), timeout);
    });
  }
}
