import type { AccountInfo, DataBoundary, TenantProfile } from "./results.js";

export interface ISerializableTokenCache {
  /** Takes in a cache in MSAL's schema. */
  deserialize: (cache: string) => void;
  /** The cache in MSAL's schema, as JSON text. It holds tokens: keep it as you keep a secret. */
  serialize: () => string;
}

export interface ITokenCache {
  getAllAccounts(correlationId?: string): Promise<AccountInfo[]>;
  getAccountByHomeId(homeAccountId: string): Promise<AccountInfo | null>;
  getAccountByLocalId(localAccountId: string): Promise<AccountInfo | null>;
  /** Forgets the account with all its tokens. */
  removeAccount(account: AccountInfo, correlationId?: string): Promise<void>;
}

/** A client's; `getTokenCache()` gives it. */
export declare class TokenCache implements ISerializableTokenCache, ITokenCache {
  private constructor();
  serialize(): string;
  deserialize(cache: string): void;
  /** Whether there is something that was not serialized yet. */
  hasChanged(): boolean;
  /** Every entry by its key, its members in camel case. */
  getKVStore(): Record<string, any>;
  getCacheSnapshot(): Record<string, any>;
  /** Reads what the cachePlugin has. */
  overwriteCache(): Promise<void>;
  getAllAccounts(correlationId?: string): Promise<AccountInfo[]>;
  getAccountByHomeId(homeAccountId: string): Promise<AccountInfo | null>;
  getAccountByLocalId(localAccountId: string): Promise<AccountInfo | null>;
  removeAccount(account: AccountInfo, correlationId?: string): Promise<void>;
}

/** What a plug-in is called with. */
export declare class TokenCacheContext {
  constructor(tokenCache: ISerializableTokenCache, hasChanged: boolean);
  hasChanged: boolean;
  cache: ISerializableTokenCache;
  get cacheHasChanged(): boolean;
  get tokenCache(): ISerializableTokenCache;
}

export interface ICachePlugin {
  beforeCacheAccess: (tokenCacheContext: TokenCacheContext) => Promise<void>;
  afterCacheAccess: (tokenCacheContext: TokenCacheContext) => Promise<void>;
}

export interface ICacheClient {
  get(key: string): Promise<string>;
  set(key: string, value: string): Promise<string>;
}

export interface AccountEntity {
  homeAccountId: string;
  environment: string;
  realm: string;
  localAccountId: string;
  username: string;
  authorityType: string;
  loginHint?: string;
  clientInfo?: string;
  name?: string;
  lastModificationTime?: string;
  lastModificationApp?: string;
  cloudGraphHostName?: string;
  msGraphHost?: string;
  nativeAccountId?: string;
  tenantProfiles?: TenantProfile[];
  lastUpdatedAt: string;
  dataBoundary?: DataBoundary;
  cachedByApiId?: number;
}

export interface IPartitionManager {
  /** Of the session that asks. */
  getKey(): Promise<string>;
  /** Of the account that was written. */
  extractKey(accountEntity: AccountEntity): Promise<string>;
}

/** One blob for each partition, in a store that many processes share. */
export declare class DistributedCachePlugin implements ICachePlugin {
  constructor(client: ICacheClient, partitionManager: IPartitionManager);
  beforeCacheAccess(cacheContext: TokenCacheContext): Promise<void>;
  afterCacheAccess(cacheContext: TokenCacheContext): Promise<void>;
}

/** What a store gives back of the JSON text that it was given. */
export type StoredValue = string | Uint8Array | ArrayBuffer | object | null | undefined;

/** The keys of a store. */
export type Keys = Iterable<string> | AsyncIterable<string>;

/** Where each entry is kept by itself: KV, Redis, a Durable Object, files, a Map. */
export interface TokenStore {
  /** What was set, as text, as bytes or parsed; null or undefined where there is nothing. */
  get(key: string): StoredValue | Promise<StoredValue>;
  /** `expiresAt` is in milliseconds since 1970: from then on the entry is worth nothing. */
  set(key: string, value: string, options: { expiresAt: number }): unknown;
  delete(key: string): unknown;
  /** The keys that begin so. */
  list?(prefix: string): Keys | Promise<Keys>;
}

/** The cache in MSAL's schema, parsed. */
export interface JsonCache {
  Account: Record<string, SerializedAccountEntity>;
  IdToken: Record<string, SerializedIdTokenEntity>;
  AccessToken: Record<string, SerializedAccessTokenEntity>;
  RefreshToken: Record<string, SerializedRefreshTokenEntity>;
  AppMetadata: Record<string, SerializedAppMetadataEntity>;
}
export interface SerializedAccountEntity {
  home_account_id: string;
  environment: string;
  realm: string;
  local_account_id: string;
  username: string;
  authority_type: string;
  name?: string;
  client_info?: string;
  last_modification_time?: string;
  last_modification_app?: string;
  tenantProfiles?: string[];
}
export interface SerializedIdTokenEntity {
  home_account_id: string;
  environment: string;
  credential_type: string;
  client_id: string;
  secret: string;
  realm: string;
}
export interface SerializedAccessTokenEntity extends SerializedIdTokenEntity {
  target: string;
  cached_at: string;
  expires_on: string;
  extended_expires_on?: string;
  refresh_on?: string;
  key_id?: string;
  token_type?: string;
  userAssertionHash?: string;
  resource?: string;
  additionalCacheKeyComponents?: Record<string, string>;
}
export interface SerializedRefreshTokenEntity {
  home_account_id: string;
  environment: string;
  credential_type: string;
  client_id: string;
  secret: string;
  family_id?: string;
  target?: string;
  realm?: string;
}
export interface SerializedAppMetadataEntity {
  client_id: string;
  environment: string;
  family_id?: string;
}
