// `npx graph-token`: gets one token and prints it.

import { spawn } from "node:child_process";
import process from "node:process";
import { AuthError, ConfidentialClientApplication, LogLevel, PublicClientApplication, version } from "graph-token/node";
import { applicationOf, argumentsOf, named } from "./arguments.js";
import { credentialOf } from "./credential.js";
import { printed } from "./output.js";
import { ask, canAsk, print, say } from "./terminal.js";
import { HELP, OutputError, UsageError } from "./usage.js";

const NO_TOKEN = 1;
const WRONG_USAGE = 2;

/** What the library names, as the command line has it. */
const IN_OPTIONS = [
  ["auth.clientCertificate names no certificate", "the file of --certificate holds a key, and no certificate"],
  ["in auth.clientCertificate.certificate, or its thumbprint in thumbprintSha256", "as --certificate, and the key as --key"],
  ["auth.knownAuthorities", "--known-authority"],
  [", or allow more time by timeoutMs", ""],
];

/**
 * @param {string[]} words what stands behind the program's name
 * @param {import("./arguments.js").Environment} environment
 * @returns {Promise<number>} the exit code
 */
export async function run(words, environment) {
  try {
    const { form, options } = argumentsOf(words);
    if (options.help) await print(HELP);
    else if (options.version) await print(`${version}\n`);
    else await print(`${printed(form, await acquire(options, environment))}\n`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      say(`graph-token: ${error.message}\ngraph-token --help says more.`);
      return WRONG_USAGE;
    }
    if (error instanceof OutputError) {
      say(`graph-token: ${error.message}`);
      return NO_TOKEN;
    }
    if (!(error instanceof AuthError)) throw error;
    say(`graph-token: ${IN_OPTIONS.reduce((text, [theirs, ours]) => text.replace(theirs, ours), error.message)}`);
    for (let { cause } = error, left = 3; cause instanceof Error && left > 0; { cause } = cause, left--) say(`because of ${cause.name}: ${cause.message}`);
    if (error.correlationId) say(`correlation id ${error.correlationId}${error.traceId ? `, trace id ${error.traceId}` : ""}`);
    return NO_TOKEN;
  }
}

/**
 * @param {import("./arguments.js").Options} options
 * @param {import("./arguments.js").Environment} environment
 * @returns {Promise<any>}
 */
async function acquire(options, environment) {
  const auth = applicationOf(options, environment);
  const system = options.verbose ? { loggerOptions: { logLevel: LogLevel.Verbose, loggerCallback: (/** @type {number} */ _level, /** @type {string} */ message) => say(message) } } : {};
  const request = { scopes: options.scope, claims: options.claims };
  if (options["device-code"] || options.interactive) {
    const app = new PublicClientApplication({ auth, system });
    return options.interactive ? app.acquireTokenInteractive({ ...request, scopes: options.scope ?? (await usualScopes(app)), loginHint: options["login-hint"], openBrowser }) : app.acquireTokenByDeviceCode({ ...request, deviceCodeCallback });
  }
  const credential = await credentialOf(options, environment);
  const byApplication = () => new ConfidentialClientApplication({ auth: { ...auth, ...credential }, system }).acquireTokenByClientCredential(request);
  try {
    return await byApplication();
  } catch (error) {
    const { clientCertificate } = credential;
    if (!clientCertificate || !(error instanceof AuthError) || error.errorCode !== "missing_passphrase" || !canAsk()) throw error;
    clientCertificate.passphrase = await ask("Passphrase of the key: ");
    return byApplication();
  }
}

/**
 * What a sign-in in another way asks for by default: of Graph, all that the application was granted.
 * @param {InstanceType<typeof PublicClientApplication>} app
 */
async function usualScopes(app) {
  const address = await app.getAuthCodeUrl({ redirectUri: "http://localhost" });
  return new URL(address).searchParams.get("scope")?.split(" ");
}

/** @param {{ message: string }} code */
function deviceCodeCallback({ message }) {
  say(message);
}

/**
 * The address is printed too: a machine without a desktop opens nothing, and says nothing of it.
 * @param {string} address
 */
async function openBrowser(address) {
  say(`To sign in, open ${address}`);
  const [command, ...words] = opener();
  spawn(command, [...words, address], { detached: true, stdio: "ignore", env: withoutSecrets() }).on("error", () => {}).unref();
}

/** What a browser may see; where nobody may look, what the runtime gives it. */
function withoutSecrets() {
  try {
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GRAPH_TOKEN|AZURE)_/.test(name)));
  } catch {
    return undefined;
  }
}

function opener() {
  const wanted = named(process.env, "BROWSER");
  if (wanted) return [wanted];
  if (process.platform === "darwin") return ["open"];
  // Not by way of `start`, whose shell takes an address apart at each "&".
  return process.platform === "win32" ? ["rundll32", "url.dll,FileProtocolHandler"] : ["xdg-open"];
}
