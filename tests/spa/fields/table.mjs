// Every field of MSAL Browser's Configuration and requests: honoured, harmless, or refused by name.
import { ABSENT, ABSENT_MEMBERS } from "./absent.mjs";
import { CONFIGURATION_ROWS } from "./configuration-rows.mjs";
import { CALLS, REQUEST_ROWS } from "./request-rows.mjs";

export const ROWS = [...CONFIGURATION_ROWS, ...REQUEST_ROWS];

/** `Type.field` of each row. */
export const FIELDS = ROWS.flatMap(({ types, field }) => types.map((type) => `${type}.${field}`));

/** The rows of one type, sorted by field. */
const rowsOf = (type) => ROWS.filter(({ types }) => types.includes(type)).sort((a, b) => a.field.localeCompare(b.field));

const code = (names) => names.map((name) => `\`${name}\``).join(", ");

/** The text of docs/fields-browser.md. */
export function page() {
  const headings = { Configuration: ["Configuration"], ...CALLS };
  const sections = Object.entries(headings).map(([type, names]) => [
    `## ${code(names)}`, "",
    "| field | | |", "|---|---|---|",
    ...rowsOf(type).map(({ field, is, says }) => `| \`${field}\` | ${is} | ${says} |`), "",
  ].join("\n"));
  const absent = [
    ...ABSENT.map(({ names, why }) => `| ${code(names)} | ${why} |`),
    ...ABSENT_MEMBERS.map(({ of, names, why }) => `| ${code(names)} of \`${of}\` | ${why} |`),
  ];
  const last = ["## Names that are MSAL's alone", "", "| exported by `@azure/msal-browser` | |", "|---|---|", ...absent, ""].join("\n");
  return `${INTRODUCTION}\n${sections.join("\n")}\n${last}`;
}

const INTRODUCTION = `# MSAL Browser's fields

Every field that \`@azure/msal-browser\` declares for a page's configuration and requests, and what becomes of it here.
*Honoured*: it does what it does with MSAL. *Harmless*: it is taken and changes nothing. *Refused*: a
\`ClientConfigurationError\` names it before anything is sent. A test reads the fields out of MSAL's types, and holds this
page and the package to it. A server's are in [fields.md](fields.md).
`;
