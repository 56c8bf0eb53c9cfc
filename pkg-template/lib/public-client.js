// The PublicClientApplication off a page: MSAL Node's, for a program; where the configuration is a page's, what the server that
// renders the page needs of MSAL Browser's.

import { SELF } from "./client-application.js";
import { inBrowser } from "./host.js";
import { hasWindow } from "./page/address.js";

/** What of the configuration only pages have. */
const OF_PAGE = {
  auth: ["redirectUri", "postLogoutRedirectUri", "navigateToLoginRequestUrl", "OIDCOptions", "onRedirectNavigate", "originCheck"],
  cache: ["cacheLocation", "cacheRetentionDays"],
  system: ["iframeBridgeTimeout", "popupBridgeTimeout", "navigationClient", "allowRedirectInIframe", "navigatePopups", "redirectNavigationTimeout", "asyncPopups"],
};

/** What a program calls alone: on a server, a page's client that is called by one of these was a program's all along. */
const OF_PROGRAM = /*#__PURE__*/ new Set(["acquireTokenByDeviceCode", "acquireTokenInteractive", "acquireTokenByRefreshToken", "getAuthCodeUrl", "signOut"]);

/** @param {any} configuration */
function isOfPage(configuration) {
  if (configuration?.cache?.cachePlugin && !hasWindow()) return false;
  return hasWindow() || inBrowser() || Object.entries(OF_PAGE).some(([section, names]) =>
    names.some((name) => configuration?.[section]?.[name] !== undefined && configuration[section][name] !== "memoryStorage"));
}

/** Answers a method by the client that has it. */
const ANSWER = /*#__PURE__*/ Symbol("answer");

/**
 * @param {any} Page
 * @param {any} Program
 * @returns {any}
 */
export function publicClientOffPage(Page, Program) {
  class PublicClientApplication {
    #client;
    #configuration;
    #mayBeProgram;
    /** @type {any} a page's with nobody in it, for what a program's client does not have */
    #page;

    /** @param {any} configuration a page's: MSAL Node has no such method */
    static async createPublicClientApplication(configuration) {
      const application = new PublicClientApplication(configuration, true);
      await application.#client.initialize();
      return application;
    }

    /** Keeps Vue from wrapping a client as if it were data. */
    get __v_skip() {
      return true;
    }

    /**
     * @param {any} configuration
     * @param {boolean} [ofPage]
     */
    constructor(configuration, ofPage = isOfPage(configuration)) {
      this.#configuration = configuration;
      this.#client = ofPage ? new Page(configuration) : new Program(configuration);
      this.#client[SELF] = this;
      this.#mayBeProgram = ofPage && !hasWindow() && !inBrowser();
    }

    /** For subclasses, as MSAL Node's. */
    get config() {
      return this.#client.config;
    }

    /** For subclasses, as MSAL Node's. */
    get logger() {
      return this.#client.logger;
    }

    /**
     * MSAL Node knows no `auth.redirectUri`, and programs have it in their configuration nevertheless.
     * @param {string} name
     * @param {any} [request]
     */
    #becomeProgram(name, request) {
      if (!this.#mayBeProgram) return;
      const redeems = name === "acquireTokenByCode" && request?.code && request.redirectUri;
      if (!redeems && !OF_PROGRAM.has(name)) return;
      const logger = this.#client.getLogger();
      this.#client = new Program(this.#configuration);
      this.#mayBeProgram = false;
      this.#client.setLogger(logger);
      this.#client[SELF] = this;
    }

    /**
     * @param {string} name
     * @param {unknown[]} given
     */
    [ANSWER](name, given) {
      this.#becomeProgram(name, given[0]);
      if (name in this.#client) return this.#client[name](...given);
      this.#page ??= new Page({ auth: { clientId: this.#client.getConfiguration().auth.clientId } });
      return this.#page[name](...given);
    }
  }
  for (const name of new Set([Page, Program].flatMap(methodsOf))) {
    const { [name]: value } = { [name](/** @type {unknown[]} */ ...given) { return /** @type {any} */ (this)[ANSWER](name, given); } };
    Object.defineProperty(PublicClientApplication.prototype, name, { value, writable: true, configurable: true });
  }
  // Whatever a bundler calls it.
  return Object.defineProperty(PublicClientApplication, "name", { value: "PublicClientApplication" });
}

/**
 * @param {any} Class
 * @returns {string[]} the names of its methods, and of what it inherits
 */
function methodsOf(Class) {
  const names = [];
  for (let at = Class.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) if (typeof value === "function" && name !== "constructor") names.push(name);
  }
  return names;
}
