// The packed package as npm installs it, in a folder that has nothing else: what is in it, and what programs see of it.
import assert from "node:assert/strict";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { before } from "node:test";
import { build } from "esbuild";
import { README, TARBALL, VERSION, emptyFolder, node, printedJson, run, services, tsc } from "./packed.mjs";

const { idp, env } = await services();
const project = await emptyFolder();
const installed = path.join(project, "node_modules", "graph-token");
/** A server's entries, which `require` takes as well, and a page's. */
const SERVER = ["graph-token", "graph-token/node"];
const PAGE = ["graph-token/browser", "graph-token/url"];
const BRIDGE = "graph-token/redirect-bridge";

let manifest;
let files;
let npm;
before(async () => {
  npm = await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", project, TARBALL], {
    cwd: project,
    // An empty cache: what is not in the tarball is nowhere.
    env: { npm_config_cache: path.join(project, ".npm") },
  });
  assert.equal(npm.code, 0, npm.stdout + npm.stderr);
  manifest = JSON.parse(await readFile(path.join(installed, "package.json"), "utf8"));
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  files = entries.filter((entry) => entry.isFile())
    .map((entry) => path.relative(installed, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join("/"));
});

/** Runs a program in the project; gives what it printed as JSON. */
async function program(name, text) {
  await writeFile(path.join(project, name), text);
  return printedJson(await node([name], { cwd: project, env }));
}

/** Every file that a value of `exports` names. */
const namedIn = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(namedIn));

test("npm installs it without a registry, without a complaint, and nothing beside it", async () => {
  assert.doesNotMatch(npm.stderr, /graph-token|EBADENGINE|deprecated/);
  const names = await readdir(path.join(project, "node_modules"));
  assert.deepEqual(names.filter((name) => !name.startsWith(".")), ["graph-token"]);
  assert.ok(!files.some((file) => file.startsWith("node_modules/")));
  assert.equal(manifest.version, VERSION);
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies", "devDependencies", "scripts"]) {
    assert.equal(manifest[kind], undefined, kind);
  }
});

test("every file that package.json names is there", () => {
  const named = [manifest.main, manifest.module, manifest.types, ...namedIn(manifest.bin), ...namedIn(manifest.exports)];
  assert.ok(named.length > 15);
  assert.deepEqual(named.filter((file) => !files.includes(file.replace(/^\.\//, ""))), []);
});

/** For resolvers that do not read `exports`: each stands for the entry that it names. */
const STUBS = ["browser", "url", "redirect-bridge", "certificate"].flatMap((name) => [`${name}.js`, `${name}.d.ts`]).concat("node.d.ts");

test("resolvers that do not read exports find the same entries", async () => {
  for (const stub of STUBS) {
    const [, target] = /^export \* from "(\.[^"]+)";$/m.exec(await readFile(path.join(installed, stub), "utf8"));
    const entry = manifest.exports[`./${stub.split(".")[0]}`];
    const { types, default: script } = entry;
    const wanted = stub.endsWith(".d.ts") ? (types.default ?? types).replace(/\.d\.ts$/, ".js") : script;
    assert.equal(target, wanted, stub);
  }
});

test("nothing is in it that no entry needs", async () => {
  const scripts = [...new Set([...namedIn(manifest.bin), ...namedIn(manifest.exports)])].filter((file) => /\.[cm]?js$/.test(file));
  const { metafile } = await build({
    entryPoints: scripts.map((script, index) => ({ in: script, out: `${index}` })), absWorkingDir: installed, outdir: "out",
    bundle: true, write: false, metafile: true, format: "esm", external: ["cloudflare:workers", "node:*", "*.wasm?module"], loader: { ".wasm": "copy" }, logLevel: "silent",
  });
  // What is only fetched is named by package.json, for servers and bundlers to find.
  const fetched = namedIn(manifest.exports).filter((file) => file.endsWith(".wasm")).map((file) => file.slice(2));
  const types = await declarations(namedIn(manifest.exports).filter((file) => /\.d\.c?ts$/.test(file)));
  const needed = new Set([...Object.keys(metafile.inputs), ...fetched, ...types, ...STUBS, "package.json", "README.md", "LICENSE-MIT", "LICENSE-APACHE"]);
  // The build gives every declaration the ending for `require` too.
  assert.deepEqual(files.filter((file) => !needed.has(file) && !needed.has(file.replace(/\.d\.cts$/, ".d.ts"))), []);
});

/** The files of types, and those that they name. */
async function declarations(entries) {
  const found = new Set();
  for (const waiting = entries.map((entry) => path.posix.normalize(entry)); waiting.length > 0;) {
    const file = waiting.pop();
    if (found.has(file)) continue;
    found.add(file);
    const text = await readFile(path.join(installed, file), "utf8");
    const named = [...text.matchAll(/ from "(\.[^"]+)\.(c?)js";/g)];
    waiting.push(...named.map(([, name, common]) => path.posix.join(path.posix.dirname(file), `${name}.d.${common}ts`)));
  }
  return found;
}

// V8 of Node 20 and 22 ends the process where such an export's caller is deoptimized during the call.
test("no export of a module gives an object by itself", async () => {
  for (const file of namedIn(manifest.exports).filter((name) => name.endsWith(".wasm"))) {
    const results = resultsOf(await readFile(path.join(installed, file)));
    assert.ok(results.size > 5, file);
    assert.deepEqual([...results].filter(([, types]) => types.length === 1 && types[0] === EXTERNREF), [], file);
  }
});

const EXTERNREF = 0x6f;

/** The types of what each exported function of a module gives, by its name. */
function resultsOf(bytes) {
  let at = 8;
  const number = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++];
      value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const text = () => {
    const length = number();
    return bytes.subarray(at, (at += length)).toString();
  };
  const list = (read) => Array.from({ length: number() }, read);
  const limits = () => {
    if (number() & 1) number();
    number();
  };
  const [types, functions, exported] = [[], [], new Map()];
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === 1) {
      types.push(...list(() => {
        at++;
        list(() => bytes[at++]);
        return list(() => bytes[at++]);
      }));
    } else if (section === 2) {
      list(() => {
        text();
        text();
        const kind = bytes[at++];
        if (kind === 0) functions.push(number());
        else if (kind === 1) {
          at++;
          limits();
        } else if (kind === 2) limits();
        else at += 2;
      });
    } else if (section === 3) functions.push(...list(number));
    else if (section === 7) {
      list(() => {
        const name = text();
        const kind = bytes[at++];
        const index = number();
        if (kind === 0) exported.set(name, types[functions[index]]);
      });
    }
    at = end;
  }
  return exported;
}

test("both licences and the README are in it", async () => {
  const text = (name) => readFile(path.join(installed, name), "utf8");
  assert.equal(manifest.license, "MIT OR Apache-2.0");
  assert.match(await text("LICENSE-MIT"), /Permission is hereby granted, free of charge/);
  assert.match(await text("LICENSE-APACHE"), /Apache License\s+Version 2\.0/);
  // The one whose programs readme.test.mjs runs.
  assert.equal(await text("README.md"), README);
});

// What a new user writes: a token, then the same with a wrong secret, and a mistake that is found before anything is sent.
const USE = `
  const configuration = JSON.parse(process.env.CONFIGURATION);
  async function attempt(auth) {
    try {
      const app = new entry.ConfidentialClientApplication({ ...configuration, auth: { ...configuration.auth, ...auth } });
      return (await app.acquireTokenByClientCredential()).createAuthorizationHeader().slice(0, 10);
    } catch (error) {
      const classes = ["ServerError", "ClientConfigurationError", "AuthError"].filter((name) => error instanceof entry[name]);
      return [error.errorCode, ...classes, error instanceof Error];
    }
  }
  (async () => console.log(JSON.stringify([
    await attempt(), await attempt({ clientSecret: "wrong" }), await attempt({ authority: "http://evil.example/contoso.com" }),
  ])))();
`;
const WAYS = [
  ...[...SERVER, PAGE[0]].map((entry) => [`import "${entry}"`, "use.mjs", `import * as entry from "${entry}";`]),
  ...SERVER.map((entry) => [`require("${entry}")`, "use.cjs", `const entry = require("${entry}");`]),
  ['import("graph-token") in CommonJS', "dynamic.cjs", 'import("graph-token").then(use); function use(entry) {', "}"],
];
for (const [what, name, opening, closing = ""] of WAYS) {
  test(`${what}: a token, and errors of their classes`, async () => {
    idp.clearLog();
    assert.deepEqual(await program(name, opening + USE + closing), [
      "Bearer eyJ",
      ["invalid_client", "ServerError", "AuthError", true],
      ["authority_uri_insecure", "ClientConfigurationError", "AuthError", true],
    ]);
    assert.equal(idp.tokenRequests().length, 2);
  });
}

test("each entry is the file that package.json names for Node", async () => {
  const found = await program("resolve.mjs", `
    import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    console.log(JSON.stringify({
      imported: ${JSON.stringify([...SERVER, ...PAGE, BRIDGE])}.map((entry) => import.meta.resolve(entry).split("/graph-token/")[1]),
      required: ${JSON.stringify(SERVER)}.map((entry) => require.resolve(entry).split(/[\\\\/]graph-token[\\\\/]/)[1]),
      wasm: WebAssembly.validate(await (await import("node:fs/promises")).readFile(require.resolve("graph-token/graph_token_bg.wasm"))),
      version: require("graph-token/package.json").version,
    }));`);
  assert.deepEqual(found, {
    imported: ["node.mjs", "node.mjs", "entry/browser.js", "entry/url.js", "entry/redirect-bridge.js"],
    required: ["node.cjs", "node.cjs"], wasm: true, version: VERSION,
  });
});

/** What each entry exports, and the members of its clients, as a program finds them; a word to a framework is none. */
async function namesAtRunTime() {
  const describe = `const describe = (entry) => ({
    exports: Object.keys(entry).sort(),
    members: Object.fromEntries(Object.entries(entry).filter(([name]) => name.endsWith("ClientApplication") && entry[name].prototype)
      .map(([name, { prototype }]) => [name, membersOf(prototype).filter((member) => member !== "constructor" && !member.startsWith("__")).sort()])),
  });
  const membersOf = (at) => (at === Object.prototype ? [] : [...new Set([...Object.getOwnPropertyNames(at), ...membersOf(Object.getPrototypeOf(at))])]);`;
  const list = (entries, get) => `[${entries.map((entry) => `["${entry}", describe(${get(entry)})]`).join(", ")}]`;
  const imported = await program("names.mjs", `${describe} console.log(JSON.stringify(${list([...SERVER, ...PAGE, BRIDGE], (entry) => `await import("${entry}")`)}));`);
  const required = await program("names.cjs", `${describe} console.log(JSON.stringify(${list(SERVER, (entry) => `require("${entry}")`)}));`);
  return { imported: Object.fromEntries(imported), required: Object.fromEntries(required) };
}

/** A program that compiles only when the declared names are the given ones, neither more nor less. */
const typedProgram = (entry, { exports, members }) => `
import * as all from "${entry}";
const exported: Record<keyof typeof all, true> = { ${exports.map((name) => `${name}: true`).join(", ")} };
${Object.entries(members).map(([name, own]) => `const of${name}: Record<keyof all.${name}, true> = { ${own.map((member) => `${member}: true`).join(", ")} };`).join("\n")}
${members.ConfidentialClientApplication ? SERVER_PROGRAM : ""}
${members.PublicClientApplication ? PAGE_PROGRAM : ""}
// @ts-expect-error were the types not found, everything would be allowed
all.${exports[0]}.missing;
`;

const SERVER_PROGRAM = `
export async function header(configuration: all.Configuration): Promise<string> {
  const app = new all.ConfidentialClientApplication(configuration);
  try {
    const result = await app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
    const response: Response = await app.fetch("/users");
    return result.createAuthorizationHeader() + response.status;
  } catch (error) {
    return error instanceof all.AuthError ? error.hint : String(error);
  }
}
// @ts-expect-error
new all.ConfidentialClientApplication({ auth: { clientId: 1 } });
`;

const PAGE_PROGRAM = `
export async function username(configuration: all.Configuration): Promise<string> {
  const app = await all.PublicClientApplication.createPublicClientApplication(configuration);
  app.addEventCallback(({ eventType }: all.EventMessage) => eventType === all.EventType.LOGOUT_SUCCESS, [all.EventType.LOGIN_SUCCESS]);
  try {
    const result = await app.acquireTokenPopup({ scopes: ["User.Read"] });
    const same: all.AuthenticationResult = result;
    return result.account.username + same.accessToken;
  } catch (error) {
    return error instanceof all.BrowserAuthError ? error.errorCode : String(error);
  }
}
// @ts-expect-error
new all.PublicClientApplication({ auth: { clientId: 1 } });
`;

// TypeScript has the condition "node" where it resolves as Node does; to bundlers "graph-token" is a page's, whose types of
// the same names differ.
const RESOLUTIONS = [
  ["NodeNext", "NodeNext", "graph-token/node"],
  // As of Node 18, where CommonJS may not require the types of an ES module: there the `.d.cts` has to be found.
  ["Node18", "Node16", "graph-token/node"],
  ["Preserve", "Bundler", "graph-token/browser"],
];

test("every entry exports the same, for pages and for servers, which render them", async () => {
  const { imported, required } = await namesAtRunTime();
  const page = imported[PAGE[0]];
  for (const names of [...SERVER, PAGE[1]].map((entry) => imported[entry])) assert.deepEqual(names, page);
  for (const names of SERVER.map((entry) => required[entry])) assert.deepEqual(names, page);
  assert.equal(manifest.exports["."].default, manifest.exports["./browser"].default);
  assert.deepEqual(Object.keys(page.members), ["ConfidentialClientApplication", "PublicClientApplication"]);
  assert.deepEqual(imported[BRIDGE].exports, ["broadcastResponseToMainFrame"]);
});

for (const [module, moduleResolution, root] of RESOLUTIONS) {
  test(`the types declare what is there: ${moduleResolution}`, { timeout: 60_000 }, async () => {
    const { imported } = await namesAtRunTime();
    const namesOf = (entry) => imported[entry === "graph-token" ? root : entry];
    const folder = path.join(project, moduleResolution);
    await mkdir(folder);
    const programs = [];
    const writeProgram = async (entry, ending, text) => {
      const name = `${entry.replace(/\W/g, "-")}${ending}`;
      await writeFile(path.join(folder, name), text);
      programs.push(name);
    };
    for (const entry of [...SERVER, ...PAGE, BRIDGE]) await writeProgram(entry, ".mts", typedProgram(entry, namesOf(entry)));
    // A page's are ES modules only.
    for (const entry of SERVER) {
      await writeProgram(entry, ".cts", typedProgram(entry, namesOf(entry)));
      await writeProgram(entry, "-required.cts", `import entry = require("${entry}");
        export const code: string = new entry.AuthError("a").errorCode;
        // @ts-expect-error
        export const wrong: number = code;`);
    }
    const { code, stdout, stderr } = await tsc(["--noEmit", "--strict", "--target", "ES2023", "--lib", "ES2023,DOM", "--types", "",
      "--module", module, "--moduleResolution", moduleResolution, ...programs], { cwd: folder });
    assert.equal(code, 0, stdout + stderr);
  });
}
