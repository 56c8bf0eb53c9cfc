import module from "../wasm/graph_token_bg.wasm?module";
import { confidentialClient } from "../lib/confidential-client.js";
import { Runtime } from "../lib/runtime.js";
import { Client, initSync } from "../wasm/graph_token.js";

export * from "../lib/exports.js";
export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(
  /*#__PURE__*/ new Runtime({ Client, instantiate: () => initSync({ module }), isolated: true, certificate: () => import("./certificate-edge-light.js") }),
);
