// MSAL Node's ConfidentialClientApplication.

import { ACQUIRE, CONFIDENTIAL, clientApplication, notThere } from "./client-application.js";
import { accessTokenOf, requestOf } from "./result.js";

/**
 * @param {import("./runtime.js").Runtime} runtime
 */
export function confidentialClient(runtime) {
  return class ConfidentialClientApplication extends clientApplication(runtime, CONFIDENTIAL) {
    /** @param {any} [request] */
    acquireTokenByClientCredential(request) {
      return this[ACQUIRE]("clientCredentials", request);
    }

    /** @param {any} request */
    acquireTokenOnBehalfOf(request) {
      return this[ACQUIRE]("onBehalfOf", request);
    }

    /** These exist to say why they do not. */
    async acquireTokenByUserFederatedIdentityCredential() {
      throw notThere("an agent's user by a federated credential is not supported", "Use acquireTokenOnBehalfOf with the token that the API was called with.");
    }

    SetAppTokenProvider() {
      throw notThere("an application's tokens come from the identity provider alone", "Give a clientAssertion function for a credential that another service issues.");
    }

    /**
     * The Azure and Graph SDKs' TokenCredential.
     * @param {string | string[]} scopes
     * @param {any} [options]
     */
    async getToken(scopes, options) {
      return accessTokenOf(await this.acquireTokenByClientCredential(requestOf(scopes, options)));
    }
  };
}
