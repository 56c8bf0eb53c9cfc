// The programs of the README, run as they stand there, and the error codes that it names.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import test from "node:test";
import { Request, Response, fetch } from "miniflare";
import { bundle, inWorkerd, TARGETS } from "./bundle.mjs";
import { README, STAGE, node, services } from "./packed.mjs";

const { idp, graph } = await services();
const { clientId, clientSecret } = idp.clients.daemon;
const contoso = idp.tenants.contoso;
const STAND_INS = { "https://login.microsoftonline.com": idp.origin, "https://graph.microsoft.com": graph.origin };

/** Every fenced block of JavaScript, with the host that the mark above it names, if there is one. */
const blocks = [...README.matchAll(/(?:^<!-- run: (\w+) -->\n)?^```js\n([\s\S]*?)^```$/gm)]
  .map(([, host, program]) => ({ host, program }));

async function inNode(program) {
  idp.clearLog();
  graph.clearLog();
  const { code, stdout, stderr } = await node(["--input-type=module", "-"], {
    input: program,
    env: {
      NODE_OPTIONS: `--import=${new URL("stand-ins.mjs", import.meta.url)}`,
      STAND_INS: JSON.stringify(STAND_INS),
      GRAPH_TOKEN_TENANT: contoso.id, GRAPH_TOKEN_CLIENT_ID: clientId, GRAPH_TOKEN_CLIENT_SECRET: clientSecret,
    },
  });
  assert.equal(code, 0, stdout + stderr);
  assert.equal(stderr, "");
  assert.equal(idp.tokenRequests().length, 1);
  return stdout;
}

/** The first page of users, as Graph gives it. */
const [ADA, BLAISE] = [...contoso.users.values()].map(({ name }) => name);

// One for each block of the README, in its order: who writes a block says here what it does.
const CHECKS = [
  { host: "node", what: "users by fetch", check: async (program) => {
    const printed = await inNode(program);
    for (const name of [ADA, BLAISE]) assert.ok(printed.includes(`displayName: '${name}'`), printed);
    assert.deepEqual(graph.log.map(({ path }) => path), ["/v1.0/users"]);
  } },
  { host: "workerd", what: "a Worker", check: async (program) => {
    idp.clearLog();
    const worker = inWorkerd(await bundle(program, TARGETS.workerd), {
      bindings: { CLIENT_ID: clientId, AUTHORITY: `https://login.microsoftonline.com/${contoso.id}`, CLIENT_SECRET: clientSecret },
      outboundService: toStandIns,
    });
    try {
      const origin = await worker.ready;
      for (let request = 0; request < 2; request++) {
        const response = await globalThis.fetch(origin, { signal: AbortSignal.timeout(20_000) });
        const text = await response.text();
        assert.equal(response.status, 200, text);
        assert.deepEqual(JSON.parse(text).value.slice(0, 2).map(({ displayName }) => displayName), [ADA, BLAISE]);
      }
      assert.equal(idp.tokenRequests().length, 1, "the second request has its token from the cache");
    } finally {
      await worker.dispose();
    }
  } },
  { host: "node", what: "the header and the error", check: async (program) => {
    // What the README says that it prints, up to where it leaves the rest out.
    const promised = /^ *console\.log\(.*\); \/\/ (.+)…$/m.exec(program)?.[1];
    assert.ok(promised?.startsWith("invalid_client"), "the README says what is printed");
    const printed = await inNode(program);
    assert.equal(printed.slice(0, promised.length), promised);
    // With the right secret the other branch runs.
    const corrected = program.replace('"not the secret"', "process.env.GRAPH_TOKEN_CLIENT_SECRET");
    assert.match(await inNode(corrected), /^Bearer eyJ\S+ \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
  } },
];

async function toStandIns(request) {
  const { origin, pathname, search } = new URL(request.url);
  if (!STAND_INS[origin]) return new Response(`nothing stands in for ${origin}`, { status: 599 });
  const response = await fetch(new Request(STAND_INS[origin] + pathname + search, request));
  return new Response(response.body, response);
}

test("every program of the README is marked to be run, and checked here", () => {
  assert.deepEqual(blocks.map(({ host }) => host), CHECKS.map(({ host }) => host));
  // Nothing is passed over because it is written otherwise: indented, without a language, or in another one.
  const fences = [...README.matchAll(/^[ \t>]*(?:```|~~~).*$/gm)].map(([line]) => line);
  assert.deepEqual(fences.filter((_, index) => index % 2 === 0).filter((opening) => !["```js", "```sh"].includes(opening)), []);
  assert.equal(fences.filter((fence) => fence === "```js").length, blocks.length);
});

for (const [index, { host, what, check }] of CHECKS.entries()) {
  test(`${what}, in ${host}`, { timeout: 60_000 }, () => check(blocks[index].program));
}

// The core's sources lie beside `target` in a checkout.
const SOURCE = new URL("../../../../src/error.rs", import.meta.url);
test("the README names every error code, and no other", async () => {
  const list = /`errorCode` is one of: ([\s\S]+?)\.\n/.exec(README)?.[1] ?? "";
  // What is in parentheses explains a code.
  const named = [...list.replace(/\([^)]*\)/g, "").matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
  const core = await readFile(SOURCE, "utf8");
  const known = [...core.matchAll(/pub const [A-Z_]+: &str =\s*"([a-z_]+)";/g)].map(([, code]) => code);
  const lib = `${STAGE}node_modules/graph-token/lib/`;
  for (const name of await readdir(lib)) {
    const text = await readFile(lib + name, "utf8");
    known.push(...[...text.matchAll(/new \w+Error\(\s*"([a-z_]+)"/g)].map(([, code]) => code));
  }
  assert.ok(known.length > 10, "the sources' codes were found");
  assert.deepEqual(named.toSorted(), [...new Set(known)].toSorted());
});
