export interface PkceCodes {
  verifier: string;
  challenge: string;
}

/** What a sign-in needs besides its address. */
export declare class CryptoProvider {
  constructor();
  /** For a request's state, nonce or correlationId. */
  createNewGuid(): string;
  /** A fresh verifier, and its S256 challenge. */
  generatePkceCodes(): Promise<PkceCodes>;
  base64Encode(input: string): string;
  base64Decode(input: string): string;
  /** SHA-256, in base64url. */
  hashString(plainText: string): Promise<string>;
}
