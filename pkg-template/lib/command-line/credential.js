// By what an application shows who it is: from a file, the environment or a prompt.

import { named } from "./arguments.js";
import { ask, bytesOf, canAsk, textOf } from "./terminal.js";
import { UsageError } from "./usage.js";

/** Each kind of credential by the options that name it. */
const KINDS = [["secret-file"], ["certificate", "key"], ["assertion-file"]];

/**
 * @typedef {object} ClientCertificate
 * @property {string | Uint8Array} privateKey
 * @property {string} [certificate]
 * @property {string} [passphrase]
 *
 * @typedef {{ clientSecret?: string, clientCertificate?: ClientCertificate, clientAssertion?: () => Promise<string> }} Credential
 */

/**
 * @param {import("./arguments.js").Options} options
 * @param {import("./arguments.js").Environment} environment
 * @returns {Promise<Credential>}
 */
export async function credentialOf(options, environment) {
  const given = KINDS.map((names) => names.find((name) => name in options)).filter(Boolean);
  if (given.length > 1) throw new UsageError(`--${given[0]} and --${given[1]} exclude each other`);
  const fromOptions = await optionsCredential(options, environment);
  if (fromOptions) return fromOptions;
  const fromEnvironment = await environmentsCredential(options, environment);
  if (fromEnvironment) return fromEnvironment;
  if (!canAsk()) throw new UsageError("no credential: give --secret-file, --certificate or --assertion-file, set GRAPH_TOKEN_CLIENT_SECRET, or run this at a terminal");
  return { clientSecret: await ask("Client secret: ") };
}

/**
 * @param {import("./arguments.js").Options} options
 * @param {import("./arguments.js").Environment} environment
 * @returns {Promise<Credential | undefined>}
 */
async function optionsCredential(options, environment) {
  const { "secret-file": secret, certificate, key, "assertion-file": assertion } = options;
  if (secret) return { clientSecret: await textOf("--secret-file", secret) };
  if (assertion) return assertionFrom("--assertion-file", assertion);
  if (key && !certificate) throw new UsageError("--key: give the certificate of the key as --certificate");
  if (!certificate) return undefined;
  const file = await bytesOf("--certificate", certificate);
  return certificateWith(key ? { privateKey: await keyOf("--key", key), certificate: await pemOf(file) } : { privateKey: textIfPem(file) }, options, environment);
}

/**
 * The environment of @azure/identity's EnvironmentCredential and WorkloadIdentityCredential is understood too.
 * @param {import("./arguments.js").Options} options
 * @param {import("./arguments.js").Environment} environment
 * @returns {Promise<Credential | undefined>}
 */
async function environmentsCredential(options, environment) {
  for (const prefix of ["GRAPH_TOKEN", "AZURE"]) {
    const clientSecret = named(environment, `${prefix}_CLIENT_SECRET`);
    if (clientSecret) return { clientSecret };
    const name = prefix === "AZURE" ? "AZURE_CLIENT_CERTIFICATE_PATH" : "GRAPH_TOKEN_CERTIFICATE";
    const given = named(environment, name);
    if (given) return certificateWith({ privateKey: given.includes("-----BEGIN") ? given : await keyOf(name, given) }, options, environment);
  }
  const file = named(environment, "AZURE_FEDERATED_TOKEN_FILE");
  return file ? assertionFrom("AZURE_FEDERATED_TOKEN_FILE", file) : undefined;
}

/**
 * Read at once, so that what is wrong with the file is said; and at every further request, since others write it anew.
 * @param {string} option
 * @param {string} file
 * @returns {Promise<Credential>}
 */
async function assertionFrom(option, file) {
  const first = await textOf(option, file);
  return { clientAssertion: async () => (file === "-" ? first : textOf(option, file)) };
}

/**
 * @param {ClientCertificate} clientCertificate
 * @param {import("./arguments.js").Options} options
 * @param {import("./arguments.js").Environment} environment
 * @returns {Promise<Credential>}
 */
async function certificateWith(clientCertificate, { "passphrase-file": file }, environment) {
  const passphrase = file ? await textOf("--passphrase-file", file) : named(environment, "GRAPH_TOKEN_CERTIFICATE_PASSPHRASE", "AZURE_CLIENT_CERTIFICATE_PASSWORD");
  return { clientCertificate: passphrase ? { ...clientCertificate, passphrase } : clientCertificate };
}

/**
 * @param {string} option
 * @param {string} file
 */
async function keyOf(option, file) {
  return textIfPem(await bytesOf(option, file));
}

/** @param {Buffer} bytes */
function textIfPem(bytes) {
  return bytes.includes("-----BEGIN") ? bytes.toString("utf8") : bytes;
}

/**
 * A certificate by itself is DER as often as PEM.
 * @param {Buffer} bytes
 */
async function pemOf(bytes) {
  const text = textIfPem(bytes);
  return typeof text === "string" ? text : `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64")}\n-----END CERTIFICATE-----\n`;
}
