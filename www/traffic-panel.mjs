// The log of requests, answers and events, the newest first.
import { button, byId, codeBlock, copyButton, make } from "./elements.mjs";
import { rawHttp } from "./formats.mjs";
import { marked } from "./marked.mjs";

const KEPT = 200;

/** Gives `{ exchange, event }`, which add to the log. */
export function trafficPanel() {
  const list = byId("traffic");
  const add = (entry) => {
    list.prepend(entry);
    if (list.children.length > KEPT) list.lastElementChild.remove();
    byId("no-traffic").hidden = true;
  };
  byId("traffic-actions").replaceChildren(button("Clear", () => {
    list.replaceChildren();
    byId("no-traffic").hidden = false;
  }, { class: "small", "aria-label": "Clear the log" }));
  byId("with-events").addEventListener("change", ({ target }) => list.classList.toggle("no-events", !target.checked));
  return {
    exchange: (exchange) => add(exchangeEntry(exchange)),
    event: (message) => add(eventEntry(message)),
  };
}

function exchangeEntry({ at, method, url, headers, body, ended }) {
  const { host, pathname } = new URL(url);
  const text = rawHttp({ method, url, headers, body });
  const status = make("span", { class: "tag" }, "…");
  const took = make("span", { class: "note" });
  const answer = make("div", {});
  ended.then((end) => {
    const { status: code, statusText, headers: came, body: content, ms, failure } = end;
    status.textContent = failure ? "failed" : code;
    status.classList.add(failure || code >= 400 ? "bad" : "good");
    took.textContent = `${ms} ms`;
    const lines = failure ?? [`HTTP ${code} ${statusText}`, ...Object.entries(came).map(([name, value]) => `${name}: ${value}`), "", content].join("\n");
    answer.replaceChildren(codeBlock("Answer", ...marked(lines, [])));
  });
  return make("li", { class: "exchange" }, make("details", {},
    make("summary", {}, status, make("span", { class: "what" }, make("strong", {}, method), " ", make("span", {}, shortened(pathname)), make("span", { class: "note" }, host)), took, time(at)),
    make("div", { class: "block" }, codeBlock("Request", ...marked(text, body)), copyButton("the request", () => text)),
    make("div", { class: "block" }, answer)));
}

function eventEntry({ eventType, interactionType, payload, error, timestamp }) {
  const more = interactionType ?? payload?.reason;
  return make("li", { class: "event" },
    make("span", { class: error ? "tag bad" : "tag" }, "event"),
    make("span", { class: "what" }, eventType.replace(/^msal:/, ""), ...(more ? [make("span", { class: "note" }, more)] : []), ...(error ? [make("code", {}, error.errorCode ?? error.name)] : [])),
    time(new Date(timestamp)));
}

/** Without the tenant, which is in the request below. */
function shortened(pathname) {
  return pathname.replace(/^\/[^/]+(?=\/(oauth2|discovery|v2\.0)\/)/, "");
}

function time(date) {
  return make("time", { class: "note", datetime: date.toISOString() }, date.toLocaleTimeString());
}
