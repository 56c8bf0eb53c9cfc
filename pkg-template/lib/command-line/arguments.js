// Reads a command line, with the environment for what it leaves out.

import { parseArgs } from "node:util";
import { ProtocolMode } from "graph-token/node";
import { OPTIONS, SEEN_BY_ALL, UsageError } from "./usage.js";

/** What proves that it is the application, which a person's sign-in has no use for. */
const OF_APPLICATION = ["secret-file", "certificate", "key", "passphrase-file", "assertion-file"];

const FORMS = ["token", "header", "table"];
const PUBLIC_CLOUD = "https://login.microsoftonline.com";

/**
 * @typedef {Record<string, string | undefined>} Environment
 *
 * @typedef {object} Options
 * @property {string} [client-id]
 * @property {string} [tenant]
 * @property {string} [authority]
 * @property {string[]} [known-authority]
 * @property {boolean} [oidc]
 * @property {string[]} [scope]
 * @property {string} [claims]
 * @property {string} [secret-file]
 * @property {string} [certificate]
 * @property {string} [key]
 * @property {string} [passphrase-file]
 * @property {string} [assertion-file]
 * @property {boolean} [device-code]
 * @property {boolean} [interactive]
 * @property {string} [login-hint]
 * @property {boolean} [verbose]
 * @property {boolean} [version]
 * @property {boolean} [help]
 */

/**
 * No message repeats a value: what is given in a wrong place may be a secret.
 * @param {string[]} words
 * @returns {{ form: string, options: Options }}
 */
export function argumentsOf(words) {
  for (const word of words) {
    const name = /^--?([^=]+)/.exec(word)?.[1] ?? "";
    const instead = Object.hasOwn(SEEN_BY_ALL, name) ? SEEN_BY_ALL[/** @type {keyof typeof SEEN_BY_ALL} */ (name)] : undefined;
    if (instead) throw new UsageError(`--${name}: whatever stands on a command line, every program of the machine can read; use --${instead}`);
  }
  const { values, positionals } = parsed(words);
  const [form = "token", more] = positionals;
  if (!FORMS.includes(form) || more !== undefined) throw new UsageError(`unknown word: expected one of ${FORMS.join(", ")}`);
  const options = /** @type {Options} */ (values);
  for (const [name, value] of Object.entries(options)) {
    if ([value].flat().includes("")) throw new UsageError(`--${name} is empty`);
  }
  const ofPerson = "device-code" in values ? "device-code" : "interactive";
  for (const [one, another] of [["tenant", "authority"], ["device-code", "interactive"], ...OF_APPLICATION.map((name) => [name, ofPerson])]) {
    if (one in values && another in values) throw new UsageError(`--${one} and --${another} exclude each other`);
  }
  if ("login-hint" in values && !("interactive" in values)) throw new UsageError("--login-hint: it is for --interactive");
  return { form, options };
}

/** @param {string[]} words */
function parsed(words) {
  try {
    return parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [said] = /** @type {Error} */ (error).message.split(". ");
    // What is called an option there may be a key.
    throw new UsageError(/^[\w '<>-]{1,70}$/.test(said) ? said : "there is a word that is no option");
  }
}

/**
 * The application and its authority.
 * @param {Options} options
 * @param {Environment} environment
 */
export function applicationOf(options, environment) {
  const clientId = options["client-id"] ?? named(environment, "GRAPH_TOKEN_CLIENT_ID", "AZURE_CLIENT_ID");
  if (!clientId) throw new UsageError("no application: give --client-id, or set GRAPH_TOKEN_CLIENT_ID");
  return { clientId, authority: authorityOf(options, environment), knownAuthorities: options["known-authority"] ?? [], protocolMode: options.oidc ? ProtocolMode.OIDC : ProtocolMode.AAD };
}

/**
 * @param {Options} options
 * @param {Environment} environment
 */
function authorityOf(options, environment) {
  const authority = options.authority ?? (options.tenant ? undefined : named(environment, "GRAPH_TOKEN_AUTHORITY"));
  if (authority) return authority;
  const tenant = options.tenant ?? named(environment, "GRAPH_TOKEN_TENANT", "AZURE_TENANT_ID");
  if (!tenant) throw new UsageError("no tenant: give --tenant (a GUID or a domain), or set GRAPH_TOKEN_TENANT");
  const host = named(environment, "AZURE_AUTHORITY_HOST") ?? PUBLIC_CLOUD;
  return `${host.includes("://") ? host : `https://${host}`}/${tenant}`.replace(/([^:/])\/+/g, "$1/");
}

/**
 * The first of these that is set to something.
 * @param {Environment} environment
 * @param {string[]} names
 */
export function named(environment, ...names) {
  return names.map((name) => read(environment, name)).find(Boolean);
}

/**
 * What nobody may look at is not set.
 * @param {Environment} environment
 * @param {string} name
 */
function read(environment, name) {
  try {
    return environment[name];
  } catch {
    return undefined;
  }
}
