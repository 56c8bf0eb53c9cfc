// The accounts, known at once: what Rust tells of them, kept until it changes.

import { isGiven, isSame, matching } from "../account-filter.js";
import { accountInfo } from "../account-info.js";
import { calling } from "../errors.js";
import { snapshot } from "../snapshot.js";
import { browserError } from "./errors.js";

/** Which of an account's members is active; what lies in the store under this key is only that. */
const ACTIVE = "active";
/** What another tab has written is here within milliseconds; it is waited for half a second. */
const LEAVE_TRIES = 20;
const LEAVE_PAUSE_MS = 25;
/** An index of more is brought up to date when nothing has come for so long, and now and then while much comes. */
const FEW = 100;
const INDEX_AFTER_MS = 300;
const INDEX_LIMIT_MS = 10_000;
const ACTIVE_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * @typedef {{ ids: any, at: number }} Choice which account the program made active, by its ids, and when
 *
 * @typedef {object} Parts
 * @property {() => import("../../wasm/graph_token.js").Client} client
 * @property {import("../clock.js").Clock} clock
 * @property {(prepare: () => import("../../wasm/graph_token.js").Acquisition | undefined) => Promise<void>} run
 * @property {() => import("./vault.js").Vault | undefined} vault
 * @property {(key: string, run: () => Promise<void>) => Promise<void>} inTurn runs what one of several tabs does at a time
 * @property {() => void} refresh forgets what is gone from the storage
 */

export class Accounts {
  #parts;
  /** @type {any[] | undefined} */
  #told;
  /** @type {Choice} */
  #choice = { ids: null, at: 0 };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #indexing;
  /** @type {number | undefined} */
  #notedSince;
  /** @type {Promise<unknown>} */
  #lastChange = Promise.resolve();
  /** Whether what is persisted is known. */
  isLoaded = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Reads what is persisted.
   * @param {boolean} [anew] whether what is known may have been removed by another tab
   */
  async load(anew = false) {
    const { client, clock, run, vault } = this.#parts;
    if (anew) client().clear(true);
    // What is being removed must not be read once more.
    await this.#lastChange.catch(() => {});
    const [stored] = await Promise.all([
      vault()?.get(ACTIVE),
      run(() => client().loadAccounts(undefined, clock.wall(), clock.monotonic())),
    ]);
    this.forget();
    const wasLoaded = this.isLoaded;
    this.isLoaded = true;
    const { at = 0, ...ids } = stored ? JSON.parse(stored) : {};
    this.#take({ ids, at });
    if (!wasLoaded && this.#choice.at > at) await this.#keepChoice();
  }

  /**
   * Takes over whom another tab chose: what it has written may come later here than its word. Where nothing is shared, what
   * it chose is none of ours.
   * @param {Choice} choice
   */
  adopt(choice) {
    if (this.#parts.vault()?.isShared) this.#take(choice);
  }

  /**
   * The last choice counts, in whichever tab it was made.
   * @param {Choice} choice
   */
  #take(choice) {
    if (choice.at > this.#choice.at) this.#choice = choice;
  }

  /** Notes whose accounts came, and brings the index up to date: one of many accounts when nothing more comes. */
  async note() {
    const { client, clock } = this.#parts;
    const index = () => {
      this.#notedSince = undefined;
      return this.#change(() => client().indexAccounts(clock.wall(), clock.monotonic()));
    };
    await this.#change(() => client().noteAccounts(clock.wall(), clock.monotonic()));
    if (this.count <= FEW) return index();
    const now = performance.now();
    if (now - (this.#notedSince ??= now) > INDEX_LIMIT_MS) return index();
    clearTimeout(this.#indexing);
    this.#indexing = setTimeout(() => index().catch(() => {}), INDEX_AFTER_MS);
  }

  /**
   * Changes what is persisted of accounts: one change after the other, of all tabs.
   * @param {() => import("../../wasm/graph_token.js").Acquisition | undefined} prepare
   */
  #change(prepare) {
    const { inTurn, run } = this.#parts;
    const change = () => inTurn("accounts", () => run(prepare));
    return (this.#lastChange = this.#lastChange.then(change, change));
  }

  /** They are to be told anew. */
  forget() {
    this.#told = undefined;
  }

  /** @returns {any[]} nobody may change them */
  get #all() {
    if (!this.isLoaded) {
      throw browserError("uninitialized_public_client_application", "the accounts are not read yet", "await initialize() first.");
    }
    this.#parts.refresh();
    return (this.#told ??= JSON.parse(this.#parts.client().allAccounts()));
  }

  get count() {
    return this.#all.length;
  }

  /** The only account, if there is one only. */
  get only() {
    return this.#all.length === 1 ? this.#all[0] : undefined;
  }

  /** @param {any} [filter] */
  all(filter) {
    return this.#matching(filter).map(accountInfo);
  }

  /** @param {any} filter */
  one(filter) {
    if (!Object.values(filter ?? {}).some(isGiven)) return null;
    const found = this.#matching(filter);
    const account = found.find(({ idTokenClaims }) => idTokenClaims) ?? found[0];
    return account ? accountInfo(account) : null;
  }

  /** @returns {any} */
  get active() {
    const all = this.#all;
    const { ids } = this.#choice;
    return (ids && all.find((account) => isSame(account, ids))) ?? null;
  }

  /**
   * @param {any} account
   * @returns {Promise<Choice>} once it is kept
   */
  async activate(account) {
    const { homeAccountId, localAccountId, tenantId } = account ?? {};
    // No two tabs choose at the same moment.
    const at = Math.max(Date.now(), this.#choice.at) + Math.random();
    const choice = (this.#choice = { ids: account ? { homeAccountId, localAccountId, tenantId } : null, at });
    if (this.isLoaded) await this.#keepChoice();
    return choice;
  }

  /** Forgets who was made active, where that is kept no longer. */
  unchoose() {
    this.#choice = { ids: null, at: this.#choice.at };
  }

  async #keepChoice() {
    const { ids, at } = this.#choice;
    const vault = this.#parts.vault();
    // Where nobody is, nobody can be active: nothing is left.
    if (!ids && this.count === 0) await vault?.delete(ACTIVE);
    else await vault?.set(ACTIVE, JSON.stringify({ ...ids, at }), { expiresAt: Date.now() + ACTIVE_LIFETIME_MS });
  }

  /** Whether the active account is one that is gone. */
  get isActiveGone() {
    return this.#choice.ids !== null && !this.active;
  }

  /**
   * @param {any} account
   * @param {boolean} [onlyHere] where another tab has removed it from the store
   */
  async remove(account, onlyHere = false) {
    const { client, clock } = this.#parts;
    const removed = snapshot(account);
    const further = calling(() => client().removeAccount(removed, clock.wall(), clock.monotonic()));
    this.forget();
    if (onlyHere) further?.free();
    else await this.#change(() => further);
  }

  /**
   * Forgets an account that another tab has removed. What that tab has written may come later here than its word: what is
   * persisted is read until it is without the account, or for so long that it may be there anew. An index that this tab
   * wrote meanwhile may still list it.
   * @param {{ homeAccountId: string, environment: string }} account
   */
  async leave(account) {
    const { client, clock } = this.#parts;
    for (let tries = 0; tries < LEAVE_TRIES; tries++) {
      await this.remove(account, true);
      await this.load();
      if (!this.#all.some(({ homeAccountId }) => homeAccountId === account.homeAccountId)) {
        return this.#change(() => client().leaveAccount(account, clock.wall(), clock.monotonic()));
      }
      await new Promise((resolve) => setTimeout(resolve, LEAVE_PAUSE_MS));
    }
  }

  /** @param {any} [filter] */
  #matching(filter) {
    return matching(this.#all, filter, (host) => this.#parts.client().environmentOf(host));
  }
}
