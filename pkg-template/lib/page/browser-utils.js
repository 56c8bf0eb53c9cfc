// MSAL Browser's BrowserUtils, as far as programs and its wrappers use it.

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
  return !isInIframe() && [location.hash, location.search].some((part) => interactionOf(part) === "popup");
}

/** The page's address without query and fragment. */
export function getCurrentUri() {
  return location.href.split(/[?#]/, 1)[0];
}

/** The root of the page's origin. */
export function getHomepage() {
  return `${location.origin}/`;
}

/** @param {string} part of an address, with its first character */
function interactionOf(part) {
  try {
    const [library] = (new URLSearchParams(part.slice(1)).get("state") ?? "").split("|");
    return JSON.parse(atob(library)).meta.interactionType;
  } catch {
    return undefined;
  }
}
