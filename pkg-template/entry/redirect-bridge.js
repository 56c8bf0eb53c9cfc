// MSAL 5's redirect bridge: all that a page at the redirect URI needs.

import { libraryState } from "../lib/page/address.js";
import { browserError } from "../lib/page/errors.js";
import { ANSWER_KEY, landed, post, returnKey } from "../lib/page/relay.js";

const HANDLE_REDIRECT_PROMISE = 865;
const NAVIGATION_MS = 30_000;

/**
 * Hands the answer in this page's address to the page that waits for it.
 * @param {{ navigateInternal: (url: string, options: { apiId: number, timeout: number, noHistory: boolean }) => Promise<unknown> }} [navigationClient]
 */
export async function broadcastResponseToMainFrame(navigationClient) {
  const answer = landed();
  if (!answer) throw browserError("redirect_bridge_empty_response", "there is no answer in the address");
  const found = libraryState(answer.state);
  if (!found) throw browserError("unable_to_parse_state", "the state is not this library's");
  if (found.interactionType !== "redirect") return post(found.id, answer);
  const url = handOver(found.id, answer.payload) ?? `${location.origin}/`;
  if (navigationClient) await navigationClient.navigateInternal(url, { apiId: HANDLE_REDIRECT_PROMISE, timeout: NAVIGATION_MS, noHistory: true });
  else location.replace(url);
}

/**
 * Leaves the answer for the page that the sign-in began at, and gives its address; a foreign answer is for nobody.
 * @param {string} id
 * @param {string} payload
 */
function handOver(id, payload) {
  try {
    const url = sessionStorage.getItem(returnKey(id));
    if (url) sessionStorage.setItem(ANSWER_KEY, payload);
    return url;
  } catch {
    return null;
  }
}
