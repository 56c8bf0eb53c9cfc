// The plumbing under both services: a loopback server that closes at once, request bodies, and calling a Koa
// application in-process with a request of our own making.
import http from "node:http";

/** Starts a server, whose answers are dated by `now`; a handler that throws answers 500 with the stack, which is what a test wants to read. */
export async function listen(handler, { port = 0, host = "127.0.0.1", now }) {
  const server = http.createServer((req, res) => {
    res.setHeader("date", new Date(now()).toUTCString());
    handler(req, res).catch((error) => {
      if (res.headersSent) return res.destroy();
      res.writeHead(500, { "content-type": "text/plain" });
      res.end(`test service failed: ${error.stack}`);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    origin: `http://${name}:${server.address().port}`,
    // Keep-alive connections would hold `server.close` open for a minute.
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

export async function readBody(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A form as a plain object; a name given twice keeps both values. Other content types stay text. */
export function parseBody(req, bytes) {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString("utf8");
  if (!/^application\/x-www-form-urlencoded\b/i.test(req.headers["content-type"] ?? "")) return text;
  const form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    form[name] = name in form ? [form[name], value].flat() : value;
  }
  return form;
}

export function sendJson(res, status, value, headers = {}) {
  const bytes = Buffer.from(JSON.stringify(value));
  res.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers, "content-length": bytes.length });
  res.end(bytes);
}

/**
 * Runs `callback` (Koa's) on a request made up from `original` and gives what it would have answered. Nothing of the
 * answer has been sent then, so that it can be reshaped as a whole.
 */
export function callInProcess(callback, original, { method = original.method, url, originalUrl, headers, body, attach }) {
  const req = new http.IncomingMessage(original.socket);
  const bytes = body ?? Buffer.alloc(0);
  Object.assign(req, { method, url, originalUrl, httpVersion: "1.1", httpVersionMajor: 1, httpVersionMinor: 1 });
  req.headers = { ...headers };
  delete req.headers["transfer-encoding"];
  delete req.headers["content-length"];
  if (bytes.length > 0) req.headers["content-length"] = String(bytes.length);
  // Marked complete, or the end of this made-up stream would destroy the real connection.
  req.complete = true;
  Object.assign(req, attach);
  if (bytes.length > 0) req.push(bytes);
  req.push(null);

  const res = new http.ServerResponse(req);
  const chunks = [];
  return new Promise((resolve) => {
    const take = (chunk) => {
      if (chunk && typeof chunk !== "function") chunks.push(Buffer.from(chunk));
    };
    res.write = (chunk) => {
      take(chunk);
      return true;
    };
    res.end = (chunk) => {
      take(chunk);
      resolve({ status: res.statusCode, headers: res.getHeaders(), body: Buffer.concat(chunks), req });
      res.emit("finish");
      return res;
    };
    callback(req, res);
  });
}
