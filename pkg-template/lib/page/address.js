// The addresses of this page, and what they say of where it is.

import { inBrowser } from "../host.js";

/** The page's address without query and fragment. */
export function getCurrentUri() {
  return typeof window === "undefined" ? "" : location.href.split(/[?#]/, 1)[0];
}

/**
 * An address of the program's, on this origin where it begins with a slash. It is not normalized: providers compare
 * redirect URIs letter by letter.
 * @param {string | undefined} given
 */
export function absolute(given) {
  if (!given) return getCurrentUri();
  return given.startsWith("/") && !given.startsWith("//") ? location.origin + given : given;
}

/**
 * Whether no page of another origin can reach into the windows that this one opens.
 * @param {Window} at
 */
export function originIsChecked(at) {
  try {
    for (; at.parent !== at; ) {
      at = at.parent;
      void at.location.href;
    }
    void at.opener?.location.href;
    return true;
  } catch {
    return false;
  }
}

/** Whether there is a page around this code, and not a worker or a server. */
export function hasWindow() {
  return typeof window === "object" && typeof document === "object";
}

/** Whether a server runs this, which renders a page that is not there yet. */
export function onServer() {
  return !hasWindow() && !inBrowser();
}

/**
 * Whether an address is a page's of this origin, and not a script's.
 * @param {string} address
 */
export function isOurs(address) {
  const [there, here] = [new URL(address), new URL(location.href)];
  return there.origin === here.origin && there.protocol === here.protocol;
}

/**
 * Whether a fragment is an answer, of whomever.
 * @param {string} hash
 */
export function isResponse(hash) {
  const text = hash.replace(/^#\/?/, "");
  if (!/^[^=&?#/]+[=&]/.test(text)) return false;
  const parameters = new URLSearchParams(text);
  return ["code", "ear_jwe", "error", "error_description", "state"].some((name) => parameters.get(name));
}

/**
 * The state of an answer, taken apart.
 * @param {string} state
 * @returns {{ id: string, interactionType: string, given: string } | undefined}
 */
export function libraryState(state) {
  const [own, ...given] = state.split("|");
  try {
    const { id, meta } = JSON.parse(atob(own));
    return { id, interactionType: meta.interactionType, given: given.join("|") };
  } catch {}
}
