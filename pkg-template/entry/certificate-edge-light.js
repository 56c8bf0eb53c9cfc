import module from "../wasm/certificate_bg.wasm?module";
import { certificateReader } from "../lib/certificate.js";

export const readCertificate = /*#__PURE__*/ certificateReader(() => module);
