// As browser.js, with each module fetched from its own file.
import { certificateOfPackage } from "../lib/certificate-of-package.js";
import { confidentialClient } from "../lib/confidential-client.js";
import { publicClient } from "../lib/page/public-client.js";
import { runtimeOf } from "../lib/runtime.js";
import init, { Client } from "../wasm/graph_token.js";
import initPage, { Client as PageClient } from "../wasm/page.js";

export * from "../lib/exports.js";
export * from "../lib/page/exports.js";

export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(
  /*#__PURE__*/ runtimeOf(() => ({
    Client,
    fetch: () => init({ module_or_path: new URL("../wasm/graph_token_bg.wasm", import.meta.url) }),
    certificate: certificateOfPackage,
  })),
);
export const PublicClientApplication = /*#__PURE__*/ publicClient(
  /*#__PURE__*/ runtimeOf(() => ({ Client: PageClient, fetch: () => initPage({ module_or_path: new URL("../wasm/page_bg.wasm", import.meta.url) }) })),
);

/** @param {any} configuration */
export const createStandardPublicClientApplication = (configuration) => PublicClientApplication.createPublicClientApplication(configuration);
