// Aligned tables, and verdicts: a figure beside the target that it was to meet.

/**
 * @param {string} title
 * @param {string[]} head
 * @param {(string | number)[][]} rows the first column is set to the left, the others to the right
 */
export function table(title, head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ").trimEnd();
  console.log(`\n${title}\n${line(all[0])}\n${widths.map((width) => "-".repeat(width)).join("  ")}`);
  for (const row of all.slice(1)) console.log(line(row));
}

/**
 * Says whether a figure is within its target, here and, through the parent process, in the list at the end.
 * @param {string} what
 * @param {number} figure
 * @param {number} limit the most that it may be
 * @param {{ unit?: string, digits?: number }} [style]
 */
export function judge(what, figure, limit, { unit = "", digits = 2 } = {}) {
  const text = (number) => `${number.toFixed(digits)}${unit}`;
  const met = figure <= limit;
  const verdict = `${met ? "met   " : "MISSED"}  ${what}: ${text(figure)}, target at most ${text(limit)}`;
  console.log(verdict);
  process.send?.({ verdict });
}

/** Three significant digits, without an exponent. */
export function short(number) {
  return number >= 100 ? Math.round(number).toLocaleString("en").replaceAll(",", " ") : number.toPrecision(3);
}

/** @param {number} number */
export function grouped(number) {
  return Math.round(number).toLocaleString("en").replaceAll(",", " ");
}
