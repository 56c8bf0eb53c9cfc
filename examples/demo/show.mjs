// Printing for people.

const colours = process.stdout.isTTY;
let failed = 0;

const styled = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = styled(1);
const dim = styled(2);
const red = styled(31);
const green = styled(32);

/**
 * @param {number} step 0 for a further part of the same step
 * @param {string} text
 */
export function heading(step, text) {
  console.log(bold(`\n${step === 0 ? "  " : `${step}.`} ${text}`));
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
  const line = (cells) => `  ${cells.map((cell, index) => String(cell ?? "").padEnd(widths[index])).join("  ")}`;
  console.log(dim(line(columns)));
  for (const row of rows) console.log(line(columns.map((column) => row[column])));
}

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
