// The keys the provider signs with and publishes, and id_tokens signed otherwise than they should be.
import { createPrivateKey, generateKeyPair as generate } from "node:crypto";
import { promisify } from "node:util";
import { calculateJwkThumbprint, CompactSign, createLocalJWKSet, exportJWK } from "jose";

const generateKeyPair = promisify(generate);

/** `signing` is the private key as oidc-provider wants it, `published` the key set, the signing key's first. */
export async function createKeys() {
  let held = [await makeKey()];
  return {
    get signing() {
      return held[0].signingJwk;
    },
    published: () => held.map(({ publicJwk }) => ({ ...publicJwk })),
    /** Finds the key for jose's `jwtVerify`. */
    find: (header, token) => createLocalJWKSet({ keys: held.map(({ publicJwk }) => publicJwk) })(header, token),
    async rotate({ drop = false } = {}) {
      const made = await makeKey();
      held = drop ? [made] : [made, ...held];
      return made.publicJwk.kid;
    },
    /** The header of a good id_token. */
    header: () => ({ typ: "JWT", alg: "RS256", kid: held[0].publicJwk.kid }),
    /**
     * Signs what it is given, with any header: `null` leaves a member out. `key` is a private key (PEM, KeyObject or
     * CryptoKey), or the secret of an HS algorithm; without one that is the public key's PEM, by which a verifier is
     * fooled that believes the header's algorithm.
     */
    async sign(claims, { key, ...wanted } = {}) {
      const header = Object.fromEntries(Object.entries({ ...this.header(), ...wanted }).filter(([, value]) => value !== null));
      const payload = Buffer.from(JSON.stringify(claims));
      if (header.alg === "none") return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload.toString("base64url")}.`;
      return new CompactSign(payload).setProtectedHeader(header).sign(keyFor(header.alg, key, held[0]));
    },
  };
}

function keyFor(alg, key, { privateKey, publicKey }) {
  if (alg.startsWith("HS")) return Buffer.from(key ?? publicKey.export({ type: "spki", format: "pem" }));
  if (typeof key === "string") return createPrivateKey(key);
  return key ?? privateKey;
}

async function makeKey() {
  const { privateKey, publicKey } = await generateKeyPair("rsa", { modulusLength: 2048 });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    privateKey, publicKey,
    // Like Entra's, the key set names no `alg`; the private key that oidc-provider gets may.
    signingJwk: { ...await exportJWK(privateKey), kid, use: "sig", alg: "RS256" },
    publicJwk: { ...jwk, kid, use: "sig", x5t: kid },
  };
}
