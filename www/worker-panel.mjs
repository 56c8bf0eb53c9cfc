// Graph's users by way of the Worker, and the answer of an administrator's consent.
import { attempt } from "./attempt.mjs";
import { byId, errorCard, make, table } from "./elements.mjs";

const WORKER_TIMEOUT_MS = 30_000;

export function workerPanel({ workerOrigin }) {
  byId("load-users").disabled = !workerOrigin;
  byId("worker-address").replaceChildren(...(workerOrigin ? ["GET ", make("code", {}, `${workerOrigin}/users`)] : ["No Worker is running beside this page."]));
  byId("load-users").addEventListener("click", ({ currentTarget }) => attempt(byId("users-result"), {
    label: "Asking the Worker", pressed: currentTarget, show: usersTable, tell: ({ users }) => `${users.length} users.`, act: async () => {
      const response = await fetch(`${workerOrigin}/users`, { signal: AbortSignal.timeout(WORKER_TIMEOUT_MS) })
        .catch(({ message }) => { throw { name: "No answer from the Worker", message, hint: "See whether it still runs." }; });
      const { error, ...body } = await response.json();
      if (error) throw { name: `The Worker answered ${response.status}`, errorCode: error.code, errorMessage: error.message, hint: error.hint };
      return body;
    },
  }));
  showConsentAnswer();
}

function usersTable({ users, token }) {
  const expires = new Date(token.expiresOn).toLocaleTimeString();
  return [
    make("p", { class: "facts-line" },
      make("span", { class: token.fromCache ? "tag good" : "tag" }, token.fromCache ? "token from the Worker’s cache" : "new token"),
      ` expires at ${expires} · tenant `, make("code", {}, token.tenantId)),
    make("div", { class: "scroll" }, table(`${users.length} users`, ["Name", "User principal name"],
      users.map(({ displayName, userPrincipalName }) => [displayName, make("code", {}, userPrincipalName)]))),
  ];
}

/** Where this page is the redirect URI, it shows what the administrator's consent came to. */
function showConsentAnswer() {
  const answer = new URLSearchParams(location.search);
  if (answer.get("admin_consent") === "True") {
    byId("consent-answer").replaceChildren(make("p", { class: "facts-line" }, make("span", { class: "tag good" }, "consent given"), " tenant ", make("code", {}, answer.get("tenant") ?? "")));
  } else if (answer.has("error")) {
    byId("consent-answer").replaceChildren(errorCard({ name: "No consent", errorCode: answer.get("error"), errorMessage: answer.get("error_description") ?? "" }));
  }
}
