// The main job, step by step, through the packed package. With GRAPH_TOKEN_TENANT, GRAPH_TOKEN_CLIENT_ID and
// GRAPH_TOKEN_CLIENT_SECRET in the environment the real service takes the stand-in's place.
//
//   node examples/demo/demo.mjs [--once]      as `cargo xtask demo` runs it

import { AuthError, ConfidentialClientApplication } from "graph-token";
import { startTestPage } from "../../www/server.mjs";
import { startWorker } from "../../www/worker.mjs";
import { bold, check, failures, fields, heading, note, table } from "./show.mjs";
import { surroundings } from "./surroundings.mjs";

const around = await surroundings(process.env);
const client = (auth = {}) =>
  new ConfidentialClientApplication({
    auth: { clientId: around.clientId, clientSecret: around.clientSecret, authority: around.authorities[0].address, ...auth },
    system: { graphOrigin: around.graphOrigin },
  });
const app = client();

heading(1, "Graph without a token");
const refused = await fetch(`${around.graphOrigin}/v1.0/users`);
fields({ status: refused.status, "WWW-Authenticate": refused.headers.get("www-authenticate") });
check("Graph refuses", refused.status === 401);
await refused.body?.cancel();

for (const [index, { form, address }] of around.authorities.entries()) {
  heading(index === 0 ? 2 : 0, `A token by client credentials, the tenant as ${form}`);
  const result = await app.acquireTokenByClientCredential({ authority: address });
  showResult(result);
  check("it is new and serves", !result.fromCache && result.expiresOn > new Date());
}

heading(3, "The same again");
const before = around.requests();
const again = await app.acquireTokenByClientCredential();
fields({ fromCache: again.fromCache, "token requests meanwhile": around.requests() === undefined ? "not counted" : around.requests() - before });
check("the cache answered, without a request", again.fromCache && around.requests() === before);

heading(4, "Graph with the token");
const byHeader = await fetch(`${around.graphOrigin}/v1.0/users`, { headers: { Authorization: again.createAuthorizationHeader() } });
fields({ "with createAuthorizationHeader()": byHeader.status });
const byFetch = await app.fetch("/users");
fields({ 'with app.fetch("/users")': byFetch.status });
const { value: users = [], error } = await byFetch.json();
table(["displayName", "userPrincipalName", "id"], users);
check("Graph answers both", byHeader.ok && byFetch.ok && users.length > 0);
if (error) note(`${error.code}: ${error.message}`);
await byHeader.body?.cancel();

heading(5, "What goes wrong, and what it says");
await showFailure("a wrong secret", () => client({ clientSecret: "wrong-secret-value" }).acquireTokenByClientCredential(), "invalid_client");
await showFailure("an unknown tenant", () => app.acquireTokenByClientCredential({ authority: around.unknownTenant }), "invalid_request");
await showFailure("a delegated scope", () => app.acquireTokenByClientCredential({ scopes: ["User.Read"] }), "invalid_scope");

heading(6, "The same in a Worker");
const page = await startTestPage({ settings: around.settings });
around.registerPage(page.origin);
const worker = await startWorker({
  bindings: {
    TENANT_AUTHORITY: around.authorities[0].address,
    CLIENT_ID: around.clientId,
    CLIENT_SECRET: around.clientSecret,
    GRAPH_ORIGIN: around.graphOrigin,
    PAGE_ORIGIN: page.origin,
  },
});
page.settings.workerOrigin = worker.origin;
const answer = await fetch(`${worker.origin}/users`);
const { users: found = [], token } = await answer.json();
fields({ runtime: "workerd, without nodejs_compat", status: answer.status, users: found.length, ...token });
check("the Worker answers with the users", answer.ok && found.length > 0);

if (process.argv.includes("--once") || failures() > 0) {
  await Promise.all([page.close(), worker.dispose(), around.close()]);
  console.log(failures() === 0 ? bold("\nAll of this held.") : bold(`\n${failures()} of these did not hold.`));
  process.exitCode = failures() === 0 ? 0 : 1;
} else {
  heading(7, "The test page");
  console.log(`  ${bold(page.origin)}   Ctrl-C ends it`);
}

function showResult(result) {
  const seconds = Math.round((result.expiresOn.getTime() - Date.now()) / 1000);
  const extended = Math.round((result.extExpiresOn.getTime() - Date.now()) / 1000);
  fields({
    token_type: result.tokenType,
    expires_in: `${seconds} s`,
    ext_expires_in: `${extended} s`,
    expires: `${result.expiresOn.toLocaleString()}, in ${Math.floor(seconds / 60)} min ${seconds % 60} s`,
    resource: result.scopes[0].replace(/\/\.default$/, ""),
    scopes: result.scopes.join(" "),
    tenant: result.tenantId,
    correlation_id: result.correlationId,
    access_token: `${result.accessToken.slice(0, 12)}…${result.accessToken.slice(-6)} (${result.accessToken.length} characters)`,
  });
}

async function showFailure(what, call, code) {
  try {
    await call();
    check(`${what} is refused`, false);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    const aadsts = error.errorCodes[0] ?? /AADSTS(\d+)/.exec(error.message)?.[1];
    console.log(`  ${bold(what)}`);
    fields({ class: error.name, errorCode: error.errorCode, AADSTS: aadsts, hint: error.hint });
    check(`${what} is refused with the reason`, error.errorCode === code && error.hint !== "" && aadsts !== undefined);
  }
}
