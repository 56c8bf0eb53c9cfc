// Signing out: here, and at the provider in a popup or by leaving the page.

import { absolute } from "./address.js";
import { LEAVE_LIMIT_MS } from "./configuration.js";
import { ApiId, EventType } from "./constants.js";
import { open } from "./interaction.js";
import { askInPopup } from "./popup.js";
import { STAYED } from "./redirect.js";

/** How long the provider's last page is waited for. */
const LOGOUT_LIMIT_MS = 60_000;

/**
 * @typedef {object} Parts
 * @property {any} configuration
 * @property {import("./events.js").Events} events
 * @property {import("./interaction.js").Interactions} interactions
 * @property {import("./redirect.js").Redirects | undefined} redirects
 * @property {() => import("./navigation-client.js").NavigationClient} navigation
 * @property {(request: any, interactionType: "popup" | "redirect", correlationId: string, postLogoutRedirectUri: string | undefined) => Promise<any>} leave
 *   forgets, and says where the person signs out at the provider
 */

export class SignOut {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {any} request */
  async byPopup(request) {
    const { configuration, events, interactions, navigation } = this.#parts;
    const correlationId = request.correlationId || crypto.randomUUID();
    const asking = interactions.begin(request, correlationId, "popup");
    const { signal } = asking.controller;
    events.emit(EventType.LOGOUT_START, "popup", { ...request, correlationId }, null, correlationId);
    try {
      const popup = open(asking);
      const question = await this.#question(request, "popup", correlationId);
      events.emit(EventType.POPUP_OPENED, "popup", { popupWindow: popup.window }, null, correlationId);
      // Whether the person waits for the provider's last page or closes the window is all the same.
      if (question.url) {
        await askInPopup(popup, question, signal).catch((error) => {
          if (signal.aborted) throw error;
        });
      }
      if (request.mainWindowRedirectUri) {
        const options = { apiId: ApiId.logoutPopup, timeout: configuration.system.redirectNavigationTimeout ?? LEAVE_LIMIT_MS, noHistory: false };
        await navigation().navigateInternal(absolute(request.mainWindowRedirectUri), options);
      }
    } catch (error) {
      events.emit(EventType.LOGOUT_FAILURE, "popup", null, error, correlationId);
      throw error;
    } finally {
      asking.popup?.window.close();
      asking.release();
      events.emit(EventType.LOGOUT_END, "popup", null, null, correlationId);
    }
  }

  /** @param {any} request */
  async byRedirect(request) {
    const { configuration, events, interactions, redirects } = this.#parts;
    const correlationId = request.correlationId || crypto.randomUUID();
    const onRedirectNavigate = request.onRedirectNavigate ?? configuration.auth.onRedirectNavigate;
    // A page in the provider's frame (front-channel logout) forgets the user, and goes nowhere.
    const staysHere = Boolean(onRedirectNavigate || configuration.system.allowRedirectInIframe);
    const asking = interactions.begin(request, correlationId, "redirect", staysHere);
    events.emit(EventType.LOGOUT_START, "redirect", { ...request, correlationId }, null, correlationId);
    try {
      const { url = "" } = await this.#question(request, "redirect", correlationId);
      if (!url) throw STAYED;
      await redirects?.go(url, { onRedirectNavigate, apiId: ApiId.logout }, correlationId);
    } catch (error) {
      const stayed = error === STAYED;
      if (!stayed) events.emit(EventType.LOGOUT_FAILURE, "redirect", null, error, correlationId);
      events.emit(EventType.LOGOUT_END, "redirect", null, null, correlationId);
      if (!stayed) throw error;
    } finally {
      asking.release();
    }
  }

  /**
   * @param {any} request
   * @param {"popup" | "redirect"} interactionType
   * @param {string} correlationId
   */
  async #question(request, interactionType, correlationId) {
    const { configuration, leave } = this.#parts;
    const after = request.postLogoutRedirectUri === undefined ? configuration.auth.postLogoutRedirectUri : request.postLogoutRedirectUri;
    const redirectUri = after === null ? undefined : absolute(after);
    return { ...(await leave(request, interactionType, correlationId, redirectUri)), redirectUri, ms: LOGOUT_LIMIT_MS };
  }
}
