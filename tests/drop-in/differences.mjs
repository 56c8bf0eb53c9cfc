// The differences that are meant. Each has its row in docs/differences.md, by its id; what fits none of them fails the
// tests, and so does a row that is not met where a test names it.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** By id: whether a difference `{ call, at, msal, ours }` is this one. */
export const DIFFERENCES = {
  "ext-expires-on": ({ at, msal, ours }) => /\.(extExpiresOn|extended_expires_on)$/.test(at) && msal?.seconds > ours?.seconds && msal.as === ours.as,
  "app-tenant-id": ({ call, at, msal, ours }) => call === "result: acquireTokenByClientCredential" && at.endsWith(".result.tenantId")
    && msal === "" && ours !== undefined,
  "request-id": ({ call, at, msal, ours }) => /^result: acquireToken(ByClientCredential|OnBehalfOf|ByDeviceCode)/.test(call) && at.endsWith(".result.requestId")
    && msal === "" && ours === "<guid>",
  "cached-on-behalf-of": ({ call, at, msal }) => /^result: acquireTokenOnBehalfOf/.test(call)
    && (/\.result\.(account|idToken|uniqueId|tenantId)$/.test(at) ? !msal : /\.result\.idTokenClaims(\.|$)/.test(at)),
  "interactive-nonce": ({ call, at, msal, ours }) => call.startsWith("request: authorize") && at.endsWith(".query.nonce") && msal === undefined && ours === "<guid>",
  "device-grant-type": ({ call, at, msal, ours }) => call === "request: token device_code" && at.endsWith(".body.grant_type")
    && msal === "device_code" && ours === "urn:ietf:params:oauth:grant-type:device_code",
  "error-message": ({ at, msal, ours }) => at.endsWith(".error.errorMessage") && ours?.length > 0
    && (msal.match(/AADSTS\d+/g) ?? []).every((code) => ours.includes(code)),
};

/** Gives the ids of the differences, each once and in order; one that is not meant throws with all that are not. */
export function judged(differences) {
  const ids = new Set();
  const unknown = [];
  for (const difference of differences) {
    const id = Object.keys(DIFFERENCES).find((name) => DIFFERENCES[name](difference));
    if (id) ids.add(id);
    else unknown.push(difference);
  }
  assert.equal(unknown.length, 0, `${unknown.length} differences that docs/differences.md does not name:\n${unknown.map(shown).join("\n")}`);
  return [...ids].sort();
}

function shown({ call, at, msal, ours }) {
  return `  ${call} ${at}\n    MSAL ${JSON.stringify(msal)}\n    ours ${JSON.stringify(ours)}`;
}

/** The table's rows, each as its cells. */
export async function documentedRows() {
  const text = await readFile(await documented(), "utf8");
  return [...text.matchAll(/^\| `[\w-]+` \|.*$/gm)].map(([row]) => row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** The docs lie in the checkout, above the folder in which the tests run. */
async function documented() {
  const name = path.join("docs", "differences.md");
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const file = path.join(folder, name);
    if (await access(file).then(() => true, () => false)) return file;
    if (folder === path.dirname(folder)) throw new Error(`there is no ${name} above the tests`);
  }
}
