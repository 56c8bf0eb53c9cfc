// A self-signed RSA certificate made on the spot: Node reads certificates but makes none, and one kept in the
// repository would expire. Only the fields that X.509 requires (RFC 5280, section 4.1).
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const SHA256_WITH_RSA = Buffer.from("300d06092a864886f70d01010b0500", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");

/** Gives `certificate` and `privateKey` (PKCS#8) as PEM, and both thumbprints in base64url and hex. */
export function selfSignedCertificate({ commonName = "graph-token test", notBefore = new Date(Date.now() - 3600e3), notAfter = new Date(Date.now() + 365 * 86400e3) } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const name = seq(der(0x31, seq(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  // A leading 0x01 keeps the serial number positive.
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const body = seq(der(0xa0, der(0x02, Buffer.from([2]))), serial, SHA256_WITH_RSA, name, seq(time(notBefore), time(notAfter)), name,
    publicKey.export({ type: "spki", format: "der" }));
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]));
  const bytes = seq(body, SHA256_WITH_RSA, signature);
  const sha1 = createHash("sha1").update(bytes).digest();
  const sha256 = createHash("sha256").update(bytes).digest();
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64").match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }),
    der: bytes,
    x5t: sha1.toString("base64url"), thumbprint: sha1.toString("hex"),
    x5tS256: sha256.toString("base64url"), thumbprintSha256: sha256.toString("hex"),
  };
}

function der(tag, content) {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function seq(...parts) {
  return der(0x30, Buffer.concat(parts));
}

/** GeneralizedTime is meant for years from 2050 on, UTCTime for those before. */
function time(date) {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}
