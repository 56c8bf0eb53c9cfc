import module from "../wasm/certificate_bg.wasm";
import { certificateReader } from "../lib/certificate.js";

export const readCertificate = /*#__PURE__*/ certificateReader(() => module);
