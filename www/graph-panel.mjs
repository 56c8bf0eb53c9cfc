// Microsoft Graph by way of the client's own fetch.
import { attempt, signInAgain } from "./attempt.mjs";
import { byId, codeBlock, make } from "./elements.mjs";
import { maskedBody } from "./masks.mjs";

/** Gives `call(path, pressed)`. */
export function graphPanel(session, { signIn, onChange }) {
  const call = (path, pressed) => attempt(byId("graph-result"), {
    label: `Asking for ${path}`, pressed, waysOn: signInAgain(signIn),
    act: async () => {
      const started = performance.now();
      const response = await session.app.fetch(path);
      return { path, response, text: await response.text(), ms: Math.round(performance.now() - started) };
    },
    show: answer, tell: ({ response }) => `Graph answered ${response.status}.`,
  }).then(onChange);
  byId("graph-form").addEventListener("submit", (event) => {
    event.preventDefault();
    call(byId("graph-path").value.trim() || "/me", event.submitter);
  });
  return call;
}

function answer({ path, response, text, ms }) {
  const { status, ok } = response;
  return [
    make("p", {}, make("span", { class: ok ? "tag good" : "tag bad" }, status), ` ${path} · ${ms} ms`),
    codeBlock("Graph’s answer", maskedBody(text)),
  ];
}
