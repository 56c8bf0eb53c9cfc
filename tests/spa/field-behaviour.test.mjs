// Each row of fields/table.mjs in a page: what is refused is refused by name, what is honoured reaches the provider or
// the user, what is harmless changes nothing.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { launch, openContext } from "./browsers.mjs";
import { merged } from "./fields/merged.mjs";
import { PROOFS } from "./fields/proofs.mjs";
import { CALLS, LEAST, REQUEST_TYPES } from "./fields/request-rows.mjs";
import { hasAll, sentBy, standIn, start } from "./fields/stand.mjs";
import { FIELDS, ROWS } from "./fields/table.mjs";
import { call, LIMIT, openApp, spa, succeeded } from "./support.mjs";

const { idp, site } = await spa();
const { clientId } = idp.clients.spa;

/** Which parts of a row's `sent` a call of this type shows. */
const SHOWN = {
  Configuration: ["address", "authorize"], PopupRequest: ["address", "authorize"], RedirectRequest: ["address", "authorize"],
  SsoSilentRequest: ["address", "authorize"], SilentRequest: ["address", "authorize"], AuthorizationCodeRequest: ["address", "query", "body"],
  EndSessionRequest: ["address", "logout"], EndSessionPopupRequest: ["address", "logout"],
};
const shows = (type, { sent = {} }) => SHOWN[type]?.some((part) => sent[part]) ?? false;
const rowsOf = (type, is) => ROWS.filter((row) => row.is === is && row.types.includes(type));
/** New in each request. */
const NEW = ["state", "nonce", "code_challenge", "client-request-id"];

let browser;
let context;
let page;
let requests = [];
before(async () => {
  browser = await launch("chromium");
  // Entra's addresses are none that the site's policy allows.
  ({ context } = await openContext(browser, { bypassCSP: true }));
  await standIn(context);
  context.on("request", (request) => requests.push(request.url()));
  page = await openApp(context, { site });
}, LIMIT);
after(() => browser?.close());
beforeEach(() => {
  requests = [];
});

test("every field that is honoured is proved, for each request that has it", () => {
  const proved = PROOFS.flatMap(({ fields }) => fields);
  assert.deepEqual(proved.filter((name) => !FIELDS.includes(name)), []);
  const unproved = ROWS.filter(({ is }) => is === "honoured").flatMap((row) => row.types.filter((type) => !shows(type, row)).map((type) => `${type}.${row.field}`));
  assert.deepEqual(unproved.filter((name) => !proved.includes(name)), []);
});

describe("Configuration", () => {
  const client = (given) => start(page, clientId, given);

  test("what is honoured reaches the provider", LIMIT, async () => {
    for (const row of rowsOf("Configuration", "honoured").filter((one) => shows("Configuration", one))) {
      await named(row, async () => {
        assert.equal((await client(row.given))?.message, undefined);
        check("Configuration", row, await sentBy(page, "RedirectRequest", { scopes: ["app/read"] }));
      });
    }
  });

  test("what is refused is refused by name, at once", LIMIT, async () => {
    for (const row of rowsOf("Configuration", "refused")) await named(row, async () => refusedBy(row, await client(row.given)));
    await named("auth.OIDCOptions.defaultScopes", async () =>
      refusedBy({ field: "auth.OIDCOptions.defaultScopes" }, await client({ auth: { OIDCOptions: { defaultScopes: ["openid"] } } })));
    assert.deepEqual(requests, []);
  });

  test("what is harmless, and what is MSAL's default, changes nothing", LIMIT, async () => {
    assert.equal(await client(), undefined);
    const usual = steady(await sentBy(page, "RedirectRequest"));
    const given = rowsOf("Configuration", "harmless").map((row) => row.given);
    const taken = ROWS.filter((row) => row.types.includes("Configuration") && row.taken).map((row) => row.taken);
    const defaults = { auth: { OIDCOptions: { responseMode: "fragment", defaultScopes: ["openid", "profile", "offline_access"] }, azureCloudOptions: { azureCloudInstance: "none" } }, system: { protocolMode: "EAR" } };
    assert.equal((await client([...given, ...taken, defaults].reduce(merged)))?.message, undefined);
    assert.deepEqual(steady(await sentBy(page, "RedirectRequest")), usual);
  });
});

for (const type of REQUEST_TYPES) {
  describe(`${type}: ${CALLS[type].join(", ")}`, () => {
    before(async () => {
      assert.equal(await start(page, clientId), undefined);
    });

    const honoured = rowsOf(type, "honoured").filter((row) => shows(type, row));
    if (honoured.length > 0) {
      test("what is honoured reaches the provider", LIMIT, async () => {
        for (const { given, rows } of together(honoured)) {
          const seen = await sentBy(page, type, given);
          for (const row of rows) await named(row, () => check(type, row, seen));
        }
      });
    }

    const refused = rowsOf(type, "refused");
    if (refused.length > 0) {
      test("what is refused is refused by name, before anything is sent", LIMIT, async () => {
        for (const row of refused) {
          await named(row, async () => refusedBy(row, (await call(page, CALLS[type].at(-1), { ...LEAST[type], ...row.given })).error));
        }
        assert.deepEqual(requests.filter((url) => !url.startsWith(site.origin)), []);
      });
    }

    const harmless = [...rowsOf(type, "harmless").map(({ given }) => given), ...refused.map(({ taken }) => taken)];
    if (harmless.length > 0) {
      test("what is harmless, and what is MSAL's default, changes nothing", LIMIT, async () => {
        const usual = steady(await sentBy(page, type));
        assert.deepEqual(steady(await sentBy(page, type, Object.assign({}, ...harmless))), usual);
      });
    }
  });
}

describe("what no single request tells of", () => {
  const open = () => openApp(context, { site });
  const client = (given, at = page) => start(at, clientId, given);
  for (const { name, prove } of PROOFS) test(name, LIMIT, () => prove({ page, context, open, client, idp, site }));
});

/** The rows for one call each: those whose fields do not meet share it. */
function together(rows) {
  const calls = [];
  for (const row of rows) {
    const names = Object.keys(row.given);
    const shared = !row.alone && calls.find(({ given, alone }) => !alone && names.every((name) => !(name in given)));
    if (shared) {
      Object.assign(shared.given, row.given);
      shared.rows.push(row);
    } else {
      calls.push({ given: { ...row.given }, rows: [row], alone: row.alone });
    }
  }
  return calls;
}

/** Says which row it was. */
async function named({ field }, run) {
  try {
    await run();
  } catch (error) {
    error.message = `${field}: ${error.message}`;
    throw error;
  }
}

function check(type, { sent }, seen) {
  if (sent.address) assert.ok(seen.address.startsWith(sent.address), seen.address);
  if (SHOWN[type].includes("body")) {
    hasAll(seen.query, sent.query);
    hasAll(seen.body, sent.body);
  } else {
    hasAll(seen.query, sent.authorize ?? sent.logout);
  }
}

function refusedBy({ field }, error) {
  assert.ok(error, "it is taken");
  assert.ok(error.classes.includes("ClientConfigurationError"), `${error.name}: ${error.message}`);
  assert.ok(error.message.includes(field.split(".").at(-1)), error.message);
}

/** A request without what is new in each. */
const steady = ({ address, query, body }) => ({
  address: address.split("?")[0], query: without(query), body: without(body),
});
const without = (parameters) => Object.fromEntries(Object.entries(parameters).filter(([name]) => !NEW.includes(name)));
