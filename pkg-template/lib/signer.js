// What WebCrypto does for the core: hash, sign with the client's key, verify a provider's signature.

import { ClientAuthError, ClientConfigurationError, hinted, setCause } from "./errors.js";

/** @type {Record<string, { name: string, hash?: string, saltLength?: number, namedCurve?: string }>} */
const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  RS384: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" },
  RS512: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  PS384: { name: "RSA-PSS", hash: "SHA-384", saltLength: 48 },
  PS512: { name: "RSA-PSS", hash: "SHA-512", saltLength: 64 },
  ES256: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  ES384: { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" },
  ES512: { name: "ECDSA", hash: "SHA-512", namedCurve: "P-521" },
  EdDSA: { name: "Ed25519" },
  Ed25519: { name: "Ed25519" },
};

/** Public keys that are kept imported: a provider has a handful. */
const MAX_PUBLIC_KEYS = 50;

export class Signer {
  #client;
  #clock;
  #readCertificate;
  #certificate;
  #warn;
  /** @type {Map<string, Promise<CryptoKey>>} the private key, by what it is imported for */
  #keys = new Map();
  /** @type {Map<string, Promise<CryptoKey>>} public keys, by their JWK */
  #publicKeys = new Map();
  /** @type {Promise<object> | undefined} */
  #read;
  #isDated = false;

  /**
   * @param {() => import("../wasm/graph_token.js").Client} client
   * @param {import("./clock.js").Clock} clock
   * @param {(() => Promise<{ readCertificate: (given: object) => Promise<any> } | undefined>) | undefined} readCertificate
   * @param {any} certificate the configuration's `auth.clientCertificate`
   * @param {(message: string) => void} warn
   */
  constructor(client, clock, readCertificate, certificate, warn) {
    this.#client = client;
    this.#clock = clock;
    this.#readCertificate = readCertificate;
    // A program may wipe its bytes once the client is made.
    const { privateKey } = certificate ?? {};
    this.#certificate = ArrayBuffer.isView(privateKey) || privateKey instanceof ArrayBuffer ? { ...certificate, privateKey: copied(privateKey) } : certificate;
    this.#warn = warn;
  }

  /**
   * @param {import("./drive.js").Effect} effect
   * @returns {Promise<import("./effects.js").Event>}
   */
  async perform(effect) {
    const { subtle } = crypto;
    if (!subtle) throw hinted(new ClientAuthError("crypto_nonexistent", "", "this host has no WebCrypto"), "A test's page needs Node's webcrypto as its global crypto.");
    const algorithm = /** @type {string} */ (effect.algorithm);
    const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (effect.bytes);
    switch (effect.kind) {
      case "digest":
        return { kind: "bytes", value: new Uint8Array(await subtle.digest(algorithm, bytes)) };
      case "readKey":
        return { kind: "keyRead", value: await this.#readKey() };
      case "sign":
        this.#lookAtDates();
        return { kind: "bytes", value: new Uint8Array(await subtle.sign(ALGORITHMS[algorithm], await this.#privateKey(algorithm), bytes)) };
      case "verify": {
        const key = await this.#publicKey(/** @type {string} */ (effect.key), algorithm);
        const signature = /** @type {Uint8Array<ArrayBuffer>} */ (effect.signature);
        return { kind: "verified", value: await subtle.verify(ALGORITHMS[algorithm], key, signature, bytes) };
      }
      default:
        return { kind: "failed" };
    }
  }

  /** Has the key read that is in none of the forms which the core reads. */
  #readKey() {
    this.#read ??= this.#readOnce().catch((thrown) => {
      this.#read = undefined;
      throw thrown;
    });
    return this.#read;
  }

  async #module() {
    /** @type {unknown} */
    let cause;
    const module = await this.#readCertificate?.().catch((thrown) => {
      cause = thrown;
      return undefined;
    });
    if (module) return module;
    const error = new ClientConfigurationError("unsupported_private_key", "", "this build of the package reads keys in PKCS#8 alone");
    setCause(error, cause);
    throw hinted(error, 'Give what readCertificate of graph-token/certificate gives, or bundle with the export condition of the runtime, such as "node".');
  }

  async #readOnce() {
    const module = await this.#module();
    const { privateKey, passphrase, certificate, x5c } = this.#certificate;
    const read = await module.readCertificate({ privateKey, passphrase, certificate, x5c });
    for (const warning of read.warnings) this.#warn(warning);
    return read;
  }

  /** Says once what is wrong with the dates of a certificate that the core read. */
  #lookAtDates() {
    if (this.#isDated) return;
    this.#isDated = true;
    const warning = this.#client().certificateWarning(this.#clock.wall());
    if (warning) this.#warn(warning);
  }

  /** @param {string} algorithm */
  async #privateKey(algorithm) {
    const client = this.#client();
    let key = client.signingKey;
    if (key === undefined) {
      client.keyRead(await this.#readKey());
      key = client.signingKey;
    }
    if (!(key instanceof Uint8Array)) return key;
    key.fill(0);
    return kept(this.#keys, algorithm, () =>
      this.#imported(algorithm).catch(async (refused) => {
        // Hosts stumble over forms of PKCS#8 that others take: written anew it is in the one that all of them take.
        const read = await this.#readKey().catch((thrown) => {
          throw thrown?.errorCode === "unsupported_private_key" ? notImported(refused) : thrown;
        });
        client.keyRead(read);
        return this.#imported(algorithm).catch((cause) => {
          throw notImported(cause);
        });
      }));
  }

  /** @param {string} algorithm */
  async #imported(algorithm) {
    const der = /** @type {Uint8Array<ArrayBuffer>} */ (this.#client().signingKey);
    return crypto.subtle.importKey("pkcs8", der, ALGORITHMS[algorithm], false, ["sign"]).finally(() => der.fill(0));
  }

  /**
   * @param {string} jwk
   * @param {string} algorithm
   */
  #publicKey(jwk, algorithm) {
    if (this.#publicKeys.size >= MAX_PUBLIC_KEYS) this.#publicKeys.clear();
    return kept(this.#publicKeys, algorithm + jwk, () => {
      // Without what WebCrypto would hold against it: the core has judged these.
      const { use, key_ops, alg, ...key } = JSON.parse(jwk);
      return crypto.subtle.importKey("jwk", { ...key, ext: true }, ALGORITHMS[algorithm], false, ["verify"]);
    });
  }
}

/** @param {ArrayBufferView | ArrayBuffer} bytes */
function copied(bytes) {
  const own = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  return own.slice();
}

/** @param {unknown} cause */
function notImported(cause) {
  const error = new ClientConfigurationError("unsupported_private_key", "", "this host's WebCrypto does not take the private key");
  setCause(error, cause);
  return hinted(error, "It may be damaged: check it with openssl pkey -in key.pem -check -noout. Workers take RSA keys of two primes, up to 8192 bits, with the public exponent 3, 17, 37 or 65537.");
}

/**
 * @param {Map<string, Promise<CryptoKey>>} keys
 * @param {string} name
 * @param {() => Promise<CryptoKey>} make
 */
function kept(keys, name, make) {
  let key = keys.get(name);
  if (!key) {
    key = make();
    keys.set(name, key);
    key.catch(() => keys.delete(name));
  }
  return key;
}
