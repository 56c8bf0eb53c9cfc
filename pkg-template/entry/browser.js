// What a page gets: both clients, of which a bundler keeps those that are used.
import { confidentialClient } from "../lib/confidential-client.js";
import { inlineModule } from "../lib/inline.js";
import { publicClient } from "../lib/page/public-client.js";
import { Runtime } from "../lib/runtime.js";

export * from "../lib/exports.js";
export * from "../lib/page/exports.js";

const runtime = /*#__PURE__*/ new Runtime({ module: inlineModule });
export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(runtime);
export const PublicClientApplication = /*#__PURE__*/ publicClient(runtime);

/** @param {any} configuration */
export const createStandardPublicClientApplication = (configuration) => PublicClientApplication.createPublicClientApplication(configuration);
