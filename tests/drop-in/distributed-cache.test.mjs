// examples/distributed-cache with MSAL and with graph-token, two instances with one cache; and one library's cache in
// the other's hands.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../free-port.mjs";
import { differencesOf } from "./compare.mjs";
import { judged } from "./differences.mjs";
import { entra } from "./entra.mjs";
import { cacheOf, requestsOf, resultsOf, valueOf } from "./normal.mjs";
import { Person } from "./person.mjs";
import { MSAL, OURS, SCRATCH, startServer } from "./programs.mjs";
import { twice } from "./twice.mjs";

const { idp, graph, fresh, routes } = await entra();
const { clientId, clientSecret } = idp.clients.web;
const PORTS = [await freePort(), await freePort()];

/** Starts an instance, or several that share one folder, for as long as `visit` takes. */
async function withInstances(libraries, folder, visit) {
  const programs = [];
  try {
    for (const [i, library] of libraries.entries()) {
      const env = { TENANT_ID: idp.tenants.contoso.id, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, PORT: String(PORTS[i]),
        REDIRECT_URI: `http://localhost:${PORTS[0]}/redirect`, CACHE_FOLDER: folder };
      programs.push(await startServer("distributed-cache", library, { routes, env }));
    }
    await visit();
    const observed = [];
    for (const program of programs) observed.push(...await program.observed());
    return { results: resultsOf(observed, idp), stderr: programs.map(({ printed }) => printed.stderr).join("") };
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

const newFolder = () => mkdtemp(path.join(SCRATCH, "cache-"));
const at = (instance, page) => `http://localhost:${PORTS[instance]}${page}`;

/** What the program's files hold of people's tokens; sessions are not MSAL's. */
async function cachesIn(folder) {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name), "utf8")));
  return texts.filter((text) => "AccessToken" in JSON.parse(text));
}

async function twoInstances(library) {
  fresh();
  const folder = await newFolder();
  const pages = [];
  let caches;
  const { results, stderr } = await withInstances([library, library], folder, async () => {
    const person = new Person(idp);
    const open = async (instance, page) => pages.push(await person.open(at(instance, page)).then(({ status, body }) => ({ status, body })));
    await open(0, "/me");
    await open(1, "/me");
    await open(0, "/me");
    caches = await cachesIn(folder);
    await person.open(at(1, "/sign-out"));
    await open(0, "/me");
  });
  return {
    pages, stderr, results, requests: requestsOf(idp), shown: valueOf(pages, idp),
    caches: caches.map((text) => ({ call: "cache", ...cacheOf(text, idp) })),
  };
}

const runs = new Map();
const kept = (library) => {
  if (!runs.has(library)) runs.set(library, twoInstances(library));
  return runs.get(library);
};

twice("two instances with one cache", kept, {
  holds({ pages, requests, caches, stderr }) {
    assert.deepEqual(pages.map(({ status }) => status), [200, 200, 200, 200], stderr);
    assert.deepEqual(pages.map(({ body }) => body.me.userPrincipalName), Array(4).fill("ada@contoso.example"));
    // Signing in puts the token into the cache, from which both instances then serve.
    assert.deepEqual(pages.map(({ body }) => body.fromCache), [true, true, true, true]);
    assert.deepEqual(pages.map(({ body }) => PORTS.indexOf(body.instance)), [0, 1, 0, 0]);
    // Signed out at one instance is signed out at the other.
    assert.deepEqual(requests.map(({ call }) => call), ["authorize", "token authorization_code", "logout", "authorize", "token authorization_code"]);
    assert.equal(caches.length, 1);
  },
  differences: { results: ["ext-expires-on"] },
});

test("the cache that the plugin is given holds the same", async () => {
  const [msal, ours] = [await kept(MSAL), await kept(OURS)];
  assert.deepEqual(judged(differencesOf(msal.caches, ours.caches, { what: "cache" })), ["ext-expires-on"]);
});

describe("one library's cache in the other's hands", () => {
  for (const [writer, reader] of [[MSAL, OURS], [OURS, MSAL]]) {
    test(`${reader} needs no token request where ${writer} signed in`, async () => {
      fresh();
      const folder = await newFolder();
      const person = new Person(idp);
      await withInstances([writer], folder, async () => assert.equal((await person.open(at(0, "/me"))).status, 200));
      idp.clearLog();
      graph.clearLog();
      const { stderr } = await withInstances([reader], folder, async () => {
        const { status, body } = await person.open(at(0, "/me"));
        assert.deepEqual({ status, fromCache: body.fromCache, name: body.me?.userPrincipalName },
          { status: 200, fromCache: true, name: "ada@contoso.example" });
      });
      assert.deepEqual(idp.tokenRequests(), [], stderr);
      assert.deepEqual(graph.log.map(({ status }) => status), [200]);
    });
    test(`signed out with ${reader}, nobody is signed in with ${writer}`, async () => {
      fresh();
      const folder = await newFolder();
      const person = new Person(idp);
      await withInstances([writer], folder, () => person.open(at(0, "/me")));
      await withInstances([reader], folder, () => person.open(at(0, "/sign-out")));
      idp.clearLog();
      await withInstances([writer], folder, () => person.open(at(0, "/me")));
      assert.deepEqual(idp.tokenRequests().map(({ body }) => body.grant_type), ["authorization_code"]);
    });
  }
});
