// The client under test, with a clock and a network that the page can put wrong.
import { PublicClientApplication } from "./package.mjs";
import { watchedFetch } from "./traffic.mjs";

export class Session {
  #settings;
  #shiftMs = 0;
  /** Each answers one request in the network's place: `{ fits(request), answer() }`. */
  #faults = [];
  #onEvent;
  #listening;
  #fetch;
  /** The number of requests so far. */
  sent = 0;
  isOffline = false;

  /** `onExchange(exchange)` gets each request as it is sent; its `ended` tells the answer. */
  constructor(settings, { onExchange, onEvent }) {
    this.#settings = settings;
    this.#onEvent = onEvent;
    this.#fetch = watchedFetch((request) => this.#send(request), (exchange) => {
      this.sent++;
      onExchange(exchange);
    });
    this.scopes = settings.scopes.split(/\s+/).filter(Boolean);
  }

  /** A client that knows only what is stored, as after a reload. */
  async start() {
    const { clientId, authority, redirectUri, cacheLocation, graphOrigin } = this.#settings;
    const app = new PublicClientApplication({
      auth: { clientId, authority, redirectUri, postLogoutRedirectUri: redirectUri },
      cache: { cacheLocation },
      system: { fetch: this.#fetch, now: () => this.now(), ...(graphOrigin ? { graphOrigin } : {}) },
    });
    this.app?.removeEventCallback(this.#listening);
    this.#listening = app.addEventCallback(this.#onEvent);
    await app.initialize();
    this.app = app;
  }

  /** The account that requests are for. */
  get account() {
    const { app } = this;
    return app.getActiveAccount() ?? app.getAllAccounts()[0] ?? undefined;
  }

  now() {
    return Date.now() + this.#shiftMs;
  }

  get shiftMs() {
    return this.#shiftMs;
  }

  /** Puts the client's clock ahead of the real one. */
  shiftClock(ms) {
    this.#shiftMs = ms;
  }

  /** Answers the next request to `path` in the network's place. */
  answerNext(path, answer) {
    this.#faults.push({ fits: ({ url, method }) => method !== "OPTIONS" && path.test(new URL(url).pathname), answer });
  }

  clearFaults() {
    this.#faults = [];
  }

  async #send(request) {
    if (this.isOffline) throw new TypeError("Failed to fetch (the page dropped the network)");
    const index = this.#faults.findIndex(({ fits }) => fits(request));
    return index < 0 ? fetch(request) : this.#faults.splice(index, 1)[0].answer();
  }
}
