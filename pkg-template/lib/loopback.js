// Listens on this machine for the answer of a sign-in in the system's browser (RFC 8252, section 7.3).

import { reasonOf } from "./drive.js";
import { LONGEST_TIMER_MS } from "./effects.js";
import { ClientAuthError, hinted } from "./errors.js";
import { cannotListen } from "./off-page.js";

/** Only programs of this machine reach it. */
const HOST = "127.0.0.1";

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
export async function listen({ openBrowser, successTemplate, errorTemplate, preferredPort }) {
  // Asked for by name, so that bundles for others hold nothing of Node's.
  /** @type {typeof import("node:http") | undefined} */
  const http = /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:http");
  if (!http) throw cannotListen();
  /** @type {{ state: string, resolve: (answer: string) => void } | undefined} what is waited for */
  let waiting;
  const server = http.createServer(async (request, response) => {
    const show = (/** @type {number} */ status, /** @type {string} */ page) => {
      response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", Connection: "close" });
      response.end(page);
    };
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    if (pathname !== "/") return show(404, "");
    if (request.method === "GET" && !/[?&](code|error)=/.test(search)) return show(200, "");
    if (request.method !== "GET" && request.method !== "POST") return show(405, "");
    const text = request.method === "GET" ? search : await bodyOf(request).catch(() => "");
    const parameters = new URLSearchParams(text);
    // What anybody else sends here neither ends nor settles the sign-in.
    const [state, another] = parameters.getAll("state");
    if (!waiting || state !== waiting.state || another !== undefined) return show(400, "This is not the answer that is waited for.");
    const { resolve } = waiting;
    waiting = undefined;
    // The person has seen the page before nobody listens any more.
    response.once("close", () => resolve(JSON.stringify(Object.fromEntries(parameters))));
    show(200, parameters.has("code") ? (successTemplate ?? SIGNED_IN) : (errorTemplate ?? NOT_SIGNED_IN));
  });
  const port = await opened(server, preferredPort ?? 0).catch((error) => {
    if (!preferredPort || error.code !== "EADDRINUSE") throw error;
    return opened(server, 0);
  });
  return {
    uri: `http://localhost:${port}`,
    ask: async ({ url, state, ms }, signal) => {
      /** @type {() => void} */
      let release = () => {};
      const answer = new Promise((resolve, reject) => {
        waiting = { state, resolve };
        const timer = setTimeout(() => reject(tooLate()), Math.min(ms, LONGEST_TIMER_MS));
        const abort = () => reject(reasonOf(signal));
        signal.addEventListener("abort", abort);
        release = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", abort);
        };
        Promise.resolve(openBrowser(url)).catch(reject);
      });
      return answer.finally(release);
    },
    close: () => {
      waiting = undefined;
      server.close();
      server.closeAllConnections?.();
    },
  };
}

/**
 * @param {import("node:http").Server} server
 * @param {number} port
 * @returns {Promise<number>} the port that it listens on
 */
function opened(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.removeListener("error", reject);
      resolve(/** @type {import("node:net").AddressInfo} */ (server.address()).port);
    });
  });
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

function tooLate() {
  return hinted(new ClientAuthError("user_timeout_reached", "", "nobody signed in in time"), "Start again, or allow more time by timeoutMs.");
}
