// Results: each caller's own copy of what the cache holds.

import { accountInfo, copyOf } from "./account-info.js";
import { InteractionRequiredAuthError } from "./errors.js";

/**
 * What Rust holds of a token.
 * @typedef {object} Held
 * @property {string} accessToken
 * @property {string} tokenType
 * @property {string} scopes divided by blanks
 * @property {string} authority
 * @property {string} tenantId
 * @property {string} correlationId
 * @property {number} expiresOn milliseconds since 1970, as the next two
 * @property {number} extExpiresOn
 * @property {number | undefined} refreshOn
 * @property {string} [uniqueId] as what follows: of a user's token
 * @property {object} [account]
 * @property {number} [refreshTokenExpiresOn]
 * @property {string} [idToken]
 * @property {object} [idTokenClaims]
 */

/** MSAL's AuthenticationResult. The header's method lies on the prototype, so that a result can be cloned. */
export class AuthenticationResult {
  /**
   * @param {Held} held
   * @param {string | undefined} correlationId
   * @param {{ fromCache: boolean, extended: boolean, requestId?: string, spaCode?: string }} how
   */
  constructor(held, correlationId, { fromCache, extended, requestId = "", spaCode }) {
    this.authority = held.authority;
    this.uniqueId = held.uniqueId ?? "";
    this.tenantId = held.tenantId;
    this.scopes = held.scopes.includes(" ") ? held.scopes.split(" ") : held.scopes === "" ? [] : [held.scopes];
    this.account = held.account ? accountInfo(held.account) : null;
    this.idToken = held.idToken ?? "";
    this.idTokenClaims = held.idTokenClaims ? copyOf(held.idTokenClaims) : {};
    this.accessToken = held.accessToken;
    this.fromCache = fromCache;
    this.expiresOn = new Date(held.expiresOn);
    this.extExpiresOn = new Date(held.extExpiresOn);
    this.refreshOn = held.refreshOn === undefined ? undefined : new Date(held.refreshOn);
    /** @type {Date | undefined} from when on the user has to sign in again, where the provider says it */
    this.refreshTokenExpiresOn = held.refreshTokenExpiresOn === undefined ? undefined : new Date(held.refreshTokenExpiresOn);
    this.correlationId = correlationId || held.correlationId || crypto.randomUUID();
    this.requestId = requestId;
    this.familyId = "";
    this.tokenType = held.tokenType;
    this.state = "";
    this.cloudGraphHostName = "";
    this.msGraphHost = "";
    this.code = spaCode;
    this.fromPlatformBroker = false;
    this.isExtendedLifeTimeToken = extended;
  }

  /** @returns {string} the value of an Authorization header */
  createAuthorizationHeader() {
    return `Bearer ${this.accessToken}`;
  }
}

/**
 * A result as the Azure and Graph SDKs' `AccessToken`.
 * @param {AuthenticationResult} result
 */
export function accessTokenOf({ accessToken, expiresOn, refreshOn }) {
  return {
    token: accessToken,
    expiresOnTimestamp: expiresOn.getTime(),
    refreshAfterTimestamp: refreshOn?.getTime(),
    tokenType: /** @type {const} */ ("Bearer"),
  };
}

/**
 * The request that `getToken` stands for.
 * @param {string | string[]} scopes
 * @param {any} [options]
 */
export function requestOf(scopes, options) {
  const { abortSignal, claims, enableCae, tenantId, proofOfPossessionOptions } = options ?? {};
  return { scopes, claims: claims || undefined, enableCae: enableCae || undefined, tenantId, signal: abortSignal, proofOfPossessionOptions };
}

/**
 * A user's token without the user, as the SDKs want it.
 * @param {{ acquireTokenSilent(request: any): Promise<AuthenticationResult> }} app
 * @param {any} request
 */
export async function silently(app, request) {
  try {
    return accessTokenOf(await app.acquireTokenSilent(request));
  } catch (error) {
    // Whoever asks the user next has to ask for these.
    if (request.claims && error instanceof InteractionRequiredAuthError) error.claims ||= request.claims;
    throw error;
  }
}

/** A hit: nothing but the token is known of it. */
export const HIT = /*#__PURE__*/ Object.freeze({ fromCache: true, extended: false });
