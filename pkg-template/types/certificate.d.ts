/** Reads private keys and certificates as people have them. */

export interface CertificateOptions {
  /**
   * PEM (PKCS#8, PKCS#1, encrypted or not, with or without the certificate in the same text), or the bytes of a PEM, DER or
   * PFX file. The base64 of a PFX, as Key Vault has it, may be a string.
   */
  privateKey: string | Uint8Array | ArrayBuffer;
  /** What the key is encrypted with. */
  passphrase?: string;
  /** The certificate, where it is not beside the key: PEM or DER, with or without its issuers. */
  certificate?: string | Uint8Array | ArrayBuffer;
  /** The certificate's issuers, as PEM; it may be among them. */
  x5c?: string;
}

/**
 * What `auth.clientCertificate` needs, ours and MSAL's. The fields of the certificate are there where one was given. Whoever
 * wants Entra to check the chain gives it as `x5c: chain`.
 */
export interface Credential {
  /** PKCS#8, as PEM. */
  privateKey: string;
  /** The key's own certificate, as PEM. */
  certificate?: string;
  /** The certificate and its issuers as far as they were given, as PEM. */
  chain?: string;
  /** SHA-1, in upper case hexadecimal as the portal shows it. */
  thumbprint?: string;
  /** SHA-256, likewise. */
  thumbprintSha256?: string;
  notBefore?: Date;
  notAfter?: Date;
  /** What will not work, such as a certificate that has expired. */
  warnings: string[];
}

/**
 * Reads a private key and its certificate.
 *
 * It rejects with a `ClientConfigurationError` whose `hint` says what to do: `invalid_private_key`,
 * `unsupported_private_key`, `multiple_private_keys`, `missing_passphrase`, `wrong_passphrase`, `invalid_certificate`,
 * `certificate_mismatch`.
 *
 * @example
 * const pfx = await readFile("app.pfx");
 * const clientCertificate = await readCertificate({ privateKey: pfx, passphrase });
 * const app = new ConfidentialClientApplication({ auth: { clientId, authority, clientCertificate } });
 */
export declare function readCertificate(options: CertificateOptions): Promise<Credential>;
