// What a page gets: both clients, each with its module, of which a bundler keeps those that are used.
import { confidentialClient } from "../lib/confidential-client.js";
import { certificateOfPackage } from "../lib/certificate-of-package.js";
import { Client, instantiate } from "../lib/inline.js";
import { Client as PageClient, instantiate as instantiatePage } from "../lib/page/inline.js";
import { publicClient } from "../lib/page/public-client.js";
import { runtimeOf } from "../lib/runtime.js";

export * from "../lib/exports.js";
export * from "../lib/page/exports.js";

export const ConfidentialClientApplication = /*#__PURE__*/ confidentialClient(
  /*#__PURE__*/ runtimeOf(() => ({ Client, instantiate, certificate: certificateOfPackage })),
);
export const PublicClientApplication = /*#__PURE__*/ publicClient(
  /*#__PURE__*/ runtimeOf(() => ({ Client: PageClient, instantiate: instantiatePage })),
);

/** @param {any} configuration */
export const createStandardPublicClientApplication = (configuration) => PublicClientApplication.createPublicClientApplication(configuration);
