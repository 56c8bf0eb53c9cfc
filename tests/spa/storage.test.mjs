// What lies in the browser, and what happens where it may not, where it is broken, or where it is gone.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../support.mjs";
import { goBack } from "./browsers.mjs";
import {
  ADA, asked, BLAISE, call, enter, eventTypes, failedWith, inEachBrowser, LIBRARY, LIMIT, load, openApp, SCOPES, signInByPopup, spa, succeeded,
} from "./support.mjs";

const { idp, site, configuration } = await spa();
const REQUEST = { scopes: SCOPES };
const OURS_ALONE = { ...LIMIT, skip: LIBRARY === "msal" && "MSAL does otherwise" };
const UNAVAILABLE = "graph-token:cacheUnavailable";
const PERSISTED = ["sessionStorage", "localStorage", "indexedDB"];

const start = (page, given) => page.evaluate(([library, one]) => window.start(library, one), [LIBRARY, given]);
const usernames = async (page) => succeeded(await call(page, "getAllAccounts")).map(({ username }) => username);
const unavailable = async (page) => (await eventTypes(page)).filter((name) => name === UNAVAILABLE).length;

/** All that scripts can read of what the page keeps, as text. */
function kept() {
  const isKey = (value) => value instanceof CryptoKey;
  const readStore = (store) => new Promise((resolve) => {
    const request = store.getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const readDatabase = ({ name }) => new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = async () => {
      const database = request.result;
      const names = [...database.objectStoreNames];
      const records = names.length === 0 ? [] : await Promise.all(names.map((each) => readStore(database.transaction(each).objectStore(each))));
      database.close();
      resolve(records.flat());
    };
  });
  const texts = [];
  const keys = [];
  const visit = (value) => {
    if (isKey(value)) keys.push({ extractable: value.extractable, name: value.algorithm.name });
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) texts.push(new TextDecoder("latin1").decode(value));
    else if (value !== null && typeof value === "object") Object.values(value).forEach(visit);
    else texts.push(String(value));
  };
  return indexedDB.databases().then((all) => Promise.all(all.map(readDatabase))).then((records) => {
    visit([records, { ...localStorage }, { ...sessionStorage }, document.cookie]);
    return { texts, keys, cookie: document.cookie };
  });
}

/** Leaves no room in the storage. */
function fill() {
  for (let size = 1 << 22; size >= 1; size >>= 1) {
    try {
      for (let i = 0; ; i += 1) localStorage.setItem(`full.${size}.${i}`, "x".repeat(size));
    } catch {
      // The next smaller size may still fit.
    }
  }
}

/** Clears a storage once nothing more is written: whom the program made active is kept a moment later. */
async function clearWhenWritten(location) {
  const storage = globalThis[location];
  for (let size = -1; size !== storage.length; await new Promise((resolve) => setTimeout(resolve, 300))) size = storage.length;
  storage.clear();
}

/** Changes every sealed entry, wherever it lies: `how` is what becomes of its bytes. */
async function damage(how) {
  const changed = (bytes) => {
    const copy = new Uint8Array(bytes);
    if (how === "corrupt") copy[copy.length - 1] ^= 1;
    if (how === "newer") copy[0] = 200;
    return how === "short" ? copy.slice(0, 5) : copy;
  };
  let count = 0;
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage).filter((each) => each.startsWith("graph-token.1."))) {
      const [expiresAt, text] = storage.getItem(name).split(".");
      const bytes = changed(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
      storage.setItem(name, how === "junk" ? "junk" : `${expiresAt}.${btoa(String.fromCharCode(...bytes))}`);
      count += 1;
    }
  }
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => {
        const database = request.result;
        if (!database.objectStoreNames.contains("entries")) return void resolve(database.close());
        const transaction = database.transaction("entries", "readwrite");
        transaction.objectStore("entries").openCursor().onsuccess = ({ target: { result: cursor } }) => {
          if (!cursor) return;
          cursor.update({ ...cursor.value, bytes: how === "junk" ? new Uint8Array(3) : changed(cursor.value.bytes) });
          count += 1;
          cursor.continue();
        };
        transaction.oncomplete = () => resolve(database.close());
      };
    });
  }
  return count;
}

inEachBrowser((visit) => {
  const inApp = (use, { more, before } = {}) => visit(async ({ context, complaints }) => {
    if (before) await context.addInitScript(before);
    const page = await openApp(context, { site, configuration: configuration(more) });
    await use({ page, context, complaints, given: configuration(more) });
  });

  for (const cacheLocation of PERSISTED) {
    const more = { cache: { cacheLocation } };

    describe(cacheLocation, () => {
      test("nothing of what is kept can be read, and the key cannot be taken", OURS_ALONE, () => inApp(async ({ page }) => {
        const { accessToken, idToken, account } = succeeded(await signInByPopup(page));
        const { refresh_token: refreshToken } = idp.tokenRequests().at(-1) ? idp.log.findLast(({ endpoint }) => endpoint === "token").response : {};
        const { texts, keys, cookie } = await page.evaluate(kept);
        for (const secret of [accessToken, refreshToken, idToken, ADA, account.localAccountId, account.name]) {
          assert.ok(secret);
          assert.ok(!texts.some((text) => text.includes(secret)), `${secret.slice(0, 40)} lies there`);
        }
        assert.deepEqual(keys, [{ extractable: false, name: "AES-GCM" }]);
        assert.equal(cookie, "");
      }, { more }));

      test("a reload finds it", LIMIT, () => inApp(async ({ page, given }) => {
        const { account } = succeeded(await signInByPopup(page));
        idp.clearLog();
        await load(page, `${site.origin}/`);
        succeeded(await start(page, given));
        assert.deepEqual(await usernames(page), [ADA]);
        assert.equal(succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
        assert.deepEqual(asked(idp), []);
      }, { more }));

      for (const how of ["corrupt", "newer", "short", "junk"]) {
        test(`entries that are ${how} are fetched anew`, OURS_ALONE, () => inApp(async ({ page, given, complaints }) => {
          succeeded(await signInByPopup(page));
          assert.ok(await page.evaluate(damage, how) > 0);
          await load(page, `${site.origin}/`);
          succeeded(await start(page, given));
          assert.deepEqual(await usernames(page), []);
          assert.equal(succeeded(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA })).account.username, ADA);
          await load(page, `${site.origin}/`);
          succeeded(await start(page, given));
          assert.deepEqual(await usernames(page), [ADA]);
          assert.deepEqual(complaints, []);
        }, { more }));
      }

      test("a key that is gone costs a sign-in, and no error", OURS_ALONE, () => inApp(async ({ page, given, complaints }) => {
        succeeded(await signInByPopup(page));
        await page.goto(`${site.origin}/elsewhere`);
        await page.evaluate(async () => {
          for (const { name } of await indexedDB.databases()) {
            await new Promise((resolve) => {
              const request = indexedDB.deleteDatabase(name);
              request.onsuccess = request.onblocked = resolve;
            });
          }
        });
        await load(page, `${site.origin}/`);
        succeeded(await start(page, given));
        assert.deepEqual(await usernames(page), []);
        const { account } = succeeded(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA }));
        assert.equal(succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
        assert.deepEqual(complaints, []);
      }, { more }));
    });
  }

  for (const cacheLocation of ["sessionStorage", "localStorage"]) {
    test(`a ${cacheLocation} that a script has cleared holds nobody, here and now`, LIMIT, () => inApp(async ({ page }) => {
      const { account } = succeeded(await signInByPopup(page));
      await call(page, "setActiveAccount", account);
      await page.evaluate(clearWhenWritten, cacheLocation);
      assert.deepEqual(await usernames(page), []);
      assert.equal(succeeded(await call(page, "getActiveAccount")), null);
      const error = failedWith(await call(page, "acquireTokenSilent", { ...REQUEST, account, cacheLookupPolicy: 2 }), "no_tokens_found");
      assert.ok(error.classes.includes("InteractionRequiredAuthError"));
      // Whoever signs in then is kept as ever.
      assert.equal(succeeded(await call(page, "ssoSilent", { ...REQUEST, loginHint: ADA })).account.username, ADA);
      assert.deepEqual(await usernames(page), [ADA]);
      assert.equal(succeeded(await call(page, "getActiveAccount")), null);
    }, { more: { cache: { cacheLocation } } }));
  }

  test("what another tab clears is gone in this one", LIMIT, () => visit(async ({ context }) => {
    const given = configuration({ cache: { cacheLocation: "localStorage" } });
    const [page, other] = [await openApp(context, { site, configuration: given }), await openApp(context, { site })];
    const { account } = succeeded(await signInByPopup(page));
    succeeded(await start(other, given));
    assert.deepEqual(await usernames(other), [ADA]);
    await other.evaluate(() => localStorage.clear());
    for (const each of [page, other]) await each.waitForFunction(() => window.appOf().getAllAccounts().length === 0);
    await load(page, `${site.origin}/`);
    succeeded(await start(page, given));
    assert.deepEqual(await usernames(page), []);
    assert.ok((await call(other, "acquireTokenSilent", { ...REQUEST, account, cacheLookupPolicy: 1 })).error);
  }));

  describe("refused", () => {
    /** What a page finds in private windows, with storage blocked, and when the disk is full. */
    const refusals = {
      "IndexedDB throws": ["localStorage", () => {
        IDBFactory.prototype.open = () => {
          throw new DOMException("not here", "SecurityError");
        };
      }],
      "IndexedDB fails": ["indexedDB", () => {
        const { open } = IDBFactory.prototype;
        IDBFactory.prototype.open = function fail() {
          // A version below the one that is there is an error.
          open.call(this, "occupied", 2);
          return open.call(this, "occupied", 1);
        };
      }],
      "there is no IndexedDB": ["localStorage", () => Object.defineProperty(globalThis, "indexedDB", { get: () => undefined })],
      "storage may not be touched": ["localStorage", () => Object.defineProperty(globalThis, "localStorage", { get: () => {
        throw new DOMException("not here", "SecurityError");
      } })],
    };
    for (const [what, [cacheLocation, before]] of Object.entries(refusals)) {
      test(`${what}: it works from memory, and says so once`, OURS_ALONE, () => inApp(async ({ page, complaints }) => {
        const { account } = succeeded(await signInByPopup(page));
        assert.equal(succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
        succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account, forceRefresh: true }));
        assert.deepEqual(await usernames(page), [ADA]);
        assert.equal(await unavailable(page), 1);
        assert.deepEqual(complaints, []);
      }, { more: { cache: { cacheLocation } }, before }));
    }

    test("the quota is full: it works from memory, and says so once", OURS_ALONE, () => visit(async ({ context, complaints }) => {
      const given = configuration({ cache: { cacheLocation: "localStorage" } });
      const page = await openApp(context, { site, configuration: given });
      await page.evaluate(fill);
      const { account } = succeeded(await signInByPopup(page));
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
      assert.equal(await unavailable(page), 1);
      assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((name) => !name.startsWith("full.")).length), 0);
      assert.deepEqual(complaints, []);
    }));

    test("who was signed in before the quota was full is so after a reload", OURS_ALONE, () => visit(async ({ context, complaints }) => {
      const given = configuration({ cache: { cacheLocation: "localStorage" } });
      const page = await openApp(context, { site, configuration: given });
      const { account } = succeeded(await signInByPopup(page));
      await page.evaluate(fill);
      succeeded(await signInByPopup(page, { login: BLAISE, request: { ...REQUEST, prompt: "login" } }));
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { scopes: ["Mail.Read"], account })).fromCache, false);
      assert.deepEqual(await usernames(page), [ADA, BLAISE]);
      await load(page, `${site.origin}/`);
      succeeded(await start(page, given));
      assert.deepEqual(await usernames(page), [ADA]);
      idp.clearLog();
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { scopes: ["Mail.Read"], account })).fromCache, false);
      assert.deepEqual(asked(idp), ["token refresh_token"]);
      assert.deepEqual(complaints, []);
    }));

    test("once there is room again, a storage that is cleared holds nobody", OURS_ALONE, () => visit(async ({ context }) => {
      const given = configuration({ cache: { cacheLocation: "localStorage" } });
      const page = await openApp(context, { site, configuration: given });
      await page.evaluate(fill);
      const { account } = succeeded(await signInByPopup(page));
      await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("full.")).forEach((name) => localStorage.removeItem(name)));
      succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account, forceRefresh: true }));
      succeeded(await call(page, "setActiveAccount", account));
      assert.deepEqual(await usernames(page), [ADA]);
      await page.evaluate(() => localStorage.clear());
      assert.deepEqual(await usernames(page), []);
    }));

    test("a redirect needs storage, and says so", LIMIT, () => inApp(async ({ page }) => {
      const { error } = await call(page, "acquireTokenRedirect", REQUEST);
      assert.equal(failedWith({ error }, "in_mem_redirect_unavailable").classes.at(-1), "BrowserConfigurationAuthError");
    }, LIBRARY === "msal" ? { more: { cache: { cacheLocation: "memoryStorage" } } } : { before: () => Object.defineProperty(globalThis, "sessionStorage", { get: () => {
      throw new DOMException("not here", "SecurityError");
    } }) }));
  });

  test("memoryStorage keeps nothing", LIMIT, () => inApp(async ({ page, given }) => {
    succeeded(await signInByPopup(page));
    const { texts } = await page.evaluate(kept);
    assert.ok(!texts.some((text) => text.includes(ADA)));
    if (LIBRARY === "ours") assert.deepEqual(texts, [""]);
    await load(page, `${site.origin}/`);
    succeeded(await start(page, given));
    assert.deepEqual(await usernames(page), []);
  }, { more: { cache: { cacheLocation: "memoryStorage" } } }));

  for (const cacheLocation of LIBRARY === "msal" ? ["sessionStorage"] : PERSISTED) {
    test(`a page from the back-forward cache works on (${cacheLocation})`, LIMIT, () => inApp(async ({ page }) => {
      const { account } = succeeded(await signInByPopup(page));
      await page.evaluate(() => {
        window.wasHere = true;
        addEventListener("pageshow", ({ persisted }) => {
          window.cameBack = persisted;
        });
      });
      await page.click("#away");
      await page.waitForURL(`${site.origin}/elsewhere`);
      await goBack(page, `${site.origin}/`);
      // An open connection or channel would keep it out of that cache: the page would be loaded anew.
      assert.equal(await page.evaluate(() => window.wasHere && window.cameBack), true);
      assert.equal(succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account })).fromCache, true);
      succeeded(await call(page, "acquireTokenSilent", { scopes: ["Mail.Read"], account }));
      succeeded(await call(page, "acquireTokenSilent", { ...REQUEST, account, cacheLookupPolicy: 5 }));
    }, { more: { cache: { cacheLocation } } }));
  }

  test("MSAL's cache in the same storage is left alone, and its session carries over", OURS_ALONE, () => visit(async ({ context }) => {
    const cache = { cacheLocation: "localStorage" };
    const page = await openApp(context, { site, library: "msal", configuration: configuration({ library: "msal", cache }) });
    site.settings = { library: "msal" };
    await page.evaluate((request) => window.prepareOf("msal", "loginPopup", request), REQUEST);
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.click("#run")]);
    await enter(popup);
    succeeded(await page.evaluate(() => window.outcome));
    const ofMsal = () => page.evaluate(() => Object.fromEntries(Object.entries({ ...localStorage }).filter(([name]) => name.startsWith("msal."))));
    const before = await ofMsal();
    assert.ok(Object.keys(before).length > 0);
    site.settings = { library: LIBRARY };
    succeeded(await start(page, configuration({ cache })));
    assert.deepEqual(await usernames(page), []);
    assert.equal(succeeded(await call(page, "ssoSilent", REQUEST)).account.username, ADA);
    succeeded(await call(page, "clearCache"));
    assert.deepEqual(await ofMsal(), before);
  }));
});

// Firefox gives the page that comes back the session's storage as it was when it was left.
inEachBrowser((visit) => {
  test("who was signed out on another page of the tab is so on the one from the back-forward cache", OURS_ALONE, () => visit(async ({ context }) => {
    const given = configuration();
    const page = await openApp(context, { site, configuration: given });
    succeeded(await signInByPopup(page));
    const { account } = succeeded(await signInByPopup(page, { login: BLAISE, request: { ...REQUEST, prompt: "login" } }));
    await page.evaluate(() => {
      window.wasHere = true;
      location.href = "/?second";
    });
    await page.waitForURL(`${site.origin}/?second`);
    succeeded(await start(page, given));
    succeeded(await call(page, "clearCache", { account }));
    await goBack(page, `${site.origin}/`);
    // Loaded anew it would know by itself.
    assert.equal(await page.evaluate(() => window.wasHere), true);
    await until(async () => (await usernames(page)).length === 1);
    assert.deepEqual(await usernames(page), [ADA]);
    failedWith(await call(page, "acquireTokenSilent", { ...REQUEST, account, cacheLookupPolicy: 1 }), "token_refresh_required");
  }));
}, ["chromium"]);
