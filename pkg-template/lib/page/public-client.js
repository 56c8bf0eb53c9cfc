// MSAL Browser's PublicClientApplication.

import { accountInfo } from "../account-info.js";
import { Acquirer } from "../acquirer.js";
import { clockOf } from "../clock.js";
import { OIDC_DEFAULT_SCOPES } from "../constants.js";
import { reasonOf } from "../drive.js";
import { windowEntropy } from "../entropy.js";
import { calling } from "../errors.js";
import { graphFetch } from "../graph-fetch.js";
import { Logger } from "../logger.js";
import { OffPage } from "../off-page.js";
import { sender } from "../platform.js";
import { requestOf, silently } from "../result.js";
import { notLoaded } from "../runtime.js";
import { Signer } from "../signer.js";
import { configurationFor, snapshot } from "../snapshot.js";
import { TokenCache } from "../token-cache.js";
import { TokenStore } from "../token-store.js";
import { VERSION } from "../version.js";
import { Accounts } from "./accounts.js";
import { absolute, hasWindow, onServer, originIsChecked } from "./address.js";
import { merged } from "./configuration.js";
import { ApiId, EventType } from "./constants.js";
import { browserError } from "./errors.js";
import { Events } from "./events.js";
import { Interactions, open } from "./interaction.js";
import { Landing } from "./landing.js";
import { NavigationClient } from "./navigation-client.js";
import { Redirects, STAYED } from "./redirect.js";
import { relayAnswer } from "./relay.js";
import { Reports } from "./reports.js";
import { SharedCache } from "./shared-cache.js";
import { SignOut } from "./sign-out.js";

/** How Rust is told which client this is. */
const WINDOWLESS = 1;
const IN_PAGE = 2;

/**
 * @param {import("../runtime.js").Runtime} runtime
 */
export function publicClient(runtime) {
  return class PublicClientApplication extends OffPage {
    #configuration;
    /** @type {import("../../wasm/graph_token.js").Client | undefined} */
    #client;
    #acquirer;
    #clock;
    #logger;
    #events;
    #tokenCache;
    /** @type {Accounts} */
    #accounts;
    #navigation = new NavigationClient();
    #interactions;
    /** @type {Redirects | undefined} */
    #redirects;
    #shared;
    #reports;
    #signOut;
    #store;
    /** @type {Promise<void> | undefined} */
    #initializing;
    #isRelay = false;
    #landing;

    /** @param {any} configuration */
    static async createPublicClientApplication(configuration) {
      const application = new PublicClientApplication(configuration);
      await application.initialize();
      return application;
    }

    /** Keeps Vue from wrapping a client as if it were data. */
    get __v_skip() {
      return true;
    }

    /** @param {any} configuration */
    constructor(configuration) {
      super();
      this.#configuration = merged(configuration);
      if (!onServer() && !globalThis.crypto?.subtle) {
        throw browserError("crypto_nonexistent", "this page has no WebCrypto",
          "Serve it by https, or from localhost; a test's page needs Node's webcrypto as its global crypto.");
      }
      const { auth, cache, system } = this.#configuration;
      const clock = (this.#clock = clockOf(system.now));
      this.#logger = new Logger(system.loggerOptions, "graph-token", VERSION);
      const client = () => this.#loaded;
      const warn = (/** @type {string} */ message) => this.#logger.warning(message);
      this.#events = new Events(warn);
      if (hasWindow()) {
        this.#isRelay = relayAnswer();
        this.#navigation = system.navigationClient ?? this.#navigation;
        this.#redirects = new Redirects(auth.clientId, system, this.#events, () => this.#navigation, warn);
      }
      this.#interactions = new Interactions(this.#events, this.#redirects, this.#isRelay);
      this.#tokenCache = new TokenCache(
        { client, load: () => this.initialize(), clock, plugin: () => undefined, run: (prepare) => this.#acquirer.run(prepare), changed: () => this.#change() },
        undefined,
      );
      this.#shared = new SharedCache({ clientId: auth.clientId, accounts: () => this.#accounts, events: this.#events, clear: () => this.#clear(), drop: () => this.#clear(true), warn });
      this.#store = cache.tokenStore ? new TokenStore(cache.tokenStore, warn) : undefined;
      const send = sender(system, (message) => this.#logger.verbose(message));
      const signer = new Signer(client, clock, undefined, undefined, warn);
      this.#acquirer = new Acquirer({
        runtime,
        client,
        means: (request) => ({
          send: (effect, signal) => {
            this.#reports.asks(request);
            return send(effect, signal);
          },
          signer,
          store: this.#store,
          timeoutMs: request.timeoutMs ?? system.timeoutMs,
          assertion: () => Promise.reject(new Error("a public client has no assertion")),
          authorize: (effect, signal) => {
            this.#reports.asks(request);
            return this.#interactions.authorize(effect, signal, request);
          },
        }),
        clock,
        logger: () => this.#logger,
        plugin: undefined,
        cache: this.#tokenCache,
        entropy: windowEntropy,
        inTurn: (key, run) => this.#shared.inTurn(key, run),
        inOneFrame: (request, run) => this.#interactions.inOneFrame(request, run),
        persist: async () => {
          if (this.#shared.vault) await this.#accounts.note();
        },
      });
      this.#accounts = new Accounts({
        client,
        clock,
        run: (prepare) => this.#acquirer.run(prepare),
        vault: () => this.#shared.vault,
        inTurn: (key, run) => this.#shared.inTurn(key, run),
        refresh: () => this.#shared.refresh(),
      });
      this.#reports = new Reports({
        events: this.#events,
        authority: auth.authority,
        accounts: () => this.#accounts,
        initialize: () => this.initialize(),
        tell: (eventType, interactionType, payload, correlationId) => this.#tell(eventType, interactionType, payload, correlationId),
      });
      this.#landing = new Landing({
        redirects: () => (this.#isRelay ? undefined : this.#redirects),
        interactions: this.#interactions,
        events: this.#events,
        reports: this.#reports,
        initialize: () => this.initialize(),
        redeem: (request, answer) => this.#acquirer.acquire("code", request, answer),
      });
      this.#signOut = new SignOut({
        configuration: this.#configuration,
        events: this.#events,
        interactions: this.#interactions,
        redirects: this.#redirects,
        navigation: () => this.#navigation,
        leave: (request, interactionType, correlationId, postLogoutRedirectUri) => this.#leave(request, interactionType, correlationId, postLogoutRedirectUri),
      });
      // What is wrong with the configuration is said where it is made. Where nothing is persisted, all is known.
      if (runtime.Client) this.#accounts.isLoaded = !this.#isPersisted && !this.#store;
    }

    /**
     * Loads what is persisted. Every method that needs it does so by itself, but those that give accounts at once.
     * @param {any} [request]
     */
    initialize(request) {
      return (this.#initializing ??= this.#initialize(request?.correlationId).catch((error) => {
        this.#initializing = undefined;
        throw error;
      }));
    }

    /** @param {string} [correlationId] */
    async #initialize(correlationId = crypto.randomUUID()) {
      if (this.#isRelay && (await this.#interactions.isRelay())) return;
      this.#isRelay = false;
      this.#events.emit(EventType.INITIALIZE_START, null, null, null, correlationId);
      await runtime.load();
      if (this.#isPersisted && !this.#store) {
        this.#store = this.#shared.open(this.#loaded.cacheLocation);
      }
      if (this.#store) await this.#accounts.load();
      this.#accounts.isLoaded = true;
      // A page that was left before may have had no time for the index.
      if (this.#shared.vault) await this.#accounts.note();
      this.#events.emit(EventType.INITIALIZE_END, null, null, null, correlationId);
    }

    /** @param {any} [request] */
    loginPopup(request) {
      return this.acquireTokenPopup(request ?? { scopes: OIDC_DEFAULT_SCOPES });
    }

    /** @param {any} [request] */
    async acquireTokenPopup(request = {}) {
      // No window for who wants no more.
      if (request.signal?.aborted) throw reasonOf(request.signal);
      const correlationId = request.correlationId || crypto.randomUUID();
      const asking = this.#interactions.begin(request, correlationId, "popup");
      this.#reports.start("popup", request, correlationId);
      return this.#reports.ofSignIn("popup", correlationId, async () => {
        try {
          open(asking);
          return await this.#acquire("popup", { ...request, signal: asking.controller.signal }, correlationId);
        } finally {
          asking.popup?.window.close();
          asking.release();
        }
      });
    }

    /** @param {any} [request] */
    loginRedirect(request) {
      return this.acquireTokenRedirect(request ?? { scopes: OIDC_DEFAULT_SCOPES });
    }

    /**
     * Leaves the page.
     * @param {any} [request]
     * @returns {Promise<void>}
     */
    async acquireTokenRedirect(request = {}) {
      const correlationId = request.correlationId || crypto.randomUUID();
      const wanted = { startPage: request.redirectStartPage, onRedirectNavigate: request.onRedirectNavigate ?? this.#configuration.auth.onRedirectNavigate, apiId: ApiId.acquireTokenRedirect };
      const asking = this.#interactions.begin({ ...request, ...wanted }, correlationId, "redirect", this.#configuration.system.allowRedirectInIframe);
      this.#reports.start("redirect", request, correlationId);
      try {
        await this.#acquire("redirect", { ...request, signal: asking.controller.signal }, correlationId);
      } catch (error) {
        if (error === STAYED) return;
        this.#reports.failure("redirect", error, correlationId);
        throw error;
      } finally {
        asking.release();
      }
    }

    /**
     * The result of the sign-in that the page was left for; null where it comes from none.
     * @param {any} [options]
     */
    handleRedirectPromise(options = {}) {
      const { hash, navigateToLoginRequestUrl } = typeof options === "string" ? { hash: options, navigateToLoginRequestUrl: true } : (options ?? {});
      return this.#landing.take(hash, navigateToLoginRequestUrl ?? true);
    }

    /** @param {any} [request] */
    async acquireTokenSilent(request = {}) {
      refuseServer(request);
      if (!this.#accounts.isLoaded) await this.initialize();
      this.#shared.refresh();
      const account = request.account ?? this.#accounts.active;
      if (!account) throw browserError("no_account_error", "there is no account to get a token for", "Give one in request.account, or setActiveAccount.", request.correlationId);
      const asked = request.account ? request : { ...request, account };
      const correlationId = request.correlationId || crypto.randomUUID();
      this.#reports.start("silent", request, correlationId);
      const hit = this.#acquirer.hit("silent", asked);
      if (hit) {
        hit.correlationId = correlationId;
        hit.state = request.state ?? "";
        this.#reports.success("silent", hit, correlationId);
        return hit;
      }
      return this.#reports.ofSilent(request, correlationId, () => this.#acquire("silent", asked, correlationId));
    }

    /** @param {any} [request] */
    async ssoSilent(request = {}) {
      const correlationId = request.correlationId || crypto.randomUUID();
      if (!hasWindow()) throw browserError("non_browser_environment", "there is no page to put a frame into", "Call it in a page; a worker has acquireTokenSilent.", correlationId);
      if (!this.#accounts.isLoaded) await this.initialize();
      this.#reports.start("silent", request, correlationId);
      return this.#reports.ofSignIn("silent", correlationId, () =>
        this.#acquire("ssoSilent", { scopes: OIDC_DEFAULT_SCOPES, ...request }, correlationId));
    }

    /**
     * Redeems a code that the page's server got for it.
     * @param {any} [request]
     */
    async acquireTokenByCode(request = {}) {
      refuseServer(request);
      const correlationId = request.correlationId || crypto.randomUUID();
      this.#reports.start("silent", request, correlationId);
      const { redirectUri: _, state: _state, ...rest } = request;
      return this.#reports.ofSignIn("silent", correlationId, async () => {
        await this.initialize();
        const result = await this.#acquirer.acquire("code", { ...rest, correlationId });
        const { cloudGraphHostName = "", msGraphHost = "" } = request;
        return Object.assign(result, { cloudGraphHostName, msGraphHost });
      });
    }

    /** @param {any} [request] */
    async logoutPopup(request = {}) {
      return this.#signOut.byPopup(request);
    }

    /** @param {any} [request] */
    async logoutRedirect(request = {}) {
      return this.#signOut.byRedirect(request);
    }

    /**
     * Forgets, and says where the person signs out at the provider.
     * @param {any} request
     * @param {"popup" | "redirect"} interactionType
     * @param {string} correlationId
     * @param {string | undefined} postLogoutRedirectUri
     */
    async #leave(request, interactionType, correlationId, postLogoutRedirectUri) {
      await this.initialize();
      const asked = { ...snapshot(forRust(request)), correlationId, postLogoutRedirectUri, originIsChecked: this.#isOriginChecked(request) };
      const read = () => calling(() => this.#loaded.logout(asked, interactionType, windowEntropy()));
      let question = read();
      await this.#forget(request.account, correlationId);
      if (question === undefined) {
        await this.#acquirer.discover({ correlationId, authority: request.authority });
        question = read();
      }
      const { signal, originIsChecked, ...told } = asked;
      this.#tell(EventType.LOGOUT_SUCCESS, interactionType, told, correlationId);
      return question;
    }

    /**
     * Forgets an account, or all of them, on this machine only.
     * @param {any} [request]
     */
    async clearCache(request = {}) {
      await this.initialize();
      await this.#forget(request.account, request.correlationId);
    }

    /**
     * @param {any} account
     * @param {string} [correlationId]
     */
    async #forget(account, correlationId) {
      this.#interactions.depart();
      if (account) {
        await this.#accounts.remove(account);
        const { homeAccountId, environment } = account;
        this.#shared.tell({ kind: "removed", account: { homeAccountId, environment } });
      } else {
        this.#clear();
        await this.#shared.vault?.clear();
        // Somebody else's word may have had it read once more meanwhile.
        this.#clear();
        this.#shared.tell({ kind: "cleared" });
      }
      if (this.#accounts.isActiveGone) await this.#activate(null, correlationId);
    }

    /** @param {boolean} [keepsComing] whether what is asked for now is kept when it comes */
    #clear(keepsComing = false) {
      this.#interactions.depart();
      this.#loaded.clear(keepsComing);
      this.#acquirer.clear();
      this.#accounts.forget();
    }

    /**
     * Takes in what another library, or a server, got for this user.
     * @param {any} result
     * @param {any} [request]
     */
    async hydrateCache(result, request = {}) {
      await this.initialize();
      await this.#acquirer.hydrate({ ...request, authority: request.authority ?? result?.authority }, result);
      if (this.#shared.vault) await this.#accounts.note();
      this.#change();
    }

    /** @param {any} [filter] */
    getAllAccounts(filter) {
      return this.#accounts.all(filter);
    }

    /** @param {any} filter */
    getAccount(filter) {
      return this.#accounts.one(filter);
    }

    /** @param {any} account */
    setActiveAccount(account) {
      this.#activate(account);
    }

    getActiveAccount() {
      const { active } = this.#accounts;
      return active ? accountInfo(active) : null;
    }

    /**
     * @param {import("./events.js").EventCallback} callback
     * @param {string[]} [eventTypes]
     */
    addEventCallback(callback, eventTypes) {
      return onServer() ? null : this.#events.add(callback, eventTypes);
    }

    /** @param {string} callbackId */
    removeEventCallback(callbackId) {
      this.#events.remove(callbackId);
    }

    /** There is nothing that is measured: MSAL's stub does the same. */
    addPerformanceCallback() {
      return "";
    }

    removePerformanceCallback() {
      return false;
    }

    initializeWrapperLibrary() {}

    /** @param {NavigationClient} navigationClient */
    setNavigationClient(navigationClient) {
      this.#navigation = navigationClient;
    }

    /**
     * The Azure and Graph SDKs' TokenCredential, for the active account or the only one.
     * @param {string | string[]} scopes
     * @param {any} [options]
     */
    async getToken(scopes, options) {
      if (!this.#accounts.isLoaded) await this.initialize();
      return silently(this, { ...requestOf(scopes, options), account: this.#accounts.active ?? this.#accounts.only });
    }

    /**
     * The page's fetch with the bearer header, for Graph's origin and `system.allowedOrigins`.
     * @param {string | URL | Request} input
     * @param {RequestInit} [init]
     */
    async fetch(input, init) {
      await this.initialize();
      return graphFetch(this, this.#loaded, this.#configuration.system, input, init);
    }

    /** @param {any} [request] */
    getAdminConsentUrl(request = {}) {
      return calling(() => this.#loaded.adminConsentUrl(snapshot(request)));
    }

    getTokenCache() {
      return this.#tokenCache;
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

    /** For subclasses, as earlier ones of MSAL Browser's. */
    get config() {
      return this.#configuration;
    }

    get logger() {
      return this.#logger;
    }

    /**
     * @param {"popup" | "redirect" | "ssoSilent" | "silent"} kind
     * @param {any} request
     * @param {string} correlationId
     */
    async #acquire(kind, request, correlationId) {
      this.#interactions.refuseRelay(correlationId);
      if (!this.#accounts.isLoaded) await this.initialize();
      this.#shared.refresh();
      const asked = { ...forRust(request), correlationId };
      if (hasWindow()) {
        if (request.redirectUri) asked.redirectUri = absolute(request.redirectUri);
        asked.pageRedirectUri = absolute(this.#configuration.auth.redirectUri);
        asked.originIsChecked = this.#isOriginChecked(request);
      }
      if (!request.loginHint && !request.sid) asked.account ??= this.#accounts.active;
      const result = await this.#acquirer.acquire(kind, asked);
      result.state = request.state ?? "";
      return result;
    }

    /**
     * Whether the sign-in page is told that no page of another origin can reach its window.
     * @param {any} request
     */
    #isOriginChecked({ popupWindowParent = window }) {
      const { auth, system } = this.#configuration;
      const isWanted = auth.originCheck ?? !system.enableLegacyPolling;
      return !isWanted || (originIsChecked(window) && originIsChecked(popupWindowParent));
    }

    /**
     * @param {any} account
     * @param {string} [correlationId]
     */
    #activate(account, correlationId) {
      const kept = this.#accounts.activate(account);
      const told = message(EventType.ACTIVE_ACCOUNT_CHANGED, null, null, correlationId);
      this.#events.deliver(told);
      return kept.then((active) => this.#shared.tell({ kind: "changed", event: told, active }));
    }

    #change() {
      this.#accounts.forget();
      this.#shared.tell({ kind: "changed" });
    }

    /**
     * An event for this tab and the others.
     * @param {string} eventType
     * @param {string | null} interactionType
     * @param {any} payload
     * @param {string} correlationId
     */
    #tell(eventType, interactionType, payload, correlationId) {
      const told = message(eventType, interactionType, payload, correlationId);
      this.#events.deliver(told);
      this.#shared.tell({ kind: "changed", event: told });
    }

    /** A server keeps nothing of what a page persists. */
    get #isPersisted() {
      return this.#loaded.cacheLocation !== "memoryStorage" && !onServer();
    }

    /** The part in Rust, made when it is first needed. */
    get #loaded() {
      if (this.#client) return this.#client;
      const { Client } = runtime;
      if (!Client) throw notLoaded();
      this.#client = calling(() => new Client(configurationFor(this.#configuration), hasWindow() ? IN_PAGE : WINDOWLESS));
      return this.#client;
    }
  };
}

/**
 * @param {string} eventType
 * @param {string | null} [interactionType]
 * @param {any} [payload]
 * @param {string} [correlationId]
 * @returns {import("./events.js").EventMessage}
 */
const message = (eventType, interactionType = null, payload = null, correlationId = "") =>
  ({ eventType, interactionType, payload, error: null, correlationId, timestamp: Date.now() });

/**
 * What renders pages on a server has no user.
 * @param {any} request
 */
function refuseServer({ correlationId }) {
  if (onServer()) throw browserError("non_browser_environment", "a server has no user to get a token for", "Call it in the page, as in an effect; a server's own tokens are ConfidentialClientApplication's.", correlationId);
}

/**
 * A request without what Rust does not read.
 * @param {any} request
 */
function forRust({ popupWindowAttributes, popupWindowParent, overrideInteractionInProgress, onRedirectNavigate, redirectStartPage, mainWindowRedirectUri, ...rest }) {
  return rest;
}
