/** Which national cloud, where the authority's address does not say it. */
export declare const AzureCloudInstance: {
  readonly None: "none";
  readonly AzurePublic: "https://login.microsoftonline.com";
  readonly AzurePpe: "https://login.windows-ppe.net";
  readonly AzureChina: "https://login.chinacloudapi.cn";
  readonly AzureGermany: "https://login.microsoftonline.de";
  readonly AzureUsGovernment: "https://login.microsoftonline.us";
};
export type AzureCloudInstance = (typeof AzureCloudInstance)[keyof typeof AzureCloudInstance];

export declare const ProtocolMode: {
  /** Microsoft Entra. */
  readonly AAD: "AAD";
  /** Any other OpenID Connect provider: endpoints from its discovery document. */
  readonly OIDC: "OIDC";
  /** The same as AAD here. */
  readonly EAR: "EAR";
};
export type ProtocolMode = (typeof ProtocolMode)[keyof typeof ProtocolMode];

/** How the answer of the sign-in reaches the redirect URI. */
export declare const ResponseMode: {
  readonly QUERY: "query";
  readonly FRAGMENT: "fragment";
  readonly FORM_POST: "form_post";
};
export type ResponseMode = (typeof ResponseMode)[keyof typeof ResponseMode];

/** What the sign-in page does; a request's `prompt`. */
export declare const PromptValue: {
  readonly LOGIN: "login";
  readonly SELECT_ACCOUNT: "select_account";
  readonly CONSENT: "consent";
  readonly NONE: "none";
  readonly CREATE: "create";
  readonly NO_SESSION: "no_session";
};

/** What is added to the scopes of every user's request. */
export declare const OIDC_DEFAULT_SCOPES: string[];

/** This package's. */
export declare const version: string;
