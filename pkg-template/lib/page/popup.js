// The window in which a person signs in.

import { addressOf, answerIn, awaitAnswer } from "./answers.js";
import { browserError } from "./errors.js";

const WIDTH = 483;
const HEIGHT = 600;
const POLL_MS = 25;
/** An answer that was posted just before the window closed, and the opener's focus, may come this late. */
const GRACE_MS = 250;
/** The opener may have got the focus back so long before the window was last seen open. */
const FOCUS_MS = 200;
/**
 * A window that Cross-Origin-Opener-Policy cuts off looks closed before so many round trips are over: the news goes the
 * same way as theirs, behind the second or third at most, whatever the load.
 */
const SETTLED_TRIPS = 10;

/**
 * @typedef {object} Attributes MSAL's `popupWindowAttributes`
 * @property {{ width: number, height: number }} [popupSize]
 * @property {{ top: number, left: number }} [popupPosition]
 *
 * @typedef {object} Popup
 * @property {Window} window
 * @property {Window} opener
 * @property {boolean} focused whether the opener had the focus that the popup took
 */

/**
 * Opens an empty window; browsers allow it in a click only, so nothing may be awaited before.
 * @param {{ popupWindowAttributes?: Attributes, popupWindowParent?: Window }} [request]
 * @returns {Popup}
 */
export function openPopup({ popupWindowAttributes, popupWindowParent: opener = window } = {}) {
  const focused = opener.document.hasFocus();
  const child = opener.open("about:blank", `graph-token.${crypto.randomUUID()}`, features(opener, popupWindowAttributes));
  if (!child || child.closed) {
    throw browserError("popup_window_error", "the browser did not open the sign-in window",
      "call it directly in a click, without an await before, ask the person to allow popups, or use acquireTokenRedirect");
  }
  return { window: child, opener, focused };
}

/**
 * Shows the sign-in page, and gives its answer. The window is closed in any case.
 * @param {Popup} popup
 * @param {import("./answers.js").Asked} asked
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function askInPopup(popup, asked, signal) {
  const child = popup.window;
  const close = () => child.close();
  addEventListener("pagehide", close);
  try {
    return await awaitAnswer(asked, signal, (answered, failed) => {
      if (child.closed) {
        failed(cancelled());
        return () => {};
      }
      const watched = watchClosing(popup, () => failed(cancelled()), () => {
        const answer = answerIn(child, asked);
        if (answer) answered(answer);
      });
      child.location.replace(asked.url);
      child.focus();
      return watched;
    });
  } finally {
    removeEventListener("pagehide", close);
    close();
  }
}

function cancelled() {
  return browserError("user_cancelled", "the sign-in window was closed");
}

/**
 * Tells when a person closed the window. With Cross-Origin-Opener-Policy on the sign-in page it looks closed while it is
 * open. So it counts as closed only where a page of our own was in it, which the browser still shows; where it was seen
 * open with another's page in it; or where its empty page was left twice. If the opener lost the focus to it, the opener
 * has to have got it back, too: a page with the policy may also come later.
 * @param {Popup} popup
 * @param {() => void} closed
 * @param {() => void} look called as long as it looks open
 */
function watchClosing({ window: child, opener, focused }, closed, look) {
  let seen = performance.now();
  let away = 0;
  let leaving = 0;
  let linked = false;
  let settling = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let grace;
  // The empty page is left once for the sign-in page; the second time it is the window that is closed.
  child.addEventListener("beforeunload", () => {
    leaving++;
  });
  const settle = () => {
    if (settling || linked) return;
    settling = true;
    whenSettled(child, (isLinked) => {
      settling = false;
      linked = isLinked;
    });
  };
  // Sooner than the poll: the person may close the window as soon as there is a page in it.
  child.addEventListener("pagehide", settle);

  const decide = () => {
    const back = !focused || opener.document.hasFocus();
    if (addressOf(child) || (back && (linked ? !away || away > seen - FOCUS_MS : leaving > 1))) closed();
  };
  const poll = setInterval(() => {
    look();
    if (child.closed) {
      clearInterval(poll);
      grace = setTimeout(decide, GRACE_MS);
      return;
    }
    seen = performance.now();
    if (focused && !opener.document.hasFocus()) away = seen;
    if (showsPage(child)) settle();
  }, POLL_MS);
  return () => {
    clearInterval(poll);
    clearTimeout(grace);
  };
}

/**
 * Tells whether the window is still there when the browser has had the time to cut it off.
 * @param {Window} child
 * @param {(isLinked: boolean) => void} settled
 */
function whenSettled(child, settled) {
  const name = crypto.randomUUID();
  const [here, there] = [new BroadcastChannel(name), new BroadcastChannel(name)];
  let trips = 0;
  here.onmessage = () => {
    const shown = showsPage(child);
    if (shown && ++trips < SETTLED_TRIPS) return there.postMessage(0);
    here.close();
    there.close();
    settled(shown);
  };
  there.postMessage(0);
}

/**
 * Whether a window has left the empty page for another.
 * @param {Window} child
 */
function showsPage(child) {
  return !child.closed && addressOf(child) !== "about:blank";
}

/**
 * As MSAL has it: sizes and positions that do not fit the opener are as good as none.
 * @param {Window} opener
 * @param {Attributes} [attributes]
 */
function features({ innerWidth, innerHeight, screenX, screenY }, { popupSize, popupPosition } = {}) {
  /** @type {(value: number | undefined, most: number, otherwise: number) => number} */
  const fitting = (value, most, otherwise) => (value && value > 0 && value <= most ? value : otherwise);
  const width = fitting(popupSize?.width, innerWidth, WIDTH);
  const height = fitting(popupSize?.height, innerHeight, HEIGHT);
  const top = fitting(popupPosition?.top, innerHeight, Math.max(0, innerHeight / 2 - HEIGHT / 2 + screenY));
  const left = fitting(popupPosition?.left, innerWidth, Math.max(0, innerWidth / 2 - WIDTH / 2 + screenX));
  return `width=${width},height=${height},top=${top},left=${left},scrollbars=yes`;
}
