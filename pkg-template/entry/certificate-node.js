// What certificate-node.mjs and certificate-node.cjs are made of. The module comes as a text, in base64. The error classes are those of
// the file that is loaded for "graph-token", so that `instanceof` holds.
import { ClientConfigurationError } from "graph-token/node";
import module from "../wasm/certificate_bg.wasm";
import { bytesOfBase64 } from "../lib/byte-string.js";
import { certificateReader } from "../lib/certificate.js";

const text = /** @type {any} */ (module);

export const readCertificate = /*#__PURE__*/ certificateReader(() => bytesOfBase64(text), { ClientConfigurationError });
