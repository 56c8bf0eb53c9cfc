// MSAL Node's ConfidentialClientApplication.

import { clockOf } from "./clock.js";
import { drive, reasonOf } from "./drive.js";
import { entropy } from "./entropy.js";
import { calling } from "./errors.js";
import { graphFetch } from "./graph-fetch.js";
import { Handles } from "./handles.js";
import { inBrowser } from "./host.js";
import { InFlight } from "./in-flight.js";
import { Logger } from "./logger.js";
import { sender } from "./platform.js";
import { AuthenticationResult } from "./result.js";
import { notLoaded } from "./runtime.js";
import { TokenCache } from "./token-cache.js";
import { VERSION } from "./version.js";

const FRESH = 1;
const DUE = 2;

/** After so long a renewal ahead counts as lost. */
const RENEWAL_LIMIT_MS = 60_000;

/** Handles that outlive their entries are dropped when they are this many more than twice the entries. */
const SPARE_HANDLES = 1000;

/**
 * @param {import("./runtime.js").Runtime} runtime
 */
export function confidentialClient(runtime) {
  return class ConfidentialClientApplication {
    #configuration;
    /** @type {import("../wasm/graph_token.js").Client | undefined} */
    #client;
    #handles = new Handles();
    /** @type {Map<number, number>} when the renewal ahead of a handle's token began */
    #renewing = new Map();
    /** @type {InFlight<import("./drive.js").Outcome>} */
    #inFlight = new InFlight(runtime);
    #send;
    #clock;
    #logger;
    #tokenCache;

    /** @param {any} configuration */
    constructor(configuration) {
      this.#configuration = configuration;
      const system = configuration?.system;
      this.#send = sender(system);
      this.#clock = clockOf(system?.now);
      this.#logger = new Logger(system?.loggerOptions, "graph-token", VERSION);
      this.#tokenCache = new TokenCache(() => this.#loaded, this.#clock);
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
      const handle = this.#handles.get(request);
      if (handle !== undefined && !request.signal?.aborted) {
        const client = this.#loaded;
        const freshness = client.freshness(handle, this.#clock.wall(), this.#clock.monotonic());
        if (freshness >= FRESH) {
          if (freshness === DUE) this.#renewAhead(handle, request);
          return new AuthenticationResult(client.held(handle), request.correlationId, true, false);
        }
      }
      return this.#acquire(request);
    }

    /**
     * The Azure and Graph SDKs' TokenCredential.
     * @param {string | string[]} scopes
     * @param {any} [options]
     */
    async getToken(scopes, { abortSignal, claims, enableCae, tenantId } = {}) {
      const result = await this.acquireTokenByClientCredential({
        scopes,
        claims: claims || undefined,
        enableCae: enableCae || undefined,
        tenantId,
        signal: abortSignal,
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

    async clearCache() {
      await runtime.load();
      this.#loaded.clear();
      this.#handles.clear();
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
      this.#client = calling(() => new Client(this.#configuration));
      return this.#client;
    }

    /** @param {any} request */
    #prepare(request) {
      const { wall, monotonic } = this.#clock;
      return calling(() => this.#loaded.clientCredentials(request, inBrowser(), entropy(), wall(), monotonic()));
    }

    /** @param {any} request */
    async #acquire(request) {
      if (request.signal?.aborted) throw reasonOf(request.signal);
      if (!runtime.Client) await runtime.load();
      const flow = this.#prepare(request);
      const { handle } = flow;
      if (handle >= 0) {
        flow.free();
        return this.#serve(handle, request);
      }
      this.#logger.verbose("asking the identity provider for a token", request.correlationId);
      try {
        const outcome = await this.#fly(flow, request);
        this.#remember(request, outcome.handle);
        return new AuthenticationResult(outcome.held, request.correlationId, outcome.fromCache, outcome.extended);
      } catch (error) {
        const known = /** @type {any} */ (error);
        this.#logger.error(`no token: ${known?.errorCode ?? "the call was ended"}`, known?.correlationId);
        throw error;
      }
    }

    /**
     * Serves what the cache holds for a request that was not seen in this shape before.
     * @param {number} handle
     * @param {any} request
     */
    #serve(handle, request) {
      this.#remember(request, handle);
      const client = this.#loaded;
      if (client.freshness(handle, this.#clock.wall(), this.#clock.monotonic()) === DUE) {
        this.#renewAhead(handle, request);
      }
      return new AuthenticationResult(client.held(handle), request.correlationId, true, false);
    }

    /**
     * @param {import("../wasm/graph_token.js").Acquisition} flow
     * @param {any} request
     */
    async #fly(flow, request) {
      /** @type {import("../wasm/graph_token.js").Acquisition | undefined} */
      let unused = flow;
      try {
        return await this.#inFlight.join(
          flow.flightKey,
          (controller) => {
            const used = unused ?? this.#prepare(request);
            unused = undefined;
            return drive(used, this.#send, this.#clock, controller);
          },
          request,
        );
      } finally {
        unused?.free();
      }
    }

    /**
     * Renews a token that is served meanwhile. That it fails is no caller's concern: the token is still good.
     * @param {number} handle
     * @param {any} request
     */
    #renewAhead(handle, request) {
      const now = this.#clock.wall();
      const began = this.#renewing.get(handle);
      // In a Worker the request that began it may be gone, and it with it.
      if (began !== undefined && Math.abs(now - began) < RENEWAL_LIMIT_MS) return;
      this.#renewing.set(handle, now);
      const renew = async () => this.#fly(this.#prepare({ ...request, signal: undefined }), { waitUntil: request.waitUntil });
      renew()
        .catch((error) => this.#logger.warning(`renewing ahead failed: ${error?.errorCode}`, error?.correlationId))
        .finally(() => this.#renewing.delete(handle));
    }

    /**
     * @param {any} request
     * @param {number} handle
     */
    #remember(request, handle) {
      if (handle < 0) return;
      if (this.#handles.size > 2 * this.#loaded.entryCount + SPARE_HANDLES) this.#handles.clear();
      this.#handles.set(request, handle);
    }
  };
}
