import text from "../wasm/certificate-inline.js";
import { moduleOf } from "../lib/byte-string.js";
import { certificateReader } from "../lib/certificate.js";

export const readCertificate = /*#__PURE__*/ certificateReader(() => moduleOf(text));
