// What the page at the redirect URI does with an answer that another window waits for.

import { libraryState } from "./address.js";

/**
 * The answer in this page's address.
 * @typedef {object} Landed
 * @property {string} payload
 * @property {string} state
 * @property {string} address the page's, without the answer
 */

/** Session storage of a sign-in by redirect: the page it began at, under the state's id. */
export const returnKey = (/** @type {string} */ id) => `graph-token.return.${id}`;
/** Where the redirect page leaves its answer for that page. */
export const ANSWER_KEY = "graph-token.answer";

/** @returns {Landed | undefined} */
export function landed() {
  const { hash, search, origin, pathname } = location;
  const page = origin + pathname;
  for (const [part, address] of [[hash, page + search], [search, page + hash]]) {
    const payload = part.slice(1);
    const state = new URLSearchParams(payload).get("state");
    if (state) return { payload, state, address };
  }
}

/**
 * Posts the answer to the window that waits for it, cleans the address, and closes this window.
 * @param {string} id
 * @param {Landed} answer
 */
export function post(id, { payload, address }) {
  // Office.js takes it away.
  history.replaceState?.(history.state, "", address);
  const channel = new BroadcastChannel(id);
  channel.postMessage({ v: 1, payload });
  channel.close();
  // In a page inside another site's, what is broadcast here is not heard there.
  window.opener?.postMessage({ v: 1, id, payload }, location.origin);
  window.close();
}

/**
 * Whether this page is our popup or our frame, come back with the answer. Then it is posted, and nothing else is to be
 * done here. To be called before a router cleans the address.
 */
export function relayAnswer() {
  const answer = landed();
  const found = libraryState(answer?.state ?? "");
  if (!answer || !found || !["popup", "silent"].includes(found.interactionType)) return false;
  post(found.id, answer);
  return true;
}
