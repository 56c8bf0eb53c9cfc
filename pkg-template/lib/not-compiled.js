import { ClientConfigurationError, hinted, setCause } from "./errors.js";

/**
 * The error of a WebAssembly module that cannot be had.
 * @param {unknown} cause
 */
export function notCompiled(cause) {
  const error = hinted(
    new ClientConfigurationError("wasm_unavailable", "", "the WebAssembly module of graph-token cannot be loaded"),
    "If the page has a Content-Security-Policy, add 'wasm-unsafe-eval' to its script-src; serve the script as UTF-8 (Content-Type: text/javascript; charset=utf-8); for graph-token/url also check that the .wasm file is served; where fetch takes no file: address, as in Node, use graph-token.",
  );
  setCause(error, cause);
  return error;
}
