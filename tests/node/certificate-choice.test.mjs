// Which of several certificates is a key's, which are sent along, and keys in the forms that other tools and people make of
// them: the same whether the main module reads the key or the second one.
import assert from "node:assert/strict";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import test from "node:test";
import { AuthError } from "graph-token";
import { readCertificate } from "graph-token/certificate";
import { decodeProtectedHeader } from "jose";
import { failureOf, services } from "../support.mjs";
import { certified, file, PASSPHRASE, pkcs1Of, text } from "./certified.mjs";

const all = await services();
const { idp } = all;
const { app, headers } = certified(all);
const key = text("pkcs8.pem");
const [leaf, middle, root] = ["leaf.pem", "middle.pem", "root.pem"].map((name) => new X509Certificate(file(name)));
const pem = (certificate) => certificate.toString();
const hash = (name, { raw }) => createHash(name).update(raw).digest();
const KEYS = { "PKCS#8": key, "PKCS#1": pkcs1Of(key) };

async function signed(clientCertificate, more) {
  idp.clearLog();
  await app(clientCertificate, more).acquireTokenByClientCredential({ skipCache: true });
  return headers()[0];
}

async function refused(clientCertificate) {
  idp.clearLog();
  const error = await failureOf(async () => app(clientCertificate).acquireTokenByClientCredential());
  assert.ok(error instanceof AuthError, `${error?.stack}`);
  assert.deepEqual(idp.tokenRequests(), []);
  return error;
}

for (const [form, privateKey] of Object.entries(KEYS)) {
  test(`${form}: of an expired certificate and the one after it, the valid one signs`, async () => {
    const expired = renewed(leaf, -2, -1);
    for (const given of [{ privateKey: privateKey + expired, certificate: pem(leaf) }, { privateKey, certificate: expired + pem(leaf) }]) {
      assert.equal((await signed(given))["x5t#S256"], hash("sha256", leaf).toString("base64url"));
    }
  });

  test(`${form}: a certificate that is named and is another key's is refused, whatever else lies beside`, async () => {
    const other = text("other.pem");
    for (const given of [{ privateKey: privateKey + pem(leaf), certificate: other }, { privateKey, certificate: other, x5c: pem(leaf) }]) {
      assert.equal((await refused(given)).errorCode, "certificate_mismatch");
    }
  });

  const base64 = leaf.raw.toString("base64");
  const certificates = {
    "with \\n spelled out": pem(leaf).replaceAll("\n", "\\n"),
    "as the base64 of its DER": base64,
    "with OpenSSL's old label": pem(leaf).replaceAll("CERTIFICATE", "X509 CERTIFICATE"),
    "as bytes of a PEM": Buffer.from(pem(leaf)),
    "as bytes of a DER": leaf.raw,
  };
  for (const [name, certificate] of Object.entries(certificates)) {
    test(`${form}: the certificate ${name}`, async () => {
      assert.equal((await signed({ privateKey, certificate }))["x5t#S256"], hash("sha256", leaf).toString("base64url"));
    });
  }

  const lines = pem(leaf).split("\n");
  const noCertificates = {
    "a file's name": "certs/app.pem",
    "cut off": pem(leaf).slice(0, 300),
    "without one of its lines": lines.filter((_, at) => at !== lines.length - 5).join("\n"),
    "a request for one": text("request.pem"),
  };
  for (const [name, certificate] of Object.entries(noCertificates)) {
    test(`${form}: a certificate that is ${name} is refused, and x5c likewise`, async () => {
      for (const given of [{ privateKey, certificate }, { privateKey, certificate: pem(leaf), x5c: certificate }]) {
        const error = await refused(given);
        assert.equal(error.errorCode, "invalid_certificate");
        assert.match(error.hint, /X\.509/);
      }
    });
  }

  test(`${form}: x5c begins with the key's own certificate, in whatever form and order it is given`, async () => {
    const base64Of = (...some) => some.map(({ raw }) => raw.toString("base64"));
    const chain = [leaf, middle, root].map(pem).join("");
    const certificate = pem(leaf);
    assert.deepEqual((await signed({ privateKey, certificate, x5c: chain })).x5c, base64Of(leaf, middle, root));
    assert.deepEqual((await signed({ privateKey, certificate, x5c: chain.replaceAll("\n", "\\n") })).x5c, base64Of(leaf, middle, root));
    assert.deepEqual((await signed({ privateKey, certificate, x5c: pem(middle) + pem(root) })).x5c, base64Of(leaf, middle, root));
    assert.equal((await signed({ privateKey, certificate, x5c: pem(root) + pem(leaf) })).x5c[0], base64Of(leaf)[0]);
    assert.deepEqual((await signed({ privateKey, certificate, x5c: leaf.raw.toString("base64") })).x5c, base64Of(leaf));
  });

  test(`${form}: AD FS gets the SHA-1 thumbprint of the certificate where only the other one was given`, async () => {
    const thumbprintSha256 = hash("sha256", leaf).toString("hex");
    const sent = [];
    const fetch = async (_url, { body }) => {
      sent.push(new URLSearchParams(body).get("client_assertion"));
      return Response.json({ token_type: "bearer", expires_in: 3600, access_token: "t" });
    };
    const auth = { authority: "https://fs.contoso.example/adfs", knownAuthorities: ["fs.contoso.example"] };
    await app({ privateKey, certificate: pem(leaf), thumbprintSha256 }, { auth, system: { fetch } }).acquireTokenByClientCredential();
    const { alg, x5t } = decodeProtectedHeader(sent[0]);
    assert.deepEqual([alg, x5t], ["RS256", hash("sha1", leaf).toString("base64url")]);
  });
}

test("issuers alone beside a thumbprint are sent as they are", async () => {
  const thumbprintSha256 = hash("sha256", leaf).toString("hex");
  const { x5c } = await signed({ privateKey: key, thumbprintSha256, x5c: pem(middle) + pem(root) });
  assert.deepEqual(x5c, [middle, root].map(({ raw }) => raw.toString("base64")));
});

test("a thumbprint as it is copied: a line break at its end, Windows' mark before it", async () => {
  const thumbprintSha256 = hash("sha256", leaf).toString("hex");
  for (const given of [`${thumbprintSha256}\n`, `\u200e${thumbprintSha256.toUpperCase()}`]) {
    assert.equal((await signed({ privateKey: key, thumbprintSha256: given }))["x5t#S256"], hash("sha256", leaf).toString("base64url"));
  }
  const error = await failureOf(async () => app({ privateKey: key, thumbprintSha256: "x" }));
  assert.match(error.hint, /hexadecimal/);
});

test("a key whose label is another form's, or whose line breaks are spelled out, or that is in base64 as a whole", async () => {
  const certificate = pem(leaf);
  const relabelled = (of, from, to) => of.replaceAll(`${from}-----`, `${to}-----`);
  const encrypted = text("encrypted-scrypt.pem");
  const forms = [
    relabelled(key, "PRIVATE KEY", "RSA PRIVATE KEY"),
    relabelled(KEYS["PKCS#1"], "RSA PRIVATE KEY", "PRIVATE KEY"),
    relabelled(encrypted, "ENCRYPTED PRIVATE KEY", "PRIVATE KEY"),
    `${key.trim().replaceAll("\n", "\\n")}\n`,
    key.replaceAll("\n", "\\\\n"),
    Buffer.from(key).toString("base64"),
  ];
  for (const privateKey of forms) assert.equal((await signed({ privateKey, certificate, passphrase: PASSPHRASE })).alg, "PS256", privateKey.slice(0, 40));
});

test("a key that the host's WebCrypto does not import is written anew; one that is damaged is refused as what it is", async () => {
  const certificate = pem(leaf);
  // Version 2 (RFC 5958), with the public key beside it.
  const inner = createPrivateKey(key).export({ type: "pkcs1", format: "der" });
  const item = (tag, content) => Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 255]), content]);
  const rsa = Buffer.from("300d06092a864886f70d0101010500", "hex");
  const der = item(0x30, Buffer.concat([Buffer.from([2, 1, 1]), rsa, item(4, inner), item(0x81, Buffer.alloc(271))]));
  const asText = (bytes) => `-----BEGIN PRIVATE KEY-----\n${bytes.toString("base64").match(/.{1,64}/g).join("\n")}\n-----END PRIVATE KEY-----\n`;
  await assert.rejects(crypto.subtle.importKey("pkcs8", der, { name: "RSA-PSS", hash: "SHA-256" }, false, ["sign"]), "else this test shows nothing");
  assert.equal((await signed({ privateKey: asText(der), certificate })).alg, "PS256");

  const damaged = await refused({ privateKey: `${key.slice(0, 800)}\n${certificate}`, thumbprintSha256: "ab".repeat(32) });
  assert.deepEqual([damaged.errorCode, damaged.subError], ["invalid_private_key", "damaged"]);
});

test("a key that the host's WebCrypto does not import in any form is an error that says so", async (t) => {
  const cause = new DOMException("no such key", "DataError");
  t.mock.method(crypto.subtle, "importKey", () => Promise.reject(cause));
  const error = await refused({ privateKey: key, certificate: pem(leaf) });
  assert.equal(error.errorCode, "unsupported_private_key");
  assert.match(error.hint, /openssl pkey/);
  assert.equal(error.cause, cause);
});

test("a program may wipe its bytes once the client is made", async () => {
  const privateKey = new Uint8Array(file("modern.pfx"));
  const client = app({ privateKey, passphrase: PASSPHRASE });
  privateKey.fill(0);
  assert.ok((await client.acquireTokenByClientCredential()).accessToken);
});

test("scrypt whose lanes would take more time and memory than is given is refused at once", async () => {
  // N = 1, r = 8, p = 1 000 000.
  const item = (tag, ...parts) => {
    const content = Buffer.concat(parts);
    return Buffer.concat([Buffer.from(content.length < 128 ? [tag, content.length] : [tag, 0x81, content.length]), content]);
  };
  const number = (hex) => item(2, Buffer.from(hex, "hex"));
  const scrypt = item(0x30, Buffer.from("06092b06010401da47040b", "hex"), item(0x30, item(4, Buffer.alloc(8)), number("01"), number("08"), number("0f4240")));
  const cipher = item(0x30, Buffer.from("060960864801650304012a", "hex"), item(4, Buffer.alloc(16)));
  const pbes2 = item(0x30, Buffer.from("06092a864886f70d01050d", "hex"), item(0x30, scrypt, cipher));
  const error = await failureOf(() => readCertificate({ privateKey: item(0x30, pbes2, item(4, Buffer.alloc(32))), passphrase: "x" }));
  assert.deepEqual([error.errorCode, error.subError], ["unsupported_private_key", "cost"]);
});

/** The certificate of the same key with other dates: what signs it matters to nobody here. */
function renewed({ raw }, fromDays, toDays) {
  const copy = Buffer.from(raw);
  let at = 0;
  for (const days of [fromDays, toDays]) {
    const digits = new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, "");
    const [short, long] = [[0x17, 13], [0x18, 15]].map((start) => copy.indexOf(Buffer.from(start), at));
    const isShort = short >= 0 && (long < 0 || short < long);
    at = (isShort ? short : long) + 2;
    copy.write(isShort ? digits.slice(2) : digits, at, "latin1");
  }
  return `-----BEGIN CERTIFICATE-----\n${copy.toString("base64").match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;
}
