// What node.mjs and node.cjs are made of. The module comes as a text, in base64.
import module from "../wasm/graph_token_bg.wasm";
import { bytesOfBase64 } from "../lib/byte-string.js";
import { confidentialClient } from "../lib/confidential-client.js";
import { listen } from "../lib/loopback.js";
import { publicClient } from "../lib/page/public-client.js";
import { programClient } from "../lib/program-client.js";
import { publicClientOffPage } from "../lib/public-client.js";
import { runtimeOf } from "../lib/runtime.js";
import { Client, initSync } from "../wasm/graph_token.js";

const text = /** @type {any} */ (module);

export * from "../lib/exports.js";
export * from "../lib/page/exports.js";

const runtime = /*#__PURE__*/ runtimeOf(() => ({
  Client,
  instantiate: () => initSync({ module: bytesOfBase64(text) }),
  certificate: () => import("graph-token/certificate"),
  listen,
}));

export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(runtime);
export const PublicClientApplication = /*#__PURE__*/ publicClientOffPage(/*#__PURE__*/ publicClient(runtime), /*#__PURE__*/ programClient(runtime));

/** @param {any} configuration */
export const createStandardPublicClientApplication = (configuration) => PublicClientApplication.createPublicClientApplication(configuration);
