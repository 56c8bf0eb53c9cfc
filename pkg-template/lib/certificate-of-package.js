// The module for keys in other forms than PKCS#8, for a program of Node's that was bundled as if for a page.

/** Not as a literal: bundlers would put the module beside each page's client, though no page has such a key. */
const NAME = "graph-token/certificate";

/** @returns {Promise<any>} rejected where the package does not lie beside the program */
export async function certificateOfPackage() {
  const name = String(NAME);
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name);
}
