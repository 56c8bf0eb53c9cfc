// The demo, as `cargo xtask demo --once` runs it, and as it runs with the real service's addresses.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readCertificate } from "graph-token/certificate";
import { createDirectory } from "../idp/directory.mjs";
import { startGraph, startIdentityProvider } from "../idp/index.mjs";
import { node } from "./packed.mjs";

const ENTRA = "https://login.microsoftonline.com";
const GRAPH = "https://graph.microsoft.com";
const PFX = fileURLToPath(new URL("../native/certificates/modern.pfx", import.meta.url));
const PASSPHRASE = "Pässwörd ☂";

const stepsOf = (printed) => printed.split(/^(?=\d+\. )/m).slice(1);
const numbersOf = (steps) => steps.map((step) => Number.parseInt(step, 10));

describe("against the stand-ins", () => {
  let demo;
  let steps;
  before(async () => {
    demo = await node(["examples/demo/demo.mjs", "--once"]);
    steps = stepsOf(demo.stdout);
  });

  test("it ends by itself, content", () => {
    assert.equal(demo.code, 0, demo.stdout + demo.stderr);
    assert.equal(demo.stderr, "");
    assert.match(demo.stdout, /^All of this held\.$/m);
  });

  test("every step holds", () => {
    assert.deepEqual(numbersOf(steps), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const step of steps) assert.match(step, /✓/);
    assert.doesNotMatch(demo.stdout, /✗|Skipped/);
    const forms = [...demo.stdout.matchAll(/the tenant as (.+)$/gm)].map(([, form]) => form);
    assert.deepEqual(forms, ["a GUID", "an initial domain", "a custom domain"]);
    assert.match(steps[3], /ada@contoso\.example/);
  });

  test("the certificate's requests are signed with PS256, the PFX's with its chain", () => {
    assert.equal([...steps[4].matchAll(/^ +alg +PS256$/gm)].length, 2);
    assert.deepEqual([...steps[4].matchAll(/^ +x5c +(.+)$/gm)].map(([, sent]) => sent), ["not sent", "3 certificates"]);
    assert.equal([...steps[4].matchAll(/access_token/g)].length, 2);
  });

  test("a person signs in, is known, and is renewed", () => {
    assert.match(steps[5], /^ +POST +interaction\/… +303$/m);
    assert.match(steps[5], /^ +username +ada@contoso\.example$/m);
    assert.match(steps[5], /^ +as before +true +0$/m);
    assert.match(steps[5], /^ +with forceRefresh +false +1$/m);
  });

  test("an API acts for its caller, and passes a challenge on", () => {
    assert.match(steps[6], /^ +Ada Test +ada@contoso\.example /m);
    assert.match(steps[6], /^ +WWW-Authenticate +Bearer .*error="insufficient_claims"/m);
  });

  test("a person signs in at a program, on another device and in the browser", () => {
    assert.match(steps[7], /^ +message +To sign in, use a web browser to open the page http\S+ and enter the code [A-Z]{4}-[A-Z]{4} to authenticate\.$/m);
    assert.match(steps[7], /^ +response_mode +form_post$/m);
    assert.match(steps[7], /^ +You are signed in\. You can close this window now\.$/m);
    assert.equal([...steps[7].matchAll(/^ +account +ada@contoso\.example$/gm)].length, 2);
    assert.match(steps[7], /^ +userPrincipalName +ada@contoso\.example$/m);
  });

  test("it shows the ends of tokens, and no secret", () => {
    const printed = demo.stdout + demo.stderr;
    // Three tenants, two certificates, the code's, the API's incoming one and what came for it, the program's two.
    assert.equal([...printed.matchAll(/access_token +eyJ\S{9}…\S{6} \(\d+ characters\)/g)].length, 10);
    assert.match(printed, /^ +code +\S{12}…\S{6} \(\d+ characters\)$/m);
    assertNoSecret(printed);
  });
});

describe("with the real service's addresses, and a certificate alone", () => {
  let idp;
  let graph;
  let demo;
  before(async () => {
    idp = await startIdentityProvider({ aliases: [ENTRA] });
    graph = await startGraph({ idp });
    const { certificate } = await readCertificate({ privateKey: await readFile(PFX), passphrase: PASSPHRASE });
    idp.registerCertificate("certificate", certificate);
    demo = await node(["examples/demo/demo.mjs"], { env: {
      NODE_OPTIONS: `--import=${new URL("stand-ins.mjs", import.meta.url)}`,
      STAND_INS: JSON.stringify({ [ENTRA]: idp.origin, [GRAPH]: graph.origin }),
      GRAPH_TOKEN_TENANT: idp.tenants.contoso.id, GRAPH_TOKEN_CLIENT_ID: idp.clients.certificate.clientId,
      GRAPH_TOKEN_CERTIFICATE: PFX, GRAPH_TOKEN_CERTIFICATE_PASSPHRASE: PASSPHRASE,
    } });
  });
  after(async () => {
    await graph?.close();
    await idp?.close();
  });

  test("it ends content, and says what it left out", () => {
    assert.equal(demo.code, 0, demo.stdout + demo.stderr);
    assert.equal(demo.stderr, "");
    const steps = stepsOf(demo.stdout);
    assert.deepEqual(numbersOf(steps), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(numbersOf(steps.filter((step) => /Skipped/.test(step))), [6, 7, 8, 10]);
    assert.doesNotMatch(demo.stdout, /✗/);
  });

  test("the certificate stands in for the secret from the first token on", () => {
    const [first] = idp.tokenRequests();
    assert.equal(first.body.client_secret, undefined);
    assert.match(first.body.client_assertion, /^eyJ/);
    assert.equal(first.status, 200);
  });

  test("it shows neither token nor passphrase", () => {
    assertNoSecret(demo.stdout + demo.stderr);
  });
});

function assertNoSecret(printed) {
  assert.doesNotMatch(printed, /eyJ[\w-]{20,}/);
  assert.doesNotMatch(printed, /PRIVATE KEY/);
  // Of each client, in case one comes to be used that is not used now.
  const secrets = Object.values(createDirectory().clients).flatMap(({ clientSecret }) => clientSecret ?? []);
  for (const secret of [...secrets, "wrong-secret-value", PASSPHRASE]) {
    for (const form of [secret, encodeURIComponent(secret)]) assert.ok(!printed.includes(form), `it prints ${form}`);
  }
}
