// The encrypted store of a page: what it keeps, what can be read of it, and how it goes on where the browser refuses.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CONTENT_SECURITY_POLICY, packageFile, serveFiles } from "../../www/server.mjs";
import { BROWSERS, launch, openContext } from "../spa/browsers.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LOCATIONS = ["sessionStorage", "localStorage", "indexedDB"];
const LIMIT_MS = 60_000;
const HOUR_MS = 3_600_000;

const KEY = "user-8d3f6b1c-home-account.adele@contoso.example-User.Read";
const VALUE = JSON.stringify({ secret: "eyJ0eXAiOiJKV1QifQ.a-token-that-nobody-may-read", name: "Adele Vance ✓" });
const soon = () => ({ expiresAt: Date.now() + HOUR_MS });

const site = await serveFiles({
  headers: () => ({ "content-security-policy": CONTENT_SECURITY_POLICY }),
  locate: (pathname) => (/^\/fixture\/[\w-]+\.\w+$/.test(pathname) ? path.join(HERE, pathname) : packageFile(pathname)),
});
after(() => site.close());

async function visit(page, origin = site.origin) {
  await page.goto(`${origin}/fixture/vault.html`);
  await page.locator("body[data-ready]").waitFor();
}

const vault = (page, job) => page.evaluate((job) => window.vault(job), job);
const stored = (page, method, ...given) => page.evaluate(([method, given]) => window.stored[method](...given), [method, given]);

async function get(page, location, key = KEY) {
  const { results: [value], fallbacks } = await vault(page, { location, calls: [["get", key]] });
  return { value, fallbacks };
}
async function set(page, location, value = VALUE, key = KEY) {
  const { fallbacks } = await vault(page, { location, calls: [["set", key, value, soon()]] });
  return fallbacks;
}

/** Calls that need no storage; the reason is given once. */
async function worksFromMemory({ page, where, location, reason }) {
  const calls = [["get", KEY], ["set", KEY, VALUE, soon()], ["set", "b", "2", soon()], ["get", KEY], ["delete", KEY], ["get", KEY], ["get", "b"],
    ["clear"], ["get", "b"]];
  const { results, fallbacks, warnings } = await vault(page, { where, location, calls });
  assert.deepEqual([0, 3, 5, 6, 8].map((index) => results[index]), [undefined, VALUE, undefined, "2", undefined], location);
  assert.deepEqual([fallbacks, warnings], [[reason], []], location);
}

const KEPT = { value: VALUE, fallbacks: [] };
const GONE = { value: undefined, fallbacks: [] };

const { GRAPH_TOKEN_SPA_BROWSER } = process.env;
for (const name of BROWSERS.filter((one) => !GRAPH_TOKEN_SPA_BROWSER || one === GRAPH_TOKEN_SPA_BROWSER)) {
  describe(name, () => {
    let browser;
    before(async () => {
      browser = await launch(name);
    }, { timeout: LIMIT_MS });
    after(() => browser?.close());

    /** A test with a page of its own; `prepare` runs in each page before anything else. */
    function inPage(name, act, { prepare, options, origin = site.origin } = {}) {
      test(name, { timeout: LIMIT_MS }, async () => {
        const { context, complaints } = await openContext(browser, options);
        try {
          const page = await context.newPage();
          if (prepare) await context.addInitScript(prepare);
          await visit(page, origin);
          await act({ context, page });
          assert.deepEqual(complaints, []);
        } finally {
          await context.close();
        }
      });
    }

    for (const location of LOCATIONS) {
      describe(location, () => {
        inPage("what is set is found again, until it is deleted", async ({ page }) => {
          const calls = [["get", KEY], ["set", KEY, "1", soon()], ["set", KEY, VALUE, soon()], ["get", KEY], ["get", "other"],
            ["delete", KEY], ["get", KEY], ["delete", KEY]];
          const { results, fallbacks, warnings } = await vault(page, { location, calls });
          assert.deepEqual([results[0], results[3], results[4], results[6]], [undefined, VALUE, undefined, undefined]);
          assert.deepEqual([fallbacks, warnings], [[], []]);
          assert.deepEqual(await stored(page, "list", location), []);
        });

        inPage("it outlives the page", async ({ page }) => {
          await set(page, location);
          await visit(page);
          assert.deepEqual(await get(page, location), KEPT);
        });

        inPage("a value of a megabyte, and an empty one", async ({ page }) => {
          const long = "é".repeat(500_000);
          await set(page, location, long, "long");
          await set(page, location, "", "empty");
          await visit(page);
          assert.equal((await get(page, location, "long")).value, long);
          assert.equal((await get(page, location, "empty")).value, "");
        });

        inPage("neither key nor value nor secret can be read in the storage", async ({ page, context }) => {
          await set(page, location);
          const dump = await stored(page, "dump");
          const [{ name }] = await stored(page, "list", location);
          assert.match(name, /^graph-token\.1\.client-1\.[\w-]{22}$/);
          assert.ok(dump.includes(name));
          for (const text of [KEY, "adele", "8d3f6b1c", VALUE, "eyJ0", "Adele", "secret"]) {
            for (const form of [text, Buffer.from(text).toString("base64").slice(0, -4), encodeURIComponent(text)]) {
              assert.ok(form.length < 3 || !dump.includes(form), `${form} lies in the storage`);
            }
          }
          assert.deepEqual(await context.cookies(), []);
          assert.equal(await stored(page, "exportKey", "client-1"), "InvalidAccessError");
        });

        inPage("the same value is never stored as the same bytes", async ({ page }) => {
          await set(page, location);
          const [first] = await stored(page, "list", location);
          await set(page, location);
          const [second] = await stored(page, "list", location);
          assert.equal(first.name, second.name);
          assert.notDeepEqual(first.bytes, second.bytes);
        });

        inPage("a delete or a clear that follows a set at once is the last word", async ({ page }) => {
          for (const last of [["delete", KEY], ["clear"]]) {
            const calls = [["set", KEY, "1".repeat(100_000), soon()], ["set", KEY, "2", soon()], last];
            await vault(page, { location, calls, atOnce: true });
            assert.deepEqual(await stored(page, "list", location), []);
          }
          await vault(page, { location, calls: [["set", KEY, "1".repeat(100_000), soon()], ["set", KEY, "2", soon()]], atOnce: true });
          assert.equal((await get(page, location)).value, "2");
        });

        inPage("clear leaves the entries of others alone", async ({ page }) => {
          const others = { location, calls: [["set", KEY, VALUE, soon()]] };
          await page.evaluate(() => {
            localStorage.setItem("msal.2|account", "theirs");
            sessionStorage.setItem("msal.2|account", "theirs");
          });
          await vault(page, { ...others, clientId: "client-1.b" });
          await vault(page, { ...others, clientId: "client" });
          await set(page, location);
          await vault(page, { location, calls: [["set", "without end", "1", {}], ["clear"]] });
          const names = (await stored(page, "list", location)).map(({ name }) => name.split(".").slice(2, -1).join("."));
          assert.deepEqual(names.sort(), ["client", "client-1.b"]);
          assert.deepEqual(await page.evaluate(() => [localStorage.getItem("msal.2|account"), sessionStorage.getItem("msal.2|account")]),
            ["theirs", "theirs"]);
          assert.deepEqual(await get(page, location), GONE);
        });

        inPage("what expired days ago is removed by the next page, also under a clock that is off by a day", async ({ page }) => {
          const ago = (hours) => ({ expiresAt: Date.now() - hours * HOUR_MS });
          const calls = [["set", "old", "1", ago(72)], ["set", "a day", "2", ago(24)], ["set", "fresh", "3", soon()], ["set", "without end", "4", {}]];
          await vault(page, { location, calls });
          await vault(page, { location, calls: calls.slice(0, 1), clientId: "other" });
          await visit(page);
          const read = [["get", "old"], ["get", "a day"], ["get", "fresh"], ["get", "without end"]];
          await vault(page, { location, calls: read });
          const { results } = await vault(page, { location, calls: read });
          assert.deepEqual(results, [undefined, "2", "3", "4"]);
          assert.equal((await stored(page, "list", location)).length, 4, "the other client's is its own affair");
        });

        inPage("an entry that is damaged is none, and is removed", async ({ page }) => {
          const damages = {
            "cut short": ({ bytes }) => bytes.slice(0, 20),
            "cut in its IV": ({ bytes }) => bytes.slice(0, 5),
            "cut to nothing": () => [],
            "altered by a bit": ({ bytes }) => bytes.with(-1, bytes.at(-1) ^ 1),
            "altered in its IV": ({ bytes }) => bytes.with(3, bytes[3] ^ 1),
            "made of zeros": ({ bytes }) => bytes.map(() => 0),
          };
          let warned = 0;
          for (const [how, damage] of Object.entries(damages)) {
            await set(page, location);
            const [entry] = await stored(page, "list", location);
            await stored(page, "put", location, { ...entry, bytes: damage(entry) });
            const { results, fallbacks, warnings } = await vault(page, { location, calls: [["get", KEY], ["get", KEY]] });
            assert.deepEqual([results, fallbacks, warnings.length], [[undefined, undefined], [], ++warned], how);
            assert.ok(!warnings.join().includes("adele"));
            assert.deepEqual(await stored(page, "list", location), [], how);
          }
        });

        inPage("entries that were swapped are none", async ({ page }) => {
          await set(page, location, "of adele", "adele");
          await set(page, location, "of bob", "bob");
          const [one, two] = await stored(page, "list", location);
          await stored(page, "put", location, { ...one, name: two.name });
          await stored(page, "put", location, { ...two, name: one.name });
          assert.deepEqual(await get(page, location, "adele"), GONE);
          assert.deepEqual(await get(page, location, "bob"), GONE);
        });

        inPage("an entry of a newer version is none, and is left alone", async ({ page }) => {
          await set(page, location);
          const [entry] = await stored(page, "list", location);
          const newer = { ...entry, bytes: entry.bytes.with(0, 2) };
          await stored(page, "put", location, newer);
          assert.deepEqual(await get(page, location), GONE);
          assert.deepEqual(await stored(page, "list", location), [newer]);
        });

        inPage("a key that is gone: the entry is none, and what is set anew is kept", async ({ page }) => {
          await set(page, location);
          await stored(page, "deleteKeys");
          await visit(page);
          assert.deepEqual(await get(page, location), GONE);
          assert.deepEqual(await set(page, location), []);
          await visit(page);
          assert.deepEqual(await get(page, location), KEPT);
        });

        inPage("a database that another page deletes is let go, and both go on with one key", async ({ context, page }) => {
          await set(page, location);
          const other = await context.newPage();
          await visit(other);
          await stored(other, "deleteDatabase");
          assert.deepEqual(await get(page, location), GONE);
          assert.deepEqual(await set(other, location), []);
          assert.deepEqual(await set(page, location), []);
          await visit(page);
          assert.deepEqual(await get(page, location), KEPT);
        });

        inPage("a connection that the browser closed meanwhile is opened anew", async ({ page }) => {
          await set(page, location);
          await page.evaluate(() => window.connections.forEach((connection) => connection.close()));
          const { results, fallbacks } = await vault(page, { location, calls: [["get", KEY], ["set", "b", "2", soon()], ["get", "b"]] });
          assert.deepEqual([results[0], results[2], fallbacks], [VALUE, "2", []]);
          await visit(page);
          assert.deepEqual(await get(page, location, "b"), { value: "2", fallbacks: [] });
        }, { prepare: keepConnections });
      });
    }

    describe("where the browser refuses", () => {
      inPage("nothing is opened before the first call", async ({ page }) => {
        for (const location of LOCATIONS) await vault(page, { location, calls: [] });
        assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
      });

      for (const [how, prepare] of Object.entries({ "throws": throwAtOpen, "fails": failAtOpen, "takes no keys": refuseKeys })) {
        inPage(`IndexedDB ${how}: it goes on from memory, and says so once`, async ({ page }) => {
          for (const location of LOCATIONS) await worksFromMemory({ page, location, reason: "indexeddb_unavailable" });
        }, { prepare });
      }

      inPage("IndexedDB hangs: it waits once, and goes on from memory", async ({ page }) => {
        await Promise.all(LOCATIONS.map((location) => worksFromMemory({ page, location, reason: "indexeddb_unavailable" })));
        assert.equal(await page.evaluate(() => window.opened), LOCATIONS.length);
      }, { prepare: hangAtOpen });

      inPage("the database is a newer one: it goes on from memory, and leaves that alone", async ({ page }) => {
        await page.evaluate(() => new Promise((resolve) => {
          indexedDB.open("graph-token", 7).onsuccess = ({ target }) => resolve(target.result.close());
        }));
        for (const location of LOCATIONS) await worksFromMemory({ page, location, reason: "indexeddb_unavailable" });
        assert.deepEqual(await page.evaluate(() => indexedDB.databases()), [{ name: "graph-token", version: 7 }]);
      });

      inPage("the page is no secure context: a client says so when it is made", async ({ page }) => {
        assert.equal(await page.evaluate(() => isSecureContext), false);
        const thrown = await page.evaluate(async () => {
          const { BrowserAuthError, PublicClientApplication } = await import("/graph-token/entry/browser.js");
          try {
            new PublicClientApplication({ auth: { clientId: "c" } });
          } catch (error) {
            return { isBrowserAuthError: error instanceof BrowserAuthError, errorCode: error.errorCode, hint: error.hint };
          }
        });
        assert.deepEqual({ ...thrown, hint: undefined }, { isBrowserAuthError: true, errorCode: "crypto_nonexistent", hint: undefined });
        assert.match(thrown.hint, /https/);
      }, { options: { proxy: { server: site.origin } }, origin: "http://app.example" });

      inPage("sessionStorage and localStorage throw: it goes on from memory", async ({ page }) => {
        for (const location of LOCATIONS.slice(0, 2)) await worksFromMemory({ page, location, reason: "storage_unavailable" });
      }, { prepare: refuseWebStorage });

      for (const where of ["worker", "serviceWorker"]) {
        inPage(`a ${where} has no sessionStorage and no localStorage, and shares IndexedDB with the page`, async ({ page }) => {
          for (const location of LOCATIONS.slice(0, 2)) {
            await set(page, location);
            await worksFromMemory({ page, where, location, reason: "storage_unavailable" });
            assert.deepEqual(await get(page, location), KEPT);
          }
          await set(page, "indexedDB", "of the page");
          const calls = [["get", KEY], ["set", KEY, VALUE, soon()]];
          const { results, fallbacks } = await vault(page, { where, location: "indexedDB", calls });
          assert.deepEqual([results[0], fallbacks], ["of the page", []]);
          assert.deepEqual(await get(page, "indexedDB"), KEPT);
        });
      }
    });

    describe("two pages", () => {
      inPage("that start at once make one key", async ({ context, page }) => {
        const other = await context.newPage();
        await visit(other);
        const began = [set(page, "localStorage", "1", "a"), set(other, "localStorage", "2", "b")];
        // Both have found no key, and hold one that they have made.
        await Promise.all([page, other].map((each) => each.waitForFunction(() => window.made)));
        await Promise.all([page, other].map((each) => each.evaluate(() => window.release())));
        assert.deepEqual(await Promise.all(began), [[], []]);
        assert.deepEqual(await stored(page, "clientsWithKey"), ["client-1"]);
        for (const each of [page, other]) {
          // Chromium shows a page what another one has written a little later.
          await each.waitForFunction(() => localStorage.length === 2);
          assert.deepEqual(await get(each, "localStorage", "a"), { value: "1", fallbacks: [] });
          assert.deepEqual(await get(each, "localStorage", "b"), { value: "2", fallbacks: [] });
        }
      }, { prepare: holdMadeKeys });

      inPage("of two clients have a key each", async ({ page }) => {
        const calls = [["set", KEY, VALUE, soon()]];
        await vault(page, { location: "localStorage", clientId: "a", calls });
        await vault(page, { location: "localStorage", clientId: "b", calls });
        assert.deepEqual(await stored(page, "clientsWithKey"), ["a", "b"]);
        const [one, two] = await stored(page, "list", "localStorage");
        assert.equal(one.name.split(".").at(-1), two.name.split(".").at(-1));
      });
    });

    describe("a storage that is full", () => {
      for (const location of ["sessionStorage", "localStorage"]) {
        inPage(`${location}: the newer entry lives in memory, the older one stays for the next page`, async ({ page }) => {
          await set(page, location, "older");
          await set(page, location, "of before", "other");
          await page.evaluate((location) => {
            const storage = globalThis[location];
            for (let size = 1 << 22; size; size >>= 1) {
              try {
                for (;;) storage.setItem(`filler ${storage.length}`, "x".repeat(size));
              } catch {
                // The half may fit.
              }
            }
          }, location);
          const value = VALUE.repeat(50);
          assert.deepEqual(await set(page, location, value), ["quota_exceeded"]);
          assert.deepEqual(await set(page, location, value), ["quota_exceeded"], "it is said once");
          assert.equal((await get(page, location)).value, value);
          assert.equal((await get(page, location, "other")).value, "of before");
          await visit(page);
          assert.equal((await get(page, location)).value, "older");
          assert.equal((await get(page, location, "other")).value, "of before");
        });
      }

      if (name === "chromium") inPage("indexedDB: the newer entry lives in memory, the older one stays for the next page", async ({ context, page }) => {
        const session = await context.newCDPSession(page);
        await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize: 4_000_000 });
        assert.deepEqual(await set(page, "indexedDB", "older"), []);
        const value = "x".repeat(8_000_000);
        assert.deepEqual(await set(page, "indexedDB", value), ["quota_exceeded"]);
        assert.equal((await get(page, "indexedDB")).value, value);
        await visit(page);
        assert.equal((await get(page, "indexedDB")).value, "older");
      });

      inPage("what found no room is stored when there is room again", async ({ page }) => {
        await page.evaluate(() => {
          window.setItem = Storage.prototype.setItem;
          Storage.prototype.setItem = () => { throw new DOMException("", "QuotaExceededError"); };
        });
        assert.deepEqual(await set(page, "localStorage", "in memory"), ["quota_exceeded"]);
        await page.evaluate(() => void (Storage.prototype.setItem = window.setItem));
        await set(page, "localStorage");
        await visit(page);
        assert.deepEqual(await get(page, "localStorage"), KEPT);
      });
    });

    inPage("a page that comes from the back-forward cache goes on", async ({ page }) => {
      for (const location of LOCATIONS) await set(page, location);
      await page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (window.persisted = persisted)));
      await page.goto(`${page.url()}?elsewhere`);
      // Not every browser reports such a return as a navigation.
      await page.evaluate(() => void setTimeout(() => history.back(), 0));
      await page.waitForFunction(() => window.persisted);
      for (const location of LOCATIONS) {
        assert.deepEqual(await get(page, location), KEPT);
        assert.deepEqual(await set(page, location, "2"), []);
        assert.equal((await get(page, location)).value, "2");
      }
    });

    inPage("a text that is no entry is none", async ({ page }) => {
      await set(page, "localStorage");
      const [{ name }] = await stored(page, "list", "localStorage");
      for (const text of ["", "junk!", "1.%%%", `${Date.now() + HOUR_MS}.ÿ€`, "{}"]) {
        await page.evaluate(([name, text]) => localStorage.setItem(name, text), [name, text]);
        assert.deepEqual(await get(page, "localStorage"), GONE);
        assert.equal(await page.evaluate((name) => localStorage.getItem(name), name), null);
      }
    });

    inPage("a get reads one entry, however many there are", async ({ page }) => {
      const calls = Array.from({ length: 1_000 }, (_, index) => ["set", `key ${index}`, VALUE, soon()]);
      await vault(page, { location: "localStorage", calls, atOnce: true });
      await visit(page);
      const reads = await page.evaluate(async () => {
        let count = 0;
        const { getItem } = Storage.prototype;
        Storage.prototype.getItem = function (name) {
          count++;
          return getItem.call(this, name);
        };
        const countOf = async (key) => {
          count = 0;
          const { results: [value] } = await window.vault({ location: "localStorage", calls: [["get", key]] });
          return value && count;
        };
        return [await countOf("key 7"), await countOf("key 8"), await countOf("key 999")];
      });
      assert.deepEqual(reads, [1_001, 1, 1]);
    });
  });
}

// What follows runs in a page before anything else does.

function keepConnections() {
  window.connections = [];
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    request.addEventListener("success", () => window.connections.push(request.result));
    return request;
  };
}

function throwAtOpen() {
  IDBFactory.prototype.open = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
}

function failAtOpen() {
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (name) {
    const request = open.call(this, `${name} refused`, 1);
    Object.defineProperty(request, "onupgradeneeded", { value: undefined, writable: true });
    request.addEventListener("upgradeneeded", () => request.transaction.abort());
    return request;
  };
}

function hangAtOpen() {
  window.opened = 0;
  IDBFactory.prototype.open = () => {
    window.opened++;
    return new EventTarget();
  };
}

function refuseKeys() {
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = function (value, key) {
    if (value instanceof CryptoKey) throw new DOMException("The object could not be cloned.", "DataCloneError");
    return add.call(this, value, key);
  };
}

function refuseWebStorage() {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { get() { throw new DOMException("Access is denied.", "SecurityError"); } });
  }
}

function holdMadeKeys() {
  // The blank page that comes first is no secure context.
  if (!isSecureContext) return;
  const released = new Promise((resolve) => (window.release = resolve));
  const { generateKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.generateKey = async function (...given) {
    const key = await generateKey.apply(this, given);
    window.made = true;
    await released;
    return key;
  };
}
