// What packages declare, read out of their .d.ts by the TypeScript compiler: so that a test notices what was added.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { API, SignatureKind } from "typescript/unstable/sync";

const require = createRequire(import.meta.url);
// It holds a file that imports the types of both packages.
const PROJECT = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));

/** Opens the compiler for as long as `read` takes; `read` gets `{ checker, exportsOf(package) }`. */
function withCompiler(read) {
  const compiler = new API({ cwd: path.dirname(PROJECT) });
  try {
    const [{ checker, program }] = compiler.updateSnapshot({ openProjects: [PROJECT] }).getProjects();
    const exportsOf = (name) => {
      const source = program.getSourceFile(declarationsOf(name));
      const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source));
      return new Map(exported.map((symbol) => [symbol.name, symbol]));
    };
    return read({ checker, exportsOf });
  } finally {
    compiler.close();
  }
}

/** `name` is a package's, or that of one of its entries. */
function declarationsOf(name) {
  const [, owner, entry] = /^((?:@[^/]+\/)?[^/]+)(\/.+)?$/.exec(name);
  const manifest = require.resolve(`${owner}/package.json`);
  const { exports, types } = JSON.parse(readFileSync(manifest, "utf8"));
  const declared = entry ? exports[`.${entry}`].types : types;
  const file = path.join(path.dirname(manifest), declared.default ?? declared);
  if (!existsSync(file)) throw new Error(`${name} has no types at ${file}`);
  return file;
}

/** The names that a package exports, types and values alike. */
export function exportedNames(name) {
  return withCompiler(({ exportsOf }) => [...exportsOf(name).keys()].sort());
}

/**
 * The fields of a package's types as `Type.field`, those in objects as `Type.outer.inner`. An object is gone into unless
 * `isWhole` says that its name stands for all of it.
 */
export function declaredFields(name, types, isWhole) {
  return withCompiler(({ checker, exportsOf }) => {
    const found = [];
    const walk = (type, at) => {
      if (type.isErrorType()) throw new Error(`the compiler cannot resolve ${at}`);
      const properties = checker.getPropertiesOfType(type);
      if (properties.length === 0 || isWhole(at) || isPlain(checker, type)) return void found.push(at);
      for (const property of properties) {
        walk(checker.getNonNullableType(checker.getTypeOfSymbol(property)), `${at}.${property.name}`);
      }
    };
    const exported = exportsOf(name);
    for (const type of types) walk(checker.getDeclaredTypeOfSymbol(exported.get(type)), type);
    return found;
  });
}

/** Whether a type's own properties are none that a program writes: those of texts, numbers, lists, functions. */
function isPlain(checker, type) {
  return !(type.isObjectType() || type.isIntersectionType()) || checker.isArrayLikeType(type)
    || checker.getSignaturesOfType(type, SignatureKind.Call).length > 0;
}
