// Every field of MSAL's Configuration and requests: honoured, harmless, or refused by name.
import { ABSENT } from "./absent.mjs";
import { CONFIGURATION_ROWS } from "./configuration-rows.mjs";
import { FLOW_ROWS } from "./flow-rows.mjs";
import { SHARED_ROWS } from "./request-rows.mjs";

export const ROWS = [...CONFIGURATION_ROWS, ...SHARED_ROWS, ...FLOW_ROWS];

/** `Type.field` of each row. */
export const FIELDS = ROWS.flatMap(({ types, field }) => types.map((type) => `${type}.${field}`));

/** The rows of one type, sorted by field. */
const rowsOf = (type) => ROWS.filter(({ types }) => types.includes(type)).sort((a, b) => a.field.localeCompare(b.field));

const HEADINGS = {
  Configuration: "`Configuration`",
  ClientCredentialRequest: "`acquireTokenByClientCredential`",
  OnBehalfOfRequest: "`acquireTokenOnBehalfOf`",
  AuthorizationUrlRequest: "`getAuthCodeUrl`",
  AuthorizationCodeRequest: "`acquireTokenByCode`",
  RefreshTokenRequest: "`acquireTokenByRefreshToken`",
  SilentFlowRequest: "`acquireTokenSilent`",
  DeviceCodeRequest: "`acquireTokenByDeviceCode`",
  InteractiveRequest: "`acquireTokenInteractive`",
};

/** The text of docs/fields.md. */
export function page() {
  const sections = Object.entries(HEADINGS).map(([type, heading]) => [
    `## ${heading}`, "",
    "| field | | |", "|---|---|---|",
    ...rowsOf(type).map(({ field, is, says }) => `| \`${field}\` | ${is} | ${says} |`), "",
  ].join("\n"));
  const absent = ABSENT.map(({ names, why }) => `| ${names.map((name) => `\`${name}\``).join(", ")} | ${why} |`);
  const last = ["## Names that are MSAL's alone", "", "| exported by `@azure/msal-node` | |", "|---|---|", ...absent, ""].join("\n");
  return `${INTRODUCTION}\n${sections.join("\n")}\n${last}`;
}

const INTRODUCTION = `# MSAL's fields

Every field that \`@azure/msal-node\` declares for its clients' configuration and requests, and what becomes of
it here. *Honoured*: it does what it does with MSAL. *Harmless*: it is taken and changes nothing. *Refused*: a
\`ClientConfigurationError\` names it before anything is sent. A test reads the fields out of MSAL's types, and holds this
page, the package and MSAL itself to it.
`;
