import module from "../wasm/graph_token_bg.wasm?module";
import { confidentialClient } from "../lib/confidential-client.js";
import { publicClient } from "../lib/page/public-client.js";
import { programClient } from "../lib/program-client.js";
import { publicClientOffPage } from "../lib/public-client.js";
import { runtimeOf } from "../lib/runtime.js";
import { Client, initSync } from "../wasm/graph_token.js";

export * from "../lib/exports.js";
export * from "../lib/page/exports.js";

const runtime = /*#__PURE__*/ runtimeOf(() => ({
  Client,
  instantiate: () => initSync({ module }),
  isolated: true,
  certificate: () => import("./certificate-edge-light.js"),
}));

export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(runtime);
export const PublicClientApplication = /*#__PURE__*/ publicClientOffPage(
  /*#__PURE__*/ publicClient(/*#__PURE__*/ runtimeOf(() => ({ Client, instantiate: () => initSync({ module }) }))),
  /*#__PURE__*/ programClient(runtime),
);

/** @param {any} configuration */
export const createStandardPublicClientApplication = (configuration) => PublicClientApplication.createPublicClientApplication(configuration);
