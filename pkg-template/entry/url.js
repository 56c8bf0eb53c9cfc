// As browser.js, with the module fetched from its own file.
import { confidentialClient } from "../lib/confidential-client.js";
import { publicClient } from "../lib/page/public-client.js";
import { Runtime } from "../lib/runtime.js";

export * from "../lib/exports.js";
export * from "../lib/page/exports.js";

const runtime = /*#__PURE__*/ new Runtime({ url: () => new URL("../wasm/graph_token_bg.wasm", import.meta.url) });
export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(runtime);
export const PublicClientApplication = /*#__PURE__*/ publicClient(runtime);

/** @param {any} configuration */
export const createStandardPublicClientApplication = (configuration) => PublicClientApplication.createPublicClientApplication(configuration);
