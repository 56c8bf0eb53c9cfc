// What node.mjs and node.cjs are made of.
import { confidentialClient } from "../lib/confidential-client.js";
import { Client, instantiate } from "../lib/inline.js";
import { Runtime } from "../lib/runtime.js";

export * from "../lib/exports.js";
export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(
  /*#__PURE__*/ new Runtime({ Client, instantiate, certificate: () => import("graph-token/certificate") }),
);
