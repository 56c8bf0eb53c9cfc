// The hidden frame in which a session is asked without a person.

import { answerIn, awaitAnswer } from "./answers.js";
import { browserError } from "./errors.js";

const POLL_MS = 25;
/** A page that has loaded may still go on by itself: so long, or so many times as long as it took to load. */
const GRACE_MS = 1_000;
const GRACE_FACTOR = 3;

/**
 * Gives the sign-in page's answer. The frame is removed in any case.
 * @param {import("./answers.js").Asked} asked
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function askInFrame(asked, signal) {
  const frame = hiddenFrame();
  try {
    return await awaitAnswer(asked, signal, (answered, failed) => {
      const start = performance.now();
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let grace;
      const look = () => {
        const answer = answerIn(frame.contentWindow, asked);
        if (answer) answered(answer);
      };
      frame.onload = () => {
        look();
        clearTimeout(grace);
        const took = performance.now() - start;
        grace = setTimeout(() => failed(unanswered()), Math.max(GRACE_MS, GRACE_FACTOR * took));
      };
      frame.src = asked.url;
      document.body.append(frame);
      const poll = setInterval(look, POLL_MS);
      return () => {
        clearInterval(poll);
        clearTimeout(grace);
      };
    });
  } finally {
    frame.remove();
  }
}

function unanswered() {
  const error = browserError("timed_out", "the hidden frame shows a page that does not answer",
    "it refuses to be framed or wants a person: call acquireTokenPopup or acquireTokenRedirect");
  return Object.assign(error, { subError: "redirect_bridge_timeout" });
}

function hiddenFrame() {
  const frame = document.createElement("iframe");
  frame.title = "Sign-in";
  frame.setAttribute("aria-hidden", "true");
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  Object.assign(frame.style, { visibility: "hidden", position: "absolute", width: "0", height: "0", border: "0" });
  return frame;
}
