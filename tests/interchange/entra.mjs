// The identity provider in the guise of Entra itself: caches are filed under the authority's host, so libraries that
// exchange them have to believe that they talk to the same one, and MSAL takes none over http.
import { exportJWK, generateKeyPair, decodeJwt, SignJWT } from "jose";
import { answerOf, signIn } from "../idp/index.mjs";
import { ENTRA, services } from "../support.mjs";

export const REDIRECT_URI = "http://localhost/auth";
const KEY_ID = "the key of the guise";

/**
 * Starts the services for one test file. The provider's id_tokens name its loopback address as their issuer; here they
 * are issued again in Entra's name, with a key of the guise, which `networkClient` gives to who asks for the key set.
 */
export async function startEntra() {
  const { idp, graph, networkClient } = await services({ deviceIntervalSeconds: 1 });
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const keys = [{ ...await exportJWK(publicKey), kid: KEY_ID, use: "sig" }];
  idp.onToken = async (_form, body) => {
    if (!body.id_token) return body;
    const claims = decodeJwt(body.id_token);
    const issued = new SignJWT({ ...claims, iss: claims.iss.replace(idp.origin, ENTRA) }).setProtectedHeader({ alg: "RS256", kid: KEY_ID, typ: "JWT" });
    return { ...body, id_token: await issued.sign(privateKey) };
  };

  return {
    idp, graph,
    authority: (tenant = "contoso") => `${ENTRA}/${idp.tenants[tenant].id}`,
    networkClient: {
      ...networkClient,
      async sendGetRequestAsync(url, options) {
        if (new URL(url).pathname.endsWith("/discovery/v2.0/keys")) return { status: 200, headers: {}, body: { keys } };
        return networkClient.sendGetRequestAsync(url, options);
      },
    },
    /** What a person's browser brings to the redirect URI when it is sent to `authorizeUrl`. */
    answerTo: async (authorizeUrl, login) => answerOf(await signIn(authorizeUrl.replace(ENTRA, idp.origin), { login })),
  };
}
