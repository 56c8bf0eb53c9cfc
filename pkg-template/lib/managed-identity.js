// MSAL Node's ManagedIdentityApplication, which exists to say why it does not.

import { ClientAuthError, hinted } from "./errors.js";

export class ManagedIdentityApplication {
  constructor() {
    throw hinted(new ClientAuthError("grant_not_supported", "", "managed identities are had from an endpoint inside Azure, not from Entra's"),
      "Let the application trust the managed identity (a federated credential), and give an auth.clientAssertion function that gets its token, as from @azure/identity's ManagedIdentityCredential.");
  }
}
