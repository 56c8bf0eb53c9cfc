// MSAL's constants.

export const AzureCloudInstance = Object.freeze({
  None: "none",
  AzurePublic: "https://login.microsoftonline.com",
  AzurePpe: "https://login.windows-ppe.net",
  AzureChina: "https://login.chinacloudapi.cn",
  AzureGermany: "https://login.microsoftonline.de",
  AzureUsGovernment: "https://login.microsoftonline.us",
});

export const ProtocolMode = Object.freeze({ AAD: "AAD", OIDC: "OIDC", EAR: "EAR" });

export const ResponseMode = Object.freeze({ QUERY: "query", FRAGMENT: "fragment", FORM_POST: "form_post" });

export const PromptValue = Object.freeze({
  LOGIN: "login",
  SELECT_ACCOUNT: "select_account",
  CONSENT: "consent",
  NONE: "none",
  CREATE: "create",
  NO_SESSION: "no_session",
});

export const OIDC_DEFAULT_SCOPES = Object.freeze(["openid", "profile", "offline_access"]);
