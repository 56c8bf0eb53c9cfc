// Clients with a certificate: every form that people have their keys in gets a token, and what cannot work is refused
// with the remedy before anything is sent.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import test from "node:test";
import { AuthError, LogLevel } from "graph-token";
import { selfSignedCertificate } from "../idp/index.mjs";
import { failureOf, services } from "../support.mjs";
import { certified, derOf, file, PASSPHRASE, pkcs1Of, text } from "./certified.mjs";

const all = await services();
const { idp } = all;
const { made, app, assertions, headers, claims } = certified(all);
const bytes = (name) => new Uint8Array(file(name));
const leaf = new X509Certificate(file("leaf.pem"));
const hash = (name, { raw } = leaf) => createHash(name).update(raw).digest();
const imported = (algorithm, { pem = made.privateKey, usages = ["sign"], hash: name = "SHA-256" } = {}) =>
  crypto.subtle.importKey("pkcs8", derOf(pem), { name: algorithm, hash: name }, false, usages);

test("an assertion is that of RFC 7523, signed by PS256 and named by the SHA-256 thumbprint", async () => {
  const { accessToken } = await app({ privateKey: made.privateKey, certificate: made.certificate }).acquireTokenByClientCredential();
  assert.ok(accessToken);
  assert.deepEqual(headers(), [{ typ: "JWT", alg: "PS256", "x5t#S256": made.x5tS256 }]);
  const [{ aud, iss, sub, jti, nbf, iat, exp }] = claims();
  const { clientId } = idp.clients.certificate;
  assert.deepEqual([aud, iss, sub], [`${idp.authority("contoso")}/oauth2/v2.0/token`, clientId, clientId]);
  assert.match(jti, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.deepEqual([iat, exp], [nbf, nbf + 600]);
  assert.ok(Math.abs(nbf * 1000 - Date.now()) < 60_000);
  const [{ body }] = idp.tokenRequests();
  assert.deepEqual([body.client_secret, body.client_assertion_type], [undefined, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]);
});

/** What is given, and the header's algorithm. */
const FORMS = {
  "PKCS#8, the certificate beside it": [{ privateKey: made.privateKey, certificate: made.certificate }],
  "PKCS#8, the certificate before it in one text": [{ privateKey: made.certificate + made.privateKey }],
  "PKCS#8, the certificate after it in one text, CRLF": [{ privateKey: (made.privateKey + made.certificate).replaceAll("\n", "\r\n") }],
  "PKCS#8 with bag attributes": [{ privateKey: text("bags.pem") }],
  "PKCS#8, the SHA-256 thumbprint alone": [{ privateKey: made.privateKey, thumbprintSha256: made.thumbprintSha256 }],
  "PKCS#8, the thumbprint as Windows shows it": [{ privateKey: made.privateKey, thumbprintSha256: made.thumbprintSha256.toUpperCase().match(/../g).join(":") }],
  "PKCS#8, both thumbprints": [{ privateKey: made.privateKey, thumbprintSha256: made.thumbprintSha256, thumbprint: made.thumbprint }],
  "PKCS#8, the SHA-1 thumbprint alone": [{ privateKey: made.privateKey, thumbprint: made.thumbprint }, "RS256"],
  "PKCS#8, x5c alone": [{ privateKey: made.privateKey, x5c: made.certificate }],
  "PKCS#8 in DER": [{ privateKey: bytes("pkcs8.der"), certificate: text("leaf.pem") }],
  "PKCS#1": [{ privateKey: text("pkcs1.pem"), certificate: text("leaf.pem") }],
  "PKCS#1 in DER": [{ privateKey: bytes("pkcs1.der"), certificate: text("leaf.pem") }],
  "PKCS#1, encrypted": [{ privateKey: text("pkcs1-aes256.pem"), certificate: text("leaf.pem"), passphrase: PASSPHRASE }],
  "PKCS#1, the SHA-256 thumbprint alone": [{ privateKey: pkcs1Of(made.privateKey), thumbprintSha256: made.thumbprintSha256 }],
  "PKCS#1, the SHA-1 thumbprint alone": [{ privateKey: pkcs1Of(made.privateKey), thumbprint: made.thumbprint }, "RS256"],
  "encrypted PKCS#8 (PBKDF2)": [{ privateKey: text("encrypted-aes-256-cbc-hmacWithSHA256.pem"), certificate: text("leaf.pem"), passphrase: PASSPHRASE }],
  "encrypted PKCS#8 (scrypt), the certificate in the same text": [{ privateKey: text("encrypted-scrypt.pem") + text("leaf.pem"), passphrase: PASSPHRASE }],
  "encrypted PKCS#8 in DER": [{ privateKey: bytes("encrypted.der"), certificate: text("leaf.pem"), passphrase: PASSPHRASE }],
  "a modern PFX": [{ privateKey: bytes("modern.pfx"), passphrase: PASSPHRASE }],
  "a modern PFX in a Buffer": [{ privateKey: file("modern.pfx"), passphrase: PASSPHRASE }],
  "a legacy PFX": [{ privateKey: bytes("legacy.pfx"), passphrase: PASSPHRASE }],
  "a PFX without a passphrase": [{ privateKey: bytes("plain.pfx") }],
  "a PFX, the SHA-1 thumbprint beside it": [{ privateKey: bytes("modern.pfx"), passphrase: PASSPHRASE, thumbprint: hash("sha1").toString("hex") }, "RS256"],
  "a CryptoKey for PSS": [{ privateKey: await imported("RSA-PSS"), certificate: made.certificate }],
  "a CryptoKey for PSS, the thumbprint alone": [{ privateKey: await imported("RSA-PSS"), thumbprintSha256: made.thumbprintSha256 }],
  "a CryptoKey for PKCS#1 v1.5": [{ privateKey: await imported("RSASSA-PKCS1-v1_5"), certificate: made.certificate }, "RS256"],
  "a CryptoKey for PKCS#1 v1.5, the SHA-1 thumbprint alone": [{ privateKey: await imported("RSASSA-PKCS1-v1_5"), thumbprint: made.thumbprint }, "RS256"],
};
for (const [name, [clientCertificate, algorithm = "PS256"]] of Object.entries(FORMS)) {
  test(`a token by ${algorithm} with ${name}`, async () => {
    const client = app(clientCertificate);
    assert.ok((await client.acquireTokenByClientCredential()).accessToken);
    const [header] = headers();
    assert.equal(header.alg, algorithm);
    const known = algorithm === "PS256" ? [header["x5t#S256"], [made.x5tS256, hash("sha256").toString("base64url")]]
      : [header.x5t, [made.x5t, hash("sha1").toString("base64url")]];
    assert.ok(known[1].includes(known[0]), JSON.stringify(header));
    assert.equal((await client.acquireTokenByClientCredential()).fromCache, true);
  });
}

test("x5c is sent when it is given, with the chain", async () => {
  const chain = [file("leaf.pem"), file("middle.pem"), file("root.pem")].map((pem) => new X509Certificate(pem));
  const x5c = chain.map((certificate) => certificate.toString()).join("");
  for (const privateKey of [text("pkcs8.pem"), text("pkcs1.pem"), bytes("modern.pfx")]) {
    await app({ privateKey, passphrase: PASSPHRASE, x5c }).acquireTokenByClientCredential();
  }
  const expected = chain.map(({ raw }) => raw.toString("base64"));
  assert.deepEqual(headers().map((header) => header.x5c), [expected, expected, expected]);
  idp.clearLog();
  await app({ privateKey: bytes("modern.pfx"), passphrase: PASSPHRASE }).acquireTokenByClientCredential();
  assert.equal(headers()[0].x5c, undefined);
});

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: "pkcs8", format: "pem" });
const { certificate, thumbprintSha256, thumbprint } = made;
const REFUSED = {
  "no certificate, the key plain": [{ privateKey: made.privateKey }, "invalid_client_credential", /thumbprintSha256/],
  "no certificate, the key in another form": [{ privateKey: pkcs1Of(made.privateKey) }, "invalid_client_credential", /thumbprintSha256/],
  "another key's certificate": [{ privateKey: text("other-key.pem"), certificate }, "certificate_mismatch", /openssl/],
  "another key's certificate in the same text": [{ privateKey: text("other-key.pem") + certificate }, "certificate_mismatch", /openssl/],
  "another key's certificate beside a PKCS#1": [{ privateKey: text("pkcs1.pem"), certificate }, "certificate_mismatch", /openssl/],
  "an EC key": [{ privateKey: ec, certificate }, "unsupported_private_key", /RSA/],
  "an EC key with a thumbprint": [{ privateKey: ec, thumbprintSha256 }, "unsupported_private_key", /RSA/],
  "a short RSA key": [{ privateKey: short, certificate }, "unsupported_private_key", /2048/],
  "a short RSA key with a thumbprint": [{ privateKey: short, thumbprintSha256 }, "unsupported_private_key", /2048/],
  "a wrong passphrase": [{ privateKey: text("encrypted-scrypt.pem"), certificate: text("leaf.pem"), passphrase: "S3cret" }, "wrong_passphrase", /./],
  "a wrong passphrase, with a thumbprint": [{ privateKey: text("encrypted-scrypt.pem"), thumbprintSha256, passphrase: "S3cret" }, "wrong_passphrase", /./],
  "a wrong passphrase of a PFX": [{ privateKey: bytes("modern.pfx"), passphrase: "S3cret" }, "wrong_passphrase", /./],
  "no passphrase": [{ privateKey: text("encrypted-scrypt.pem"), certificate: text("leaf.pem") }, "missing_passphrase", /passphrase/],
  "no passphrase of a PFX": [{ privateKey: bytes("modern.pfx") }, "missing_passphrase", /passphrase/],
  "two keys": [{ privateKey: text("other-key.pem") + made.privateKey, certificate }, "multiple_private_keys", /./],
  "a public key": [{ privateKey: text("public.pem"), certificate }, "invalid_private_key", /private/],
  "a request for a certificate": [{ privateKey: text("request.pem"), certificate }, "invalid_private_key", /./],
  "a key without a certificate": [{ privateKey: made.privateKey }, "invalid_client_credential", /certificate.*thumbprint/],
  "a PFX without a key": [{ privateKey: bytes("without-key.pfx"), passphrase: PASSPHRASE }, "invalid_private_key", /./],
  "no key": [{ certificate }, "invalid_client_credential", /clientSecret/],
  "an empty text": [{ privateKey: "", certificate }, "invalid_private_key", /./],
  "a number": [{ privateKey: 7, certificate }, "invalid_option", /privateKey is neither a PEM text, nor a Uint8Array, nor a CryptoKey/],
  "half a thumbprint": [{ privateKey: made.privateKey, thumbprintSha256: thumbprint }, "invalid_option", /thumbprintSha256/],
  "a CryptoKey that only verifies": [{ privateKey: await publicKey(), certificate }, "invalid_option", /may not sign/],
  "a CryptoKey with SHA-1": [{ privateKey: await imported("RSASSA-PKCS1-v1_5", { hash: "SHA-1" }), certificate }, "invalid_option", /RSA-PSS or RSASSA-PKCS1-v1_5 with SHA-256/],
  "a CryptoKey with SHA-512": [{ privateKey: await imported("RSA-PSS", { hash: "SHA-512" }), certificate }, "invalid_option", /RSA-PSS or RSASSA-PKCS1-v1_5 with SHA-256/],
  "a CryptoKey for decryption": [{ privateKey: await imported("RSA-OAEP", { usages: ["decrypt"] }), certificate }, "invalid_option", /RSA-PSS or RSASSA-PKCS1-v1_5 with SHA-256/],
  "a CryptoKey that is too short": [{ privateKey: await imported("RSA-PSS", { pem: short }), certificate }, "invalid_option", /2048/],
  "a key of 2047 bits": [{ privateKey: generateKeyPairSync("rsa", { modulusLength: 2047 }).privateKey.export({ type: "pkcs8", format: "pem" }), thumbprintSha256: made.thumbprintSha256 }, "unsupported_private_key", /2048/],
  "a CryptoKey without a certificate": [{ privateKey: await imported("RSA-PSS") }, "invalid_client_credential", /certificate.*thumbprint/],
};
for (const [name, [clientCertificate, code, remedy]] of Object.entries(REFUSED)) {
  test(`refused before anything is sent: ${name}`, async () => {
    const error = await failureOf(async () => app(clientCertificate).acquireTokenByClientCredential());
    assert.ok(error instanceof AuthError, `${error?.stack}`);
    assert.equal(error.errorCode, code, error.message);
    // What is wrong with an option says what would be right.
    assert.ok(error.hint || code === "invalid_option", error.message);
    assert.match(`${error.message}\n${error.hint}`, remedy);
    assert.ok(error.message.includes(error.hint));
    assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}${error.cause?.stack}`, /S3cret|MII/);
    assert.deepEqual(idp.log, []);
  });
}

test("a CryptoKey whose one thumbprint is of the other kind: the hint names the one that is wanted", async () => {
  for (const [algorithm, given, wanted] of [["RSA-PSS", { thumbprint }, "thumbprintSha256"], ["RSASSA-PKCS1-v1_5", { thumbprintSha256 }, "thumbprint"]]) {
    const error = await failureOf(async () => app({ privateKey: await imported(algorithm), ...given }).acquireTokenByClientCredential());
    assert.ok(error instanceof AuthError, `${error?.stack}`);
    assert.match(`${error.hint} `, new RegExp(`\\b${wanted}\\W`));
    assert.deepEqual(assertions(), []);
  }
});

const DAY_MS = 86_400_000;
for (const [name, from, to, told] of [["expired", -2, -1, /expired on \d{4}-\d\d-\d\d/], ["not yet valid", 1, 2, /valid only from \d{4}-\d\d-\d\d/]]) {
  test(`a certificate that is ${name} is a warning, not a refusal`, async () => {
    const { privateKey, ...old } = selfSignedCertificate({ notBefore: new Date(Date.now() + from * DAY_MS), notAfter: new Date(Date.now() + to * DAY_MS) });
    idp.registerCertificate("certificate", old.certificate);
    const forms = {
      "PKCS#1": { privateKey: pkcs1Of(privateKey), certificate: old.certificate },
      "PKCS#8": { privateKey, certificate: old.certificate },
      "PKCS#8 in one text": { privateKey: privateKey + old.certificate },
      "PKCS#8 and x5c": { privateKey, x5c: old.certificate },
      "a CryptoKey": { privateKey: await imported("RSA-PSS", { pem: privateKey }), certificate: old.certificate },
    };
    for (const [form, given] of Object.entries(forms)) {
      const lines = [];
      const loggerOptions = { logLevel: LogLevel.Warning, loggerCallback: (_level, message) => lines.push(message) };
      const client = app(given, { system: { loggerOptions } });
      assert.ok((await client.acquireTokenByClientCredential()).accessToken);
      await client.acquireTokenByClientCredential({ authority: idp.authority("fabrikam") }).catch(() => {});
      assert.match(lines.join("\n"), told, form);
      assert.equal(lines.filter((line) => told.test(line)).length, 1, `${form}: once`);
    }
  });
}

async function publicKey() {
  const { publicKey: key } = await crypto.subtle.generateKey({ name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, false, ["sign", "verify"]);
  return key;
}
