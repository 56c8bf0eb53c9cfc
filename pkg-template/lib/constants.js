// MSAL's constants.

export const AzureCloudInstance = Object.freeze({
  None: "none",
  AzurePublic: "https://login.microsoftonline.com",
  AzurePpe: "https://login.windows-ppe.net",
  AzureChina: "https://login.chinacloudapi.cn",
  AzureGermany: "https://login.microsoftonline.de",
  AzureUsGovernment: "https://login.microsoftonline.us",
});

export const ProtocolMode = Object.freeze({ AAD: "AAD", OIDC: "OIDC" });

export const OIDC_DEFAULT_SCOPES = Object.freeze(["openid", "profile", "offline_access"]);
