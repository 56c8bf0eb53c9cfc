import module from "../wasm/graph_token_bg.wasm?module";
import { confidentialClient } from "../lib/confidential-client.js";
import { publicClient } from "../lib/page/public-client.js";
import { Runtime } from "../lib/runtime.js";
import { Client, initSync } from "../wasm/graph_token.js";

export * from "../lib/exports.js";
export * from "../lib/page/exports.js";

export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(
  /*#__PURE__*/ new Runtime({
    Client,
    instantiate: () => initSync({ module }),
    isolated: true,
    certificate: () => import("./certificate-edge-light.js"),
  }),
);
/** For the server's part of a page's program: nobody is signed in there. */
export const PublicClientApplication = /*#__PURE__*/ publicClient(/*#__PURE__*/ new Runtime({ Client, instantiate: () => initSync({ module }) }));

/** @param {any} configuration */
export const createStandardPublicClientApplication = (configuration) => PublicClientApplication.createPublicClientApplication(configuration);
