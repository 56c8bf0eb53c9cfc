// Faults on demand: a queue of things that go wrong with the next matching requests. Shared by both services.

const SAMPLE_BODY = JSON.stringify({ token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: "x".repeat(200) });

/**
 * A queue of faults. `errorFor(status)` gives the body of a fault that names a status and no body, so that a plain
 * `{ status: 503 }` looks like the service's own error.
 */
export function createFaults({ errorFor }) {
  const queue = [];
  // What waits is ended when the server closes, or a hanging request would keep the test's process alive.
  const timers = new Map();

  return {
    add(fault) {
      queue.push({ times: 1, ...fault });
    },
    clear() {
      queue.length = 0;
    },
    /** The first fault that fits; one use of it is spent. `endpoint` is the short name of what was called. */
    take(endpoint, path, request) {
      const index = queue.findIndex((fault) => fits(fault.match, endpoint, path, request));
      if (index < 0) return undefined;
      const fault = queue[index];
      fault.times -= 1;
      if (fault.times <= 0) queue.splice(index, 1);
      return fault;
    },
    /** Acts the fault out. Gives false when the request should be answered as usual afterwards (a mere delay). */
    async perform(fault, req, res, entry) {
      entry.fault = true;
      if (fault.delayMs) await wait(timers, fault.delayMs);
      if (req.socket.destroyed) return true;
      if (fault.hang) {
        entry.status = null;
        return true;
      }
      const { status, headers, bytes } = answerOf(fault, errorFor, entry);
      if (fault.cut) {
        entry.status = null;
        cut(fault.cut, res, status, headers, bytes);
        return true;
      }
      if (status === undefined) return false;
      entry.status = status;
      entry.response = bytes.length > 65_536 ? `(${bytes.length} bytes)` : readable(bytes);
      res.writeHead(status, { ...headers, "content-length": bytes.length });
      res.end(bytes);
      return true;
    },
    close() {
      for (const [timer, resolve] of timers) {
        clearTimeout(timer);
        resolve();
      }
      timers.clear();
    },
  };
}

function fits(match, endpoint, path, request) {
  if (match === undefined || match === "any") return true;
  if (match instanceof RegExp) return match.test(path);
  if (typeof match === "function") return Boolean(match(request));
  return match === endpoint;
}

function answerOf(fault, errorFor, entry) {
  const cors = { "access-control-allow-origin": "*" };
  if (fault.redirectTo) {
    return { status: fault.status ?? 302, headers: { ...cors, location: fault.redirectTo, ...fault.headers }, bytes: toBytes(fault.body ?? "") };
  }
  if (fault.status === undefined && fault.body === undefined && fault.contentType === undefined && !fault.cut) return {};
  const status = fault.status ?? 200;
  const body = fault.body ?? (fault.cut ? SAMPLE_BODY : errorFor(status, entry));
  const contentType = fault.contentType ?? (Buffer.isBuffer(body) ? "application/octet-stream" : "application/json; charset=utf-8");
  return { status, headers: { ...cors, "content-type": contentType, ...fault.headers }, bytes: toBytes(body) };
}

/** "before": not one byte. "headers": the header block and nothing else. "body": half of what Content-Length announced. */
function cut(where, res, status, headers, bytes) {
  if (where === "before") {
    res.socket.destroy();
    return;
  }
  res.writeHead(status, { ...headers, "content-length": bytes.length });
  const end = () => res.socket?.destroySoon();
  if (where === "headers") {
    res.flushHeaders();
    setImmediate(end);
  } else {
    res.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => setImmediate(end));
  }
}

function wait(timers, ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      resolve();
    }, ms);
    timers.set(timer, resolve);
  });
}

function toBytes(body) {
  if (Buffer.isBuffer(body)) return body;
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

function readable(bytes) {
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
