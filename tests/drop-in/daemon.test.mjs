// examples/daemon with MSAL and with graph-token.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { selfSignedCertificate } from "../idp/index.mjs";
import { entra } from "./entra.mjs";
import { requestsOf, resultsOf } from "./normal.mjs";
import { SCRATCH, start } from "./programs.mjs";
import { twice } from "./twice.mjs";

const { idp, graph, fresh, routes } = await entra();
const { daemon, certificate, api } = idp.clients;
const { contoso, fabrikam } = idp.tenants;

const pair = selfSignedCertificate();
idp.registerCertificate("certificate", pair.certificate);
const CLIENT_CERTIFICATE_FILE = path.join(SCRATCH, "certificate.pem");
const CLIENT_KEY_FILE = path.join(SCRATCH, "key.pem");
await writeFile(CLIENT_CERTIFICATE_FILE, pair.certificate);
await writeFile(CLIENT_KEY_FILE, pair.privateKey);

const withSecret = { CLIENT_ID: daemon.clientId, CLIENT_SECRET: daemon.clientSecret };
const withCertificate = { CLIENT_ID: certificate.clientId, CLIENT_CERTIFICATE_FILE, CLIENT_KEY_FILE };

function running(env, arrange) {
  return async (library) => {
    fresh();
    arrange?.();
    const program = await start("daemon", library, { routes, env: { TENANT_IDS: contoso.id, ...env } });
    const code = await program.ended;
    return {
      code, shown: program.printed.stdout,
      requests: requestsOf(idp), results: resultsOf(await program.observed(), idp),
      graphAnswers: graph.log.map(({ status }) => status),
    };
  };
}

const TWO_TENANTS = { TENANT_IDS: `${contoso.id},${fabrikam.initialDomain}` };
/** Met wherever a token came. */
const TOKEN_DIFFERENCES = ["app-tenant-id", "ext-expires-on", "request-id"];
const assertionOf = ({ body }) => body.client_assertion;

twice("a secret, two tenants and two resources", running({ ...withSecret, ...TWO_TENANTS, API_SCOPE: `api://${api.clientId}/.default` }), {
  holds({ code, shown, requests, graphAnswers }) {
    assert.equal(code, 0, shown);
    assert.match(shown, new RegExp(`^users of ${contoso.id}: 5$`, "m"));
    assert.match(shown, new RegExp(`^users of ${fabrikam.initialDomain}: 2$`, "m"));
    assert.equal(requests.length, 4);
    assert.deepEqual(graphAnswers, [200, 200, 200]);
  },
  differences: { results: TOKEN_DIFFERENCES },
});

twice("a certificate by its SHA-256 thumbprint", running({ ...withCertificate, ...TWO_TENANTS }), {
  holds({ code, shown, requests }) {
    assert.equal(code, 0, shown);
    assert.deepEqual(requests.map((request) => assertionOf(request).header.alg), ["PS256", "PS256"]);
  },
  differences: { results: TOKEN_DIFFERENCES },
});

twice("a certificate with its chain", running({ ...withCertificate, CLIENT_CERTIFICATE_NAMED_BY: "chain" }), {
  holds({ code, shown, requests }) {
    assert.equal(code, 0, shown);
    assert.deepEqual(assertionOf(requests[0]).header.x5c, [pair.der.toString("base64")]);
  },
  differences: { results: TOKEN_DIFFERENCES },
});

twice("a certificate by its SHA-1 thumbprint", running({ ...withCertificate, CLIENT_CERTIFICATE_NAMED_BY: "sha1" }), {
  holds({ code, shown, requests }) {
    assert.equal(code, 0, shown);
    assert.equal(assertionOf(requests[0]).header.alg, "RS256");
  },
  differences: { results: TOKEN_DIFFERENCES },
});

const refuseOnce = () => graph.fault({ status: 401, body: { error: { code: "InvalidAuthenticationToken" } } });
twice("a token that Graph refuses once", running(withSecret, refuseOnce), {
  holds({ code, shown, requests, graphAnswers }) {
    assert.equal(code, 0, shown);
    assert.equal(requests.length, 2);
    assert.deepEqual(graphAnswers, [401, 200, 200]);
  },
  differences: { results: TOKEN_DIFFERENCES },
});

const broken = { ...withSecret, CLIENT_SECRET: "wrong", TENANT_IDS: `${contoso.id},nowhere.example,common` };
twice("a wrong secret, a tenant that does not exist, and one that is none", running(broken), {
  holds({ code, shown, requests, results }) {
    assert.equal(code, 1);
    assert.match(shown, new RegExp(`^users of ${contoso.id}: failed, invalid_client$`, "m"));
    assert.equal(requests.length, 2);
    assert.equal(results.length, 3);
    assert.ok(results.every(({ error }) => error));
  },
  differences: { results: ["error-message"] },
});
