// Printing for people.

const colours = process.stdout.isTTY;
let failed = 0;
let step = 0;

const styled = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = styled(1);
const dim = styled(2);
const red = styled(31);
const green = styled(32);

/** @param {string} text */
export function heading(text) {
  step++;
  console.log(bold(`\n${step}. ${text}`));
}

/** A further part of the same step. @param {string} text */
export function part(text) {
  console.log(bold(`\n  ${text}`));
}

/** @param {string} text */
export function note(text) {
  console.log(`  ${text}`);
}

/** @param {Record<string, unknown>} values */
export function fields(values) {
  const width = Math.max(...Object.keys(values).map((name) => name.length));
  for (const [name, value] of Object.entries(values)) {
    console.log(`  ${dim(name.padEnd(width))}  ${value ?? "—"}`);
  }
}

/**
 * @param {string[]} columns
 * @param {Record<string, unknown>[]} rows
 */
export function table(columns, rows) {
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => String(row[column] ?? "").length)));
  const line = (cells) => `  ${cells.map((cell, index) => String(cell ?? "").padEnd(widths[index])).join("  ")}`.trimEnd();
  console.log(dim(line(columns)));
  for (const row of rows) console.log(line(columns.map((column) => row[column])));
}

/** The ends of what must not be shown whole. @param {string} secret */
export function ends(secret) {
  return `${secret.slice(0, 12)}…${secret.slice(-6)} (${secret.length} characters)`;
}

/** @param {import("graph-token").AuthenticationResult} result */
export function token({ tokenType, expiresOn, extExpiresOn, scopes, tenantId, account, correlationId, fromCache, accessToken }) {
  const seconds = secondsTo(expiresOn);
  fields({
    token_type: tokenType,
    expires_in: `${seconds} s`,
    ext_expires_in: `${secondsTo(extExpiresOn)} s`,
    expires: `${expiresOn.toLocaleString()}, in ${Math.floor(seconds / 60)} min ${seconds % 60} s`,
    ...(account ? { account: account.username } : { resource: scopes[0].replace(/\/\.default$/, "") }),
    scopes: scopes.join(" "),
    tenant: tenantId,
    from_cache: fromCache,
    correlation_id: correlationId,
    access_token: ends(accessToken),
  });
}

const secondsTo = (date) => Math.round((date.getTime() - Date.now()) / 1000);

/**
 * @param {string} what
 * @param {boolean} held
 */
export function check(what, held) {
  if (!held) failed++;
  console.log(`  ${held ? green("✓") : red("✗")} ${what}`);
}

export function failures() {
  return failed;
}
