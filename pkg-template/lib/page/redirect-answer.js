// The answer to a sign-in by redirect: in the page's address, or left by the redirect page.

import { isResponse, libraryState } from "./address.js";
import { isInIframe } from "./browser-utils.js";
import { ANSWER_KEY } from "./relay.js";

/** The answer that was taken out of the address, as long as no client has found it to be its own. */
let unclaimed = "";

/** Notes that the answer is some client's own. */
export function claimed() {
  unclaimed = "";
}

/**
 * Whether a text is the answer to a request by redirect, of this library's or of MSAL's.
 * @param {string} text
 */
export function isAnswer(text) {
  const parameters = new URLSearchParams(text);
  const state = parameters.get("state");
  return Boolean(state && (parameters.has("code") || parameters.has("error")) && libraryState(state)?.interactionType === "redirect");
}

/**
 * Whether the page has come back with an answer, in its address or by way of the redirect page.
 * @param {string} text
 */
export function hasLanded(text) {
  return isAnswer(text) || isAnswer(leftAnswer());
}

/** Whether an answer stands here that nobody waits for: one without a state, or to a request of ours that is not known. */
export function isStray() {
  const state = new URLSearchParams(location.hash.slice(1)).get("state");
  return isResponse(location.hash) && !isInIframe() && (!state || Boolean(libraryState(state)));
}

/** The answer that stands in the address, or stood there before another client took it out. */
export function landedAnswer() {
  return [location.hash, location.search].map((part) => part.slice(1)).find(isAnswer) ?? unclaimed;
}

/**
 * Takes the answer out of the address, so that no reload and no router meets it.
 * @param {string} answer
 */
export function cleanAddress(answer) {
  unclaimed = answer;
  const { hash, origin, pathname, search } = location;
  // Another client may have taken it out, and a router have put its own there since.
  if (![hash, search].some((part) => isAnswer(part.slice(1))) && !isStray()) return;
  const kept = isAnswer(search.slice(1)) ? "" : search;
  const address = origin + pathname + kept;
  const { state } = history;
  // A router may have read the address already: so it hears that it is another one. As a whole, since a base may name another page.
  if (hash && kept === search) location.replace(`${address}#`);
  // Office.js takes it away.
  history.replaceState?.(state, "", address);
}

/** What the redirect page has left for this one; empty where it has left nothing. */
export function leftAnswer() {
  try {
    return sessionStorage.getItem(ANSWER_KEY) ?? "";
  } catch {
    return "";
  }
}
