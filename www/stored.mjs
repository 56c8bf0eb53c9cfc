// What the package keeps in this browser, as it lies there.

const DATABASE = "graph-token";
const PREFIX = "graph-token.";

/** `{ where, name, kind, bytes, expiresAt? }` of each. Sizes count the characters or bytes that are stored. */
export async function storedEntries() {
  return [...inStorage("localStorage"), ...inStorage("sessionStorage"), ...await inDatabase()];
}

/** Overwrites the end of each entry. */
export async function corruptEntries() {
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of names(storage)) storage.setItem(name, `${storage.getItem(name).slice(0, -8)}AAAAAAA=`);
  }
  await withDatabase("readwrite", (store) => {
    if (store.name !== "entries") return;
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      cursor.value.bytes.fill(0, -8);
      cursor.update(cursor.value);
      cursor.continue();
    };
  });
}

/** Removes the database, and the keys with it: what is encrypted under them is lost. */
export function loseKeys() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

function inStorage(where) {
  const storage = globalThis[where];
  return names(storage).map((name) => {
    const text = storage.getItem(name);
    return { where, name, kind: "AES-GCM, base64", bytes: text.length, expiresAt: Number.parseFloat(text) };
  });
}

function names(storage) {
  return Object.keys(storage).filter((name) => name.startsWith(PREFIX)).sort();
}

async function inDatabase() {
  const found = [];
  await withDatabase("readonly", (store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      const { key, value } = cursor;
      const base = { where: `IndexedDB, ${store.name}`, name: String(key) };
      if (value instanceof CryptoKey) found.push({ ...base, kind: `${value.algorithm.name} ${value.algorithm.length} key, ${value.extractable ? "" : "not "}extractable` });
      else found.push({ ...base, kind: "AES-GCM", bytes: value.bytes.byteLength, expiresAt: value.expiresAt });
      cursor.continue();
    };
  });
  return found;
}

/** One transaction over all stores of the package's database, which is not made here where there is none. */
async function withDatabase(mode, act) {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open(DATABASE);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
  });
  if (!database) return;
  await new Promise((resolve, reject) => {
    const transaction = database.transaction([...database.objectStoreNames], mode);
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    for (const name of database.objectStoreNames) act(transaction.objectStore(name));
  });
  database.close();
}
