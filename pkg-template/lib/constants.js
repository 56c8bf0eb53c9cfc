// MSAL's constants.

export const AzureCloudInstance = /*#__PURE__*/ Object.freeze({
  None: "none",
  AzurePublic: "https://login.microsoftonline.com",
  AzurePpe: "https://login.windows-ppe.net",
  AzureChina: "https://login.chinacloudapi.cn",
  AzureGermany: "https://login.microsoftonline.de",
  AzureUsGovernment: "https://login.microsoftonline.us",
});

export const ProtocolMode = /*#__PURE__*/ Object.freeze({ AAD: "AAD", OIDC: "OIDC", EAR: "EAR" });

export const ResponseMode = /*#__PURE__*/ Object.freeze({ QUERY: "query", FRAGMENT: "fragment", FORM_POST: "form_post" });

export const PromptValue = /*#__PURE__*/ Object.freeze({
  LOGIN: "login",
  SELECT_ACCOUNT: "select_account",
  CONSENT: "consent",
  NONE: "none",
  CREATE: "create",
  NO_SESSION: "no_session",
});

export const OIDC_DEFAULT_SCOPES = /*#__PURE__*/ Object.freeze(["openid", "profile", "offline_access"]);
