// What the command line understands, and what it says where it does not.

export const HELP = `\
graph-token [token | header | table] [options]

Prints an access token for Microsoft Graph, the header "Authorization: Bearer …", or a table that describes the token.

whose token
  --client-id ID          the application               or GRAPH_TOKEN_CLIENT_ID, AZURE_CLIENT_ID
  --tenant TENANT         a GUID or a domain            or GRAPH_TOKEN_TENANT, AZURE_TENANT_ID (with AZURE_AUTHORITY_HOST)
  --authority URL         in place of --tenant          or GRAPH_TOKEN_AUTHORITY
  --known-authority HOST  trusted beside Microsoft's (may be repeated)
  --oidc                  the authority is not Microsoft's: its discovery document says where its endpoints are
  --scope SCOPE           default: Graph's /.default (may be repeated)
  --claims JSON           of a claims challenge

the application's own, by one of these; without any a secret is asked for
  --secret-file FILE      - is the standard input       or GRAPH_TOKEN_CLIENT_SECRET, AZURE_CLIENT_SECRET
  --certificate FILE      PEM, DER or PFX               or GRAPH_TOKEN_CERTIFICATE (PEM or path), AZURE_CLIENT_CERTIFICATE_PATH
  --key FILE              its key, where the certificate's file does not hold it
  --passphrase-file FILE  the key's; else asked for     or GRAPH_TOKEN_CERTIFICATE_PASSPHRASE, AZURE_CLIENT_CERTIFICATE_PASSWORD
  --assertion-file FILE   another issuer's token        or AZURE_FEDERATED_TOKEN_FILE

a person's
  --device-code           sign in on another device
  --interactive           sign in in this machine's browser, or in the one that BROWSER names
  --login-hint NAME       the account that the browser proposes

  --verbose               logs each request, and warnings, to the standard error
  --version, --help

The exit code is 0 with a token, 1 without one, 2 where the command line is wrong.
`;

/** @type {NonNullable<import("node:util").ParseArgsConfig["options"]>} */
export const OPTIONS = {
  "client-id": { type: "string" },
  tenant: { type: "string" },
  authority: { type: "string" },
  "known-authority": { type: "string", multiple: true },
  oidc: { type: "boolean" },
  scope: { type: "string", multiple: true },
  claims: { type: "string" },
  "secret-file": { type: "string" },
  certificate: { type: "string" },
  key: { type: "string" },
  "passphrase-file": { type: "string" },
  "assertion-file": { type: "string" },
  "device-code": { type: "boolean" },
  interactive: { type: "boolean" },
  "login-hint": { type: "string" },
  verbose: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

/** What is no option, since every program of the machine sees it, and which one takes its place. */
export const SEEN_BY_ALL = {
  secret: "secret-file",
  "client-secret": "secret-file",
  password: "passphrase-file",
  passphrase: "passphrase-file",
  assertion: "assertion-file",
  "client-assertion": "assertion-file",
};

/** The command line is wrong. */
export class UsageError extends Error {}

/** What was to be printed cannot be. */
export class OutputError extends Error {}
