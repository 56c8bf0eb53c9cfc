// Listens on this machine for the answer of a sign-in in the system's browser (RFC 8252, section 7.3).

import { reasonOf } from "./drive.js";
import { LONGEST_TIMER_MS } from "./effects.js";
import { ClientAuthError, hinted } from "./errors.js";
import { cannotListen } from "./off-page.js";

/** Only programs of this machine reach it. A browser takes either for localhost: nobody else is to have the other. */
const HOSTS = ["127.0.0.1", "::1"];

const MOST_TRIES = 5;

/** So long a browser may take to load the last page. */
const SHOWN_MS = 1_000;

/** Answers are short. */
const MAX_BODY_BYTES = 65_536;

const SIGNED_IN = "<!doctype html><title>Signed in</title><p>You are signed in. You can close this window now.";
const NOT_SIGNED_IN = "<!doctype html><title>Not signed in</title><p>You are not signed in. You can close this window now; the program says why.";

/**
 * @typedef {object} Wishes
 * @property {(url: string) => unknown} openBrowser
 * @property {string} [successTemplate] the page that is shown after a sign-in
 * @property {string} [errorTemplate] the page that is shown where it failed
 * @property {number} [preferredPort] taken where it is free
 * @property {string} [correlationId] the call's
 *
 * @typedef {object} Listener
 * @property {string} uri where the answer has to come
 * @property {(effect: { url: string, state: string, ms: number }, signal: AbortSignal) => Promise<string>} ask opens the
 *   browser and waits for the answer
 * @property {() => void} close
 */

/**
 * @param {Wishes} wishes
 * @returns {Promise<Listener>}
 */
export async function listen({ openBrowser, successTemplate, errorTemplate, preferredPort, correlationId }) {
  // Asked for by name, so that bundles for others hold nothing of Node's.
  /** @type {typeof import("node:http") | undefined} */
  const http = /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:http");
  if (!http) throw cannotListen(correlationId);
  /** @type {{ state: string, method: string, resolve: (answer: string) => void } | undefined} what is waited for */
  let waiting;
  const answer = async (/** @type {import("node:http").IncomingMessage} */ request, /** @type {import("node:http").ServerResponse} */ response) => {
    const show = (/** @type {number} */ status, /** @type {string} */ page) => {
      response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", Connection: "close" });
      response.end(page);
    };
    const [path, query = ""] = (request.url ?? "/").split("?", 2);
    if (path !== "/") return show(404, "");
    if (request.method === "GET" && !/(^|&)(code|error)=/.test(query)) return show(200, "");
    if (request.method !== "GET" && request.method !== "POST") return show(405, "");
    const parameters = new URLSearchParams(request.method === "GET" ? query : await bodyOf(request));
    // What anybody else sends here neither ends nor settles the sign-in; nor does what comes in another way than was asked for.
    const [state, another] = parameters.getAll("state");
    if (!waiting || state !== waiting.state || request.method !== waiting.method || another !== undefined) {
      return show(400, "This is not the answer that is waited for.");
    }
    const { resolve } = waiting;
    waiting = undefined;
    // The person sees the page before nobody listens any more, unless the browser does not care for it.
    const settle = () => resolve(JSON.stringify(Object.fromEntries(parameters)));
    const timer = setTimeout(settle, SHOWN_MS);
    response.once("close", () => {
      clearTimeout(timer);
      settle();
    });
    show(200, parameters.has("code") ? String(successTemplate ?? SIGNED_IN) : String(errorTemplate ?? NOT_SIGNED_IN));
  };
  const create = () => http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { port, servers } = await opened(create, preferredPort ?? 0);
  return {
    uri: `http://localhost:${port}`,
    ask: async ({ url, state, ms }, signal) => {
      /** @type {() => void} */
      let release = () => {};
      const answered = new Promise((resolve, reject) => {
        waiting = { state, method: /[?&]response_mode=form_post(&|$)/.test(url) ? "POST" : "GET", resolve };
        const timer = setTimeout(() => reject(tooLate(correlationId)), Math.min(ms, LONGEST_TIMER_MS));
        const abort = () => reject(reasonOf(signal));
        signal.addEventListener("abort", abort);
        release = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", abort);
        };
        Promise.resolve(openBrowser(url)).catch(reject);
      });
      return answered.finally(release);
    },
    close: () => {
      waiting = undefined;
      servers.forEach(close);
    },
  };
}

/**
 * One port of both hosts; another than the wanted one where somebody has that.
 * @param {() => import("node:http").Server} create
 * @param {number} wanted
 * @returns {Promise<{ port: number, servers: import("node:http").Server[] }>}
 */
async function opened(create, wanted) {
  for (let tries = 1; ; tries++) {
    /** @type {import("node:http").Server[]} */
    const servers = [];
    let port = tries === 1 ? wanted : 0;
    try {
      for (const host of HOSTS) {
        const server = create();
        const found = await listening(server, port, host).catch((error) => {
          // Not every machine has the newer one, and not every program may use it.
          if (servers.length === 0 || error.code === "EADDRINUSE") throw error;
        });
        if (found === undefined) continue;
        port = found;
        servers.push(server);
      }
      return { port, servers };
    } catch (error) {
      servers.forEach(close);
      if (tries === MOST_TRIES) throw error;
    }
  }
}

/**
 * @param {import("node:http").Server} server
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number>} the port that it listens on
 */
function listening(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      // What goes wrong with one connection ends no program.
      server.on("error", () => {});
      resolve(/** @type {import("node:net").AddressInfo} */ (server.address()).port);
    });
  });
}

/** @param {import("node:http").Server} server */
function close(server) {
  server.close();
  server.closeAllConnections?.();
}

/**
 * The form that is posted; empty where it is none.
 * @param {import("node:http").IncomingMessage} request
 */
async function bodyOf(request) {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? "")) return "";
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) return "";
  }
  return text;
}

/** @param {string} [correlationId] */
function tooLate(correlationId) {
  return hinted(new ClientAuthError("user_timeout_reached", correlationId, "nobody signed in in time"), "Start again, or allow more time by timeoutMs.");
}
