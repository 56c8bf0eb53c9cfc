// MSAL Node's PublicClientApplication: a program of a person's own, off any page.

import { isGiven, isSame, matching } from "./account-filter.js";
import { ACQUIRE, CORE, PROGRAM, SELF, clientApplication } from "./client-application.js";
import { OIDC_DEFAULT_SCOPES } from "./constants.js";
import { reasonOf } from "./drive.js";
import { windowEntropy } from "./entropy.js";
import { ClientAuthError } from "./errors.js";
import { cannotListen } from "./off-page.js";
import { requestOf, silently } from "./result.js";
import { snapshot } from "./snapshot.js";

/** So often it is looked whether the program wants no more. */
const CANCEL_POLL_MS = 200;

/** @param {any} request */
const asking = ({ deviceCodeCallback, listener }) => ({
  showCode: (/** @type {any} */ { userCode, deviceCode, verificationUri, verificationUriComplete, expiresIn, interval, message }) =>
    deviceCodeCallback({ userCode, deviceCode, verificationUri, verificationUriComplete, expiresIn, interval, message }),
  authorize: (/** @type {any} */ effect, /** @type {AbortSignal} */ signal) => listener.ask(effect, signal),
});

/**
 * @param {import("./runtime.js").Runtime} runtime
 */
export function programClient(runtime) {
  return class PublicClientApplication extends clientApplication(runtime, PROGRAM, { asking, entropy: windowEntropy }) {
    /** @type {any} the ids of the account that the program made active */
    #active = null;

    /**
     * A person signs in on another device, with the code that the callback is given.
     * @param {any} [request]
     */
    async acquireTokenByDeviceCode(request) {
      request ??= {};
      const ending = new Ending(request.signal);
      const { deviceCodeCallback, ...asked } = snapshot(request);
      const { correlationId } = asked;
      const isCancelled = () => request.cancel && ending.end(cancelled(correlationId));
      isCancelled();
      const poll = setInterval(isCancelled, CANCEL_POLL_MS);
      const show = (/** @type {any} */ code) => {
        // Nobody waits for what the program does with it; but where that fails, nobody will sign in.
        Promise.resolve(deviceCodeCallback.call(request, code)).catch((thrown) => ending.end(thrown));
      };
      try {
        return await this[ACQUIRE]("deviceCode", {
          ...asked,
          deviceCodeCallback: typeof deviceCodeCallback === "function" ? show : undefined,
          signal: ending.signal,
        });
      } finally {
        clearInterval(poll);
        ending.release();
      }
    }

    /**
     * A person signs in in the system's browser; a listener on this machine takes the answer.
     * @param {any} [request]
     */
    async acquireTokenInteractive(request) {
      request ??= {};
      const { signal, correlationId, openBrowser, successTemplate, errorTemplate, preferredPort, windowHandle: _, scopes, ...rest } = snapshot(request);
      if (signal?.aborted) throw reasonOf(signal);
      if (!runtime.listen) throw cannotListen(correlationId);
      const listener = await runtime.listen({ openBrowser, successTemplate, errorTemplate, preferredPort, correlationId });
      try {
        const result = await this[ACQUIRE]("browser", { ...rest, scopes: scopes ?? OIDC_DEFAULT_SCOPES, correlationId, signal, openBrowser, listener, listenerUri: listener.uri });
        result.state = request.state ?? "";
        return result;
      } finally {
        listener.close();
      }
    }

    /**
     * Each of its accounts, as MSAL Node's.
     * @param {any} [filter]
     * @returns {Promise<any[]>}
     */
    async getAllAccounts(filter) {
      const accounts = await this.getTokenCache().getAllAccounts();
      return matching(accounts, filter, (host) => this[CORE].environmentOf(host));
    }

    /** @param {any} filter */
    async getAccount(filter) {
      if (!Object.values(filter ?? {}).some(isGiven)) return null;
      const found = await this[SELF].getAllAccounts(filter);
      return found.find((/** @type {any} */ { idTokenClaims }) => idTokenClaims) ?? found[0] ?? null;
    }

    /** @param {any} account */
    setActiveAccount(account) {
      this.#active = account ?? null;
    }

    async getActiveAccount() {
      const accounts = this.#active ? await this[SELF].getAllAccounts() : [];
      return accounts.find((/** @type {any} */ account) => isSame(account, this.#active)) ?? null;
    }

    /**
     * Forgets an account with its tokens.
     * @param {any} request
     */
    async signOut({ account, correlationId } = /** @type {any} */ ({})) {
      if (!account) throw new ClientAuthError("request_cannot_be_made", correlationId, "request.account is missing");
      await this.getTokenCache().removeAccount(account);
    }

    /**
     * The Azure and Graph SDKs' TokenCredential, for the active account or the only one.
     * @param {string | string[]} scopes
     * @param {any} [options]
     */
    async getToken(scopes, options) {
      const accounts = await this[SELF].getAllAccounts();
      // Where the person who was chosen is gone, nobody else takes their place.
      const active = this.#active && accounts.find((/** @type {any} */ account) => isSame(account, this.#active));
      const only = !this.#active && accounts.length === 1 ? accounts[0] : undefined;
      return silently(this[SELF], { ...requestOf(scopes, options), account: active ?? only });
    }
  };
}

/** What ends a call: the program's signal, or another reason. */
class Ending {
  #controller = new AbortController();
  #given;
  #abort = () => this.end(reasonOf(this.#given));

  /** @param {any} given */
  constructor(given) {
    this.#given = given;
    if (given?.aborted) this.#abort();
    else given?.addEventListener?.("abort", this.#abort);
  }

  /** What is no signal is refused where signals are read. */
  get signal() {
    return this.#given && !this.#given.addEventListener ? this.#given : this.#controller.signal;
  }

  /** @param {unknown} reason */
  end(reason) {
    this.#controller.abort(reason);
  }

  release() {
    this.#given?.removeEventListener?.("abort", this.#abort);
  }
}

/** @param {string} correlationId */
function cancelled(correlationId) {
  return new ClientAuthError("device_code_polling_cancelled", correlationId, "request.cancel was set while the person signed in");
}
