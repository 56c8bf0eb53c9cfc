// Where the browser client differs from MSAL Browser, and why. What fits none of these fails the tests.
import assert from "node:assert/strict";

/** By id: whether a difference `{ call, at, msal, ours }` is this one, and why there is one. */
const ROWS = {
  "ext-expires-on": {
    is: ({ at, msal, ours }) => at.endsWith(".extExpiresOn") && msal?.seconds > ours?.seconds,
    why: "MSAL adds the extended life to the end of the ordinary one; both begin when the token is issued.",
  },
  "error-hint": {
    is: ({ at, msal, ours }) => (at.endsWith(".error.hint") && msal === undefined) || (at.endsWith(".error.message") && ours?.startsWith(`${msal} — `)),
    why: "What to do stands in `hint`, and at the end of the message.",
  },
  "error-status": {
    is: ({ at, msal, ours }) => at.endsWith(".error.status") && msal === undefined && typeof ours === "number",
    why: "The HTTP status of the answer is told.",
  },
  "error-claims": {
    is: ({ at, msal, ours }) => at.endsWith(".error.claims") && msal === undefined && ours === "",
    why: "Every error has `claims`: empty where none are asked for.",
  },
  "error-number": {
    is: ({ at, msal, ours }) => at.endsWith(".error.errorNo") && String(msal) === ours,
    why: "MSAL declares a string, and gives a number where the token endpoint refuses.",
  },
};

export const besideMsal = {
  rows: ROWS,
  /** Fails with the differences that no row names. */
  judge(name, found) {
    const unknown = found.filter((difference) => !Object.values(ROWS).some(({ is }) => is(difference)));
    assert.equal(unknown.length, 0, `${name}: ${unknown.length} differences that are not meant:\n${unknown.map(shown).join("\n")}`);
  },
};

function shown({ call, at, msal, ours }) {
  return `  ${call} ${at}\n    MSAL ${JSON.stringify(msal)}\n    ours ${JSON.stringify(ours)}`;
}
