// MSAL Node's ClientApplication: what its confidential and its public client have in common.

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
import { configurationFor, snapshot } from "./snapshot.js";
import { TokenCache } from "./token-cache.js";
import { TokenStore } from "./token-store.js";
import { VERSION } from "./version.js";

/** How Rust is told which client this is. */
export const CONFIDENTIAL = 0;
export const PROGRAM = 3;

/** As the core's, which says so to nobody. */
const DEFAULT_AUTHORITY = "https://login.microsoftonline.com/common/";

/** For the children: the token of a method's request. */
export const ACQUIRE = /*#__PURE__*/ Symbol("acquire");

/** For the children: the part in Rust. */
export const CORE = /*#__PURE__*/ Symbol("core");

/** By whom the client is known to the program: what that overrides is called. */
export const SELF = /*#__PURE__*/ Symbol("self");

/**
 * @param {import("./runtime.js").Runtime} runtime
 * @param {number} place how Rust is told which client this is
 * @param {object} [person] how a person is asked, where that can be
 * @param {(request: any) => Pick<import("./effects.js").Means, "authorize" | "showCode">} [person.asking]
 * @param {() => Uint8Array} [person.entropy]
 */
export function clientApplication(runtime, place, { asking, entropy: ownEntropy } = {}) {
  return class ClientApplication {
    #configuration;
    /** @type {import("../wasm/graph_token.js").Client | undefined} */
    #client;
    #acquirer;
    #clock;
    #logger;
    #tokenCache;
    /** @type {any} */
    #self;
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
      this.#plugin = cache?.cachePlugin ? new CachePlugin(cache.cachePlugin, this.#tokenCache, warn, system?.timeoutMs, runtime.keepAlive) : undefined;
      const send = sender(system, (message) => this.#logger.verbose(message));
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
          ...asking?.(request),
          assertion: async ({ tokenEndpoint, fmiPath }) =>
            (request.clientAssertion ?? auth.clientAssertion)({ clientId: auth.clientId, tokenEndpoint, fmiPath }),
        }),
        clock,
        logger: () => this.#logger,
        plugin: this.#plugin,
        cache: this.#tokenCache,
        entropy: ownEntropy,
      });
      if (runtime.Client) this.#loaded;
    }

    /** Loads the module ahead of the first request; never needed. */
    async initialize() {
      await runtime.load();
      this.#loaded;
    }

    /**
     * @param {import("./acquirer.js").Kind} kind
     * @param {any} [request]
     * @returns {Promise<import("./result.js").AuthenticationResult>}
     */
    async [ACQUIRE](kind, request) {
      request ??= {};
      return this.#acquirer.hit(kind, request) ?? this.#acquirer.acquire(kind, request);
    }

    /**
     * The address to which a person is sent to sign in.
     * @param {any} request
     * @returns {Promise<string>}
     */
    async getAuthCodeUrl(request) {
      const asked = snapshot(request);
      await runtime.load();
      const url = () => calling(() => this.#loaded.authCodeUrl(asked, inBrowser(), entropy()));
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
    acquireTokenSilent(request) {
      return this[ACQUIRE]("silent", request);
    }

    /** It exists to say why it does not. */
    async acquireTokenByUsernamePassword() {
      throw notThere("the password grant shows the user's password to the program, works with no second factor, and is forbidden by RFC 9700, section 2.4",
        "Sign the user in by getAuthCodeUrl and acquireTokenByCode, or by a public client's acquireTokenInteractive or acquireTokenByDeviceCode; a program without a user has acquireTokenByClientCredential.");
    }

    /**
     * The platform's fetch with the bearer header, for Graph's origin and `system.allowedOrigins`.
     * @param {string | URL | Request} input
     * @param {RequestInit} [init]
     */
    async fetch(input, init) {
      await runtime.load();
      return graphFetch(this[SELF], this.#loaded, this.#configuration?.system, input, init);
    }

    /** @param {any} [request] */
    getAdminConsentUrl(request = {}) {
      return calling(() => this.#loaded.adminConsentUrl(snapshot(request)));
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

    /** For subclasses, as MSAL Node's: what was given, with all its sections, and without its secrets. */
    get config() {
      const { auth, cache, system, ...rest } = this.#configuration ?? {};
      const { clientSecret, clientCertificate, clientAssertion, ...told } = auth ?? {};
      return { ...rest, auth: { authority: DEFAULT_AUTHORITY, ...told }, cache: { ...cache }, system: { ...system } };
    }

    /** For subclasses, as MSAL Node's. */
    get logger() {
      return this.#logger;
    }

    /** @returns {any} */
    get [SELF]() {
      return this.#self ?? this;
    }

    set [SELF](self) {
      this.#self = self;
    }

    get [CORE]() {
      return this.#loaded;
    }

    /** The part in Rust, made when it is first needed. */
    get #loaded() {
      if (this.#client) return this.#client;
      const { Client } = runtime;
      if (!Client) throw notLoaded();
      this.#client = calling(() => new Client(configurationFor(this.#configuration), place));
      return this.#client;
    }
  };
}

/**
 * @param {string} reason
 * @param {string} hint
 */
export function notThere(reason, hint) {
  return hinted(new ClientAuthError("grant_not_supported", "", reason), hint);
}
