// What node.mjs and node.cjs are made of. The module comes as a text, in base64.
import module from "../wasm/graph_token_bg.wasm";
import { bytesOfBase64 } from "../lib/byte-string.js";
import { confidentialClient } from "../lib/confidential-client.js";
import { Runtime } from "../lib/runtime.js";
import { Client, initSync } from "../wasm/graph_token.js";

const text = /** @type {any} */ (module);

export * from "../lib/exports.js";
export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(
  /*#__PURE__*/ new Runtime({
    Client,
    instantiate: () => initSync({ module: bytesOfBase64(text) }),
    certificate: () => import("graph-token/certificate"),
  }),
);
