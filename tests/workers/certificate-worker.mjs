// Reads what it is sent: `{ privateKey: base64, … }`.
import { readCertificate } from "graph-token/certificate";

export default {
  async fetch(request) {
    const { privateKey, ...rest } = await request.json();
    const bytes = Uint8Array.from(atob(privateKey), (letter) => letter.charCodeAt(0));
    try {
      const found = await readCertificate({ privateKey: bytes, ...rest });
      const der = Uint8Array.from(atob(found.privateKey.replace(/-----[^-]+-----|\s/g, "")), (letter) => letter.charCodeAt(0));
      const key = await crypto.subtle.importKey("pkcs8", der, { name: "RSA-PSS", hash: "SHA-256" }, false, ["sign"]);
      return Response.json({ ...found, modulusLength: key.algorithm.modulusLength, process: typeof process });
    } catch (error) {
      return Response.json({ name: error.name, errorCode: error.errorCode, hint: error.hint });
    }
  },
};
