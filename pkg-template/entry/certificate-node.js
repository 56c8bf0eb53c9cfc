// What certificate.mjs and certificate.cjs are made of. The error classes are those of the file that is loaded for
// "graph-token", so that `instanceof` holds.
import { ClientConfigurationError } from "graph-token/node";
import text from "../wasm/certificate-inline.js";
import { bytesOf } from "../lib/byte-string.js";
import { certificateReader } from "../lib/certificate.js";

export const readCertificate = /*#__PURE__*/ certificateReader(() => bytesOf(text), { ClientConfigurationError });
