// examples/web-app with MSAL and with graph-token: a person signs in, looks at pages, and leaves.
import assert from "node:assert/strict";
import { freePort } from "../free-port.mjs";
import { entra } from "./entra.mjs";
import { requestsOf, resultsOf, valueOf } from "./normal.mjs";
import { Person } from "./person.mjs";
import { startServer } from "./programs.mjs";
import { twice } from "./twice.mjs";

const { idp, graph, fresh, routes } = await entra();
const { clientId, clientSecret } = idp.clients.web;
const PORT = await freePort();
const HOME = `http://localhost:${PORT}`;

/** Runs the app while `visit` looks at its pages; `open(path)` is the person's way to them. */
function visiting(tenant, visit) {
  return async (library) => {
    fresh();
    const env = { TENANT_ID: tenant, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, PORT: String(PORT) };
    const program = await startServer("web-app", library, { routes, env });
    try {
      const person = new Person(idp);
      const pages = [];
      await visit({
        person,
        open: async (path, options) => {
          const { status, body } = await person.open(HOME + path, options);
          pages.push({ path, status, body });
        },
      });
      return {
        pages, shown: valueOf(pages, idp), requests: requestsOf(idp), results: resultsOf(await program.observed(), idp),
        graphAnswers: graph.log.map(({ status }) => status), stderr: program.printed.stderr,
      };
    } finally {
      await program.stop();
    }
  };
}

const grants = ({ requests }) => requests.map(({ call }) => call);

const stay = visiting(idp.tenants.contoso.id, async ({ open }) => {
  await open("/");
  await open("/sign-in");
  await open("/me");
  await open("/me");
  await open("/people");
  await open("/people");
  await open("/me?refresh");
  await open("/sign-out");
  await open("/");
  await open("/me");
});
twice("a person of the tenant, from signing in to signing out and in again", stay, {
  holds({ pages, requests, graphAnswers, stderr }) {
    assert.deepEqual(pages.map(({ status }) => status), Array(10).fill(200), stderr);
    assert.equal(pages[1].body, "Hello Ada Test: /me, /people, /sign-out");
    assert.equal(pages[2].body.userPrincipalName, "ada@contoso.example");
    assert.equal(pages[4].body.value.length, 5);
    assert.equal(pages[9].body.userPrincipalName, "ada@contoso.example");
    assert.deepEqual(grants({ requests }), ["authorize", "token authorization_code", "token refresh_token", "token refresh_token",
      "logout", "authorize", "token authorization_code"]);
    assert.deepEqual(graphAnswers, Array(6).fill(200));
  },
  differences: { results: ["ext-expires-on"] },
});

const guest = visiting("organizations", async ({ open }) => {
  await open("/me", { login: "fay@fabrikam.example" });
  await open("/people");
});
twice("a person of any tenant, who begins at a page that wants a sign-in", guest, {
  holds({ pages, requests, stderr }) {
    assert.deepEqual(pages.map(({ status }) => status), [200, 200], stderr);
    assert.equal(pages[0].body.userPrincipalName, "fay@fabrikam.example");
    assert.deepEqual(grants({ requests }), ["authorize", "token authorization_code", "token refresh_token"]);
  },
  differences: { results: ["ext-expires-on"] },
});

const revoked = visiting(idp.tenants.contoso.id, async ({ open }) => {
  await open("/sign-in");
  idp.fault({ status: 400, body: {
    error: "interaction_required", error_codes: [50076], suberror: "basic_action", claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
    error_description: "AADSTS50076: Due to a configuration change, you must use multi-factor authentication.",
    timestamp: "2026-01-01 00:00:00Z", trace_id: "4b3a2c1d-0000-4000-8000-000000000001", correlation_id: "4b3a2c1d-0000-4000-8000-000000000002",
  } });
  await open("/people");
  idp.fault({ status: 400, body: {
    error: "invalid_grant", error_codes: [50173], error_description: "AADSTS50173: The provided grant has expired due to it being revoked.",
    suberror: "bad_token",
    timestamp: "2026-01-01 00:00:00Z", trace_id: "4b3a2c1d-0000-4000-8000-000000000003", correlation_id: "4b3a2c1d-0000-4000-8000-000000000004",
  } });
  await open("/me?refresh");
});
twice("a person whom Entra wants to see again", revoked, {
  holds({ pages, requests, results, stderr }) {
    assert.deepEqual(pages.map(({ status }) => status), [200, 200, 200], stderr);
    assert.deepEqual(grants({ requests }), ["authorize", "token authorization_code", "token refresh_token", "authorize",
      "token authorization_code", "token refresh_token", "token refresh_token", "authorize", "token authorization_code", "token refresh_token"]);
    assert.deepEqual(results.flatMap(({ error }) => error?.name ?? []), ["InteractionRequiredAuthError", "InteractionRequiredAuthError"]);
  },
  differences: { results: ["ext-expires-on"] },
});
