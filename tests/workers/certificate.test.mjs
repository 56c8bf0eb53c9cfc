// Certificates in workerd without nodejs_compat: the second module lies beside the script, and reads PFX files there.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startWorker } from "./workerd.mjs";

const file = (name) => readFileSync(new URL(`../native/certificates/${name}`, import.meta.url));
const passphrase = "Pässwörd ☂";

let worker;
before(async () => {
  worker = await startWorker(undefined, { script: "certificate-worker.mjs" });
});
after(() => worker?.close());

for (const name of ["modern.pfx", "legacy.pfx", "encrypted-aes-256-cbc-hmacWithSHA256.pem"]) {
  test(`${name} becomes a key that WebCrypto imports`, async () => {
    const found = await worker.json("/", { privateKey: file(name).toString("base64"), passphrase, certificate: file("leaf.pem").toString() });
    assert.equal(found.modulusLength, 2048, JSON.stringify(found));
    assert.equal(found.process, "undefined");
    assert.equal(found.thumbprintSha256, new X509Certificate(file("leaf.pem")).fingerprint256.replaceAll(":", ""));
  });
}

test("a wrong passphrase is told", async () => {
  const { hint, ...error } = await worker.json("/", { privateKey: file("modern.pfx").toString("base64"), passphrase: "wrong" });
  assert.deepEqual(error, { name: "ClientConfigurationError", errorCode: "wrong_passphrase" });
  assert.match(hint, /openssl pkcs12/);
});
