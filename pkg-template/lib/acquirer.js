// What every method that gets tokens has in common: the remembered handle, the flight that identical calls share, the
// renewal ahead.

import { drive, reasonOf, rejection } from "./drive.js";
import { entropy } from "./entropy.js";
import { ClientAuthError, ClientConfigurationError, calling, isAuthError } from "./errors.js";
import { Handles } from "./handles.js";
import { inBrowser, regionOfEnvironment } from "./host.js";
import { InFlight } from "./in-flight.js";
import { AuthenticationResult, HIT } from "./result.js";
import { snapshot } from "./snapshot.js";

const FRESH = 1;
const DUE = 2;

/** After so long a renewal ahead counts as lost. */
const RENEWAL_LIMIT_MS = 60_000;

/** The core's, where nobody names another one. */
const USUAL_TIMEOUT_MS = 30_000;

/** For how long a person is waited for is no part of a call's time limit. */
const ASKS_A_PERSON = /*#__PURE__*/ new Set(["deviceCode", "browser"]);

/** Handles that outlive their entries are dropped when they are this many more than twice the entries. */
const SPARE_HANDLES = 1000;

/**
 * @typedef {"clientCredentials" | "onBehalfOf" | "code" | "refreshToken" | "silent" | "discover" | "popup" | "redirect" | "ssoSilent" | "hydrate" | "deviceCode" | "browser"} Kind
 *
 * @typedef {object} Parts
 * @property {import("./runtime.js").Runtime} runtime
 * @property {() => import("../wasm/graph_token.js").Client} client
 * @property {(request: any) => import("./effects.js").Means} means
 * @property {import("./clock.js").Clock} clock
 * @property {() => import("./logger.js").Logger} logger
 * @property {import("./cache-plugin.js").CachePlugin | undefined} plugin
 * @property {import("./token-cache.js").TokenCache} cache
 * @property {() => Uint8Array} [entropy] random bytes, where the usual are too few
 * @property {(key: string, run: () => Promise<import("./drive.js").Outcome>) => Promise<import("./drive.js").Outcome>} [inTurn]
 *   runs what one of several programs with one cache does for all
 * @property {(request: any, run: (isAgain: boolean) => Promise<import("./drive.js").Outcome>) => Promise<import("./drive.js").Outcome>} [inOneFrame]
 *   runs what may have to open a hidden frame, of which there is one at a time; again, where another one has brought something
 * @property {() => Promise<void>} [persist] waited for when something new has come
 */

/** Where Rust puts what it holds. */
const PLACE = [/** @type {any} */ (undefined)];

/**
 * What is held under a handle.
 * @param {import("../wasm/graph_token.js").Client} client
 * @param {number} handle
 * @returns {import("./result.js").Held}
 */
function heldBy(client, handle) {
  client.held(handle, PLACE);
  const held = PLACE[0];
  PLACE[0] = undefined;
  return held;
}

export class Acquirer {
  #parts;
  #handles = new Handles();
  /** @type {Map<number, number>} when the renewal ahead of a handle's token began */
  #renewing = new Map();
  /** @type {InFlight<import("./drive.js").Outcome>} */
  #inFlight;
  /** @type {Map<string, { flightKey: string, callers: number }>} in which flight a code is being redeemed, and for how many */
  #codes = new Map();

  /** @type {WeakMap<Function, number>} */
  #functions = new WeakMap();
  #functionCount = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#inFlight = new InFlight(parts.runtime, (message) => parts.logger().warning(message));
  }

  /**
   * @param {Kind} kind
   * @param {any} request
   * @returns {AuthenticationResult | undefined} what is known at once
   */
  hit(kind, request) {
    // Whoever has a plugin wants it asked for each call.
    if (this.#parts.plugin) return undefined;
    const handle = this.#handles.get(kind, request);
    if (handle === undefined || request.signal?.aborted) return undefined;
    const { clock } = this.#parts;
    const client = this.#parts.client();
    const freshness = client.freshness(handle, clock.wall(), clock.monotonic());
    if (freshness < FRESH) return undefined;
    if (freshness === DUE) this.#renewAhead(handle, kind, request);
    return new AuthenticationResult(heldBy(client, handle), request.correlationId, HIT);
  }

  /**
   * @param {Kind} kind
   * @param {any} given
   * @param {any} [answer] the payload of a code
   * @returns {Promise<AuthenticationResult>}
   */
  async acquire(kind, given, answer) {
    const request = snapshot(given);
    const payload = snapshot(answer);
    const { signal } = request;
    if (signal && typeof signal.addEventListener !== "function") throw new ClientConfigurationError("invalid_option", request.correlationId, "request.signal is no AbortSignal");
    if (signal?.aborted) throw reasonOf(signal);
    const { runtime, plugin } = this.#parts;
    if (!runtime.Client) await runtime.load();
    const look = () => this.#look(kind, request, payload);
    // A request that cannot be made asks for nothing of the plugin's.
    if (plugin) this.#prepare(kind, request, payload).free();
    if (kind === "code") return this.#redeem(request, payload);
    const aborted = plugin && rejection(request.signal);
    const { result, flow } = aborted ? await Promise.race([plugin.lookUp(kind, request, look), aborted.promise]).finally(aborted.release) : look();
    return result ?? this.#ask(flow, kind, request, payload);
  }

  /**
   * A code is redeemed once. Who brings it again with all that goes with it shares in what comes; nobody else does.
   * @param {any} request
   * @param {any} payload
   */
  async #redeem(request, payload) {
    const flow = this.#prepare("code", request, payload);
    const { flightKey } = flow;
    const code = request.code || payload?.code;
    const redemption = this.#codes.get(code) ?? { flightKey, callers: 0 };
    if (redemption.flightKey !== flightKey) {
      flow.free();
      throw new ClientAuthError("request_cannot_be_made", request.correlationId, "this code is being redeemed by another call, with another verifier, nonce or redirect URI");
    }
    redemption.callers++;
    this.#codes.set(code, redemption);
    try {
      return await this.#ask(flow, "code", request, payload);
    } finally {
      if (--redemption.callers === 0) this.#codes.delete(code);
    }
  }

  /**
   * @param {import("../wasm/graph_token.js").Acquisition} flow
   * @param {Kind} kind
   * @param {any} request
   * @param {any} [payload]
   * @returns {Promise<AuthenticationResult>}
   */
  async #ask(flow, kind, request, payload) {
    const { logger } = this.#parts;
    if (flow.turn !== undefined && !request.isPatient) return this.#within(flow, kind, request);
    logger().verbose("asking for a token", request.correlationId);
    try {
      const outcome = await this.#fly(flow, kind, request, payload);
      // What is held needs no copy of its own of a text that the program holds anyway.
      if (outcome.held.scopes === request.scopes?.[0]) outcome.held.scopes = request.scopes[0];
      this.#remember(kind, request, outcome.handle);
      if (outcome.fromCache) this.#renewIfDue(outcome.handle, kind, request);
      return new AuthenticationResult(outcome.held, request.correlationId, outcome);
    } catch (error) {
      const { name, errorCode, correlationId } = /** @type {any} */ (error ?? {});
      // Where it failed, the stack of what performs says; whose call it was, this one.
      if (isAuthError(error) && Object.isExtensible(error)) /** @type {any} */ (Error).captureStackTrace?.(error);
      // That a person has to be asked, does not want to, or is no longer waited for, is no fault.
      const isUsual = name === "InteractionRequiredAuthError" || errorCode === "user_cancelled" || request.signal?.aborted;
      logger()[isUsual ? "info" : "error"](`no token: ${errorCode ?? "the call was ended"}`, correlationId);
      throw error;
    }
  }

  /**
   * The time limit of what is sent once ends the wait for it, not that; who has waited so long gets what serves in need.
   * @param {import("../wasm/graph_token.js").Acquisition} flow
   * @param {Kind} kind
   * @param {any} request
   * @returns {Promise<AuthenticationResult>}
   */
  #within(flow, kind, request) {
    flow.free();
    const { means, clock } = this.#parts;
    const usual = means({}).timeoutMs ?? USUAL_TIMEOUT_MS;
    const limit = request.timeoutMs ?? usual;
    const patient = { ...request, timeoutMs: Math.max(limit, usual), isPatient: true };
    const coming = this.#ask(this.#prepare(kind, patient), kind, patient);
    return new Promise((resolve, reject) => {
      const inNeed = async () => {
        const unanswered = { ...means(request), send: () => new Promise(() => {}), authorize: undefined };
        const outcome = await drive(this.#prepare(kind, { ...request, timeoutMs: 1 }), /** @type {any} */ (unanswered), clock, new AbortController());
        return new AuthenticationResult(outcome.held, request.correlationId, outcome);
      };
      const timer = setTimeout(() => inNeed().then(resolve, reject), limit);
      coming.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  /**
   * Runs a flow of the core's that gets no token.
   * @param {() => import("../wasm/graph_token.js").Acquisition | undefined} prepare called once more to take over; it
   *   gives none where there is nothing to do
   * @param {any} [request]
   */
  async run(prepare, request = {}) {
    const { means, clock } = this.#parts;
    let unused = prepare();
    if (!unused) return;
    try {
      await this.#inFlight.join(
        unused.flightKey,
        async (controller) => {
          const flow = unused ?? prepare();
          unused = undefined;
          return /** @type {any} */ (flow && drive(flow, means(request), clock, controller));
        },
        request,
        true,
      );
    } finally {
      unused?.free();
    }
  }

  /**
   * Asks a provider for its endpoints.
   * @param {any} request
   */
  async discover(request) {
    const asked = snapshot(request);
    await this.run(() => this.#prepare("discover", asked), asked);
  }

  /**
   * Takes a result into the cache.
   * @param {any} request
   * @param {any} result
   */
  async hydrate(request, result) {
    const [asked, given] = [snapshot(request), snapshot(result)];
    await this.run(() => this.#prepare("hydrate", asked, given), asked);
  }

  clear() {
    this.#handles.clear();
  }

  /**
   * @param {Kind} kind
   * @param {any} request
   * @param {any} [payload]
   */
  #prepare(kind, request, payload) {
    const { wall, monotonic } = this.#parts.clock;
    return calling(() => this.#parts.client().prepare(kind, request, payload, inBrowser(), regionOfEnvironment(request.azureRegion ? "REGION_NAME" : "MSAL_FORCE_REGION"), this.#asked(request), (this.#parts.entropy ?? entropy)(), wall(), monotonic()));
  }

  /**
   * A name for a request's own function for assertions: what one function gives is no other's.
   * @param {any} request
   */
  #asked({ clientAssertion }) {
    if (typeof clientAssertion !== "function") return undefined;
    let number = this.#functions.get(clientAssertion);
    if (number === undefined) this.#functions.set(clientAssertion, (number = ++this.#functionCount));
    return `function ${number}`;
  }

  /**
   * What the cache holds for a request, or what gets it.
   * @param {Kind} kind
   * @param {any} request
   * @param {any} payload
   * @returns {{ result: AuthenticationResult, flow?: undefined } | { flow: import("../wasm/graph_token.js").Acquisition, result?: undefined }}
   */
  #look(kind, request, payload) {
    const flow = this.#prepare(kind, request, payload);
    const { handle } = flow;
    if (handle < 0) return { flow };
    flow.free();
    this.#parts.logger().verbose("a token from the cache", request.correlationId);
    return { result: this.#serve(handle, kind, request) };
  }

  /**
   * Serves what the cache holds for a request that was not seen in this shape before.
   * @param {number} handle
   * @param {Kind} kind
   * @param {any} request
   */
  #serve(handle, kind, request) {
    this.#remember(kind, request, handle);
    this.#renewIfDue(handle, kind, request);
    return new AuthenticationResult(heldBy(this.#parts.client(), handle), request.correlationId, HIT);
  }

  /**
   * @param {import("../wasm/graph_token.js").Acquisition} flow
   * @param {Kind} kind
   * @param {any} request
   * @param {any} [payload]
   */
  async #fly(flow, kind, request, payload) {
    const { runtime, means, clock, plugin, cache, inTurn, inOneFrame, persist } = this.#parts;
    /** @type {import("../wasm/graph_token.js").Acquisition | undefined} */
    let unused = flow;
    const { flightKey, turn } = flow;
    try {
      return await this.#inFlight.join(
        flightKey,
        async (controller, isLate, life) => {
          if (isLate) unused?.free();
          const used = (isLate ? undefined : unused) ?? this.#prepare(kind, request, payload);
          unused = undefined;
          // Another one has taken over sooner, and is through with it.
          const found = isLate && this.#found(used);
          if (found) return found;
          const driven = (/** @type {typeof used} */ flow) => drive(flow, means(request), clock, controller);
          const anew = async () => {
            const flow = this.#prepare(kind, request);
            return this.#found(flow) ?? driven(flow);
          };
          const ask = (/** @type {typeof used} */ flow) =>
            inOneFrame && kind === "silent" ? inOneFrame(request, (isAgain) => (isAgain ? anew() : driven(flow))) : driven(flow);
          // While a person is waited for, what others have changed is read as ever.
          const bring = async (/** @type {typeof used} */ flow) => {
            const came = ASKS_A_PERSON.has(kind) ? await ask(flow) : undefined;
            return cache.unsaved(() => keep(came ?? ask(flow)));
          };
          const keep = async (/** @type {import("./drive.js").Outcome | Promise<import("./drive.js").Outcome>} */ coming) => {
            const began = performance.now();
            const outcome = await coming;
            if (!outcome.fromCache) {
              cache.change();
              await plugin?.save(performance.now() - began, request.timeoutMs);
              await persist?.();
            }
            return outcome;
          };
          if (turn !== undefined) {
            // Whoever waited begins from what came meanwhile.
            used.free();
            return this.#afterOthers(turn, () => {
              // Nobody may want it any more.
              if (controller.signal.aborted) throw reasonOf(controller.signal);
              // What serves once is spent when it is sent: what comes for it is kept, whoever waits.
              life.stays = true;
              return bring(this.#prepare(kind, request));
            });
          }
          // The first line of the key is this program's own.
          return inTurn && kind === "silent" ? inTurn(flightKey.slice(flightKey.indexOf("\n") + 1), () => bring(used)) : bring(used);
        },
        request,
        // A code is spent by the first who sends it: nobody takes over.
        kind !== "code",
        ASKS_A_PERSON.has(kind) ? undefined : (means(request).timeoutMs ?? USUAL_TIMEOUT_MS),
      );
    } finally {
      unused?.free();
    }
  }

  /**
   * What the cache has by now for a flow that was to get it.
   * @param {import("../wasm/graph_token.js").Acquisition} flow
   * @returns {import("./drive.js").Outcome | undefined}
   */
  #found(flow) {
    const { handle } = flow;
    if (handle < 0) return undefined;
    flow.free();
    return { held: heldBy(this.#parts.client(), handle), handle, fromCache: true, extended: false, requestId: "" };
  }

  /**
   * Of this program's calls, and of other tabs', one after the other.
   * @param {string} turn
   * @param {() => Promise<import("./drive.js").Outcome>} run
   */
  #afterOthers(turn, run) {
    const { inTurn } = this.#parts;
    return this.#inFlight.inTurn(`turn\n${turn}`, () => (inTurn ? inTurn(turn, run) : run()));
  }

  /**
   * @param {number} handle
   * @param {Kind} kind
   * @param {any} request
   */
  #renewIfDue(handle, kind, request) {
    const { clock } = this.#parts;
    if (handle >= 0 && this.#parts.client().freshness(handle, clock.wall(), clock.monotonic()) === DUE) {
      this.#renewAhead(handle, kind, request);
    }
  }

  /**
   * Renews a token that is served meanwhile. That it fails is no caller's concern: the token is still good.
   * @param {number} handle
   * @param {Kind} kind
   * @param {any} request
   */
  #renewAhead(handle, kind, request) {
    const { clock } = this.#parts;
    const now = clock.wall();
    const began = this.#renewing.get(handle);
    // In a Worker the request that began it may be gone, and it with it.
    if (began !== undefined && Math.abs(now - began) < RENEWAL_LIMIT_MS) return;
    this.#renewing.set(handle, now);
    const anew = { ...snapshot(request), signal: undefined, forceRefresh: true, renewAhead: true };
    const { logger } = this.#parts;
    const renew = () => this.#fly(this.#prepare(kind, anew), kind, anew);
    // Whoever is served is served first.
    Promise.resolve()
      .then(renew)
      .catch((error) => logger().warning(`renewing ahead failed: ${error?.errorCode}`, error?.correlationId))
      .finally(() => this.#renewing.delete(handle))
      // A logger that throws must not end the program.
      .catch(() => {});
  }

  /**
   * @param {Kind} kind
   * @param {any} request
   * @param {number} handle
   */
  #remember(kind, request, handle) {
    if (handle < 0) return;
    if (this.#handles.size > 2 * this.#parts.client().entryCount + SPARE_HANDLES) this.#handles.clear();
    this.#handles.set(kind, request, handle);
  }
}
