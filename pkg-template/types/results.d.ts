/** The claims of an id_token; Entra knows more than these. */
export type IdTokenClaims = {
  aud?: string;
  iss?: string;
  iat?: number;
  nbf?: number;
  exp?: number;
  oid?: string;
  sub?: string;
  tid?: string;
  tfp?: string;
  acr?: string;
  ver?: string;
  upn?: string;
  preferred_username?: string;
  login_hint?: string;
  signin_state?: string[];
  emails?: string[];
  name?: string;
  nonce?: string;
  home_oid?: string;
  sid?: string;
  cloud_instance_host_name?: string;
  cnf?: { kid: string };
  x5c_ca?: string[];
  ts?: number;
  at?: string;
  u?: string;
  p?: string;
  m?: string;
  roles?: string[];
  amr?: string[];
  idp?: string;
  auth_time?: number;
  tenant_region_scope?: string;
  tenant_region_sub_scope?: string;
};

export type DataBoundary = "EU" | "None";

export interface AccountInfo {
  /** `{uid}.{utid}`: the same in every tenant. */
  homeAccountId: string;
  environment: string;
  tenantId: string;
  username: string;
  /** The user's object id in this tenant. */
  localAccountId: string;
  loginHint?: string;
  name?: string;
  upn?: string;
  idToken?: string;
  idTokenClaims?: IdTokenClaims & { [claim: string]: unknown };
  nativeAccountId?: string;
  authorityType?: string;
  tenantProfiles?: Map<string, TenantProfile>;
  dataBoundary?: DataBoundary;
  /** Whether the user chose to stay signed in. */
  kmsi?: boolean;
}

export interface TenantProfile
  extends Pick<AccountInfo, "tenantId" | "localAccountId" | "name" | "username" | "loginHint" | "upn" | "nativeAccountId"> {
  isHomeTenant?: boolean;
}

/** MSAL's, with two more; what a call gives is an `AcquiredToken`. */
export interface AuthenticationResult {
  authority: string;
  /** The user's object id. */
  uniqueId: string;
  tenantId: string;
  /** What was granted. */
  scopes: string[];
  /** The user; null where the token is the application's own. */
  account: AccountInfo | null;
  /** As it came; its claims are verified. */
  idToken: string;
  idTokenClaims: object;
  accessToken: string;
  /** Whether nobody was asked for it. */
  fromCache: boolean;
  expiresOn: Date | null;
  /** Until when it is served while the service is down. */
  extExpiresOn?: Date;
  /** From when on it is renewed ahead. */
  refreshOn?: Date;
  /** That of the request; a cached token's, without one, is that of the request that got it. */
  correlationId: string;
  /** The server's, for Microsoft's support. */
  requestId?: string;
  familyId?: string;
  tokenType: string;
  state?: string;
  cloudGraphHostName?: string;
  msGraphHost?: string;
  /** The page's code, where `enableSpaAuthorizationCode` asked for one. */
  code?: string;
  fromPlatformBroker?: boolean;
  /** Whether the token is past its life and served because the service is down. */
  isExtendedLifeTimeToken?: boolean;
  /** `Bearer …`, for an Authorization header. */
  createAuthorizationHeader?(): string;
}

/** Each call's own: changing it changes nobody else's. */
export interface AcquiredToken extends AuthenticationResult {
  expiresOn: Date;
  extExpiresOn: Date;
  requestId: string;
  familyId: string;
  state: string;
  cloudGraphHostName: string;
  msGraphHost: string;
  fromPlatformBroker: boolean;
  isExtendedLifeTimeToken: boolean;
  createAuthorizationHeader(): string;
}

/** What came back to the redirect URI, for `acquireTokenByCode`. */
export interface AuthorizationCodePayload {
  code: string;
  state?: string;
  nonce?: string;
  client_info?: string;
  /** Who answered (RFC 9207); checked when given. */
  iss?: string;
  cloud_instance_name?: string;
  cloud_instance_host_name?: string;
  cloud_graph_host_name?: string;
  msgraph_host?: string;
}

/** All that may come back to the redirect URI. */
export interface AuthorizeResponse extends Partial<AuthorizationCodePayload> {
  ear_jwe?: string;
  error?: string;
  error_uri?: string;
  error_description?: string;
  suberror?: string;
  timestamp?: string;
  trace_id?: string;
  correlation_id?: string;
  claims?: string;
  accountId?: string;
  clientdata?: string;
}

export interface GetTokenOptions {
  /** The platform's, or the Azure SDKs' own. */
  abortSignal?: AbortSignalLike;
  claims?: string;
  /** Asks for a token that can be revoked, with the capability `cp1`: the program has to meet claims challenges. */
  enableCae?: boolean;
  tenantId?: string;
  /** Refused: only Bearer tokens are there. */
  proofOfPossessionOptions?: object;
}
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: (this: AbortSignalLike, event: any) => any, options?: any): void;
  removeEventListener(type: "abort", listener: (this: AbortSignalLike, event: any) => any, options?: any): void;
}
export interface AccessToken {
  token: string;
  /** In milliseconds since 1970. */
  expiresOnTimestamp: number;
  /** From when on it is renewed ahead, in milliseconds since 1970. */
  refreshAfterTimestamp?: number;
  tokenType: "Bearer";
}
