// The redirect URI: passes the sign-in's answer on to the page that waits for it.
import { broadcastResponseToMainFrame } from "/graph-token/entry/redirect-bridge.js";

try {
  await broadcastResponseToMainFrame();
} catch ({ message }) {
  document.querySelector("main").hidden = false;
  document.querySelector("code").textContent = message;
}
