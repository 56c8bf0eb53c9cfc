// The same in a Worker, behind the test page, which must not hold the secret.
import { startTestPage } from "../../www/server.mjs";
import { startWorker } from "../../www/worker.mjs";
import { check, fields, heading, note } from "./show.mjs";

/** Gives where the test page is, and what ends it and its Worker. */
export async function inWorker(around) {
  heading("The same in a Worker");
  if (!around.clientSecret) {
    note("Skipped: the test page's Worker wants a secret. Set GRAPH_TOKEN_CLIENT_SECRET to see it.");
    return undefined;
  }
  const page = await startTestPage({ settings: around.settings });
  around.registerPage(page.origin);
  const worker = await startWorker({
    bindings: {
      TENANT_AUTHORITY: around.authorities[0].address,
      CLIENT_ID: around.auth.clientId,
      CLIENT_SECRET: around.clientSecret,
      GRAPH_ORIGIN: around.graphOrigin,
      PAGE_ORIGIN: page.origin,
    },
  });
  page.settings.workerOrigin = worker.origin;
  const answer = await fetch(`${worker.origin}/users`);
  const { users = [], token } = await answer.json();
  fields({ runtime: "workerd, without nodejs_compat", status: answer.status, users: users.length, ...token });
  check("the Worker answers with the users", answer.ok && users.length > 0);
  return { origin: page.origin, close: () => Promise.all([page.close(), worker.dispose()]) };
}
