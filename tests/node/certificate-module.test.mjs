// The second module by itself: what a person has as a key file goes in, what `auth.clientCertificate` wants comes out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import vm from "node:vm";
import { ConfidentialClientApplication as MsalClient } from "@azure/msal-node";
import { AuthError, ClientConfigurationError } from "graph-token";
import { readCertificate } from "graph-token/certificate";
import { selfSignedCertificate } from "../idp/certificate.mjs";
import { failureOf } from "../support.mjs";

const PASSPHRASE = "Pässwörd ☂";
const file = (name) => readFileSync(new URL(`../native/certificates/${name}`, import.meta.url));
const made = selfSignedCertificate();

/** What every reading of the committed key has to give. */
function assertWhole(credential) {
  const { privateKey, certificate, chain, thumbprint, thumbprintSha256, notBefore, notAfter, warnings } = credential;
  const leaf = new X509Certificate(certificate);
  assert.ok(leaf.checkPrivateKey(createPrivateKey(privateKey)));
  assert.match(privateKey, /^-----BEGIN PRIVATE KEY-----\n/);
  assert.equal(thumbprint, leaf.fingerprint.replaceAll(":", ""));
  assert.equal(thumbprintSha256, leaf.fingerprint256.replaceAll(":", ""));
  assert.deepEqual([notBefore, notAfter], [new Date(leaf.validFrom), new Date(leaf.validTo)]);
  const links = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g);
  assert.equal(links.join(""), chain);
  assert.deepEqual(links.map((pem) => new X509Certificate(pem).subject), ["CN=Test leaf", "CN=Test middle", "CN=Test root"]);
  assert.deepEqual(warnings, []);
}

for (const name of ["modern.pfx", "legacy.pfx"]) {
  test(`${name}: key, certificate, chain, thumbprints and times`, async () => {
    assertWhole(await readCertificate({ privateKey: file(name), passphrase: PASSPHRASE }));
    assertWhole(await readCertificate({ privateKey: file(name).toString("base64"), passphrase: PASSPHRASE }));
  });
}

test("an encrypted PEM with the certificate and its chain in other strings", async () => {
  const privateKey = file("encrypted-scrypt.pem").toString();
  const [certificate, x5c] = [file("leaf.der"), file("chain.pem").toString()];
  assertWhole(await readCertificate({ privateKey, passphrase: PASSPHRASE, certificate, x5c }));
});

test("bytes in whatever holds bytes, of other realms too", async () => {
  const bytes = file("plain.pfx");
  const foreign = vm.runInNewContext("(list) => Uint8Array.from(list)")([...bytes]);
  const inside = new Uint8Array([0, 0, ...bytes, 0]).subarray(2, -1);
  for (const privateKey of [bytes, new Uint8Array(bytes), new Uint8Array(bytes).buffer, foreign, inside]) {
    assertWhole(await readCertificate({ privateKey }));
  }
  assert.equal(bytes.compare(file("plain.pfx")), 0);
});

test("a key alone has no certificate, and what is absent is undefined", async () => {
  const found = await readCertificate({ privateKey: made.privateKey, passphrase: undefined, certificate: null });
  assert.equal(found.privateKey, made.privateKey);
  for (const name of ["certificate", "chain", "thumbprint", "thumbprintSha256", "notBefore", "notAfter"]) assert.equal(found[name], undefined, name);
});

test("WebCrypto and MSAL take what comes out", async () => {
  const found = await readCertificate({ privateKey: file("pkcs1-aes256.pem"), passphrase: PASSPHRASE, certificate: file("leaf.pem").toString() });
  const der = Buffer.from(found.privateKey.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const key = await crypto.subtle.importKey("pkcs8", der, { name: "RSA-PSS", hash: "SHA-256" }, false, ["sign"]);
  assert.equal(key.algorithm.modulusLength, 2048);
  assert.ok(new MsalClient({ auth: { clientId: "c", authority: "https://login.microsoftonline.com/contoso.com", clientCertificate: { ...found } } }));
});

test("an expired certificate, and one that is not yet valid, are warnings", async () => {
  const day = 86_400_000;
  for (const [notBefore, notAfter, expected] of [[-2 * day, -day, /expired on \d{4}-\d\d-\d\d/], [day, 2 * day, /valid only from \d{4}-\d\d-\d\d on/]]) {
    const { privateKey, certificate } = selfSignedCertificate({ notBefore: new Date(Date.now() + notBefore), notAfter: new Date(Date.now() + notAfter) });
    const { warnings } = await readCertificate({ privateKey, certificate });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], expected);
  }
});

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
for (const [what, options, code, expected] of [
  ["nothing", undefined, "invalid_private_key", /empty.*Give the text/s],
  ["no key", {}, "invalid_private_key", /empty/],
  ["a number", { privateKey: 7 }, "invalid_option", /clientCertificate\.privateKey is neither a string nor a Uint8Array/],
  ["a passphrase of bytes", { privateKey: made.privateKey, passphrase: new Uint8Array(1) }, "invalid_option", /clientCertificate\.passphrase is not a string/],
  ["an EC key", { privateKey: ec.privateKey.export({ type: "pkcs8", format: "pem" }) }, "unsupported_private_key", /EC key.*openssl req/s],
  ["a public key", { privateKey: ec.publicKey.export({ type: "spki", format: "pem" }) }, "invalid_private_key", /public key/],
  ["a certificate alone", { privateKey: made.certificate }, "invalid_private_key", /no private key/],
  ["another key's certificate", { privateKey: made.privateKey, certificate: selfSignedCertificate().certificate }, "certificate_mismatch", /openssl x509 -noout -modulus/],
  ["no passphrase", { privateKey: file("modern.pfx") }, "missing_passphrase", /no passphrase/],
  ["a wrong passphrase", { privateKey: file("modern.pfx"), passphrase: "S3cret" }, "wrong_passphrase", /does not open/],
  ["two keys", { privateKey: made.privateKey + selfSignedCertificate().privateKey }, "multiple_private_keys", /more than one/],
]) {
  test(`refused: ${what}`, async () => {
    const error = await failureOf(() => readCertificate(options));
    assert.ok(error instanceof ClientConfigurationError && error instanceof AuthError, String(error));
    assert.deepEqual([error.name, error.errorCode], ["ClientConfigurationError", code]);
    assert.match(error.message, expected);
    assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /S3cret|MII/);
  });
}

test("by require too, with the classes of that package's file", () => {
  const require = createRequire(import.meta.url);
  const { readCertificate: read } = require("graph-token/certificate");
  return assert.rejects(read({ privateKey: "x" }), require("graph-token").ClientConfigurationError);
});

test("what OpenSSL of this machine writes is read", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "graph-token-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, "both.pem"), made.privateKey + made.certificate);
  try {
    execFileSync("openssl", ["pkcs12", "-export", "-in", "both.pem", "-passout", "pass:x y", "-out", "new.pfx"], { cwd: folder, stdio: "ignore", timeout: 20_000 });
  } catch (error) {
    if (error.code === "ENOENT") return t.skip("there is no openssl here");
    throw error;
  }
  const found = await readCertificate({ privateKey: readFileSync(path.join(folder, "new.pfx")), passphrase: "x y" });
  assert.equal(found.privateKey, made.privateKey);
  assert.equal(found.thumbprint.toLowerCase(), made.thumbprint);
});
