// MSAL Node's ConfidentialClientApplication.

import { Acquirer } from "./acquirer.js";
import { CachePlugin } from "./cache-plugin.js";
import { clockOf } from "./clock.js";
import { entropy } from "./entropy.js";
import { ClientAuthError, calling, hinted } from "./errors.js";
import { graphFetch } from "./graph-fetch.js";
import { inBrowser } from "./host.js";
import { Logger } from "./logger.js";
import { sender } from "./platform.js";
import { notLoaded } from "./runtime.js";
import { Signer } from "./signer.js";
import { TokenCache } from "./token-cache.js";
import { TokenStore } from "./token-store.js";
import { VERSION } from "./version.js";

/** How Rust is told which client this is. */
const CONFIDENTIAL = 0;

/**
 * @param {import("./runtime.js").Runtime} runtime
 */
export function confidentialClient(runtime) {
  return class ConfidentialClientApplication {
    #configuration;
    /** @type {import("../wasm/graph_token.js").Client | undefined} */
    #client;
    #acquirer;
    #clock;
    #logger;
    #tokenCache;
    #plugin;

    /** Keeps Vue from wrapping a client as if it were data. */
    get __v_skip() {
      return true;
    }

    /** @param {any} configuration */
    constructor(configuration) {
      this.#configuration = configuration;
      const { auth, cache, system } = configuration ?? {};
      const clock = (this.#clock = clockOf(system?.now));
      this.#logger = new Logger(system?.loggerOptions, "graph-token", VERSION);
      const client = () => this.#loaded;
      const warn = (/** @type {string} */ message) => this.#logger.warning(message);
      this.#tokenCache = new TokenCache(
        {
          client,
          load: () => runtime.load(),
          clock,
          plugin: () => this.#plugin,
          isolated: runtime.isolated,
          run: (prepare) => this.#acquirer.run(prepare),
        },
        cache?.cachePlugin,
      );
      this.#plugin = cache?.cachePlugin ? new CachePlugin(cache.cachePlugin, this.#tokenCache, warn, system?.timeoutMs) : undefined;
      const send = sender(system);
      const signer = new Signer(client, clock, runtime.certificate, auth?.clientCertificate, warn);
      const store = cache?.tokenStore ? new TokenStore(cache.tokenStore, warn) : undefined;
      this.#acquirer = new Acquirer({
        runtime,
        client,
        means: (request) => ({
          send,
          signer,
          store,
          timeoutMs: request.timeoutMs ?? system?.timeoutMs,
          assertion: async ({ tokenEndpoint, fmiPath }) =>
            (request.clientAssertion ?? auth.clientAssertion)({ clientId: auth.clientId, tokenEndpoint, fmiPath }),
        }),
        clock,
        logger: () => this.#logger,
        plugin: this.#plugin,
        cache: this.#tokenCache,
      });
      if (runtime.Client) this.#loaded;
    }

    /** Loads the module ahead of the first request; never needed. */
    async initialize() {
      await runtime.load();
      this.#loaded;
    }

    /** @param {any} [request] */
    async acquireTokenByClientCredential(request) {
      request ??= {};
      return this.#acquirer.hit("clientCredentials", request) ?? this.#acquirer.acquire("clientCredentials", request);
    }

    /** @param {any} request */
    async acquireTokenOnBehalfOf(request) {
      request ??= {};
      return this.#acquirer.hit("onBehalfOf", request) ?? this.#acquirer.acquire("onBehalfOf", request);
    }

    /**
     * The address to which a person is sent to sign in.
     * @param {any} request
     * @returns {Promise<string>}
     */
    async getAuthCodeUrl(request) {
      await runtime.load();
      const url = () => calling(() => this.#loaded.authCodeUrl(request, inBrowser(), entropy()));
      const known = url();
      if (known !== undefined) return known;
      await this.#acquirer.discover(request);
      return /** @type {string} */ (url());
    }

    /**
     * @param {any} request
     * @param {any} [authCodePayLoad] what came with the code: its state and issuer are held against what was sent
     */
    async acquireTokenByCode(request, authCodePayLoad) {
      return this.#acquirer.acquire("code", request ?? {}, authCodePayLoad);
    }

    /** @param {any} request */
    async acquireTokenByRefreshToken(request) {
      return this.#acquirer.acquire("refreshToken", request ?? {});
    }

    /** @param {any} request */
    async acquireTokenSilent(request) {
      request ??= {};
      return this.#acquirer.hit("silent", request) ?? this.#acquirer.acquire("silent", request);
    }

    /** These exist to say why they do not. */
    async acquireTokenByUsernamePassword() {
      throw notThere("the password grant shows the user's password to the program, works with no second factor, and is forbidden by RFC 9700, section 2.4",
        "Sign the user in by getAuthCodeUrl and acquireTokenByCode; a program without a user has acquireTokenByClientCredential.");
    }

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
    async getToken(scopes, { abortSignal, claims, enableCae, tenantId, proofOfPossessionOptions } = {}) {
      const result = await this.acquireTokenByClientCredential({
        scopes,
        claims: claims || undefined,
        enableCae: enableCae || undefined,
        tenantId,
        signal: abortSignal,
        proofOfPossessionOptions,
      });
      return {
        token: result.accessToken,
        expiresOnTimestamp: result.expiresOn.getTime(),
        refreshAfterTimestamp: result.refreshOn?.getTime(),
        tokenType: /** @type {const} */ ("Bearer"),
      };
    }

    /**
     * The platform's fetch with the bearer header, for Graph's origin and `system.allowedOrigins`.
     * @param {string | URL | Request} input
     * @param {RequestInit} [init]
     */
    async fetch(input, init) {
      await runtime.load();
      return graphFetch(this, this.#loaded, this.#configuration?.system, input, init);
    }

    /** @param {any} [request] */
    getAdminConsentUrl(request = {}) {
      return calling(() => this.#loaded.adminConsentUrl(request));
    }

    getTokenCache() {
      return this.#tokenCache;
    }

    /** At once where the module is there, as in MSAL Node, where it gives no promise. */
    async clearCache() {
      if (!runtime.Client) await runtime.load();
      this.#loaded.clear(false);
      this.#acquirer.clear();
      this.#tokenCache.change();
    }

    getLogger() {
      return this.#logger;
    }

    /** @param {Logger} logger */
    setLogger(logger) {
      this.#logger = logger;
    }

    getConfiguration() {
      return this.#configuration;
    }

    /** The part in Rust, made when it is first needed. */
    get #loaded() {
      if (this.#client) return this.#client;
      const { Client } = runtime;
      if (!Client) throw notLoaded();
      this.#client = calling(() => new Client(this.#configuration, CONFIDENTIAL));
      return this.#client;
    }
  };
}

/**
 * @param {string} reason
 * @param {string} hint
 */
function notThere(reason, hint) {
  return hinted(new ClientAuthError("grant_not_supported", "", reason), hint);
}
