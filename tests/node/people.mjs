// People for the tests of users' flows: who signs in by a program's address, and comes back with a code.
import { CryptoProvider } from "graph-token";
import { answerOf, signIn } from "../idp/index.mjs";

export const REDIRECT_URI = "http://localhost/auth";
export const ADA = "ada@contoso.example";
export const BLAISE = "blaise@contoso.example";
/** A guest: her home is another tenant. */
export const FAY = "fay@fabrikam.example";
export const SCOPES = ["User.Read"];

const provider = new CryptoProvider();

/** Of the identity provider and the clients that `services` gives. */
export function people({ idp, client }) {
  const configured = (name, { auth, ...rest } = {}) => {
    const { clientId, clientSecret } = idp.clients[name];
    return { auth: { clientId, clientSecret, ...auth }, ...rest };
  };

  /** A web application, with a client of its own. */
  const web = (options) => client(configured("web", options));
  /** An API that is called by the web application. */
  const api = (options) => client(configured("api", options));

  /** Sends a person to sign in; gives the request that redeems the code, and the answer that it came in. */
  async function visit(app, { login = ADA, ...request } = {}) {
    const { verifier, challenge } = await provider.generatePkceCodes();
    const sent = { scopes: SCOPES, redirectUri: REDIRECT_URI, state: provider.createNewGuid(), nonce: provider.createNewGuid(), ...request };
    const url = await app.getAuthCodeUrl({ ...sent, codeChallenge: challenge, codeChallengeMethod: "S256" });
    const answer = answerOf(await signIn(url, { login }));
    return { request: { ...sent, code: answer.code, codeVerifier: verifier }, answer };
  }

  /** Signs a person in; gives the result of the code. */
  async function signedIn(app, options) {
    const { request, answer } = await visit(app, options);
    return app.acquireTokenByCode(request, answer);
  }

  /** A token of the web application's for the API, in a person's name. */
  async function assertionOf(login = ADA) {
    const { accessToken } = await signedIn(web(), { login, scopes: [`api://${idp.clients.api.clientId}/access_as_user`] });
    return accessToken;
  }

  const homeIdOf = (login, tenant = "contoso") => {
    const { uid, utid } = idp.directory.user(idp.tenants[tenant], login).home;
    return `${uid}.${utid}`;
  };
  return { web, api, visit, signedIn, assertionOf, homeIdOf };
}
