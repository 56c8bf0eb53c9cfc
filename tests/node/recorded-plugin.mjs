// A client whose cache plugin keeps one text and notes when it is called, for the tests of cache plugins.
import { answerOf, signIn } from "../idp/index.mjs";
import { ENTRA } from "../support.mjs";
import { ADA, REDIRECT_URI } from "./people.mjs";

export const SCOPES = ["https://graph.microsoft.com/User.Read"];
export const APP_SCOPES = ["https://graph.microsoft.com/.default"];

/** Of the identity provider and the clients that `services` gives. */
export function plugins({ idp, networkClient }) {
  /** A client with a plugin that keeps one text; `log` is what happened since it was last read. */
  function recorded(make, name = "web", { before, after } = {}) {
    const { clientId, clientSecret } = idp.clients[name];
    const state = { log: [], blob: "", inside: 0, most: 0 };
    const step = async (letter, { cacheHasChanged }, act, more) => {
      state.log.push(`${letter}${Number(cacheHasChanged)}`);
      state.inside += letter === "b" ? 1 : 0;
      state.most = Math.max(state.most, state.inside);
      await more?.(state);
      act();
      state.inside -= letter === "a" ? 1 : 0;
    };
    const cachePlugin = {
      beforeCacheAccess: (context) => step("b", context, () => context.tokenCache.deserialize(state.blob), before),
      afterCacheAccess: (context) => step("a", context, () => {
        if (context.cacheHasChanged) state.blob = context.tokenCache.serialize();
      }, after),
    };
    const app = make({
      auth: { clientId, clientSecret }, cache: { cachePlugin },
      system: { networkClient: { ...networkClient, sendPostRequestAsync(...parts) {
        state.log.push("POST");
        return networkClient.sendPostRequestAsync(...parts);
      } } },
    });
    const calls = () => state.log.splice(0).join(" ");
    return { app, state, calls };
  }

  /** Sends a person to sign in; gives the request that redeems the code. */
  async function redeeming(app, { login = ADA, scopes = SCOPES } = {}) {
    const url = await app.getAuthCodeUrl({ scopes, redirectUri: REDIRECT_URI });
    const { code } = answerOf(await signIn(url.replace(ENTRA, idp.origin), { login }));
    return { code, scopes, redirectUri: REDIRECT_URI };
  }

  async function signedIn({ app, calls }, login) {
    const result = await app.acquireTokenByCode(await redeeming(app, { login }));
    calls();
    return result;
  }
  return { recorded, redeeming, signedIn };
}
