// Certificates for the tests of clients that sign: made on the spot, or those of the native tests in every form.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { selfSignedCertificate } from "../idp/index.mjs";

/** Opens every file of the native tests that is locked. */
export const PASSPHRASE = "Pässwörd ☂";

/** A file of the native tests. */
export const file = (name) => readFileSync(new URL(`../native/certificates/${name}`, import.meta.url));
export const text = (name) => file(name).toString("utf8");

/** The key of a PEM, for WebCrypto. */
export const derOf = (pem) => createPrivateKey(pem).export({ type: "pkcs8", format: "der" });

/** A key in PKCS#1, which the main module does not read. */
export const pkcs1Of = (pem) => createPrivateKey(pem).export({ type: "pkcs1", format: "pem" });

/** Of the identity provider and the clients that `services` gives. */
export function certified({ idp, client }) {
  const { clientId } = idp.clients.certificate;
  const made = selfSignedCertificate();
  for (const pem of [made.certificate, text("leaf.pem")]) idp.registerCertificate("certificate", pem);

  /** A client of the application that has nothing but certificates. */
  const app = (clientCertificate, { auth, ...rest } = {}) => client({ auth: { clientId, clientSecret: undefined, clientCertificate, ...auth }, ...rest });

  /** The assertions that reached the identity provider. */
  const assertions = () => idp.tokenRequests().map(({ body }) => body.client_assertion);
  const headers = () => assertions().map((assertion) => decodeProtectedHeader(assertion));
  const claims = () => assertions().map((assertion) => decodeJwt(assertion));
  return { made, app, assertions, headers, claims };
}
