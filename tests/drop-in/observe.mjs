// Preloaded into a program's process: writes down what the library gave the program, call by call. The calls themselves
// go through as they are. `DROP_IN_LIBRARY` is the package's name, `DROP_IN_OBSERVED` the file, a line of JSON each.
import { AsyncLocalStorage } from "node:async_hooks";
import { appendFileSync } from "node:fs";

const { DROP_IN_LIBRARY: library, DROP_IN_OBSERVED: file } = process.env;
const { ConfidentialClientApplication, PublicClientApplication } = await import(library);

const CLIENT_METHODS = ["getAuthCodeUrl", "acquireTokenByClientCredential", "acquireTokenByCode", "acquireTokenOnBehalfOf",
  "acquireTokenSilent", "acquireTokenByRefreshToken", "acquireTokenByDeviceCode", "acquireTokenInteractive", "getAllAccounts", "signOut"];
const CACHE_METHODS = ["getAllAccounts", "getAccountByHomeId", "getAccountByLocalId", "removeAccount"];

const inside = new AsyncLocalStorage();

const watched = new WeakSet();
for (const { prototype } of [ConfidentialClientApplication, PublicClientApplication]) {
  for (const name of CLIENT_METHODS) watch(prototype, name);
  const { getTokenCache } = prototype;
  prototype.getTokenCache = function () {
    const cache = getTokenCache.call(this);
    if (!watched.has(cache)) {
      for (const name of CACHE_METHODS) watch(cache, name);
      watched.add(cache);
    }
    return cache;
  };
}

function watch(owner, name) {
  const original = owner[name];
  // What a library lacks, the program will miss by itself.
  if (!original) return;
  owner[name] = async function (...args) {
    // What one method of the library asks another is no call of the program's.
    if (inside.getStore()) return original.apply(this, args);
    try {
      const result = await inside.run(true, () => original.apply(this, args));
      note(name, { result });
      return result;
    } catch (error) {
      note(name, { error });
      throw error;
    }
  };
}

function note(call, { result, error }) {
  const outcome = error ? { error: ofError(error) } : { result: plain(result) };
  appendFileSync(file, `${JSON.stringify({ call, at: Date.now(), ...outcome })}\n`);
}

function ofError({ name, errorCode, errorMessage, subError, claims, correlationId, message }) {
  return { name, errorCode, ...(errorCode ? { errorMessage, subError, claims, correlationId } : { message }) };
}

/** As JSON can hold it: dates told from texts, maps with their entries, getters of a class as members. */
function plain(value) {
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Map) return { $map: [...value].map(plain) };
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const members = {};
  for (let owner = value; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (!(name in members) && typeof value[name] !== "function" && value[name] !== undefined) members[name] = plain(value[name]);
    }
  }
  return members;
}
