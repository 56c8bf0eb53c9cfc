import { confidentialClient } from "../lib/confidential-client.js";
import { Runtime } from "../lib/runtime.js";

export * from "../lib/exports.js";
export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(
  /*#__PURE__*/ new Runtime({ url: () => new URL("../wasm/graph_token_bg.wasm", import.meta.url) }),
);
