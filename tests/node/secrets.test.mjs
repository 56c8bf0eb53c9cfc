// Nothing that may be printed holds the secret or a token, whatever the server sends back.
import assert from "node:assert/strict";
import test from "node:test";
import { inspect } from "node:util";
import { ConfidentialClientApplication, LogLevel, PublicClientApplication } from "graph-token";
import { failureOf, services } from "../support.mjs";

const { idp, client } = await services();
const SECRET = "s3cret ~+/&=%\"\\ü'(!)*_end";
const FORMS = {
  raw: SECRET,
  "form-encoded": new URLSearchParams({ s: SECRET }).toString().slice(2),
  "percent-encoded": encodeURIComponent(SECRET),
  "inside JSON": JSON.stringify(SECRET).slice(1, -1),
};

/** All that a program might print of a value. */
function printed(value) {
  const texts = [String(value), JSON.stringify(value) ?? "", inspect(value), inspect(value, { depth: 10, showHidden: true, getters: true })];
  for (const name of Object.getOwnPropertyNames(Object(value))) texts.push(`${value[name]}`);
  return texts.join("\n");
}

function assertSilent(text, what) {
  for (const [form, secret] of Object.entries(FORMS)) assert.ok(!text.includes(secret), `${what} holds the secret ${form}:\n${text}`);
}

/** A client with the secret, logging all that it can. */
function talkative({ auth, system } = {}) {
  const lines = [];
  const loggerOptions = { logLevel: LogLevel.Trace, piiLoggingEnabled: true, loggerCallback: (level, message) => lines.push(message) };
  return { app: client({ auth: { clientSecret: SECRET, ...auth }, system: { loggerOptions, maxRetries: 0, ...system } }), lines };
}

test("the client itself", () => {
  const { app } = talkative();
  assertSilent(printed(app), "the client");
  assertSilent(printed(app.getTokenCache()), "the token cache");
  assertSilent(printed(app.getLogger()), "the logger");
});

const TEXTS = ["error", "error_description", "suberror", "trace_id", "correlation_id", "claims"];
for (const form of ["raw", "form-encoded", "percent-encoded"]) {
  test(`a server that sends it back ${form} in its error`, async () => {
    for (const field of TEXTS) {
      const { app, lines } = talkative();
      const body = { error: "invalid_client", error_description: "AADSTS7000215: no", error_codes: [7000215], [field]: `before ${FORMS[form]} after` };
      idp.fault({ status: 401, body });
      const error = await failureOf(app.acquireTokenByClientCredential());
      assert.equal(error.status, 401);
      assertSilent(printed(error), `the error (${field})`);
      assertSilent(lines.join("\n"), `the log (${field})`);
      assert.ok(lines.length >= 2, "something was logged");
    }
  });
}

// Long texts are shortened: wherever that happens, it must not be before the secret is taken out.
const SHORTENED = [
  ["description", 1900, 2010, (filler) => ({ status: 401, body: { error: "invalid_client", error_description: filler + SECRET } })],
  ["content type", 60, 110, (filler) => ({ status: 500, body: "x", contentType: `text/plain; echo=${filler}${FORMS["form-encoded"]}` })],
];
for (const [name, from, to, faultOf] of SHORTENED) {
  test(`a long ${name} that is cut inside the secret keeps no part of it`, async () => {
    const part = SECRET.slice(0, 6);
    for (let length = from; length <= to; length++) {
      idp.fault(faultOf("x".repeat(length)));
      const error = await failureOf(talkative().app.acquireTokenByClientCredential());
      assert.ok(!printed(error).includes(part), `after ${length} characters`);
    }
  });
}

const ECHOES = [
  ["as HTML", { status: 200, contentType: "text/html", body: `<p>${SECRET}` }],
  ["in the content type of an answer without a token", { status: 200, contentType: `application/json; echo=${FORMS["percent-encoded"]}`, body: { id_token: "x", token_type: "Bearer" } }],
  ["as a broken token response", { status: 200, body: { access_token: "", token_type: SECRET } }],
  ["in a content type", { status: 500, body: "x", contentType: `text/plain; echo=${FORMS["form-encoded"]}` }],
  ["in an error status without OAuth's error", { status: 403, body: `denied: ${SECRET}` }],
  ["in a cut answer", { cut: "body", body: { echo: SECRET.repeat(100) } }],
  ["in a redirect", { redirectTo: `http://127.0.0.1:1/?echo=${encodeURIComponent(SECRET)}` }],
];
for (const [name, fault] of ECHOES) {
  test(`a server that sends it back ${name}`, async () => {
    const { app, lines } = talkative();
    idp.fault(fault);
    const error = await failureOf(app.acquireTokenByClientCredential());
    assertSilent(printed(error), "the error");
    assertSilent(lines.join("\n"), "the log");
  });
}

test("nobody's words make a line of a log", async () => {
  const { app, lines } = talkative();
  idp.fault({ status: 400, body: { error: "x\n[Sat, 01 Jan 2022] : forged", suberror: "y\u009b31m\nz", error_description: "one\ntwo\u009b31m", trace_id: "a\nb" } });
  const error = await failureOf(app.acquireTokenByClientCredential({ correlationId: "one\n[Sat, 01 Jan 2022] : forged" }));
  assert.deepEqual([error.errorCode, error.subError, error.traceId, error.errorMessage], ["x [Sat, 01 Jan 2022] : forged", "y 31m z", "a b", "one\ntwo 31m"]);
  assert.ok(lines.length > 0 && lines.every((line) => !/[\n\u0080-\u009f]/.test(line)), lines.join());
});

test("a connection that fails, and its cause", async () => {
  const { app, lines } = talkative({ auth: { authority: "http://127.0.0.1:1/contoso.com" } });
  const error = await failureOf(app.acquireTokenByClientCredential());
  assert.ok(error.cause);
  assertSilent(printed(error), "the error");
  assertSilent(lines.join("\n"), "the log");
});

test("a configuration that is refused", async () => {
  for (const auth of [{ clientSecret: SECRET }, { clientSecret: [SECRET], clientId: "c" }, { clientSecret: SECRET, clientId: "c", clientCertificate: { privateKey: SECRET } }]) {
    assertSilent(printed(await failureOf(() => new ConfidentialClientApplication({ auth }))), "the error");
  }
});

test("no log line and no error holds a token, and levels are obeyed", async () => {
  idp.setLifetimes({ expires_in: 3600, ext_expires_in: 3600, refresh_in: 1800 });
  let now = Date.now();
  const { app, lines } = talkative({ auth: { clientSecret: idp.clients.daemon.clientSecret }, system: { now: () => now } });
  const { accessToken } = await app.acquireTokenByClientCredential();
  now += 2000e3;
  idp.fault({ status: 401, body: { error: "invalid_client", error_description: "no" } });
  await app.acquireTokenByClientCredential();
  idp.fault({ status: 401, body: { error: "invalid_client", error_description: "no" } });
  assert.ok(!printed(await failureOf(app.acquireTokenByClientCredential({ forceRefresh: true }))).includes(accessToken));
  assert.ok(!printed(app).includes(accessToken));
  assert.ok(lines.length > 0 && !lines.join("\n").includes(accessToken));

  const quiet = [];
  const errorsOnly = client({ auth: { clientSecret: "wrong" }, system: { loggerOptions: { logLevel: LogLevel.Error, loggerCallback: (level) => quiet.push(level) } } });
  await failureOf(errorsOnly.acquireTokenByClientCredential());
  assert.deepEqual([...new Set(quiet)], [LogLevel.Error]);
});

test("somebody else's error is the cause, without the request that it holds", async () => {
  const thrown = Object.assign(new Error("socket hang up"), { config: { data: `client_secret=${idp.clients.daemon.clientSecret}` } });
  const error = await failureOf(client({ system: { maxRetries: 0, fetch: () => Promise.reject(thrown) } }).acquireTokenByClientCredential());
  assert.deepEqual([error.cause.name, error.cause.message, error.cause.stack], [thrown.name, thrown.message, thrown.stack]);
  assert.ok(!inspect(error, { depth: 10 }).includes(idp.clients.daemon.clientSecret));
  assert.ok(!JSON.stringify(error).includes(idp.clients.daemon.clientSecret));
  assert.ok(!Object.keys(error).includes("cause"));
});

test("whatever a program's own fetch throws, in whichever way, shows nothing of what was sent", async () => {
  const { clientSecret } = idp.clients.daemon;
  const ways = {
    "at once": (body) => {
      throw new Error(body);
    },
    "as the reason of a reason": async (body) => {
      throw new TypeError("fetch failed", { cause: new Error("cut", { cause: new Error(body) }) });
    },
    "as a member": async (body) => {
      throw Object.assign(new Error("cut"), { requestBody: body });
    },
    "as a text": async (body) => {
      throw `cut: ${body}`;
    },
    "as an object": async (body) => {
      throw { message: body };
    },
    "when the answer is read": async (body) => ({ status: 200, headers: new Headers(), text: async () => {
      throw new Error(body);
    } }),
    "as the request of the reason": async (body) => {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("hang up"), { config: { data: body } }) });
    },
    "as an object of an object": async (body) => {
      throw { cause: { request: { body } } };
    },
    "as one of several": async (body) => {
      throw new AggregateError([new Error(`posting ${body}`)], "all failed");
    },
    "as a form": async (body) => {
      throw new URLSearchParams(body);
    },
    "in a map of one of several": async (body) => {
      throw new AggregateError([new Map([["body", body]])]);
    },
    "as a member's name": async (body) => {
      throw Object.assign(new Error("cut"), { [body]: 1 });
    },
    "by a function": async (body) => {
      throw Object.assign(new Error("cut"), { toJSON: () => body });
    },
    "under a symbol": async (body) => {
      throw Object.assign(new Error("cut"), { [Symbol("request")]: body });
    },
    "with other hexadecimals": async (body) => {
      throw new Error(body.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()));
    },
    "without a message": async (body) => {
      throw Object.assign(new Error("cut"), { message: undefined, stack: [body] });
    },
  };
  for (const [way, fail] of Object.entries(ways)) {
    const system = { fetch: (_url, { body }) => fail(body), maxRetries: 0 };
    const error = await failureOf(client({ auth: { clientSecret: `${clientSecret}~ü/%` }, system }).acquireTokenByClientCredential());
    assert.equal(error.errorCode, "network_error", way);
    const shown = `${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error.cause)}`;
    assert.ok(![clientSecret, encodeURIComponent(clientSecret)].some((text) => shown.includes(text)), `${way}: ${shown}`);
  }
});

test("so it is with the platform's fetch, which others may have wrapped", async () => {
  const { clientSecret } = idp.clients.daemon;
  const { fetch } = globalThis;
  globalThis.fetch = async (_url, { body }) => {
    throw new Error(`cannot send ${body}`);
  };
  try {
    const error = await failureOf(client({ system: { maxRetries: 0 } }).acquireTokenByClientCredential());
    assert.match(error.cause.message, /^cannot send .*client_secret=\*\*\*/);
    assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(encodeURIComponent(clientSecret)));
  } finally {
    globalThis.fetch = fetch;
  }
});

test("a device's code is as secret", async () => {
  const app = new PublicClientApplication({ auth: { clientId: idp.clients.device.clientId, authority: idp.authority("contoso") }, system: {
    maxRetries: 0,
    fetch: async (url, { body = "", ...options }) => {
      if (body.includes("device_code=")) throw new Error(`cannot send ${body}`);
      return fetch(url, { body: body || undefined, ...options });
    },
  } });
  let shown;
  const error = await failureOf(app.acquireTokenByDeviceCode({ scopes: ["User.Read"], timeout: 1, deviceCodeCallback: ({ deviceCode }) => { shown = deviceCode; } }));
  assert.match(error.cause.message, /device_code=\*\*\*/);
  assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(shown));
});

test("what throws at whoever looks at it ends the call as anything else that was thrown", { timeout: 10_000 }, async () => {
  const throwing = (name) => Object.defineProperty(new Error("cut"), name, { get() { throw new Error("no"); } });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const thrown of [throwing("cause"), throwing("request"), proxy]) {
    const error = await failureOf(client({ system: { maxRetries: 0, fetch: () => Promise.reject(thrown) } }).acquireTokenByClientCredential());
    assert.equal(error.errorCode, "network_error");
    assert.ok(error.cause instanceof Error);
  }
});

test("errors that hold one another are looked at once", { timeout: 10_000 }, async () => {
  const all = Object.assign(new AggregateError([]), { errors: Array.from({ length: 50 }, () => new Error("one")) });
  for (const one of all.errors) one.cause = all;
  all.errors.push(all);
  assert.equal((await failureOf(client({ system: { maxRetries: 0, fetch: () => Promise.reject(all) } }).acquireTokenByClientCredential())).errorCode, "network_error");
});

test("of an error that holds more than it may, the rest is kept", async () => {
  const socket = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET", errno: -1, socket: {} });
  const error = await failureOf(client({ system: { maxRetries: 0, fetch: () => Promise.reject(new TypeError("fetch failed", { cause: socket })) } }).acquireTokenByClientCredential());
  assert.ok(error.cause instanceof TypeError);
  assert.deepEqual([error.cause.cause.message, error.cause.cause.code, error.cause.cause.errno, error.cause.cause.socket], ["other side closed", "UND_ERR_SOCKET", -1, undefined]);
});

test("errors that show nothing are handed on as they are", async () => {
  const causes = [new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED", errno: -111, syscall: "connect" }) }),
    new DOMException("too late", "TimeoutError"), new AggregateError([new Error("one"), new Error("two")], "both")];
  for (const cause of causes) {
    const error = await failureOf(client({ system: { maxRetries: 0, fetch: () => Promise.reject(cause) } }).acquireTokenByClientCredential());
    assert.equal(error.cause, cause);
  }
});

test("what a program's own fetch or network client throws shows nothing of what was sent", async () => {
  const { clientSecret } = idp.clients.daemon;
  const throwing = (body) => {
    throw Object.assign(new TypeError(`cannot send ${body} (${decodeURIComponent(body)})`), { code: "EOWN" });
  };
  const systems = [{ fetch: async (_url, { body }) => throwing(body) }, { networkClient: { sendGetRequestAsync: throwing, sendPostRequestAsync: async (_url, { body }) => throwing(body) } }];
  for (const system of systems) {
    const error = await failureOf(client({ system: { ...system, maxRetries: 0 } }).acquireTokenByClientCredential());
    const shown = `${inspect(error)}${error.cause.stack}${error.cause.message}`;
    for (const text of [clientSecret, encodeURIComponent(clientSecret)]) assert.ok(!shown.includes(text), shown);
    assert.deepEqual([error.cause.name, error.cause.code], ["TypeError", "EOWN"]);
    assert.match(error.cause.message, /grant_type=client_credentials.*client_secret=\*\*\*/);
  }
});
