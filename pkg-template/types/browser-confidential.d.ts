import type { AuthorizationCodeRequest as AuthorizationCodeRequestOfPage } from "./browser-requests.js";
import { ConfidentialClientApplication as ClientOfNode, type IConfidentialClientApplication as InterfaceOfNode } from "./client.js";
import type { AuthorizationCodeRequest, ClientCredentialRequest, OnBehalfOfRequest, RefreshTokenRequest, SilentFlowRequest } from "./requests.js";
import type { AcquiredToken, AuthorizationCodePayload } from "./results.js";

/**
 * Where a program is not compiled for Node by its `moduleResolution`, `AuthenticationResult` is the page's, whose account is
 * never null. So this is assignable to either; the account of an application's own token is null.
 */
export type ConfidentialResult = AcquiredToken & { account: any };

/** MSAL Node's interface: what is never null here may be null there. */
export interface IConfidentialClientApplication extends InterfaceOfNode {
  /** The tokens for the code that the sign-in came back with. */
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<ConfidentialResult>;
  /** An account's token from the cache, renewed where needed. */
  acquireTokenSilent(request: SilentFlowRequest): Promise<ConfidentialResult>;
  /** For refresh tokens that another program got; one's own are used by `acquireTokenSilent`. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<ConfidentialResult | null>;
  /** A token of the application itself. */
  acquireTokenByClientCredential(request?: ClientCredentialRequest): Promise<ConfidentialResult | null>;
  /** A further API's token for the user by whom this API was called. */
  acquireTokenOnBehalfOf(request: OnBehalfOfRequest): Promise<ConfidentialResult | null>;
}

/** Every acquisition fails with one of `AuthError`'s children, or with the reason of its own aborted `signal`. */
export declare class ConfidentialClientApplication extends ClientOfNode implements IConfidentialClientApplication {
  /** A token of the application itself. */
  acquireTokenByClientCredential(request?: ClientCredentialRequest): Promise<ConfidentialResult>;
  /** A further API's token for the user by whom this API was called. */
  acquireTokenOnBehalfOf(request: OnBehalfOfRequest): Promise<ConfidentialResult>;
  /** The tokens for the code that the sign-in came back with. */
  acquireTokenByCode(request: AuthorizationCodeRequest | AuthorizationCodeRequestOfPage, authCodePayload?: AuthorizationCodePayload): Promise<ConfidentialResult>;
  /** An account's token from the cache, renewed where needed. */
  acquireTokenSilent(request: SilentFlowRequest): Promise<ConfidentialResult>;
  /** For refresh tokens that another program got; one's own are used by `acquireTokenSilent`. */
  acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<ConfidentialResult>;
}

export {};
