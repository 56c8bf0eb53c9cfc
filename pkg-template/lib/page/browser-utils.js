// MSAL Browser's BrowserUtils: what it asks of the page's address and surroundings, and refuses because of them.

import { isResponse, libraryState } from "./address.js";
import { browserError } from "./errors.js";

export { getCurrentUri } from "./address.js";

/** A random GUID, for a request's correlationId. */
export function createGuid() {
  return crypto.randomUUID();
}

/** Whether this page is inside another one. */
export function isInIframe() {
  return window.parent !== window;
}

/** Whether this page is the window that a sign-in was opened in, with its answer in the address. */
export function isInPopup() {
  return !isInIframe() && [location.hash, location.search].some((part) => libraryState(new URLSearchParams(part.slice(1)).get("state") ?? "")?.interactionType === "popup");
}

/** The root of the page's origin. */
export function getHomepage() {
  return `${location.origin}/`;
}

/** A guard's: a hidden frame that came back with its answer goes nowhere. */
export function blockReloadInHiddenIframes() {
  if (isResponse(location.hash) && isInIframe()) {
    throw browserError("block_iframe_reload", "this frame brings an answer to the page around it, and does nothing else");
  }
}

/** @param {boolean} [allowRedirectInIframe] */
export function blockRedirectInIframe(allowRedirectInIframe) {
  if (isInIframe() && !allowRedirectInIframe) throw browserError("redirect_in_iframe", "a page inside another page is not to be left");
}

export function blockAcquireTokenInPopups() {
  if (isInPopup()) throw browserError("block_nested_popups", "this window brings an answer to the page that opened it, and does nothing else");
}

export function blockNonBrowserEnvironment() {
  if (typeof window === "undefined") throw browserError("non_browser_environment", "there is no page here");
}

/** @param {boolean} initialized */
export function blockAPICallsBeforeInitialize(initialized) {
  if (!initialized) throw browserError("uninitialized_public_client_application", "the client is not initialized", "await initialize() first.");
}

/** @param {boolean} initialized */
export function preflightCheck(initialized) {
  blockNonBrowserEnvironment();
  blockReloadInHiddenIframes();
  blockAcquireTokenInPopups();
  blockAPICallsBeforeInitialize(initialized);
}

/**
 * A cache in memory is no hindrance here.
 * @param {boolean} initialized
 * @param {{ system: { allowRedirectInIframe?: boolean } }} configuration
 */
export function redirectPreflightCheck(initialized, { system }) {
  preflightCheck(initialized);
  blockRedirectInIframe(system.allowRedirectInIframe);
}

/**
 * Takes an answer out of a window's fragment.
 * @param {Window} at
 */
export function clearHash({ location, history }) {
  if (!isResponse(location.hash)) return;
  location.hash = "";
  // Office.js takes it away.
  history.replaceState?.(null, "", location.origin + location.pathname + location.search);
}

/**
 * Takes fragment and query out of a window's address.
 * @param {Window} at
 */
export function clearAuthResponseFromUrl({ location, history }) {
  history?.replaceState?.(null, "", location.origin + location.pathname);
}

/**
 * Gives this page the fragment of another address.
 * @param {string} url
 */
export function replaceHash(url) {
  location.hash = url.split("#").slice(1).join("#");
}

/**
 * Has the browser connect to an authority that is about to be asked.
 * @param {string} authority
 */
export function preconnect(authority) {
  const { origin } = new URL(authority);
  const link = Object.assign(document.createElement("link"), { rel: "preconnect", href: origin, crossOrigin: "anonymous" });
  document.head.append(link);
  // Browsers close what is not used for so long.
  setTimeout(() => link.remove(), PRECONNECT_MS);
}

const PRECONNECT_MS = 10_000;
