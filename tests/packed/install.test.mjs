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
const ENTRIES = ["graph-token", "graph-token/node", "graph-token/browser", "graph-token/url"];

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
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies", "devDependencies", "scripts", "bin"]) {
    assert.equal(manifest[kind], undefined, kind);
  }
});

test("every file that package.json names is there", () => {
  const named = [manifest.main, manifest.module, manifest.types, ...namedIn(manifest.exports)];
  assert.ok(named.length > 15);
  assert.deepEqual(named.filter((file) => !files.includes(file.replace(/^\.\//, ""))), []);
});

test("nothing is in it that no entry needs", async () => {
  const scripts = [...new Set(namedIn(manifest.exports))].filter((file) => /\.[cm]?js$/.test(file));
  const { metafile } = await build({
    entryPoints: scripts.map((script, index) => ({ in: script, out: `${index}` })), absWorkingDir: installed, outdir: "out",
    bundle: true, write: false, metafile: true, format: "esm", external: ["cloudflare:workers", "*.wasm?module"], loader: { ".wasm": "copy" }, logLevel: "silent",
  });
  // What is only fetched is named by package.json, for servers and bundlers to find.
  const fetched = namedIn(manifest.exports).filter((file) => file.endsWith(".wasm")).map((file) => file.slice(2));
  const needed = new Set([...Object.keys(metafile.inputs), ...fetched, "package.json", "README.md", "LICENSE-MIT", "LICENSE-APACHE"]);
  // The types of entries, and those of what wasm-bindgen and the build made.
  const spare = files.filter((file) => !needed.has(file) && !/^(types|wasm)\/\w+\.(wasm\.)?d\.c?ts$/.test(file));
  assert.deepEqual(spare, []);
});

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
  ...ENTRIES.slice(0, 3).map((entry) => [`import "${entry}"`, "use.mjs", `import * as entry from "${entry}";`]),
  ...ENTRIES.slice(0, 2).map((entry) => [`require("${entry}")`, "use.cjs", `const entry = require("${entry}");`]),
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
    const entries = ${JSON.stringify(ENTRIES)};
    console.log(JSON.stringify({
      imported: entries.map((entry) => import.meta.resolve(entry).split("/graph-token/")[1]),
      required: entries.slice(0, 2).map((entry) => require.resolve(entry).split(/[\\\\/]graph-token[\\\\/]/)[1]),
      wasm: WebAssembly.validate(await (await import("node:fs/promises")).readFile(require.resolve("graph-token/graph_token_bg.wasm"))),
      version: require("graph-token/package.json").version,
    }));`);
  assert.deepEqual(found, {
    imported: ["node.mjs", "node.mjs", "entry/browser.js", "entry/url.js"],
    required: ["node.cjs", "node.cjs"], wasm: true, version: VERSION,
  });
});

/** What every entry exports, and the client's members, as a program finds them. */
async function namesAtRunTime() {
  const describe = `const describe = (entry) => ({
    exports: Object.keys(entry).sort(),
    members: Object.getOwnPropertyNames(entry.ConfidentialClientApplication.prototype).filter((name) => name !== "constructor").sort(),
  });`;
  const imports = ENTRIES.map((entry, index) => `import * as e${index} from "${entry}";`).join("\n");
  return [
    ...await program("names.mjs", `${imports}${describe} console.log(JSON.stringify([${ENTRIES.map((_, i) => `e${i}`)}].map(describe)));`),
    ...await program("names.cjs", `${describe} console.log(JSON.stringify([describe(require("graph-token"))]));`),
  ];
}

/** A program that compiles only when the declared names are the given ones, neither more nor less. */
const typedProgram = (entry, { exports, members }) => `
import * as all from "${entry}";
import { AuthError, ConfidentialClientApplication, type AuthenticationResult, type Configuration } from "${entry}";
export const exported: Record<keyof typeof all, true> = { ${exports.map((name) => `${name}: true`).join(", ")} };
export const members: Record<keyof ConfidentialClientApplication, true> = { ${members.map((name) => `${name}: true`).join(", ")} };
export async function header(configuration: Configuration): Promise<string> {
  const app = new ConfidentialClientApplication(configuration);
  try {
    const result: AuthenticationResult = await app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
    const response: Response = await app.fetch("/users");
    return result.createAuthorizationHeader() + response.status;
  } catch (error) {
    return error instanceof AuthError ? error.hint : String(error);
  }
}
// @ts-expect-error were the types not found, everything would be allowed
new ConfidentialClientApplication({ auth: { clientId: 1 } });
`;

test("the types declare what is there, for import and require, in Node and with bundlers", { timeout: 60_000 }, async () => {
  const [names, ...others] = await namesAtRunTime();
  for (const other of others) assert.deepEqual(other, names, "every entry exports the same");
  const folder = path.join(project, "typed");
  await mkdir(folder);
  const programs = [];
  const writeProgram = async (name, text) => {
    await writeFile(path.join(folder, name), text);
    programs.push(name);
  };
  for (const [index, entry] of ENTRIES.entries()) await writeProgram(`imported${index}.mts`, typedProgram(entry, names));
  // The other two are ES modules only.
  for (const [index, entry] of ENTRIES.slice(0, 2).entries()) {
    await writeProgram(`imported${index}.cts`, typedProgram(entry, names));
    await writeProgram(`required${index}.cts`, `import entry = require("${entry}");
      export const code: string = new entry.AuthError("a").errorCode;
      // @ts-expect-error
      export const wrong: number = code;`);
  }
  // As of Node 18, where CommonJS may not require the types of an ES module: there the `.d.cts` has to be found.
  for (const [module, moduleResolution] of [["NodeNext", "NodeNext"], ["Node18", "Node16"], ["Preserve", "Bundler"]]) {
    const { code, stdout, stderr } = await tsc(["--noEmit", "--strict", "--target", "ES2023", "--lib", "ES2023,DOM", "--types", "",
      "--module", module, "--moduleResolution", moduleResolution, ...programs], { cwd: folder });
    assert.equal(code, 0, `${module}, ${moduleResolution}:\n${stdout}${stderr}`);
  }
});
