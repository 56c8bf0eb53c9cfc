// A person signs in at a web app: the authorization code flow, and then the cache.
import { CryptoProvider } from "graph-token";
import { check, ends, fields, heading, note, part, table, token } from "./show.mjs";

const LOGIN = "ada@contoso.example";
const SCOPES = ["User.Read"];

/** Gives the web app's client and the account, for what follows. */
export async function signInByCode(around) {
  heading("A person signs in, and comes back with a code");
  const { people } = around;
  if (!people) {
    note("Skipped: it needs a person.");
    return undefined;
  }
  const app = around.client({ auth: people.web });
  const provider = new CryptoProvider();
  const { verifier, challenge } = await provider.generatePkceCodes();
  const sent = { scopes: SCOPES, redirectUri: people.redirectUri, state: provider.createNewGuid(), nonce: provider.createNewGuid() };

  part("getAuthCodeUrl");
  const url = await app.getAuthCodeUrl({ ...sent, codeChallenge: challenge, codeChallengeMethod: "S256" });
  const { origin, pathname, searchParams } = new URL(url);
  const shown = ["client_id", "redirect_uri", "scope", "response_mode", "code_challenge", "code_challenge_method", "state", "nonce"];
  fields({ address: origin + pathname, ...Object.fromEntries(shown.map((name) => [name, searchParams.get(name)])) });
  const exact = { code_challenge: challenge, state: sent.state, nonce: sent.nonce, redirect_uri: sent.redirectUri };
  check("it holds the challenge, the state and the nonce that were given", Object.entries(exact).every(([name, value]) => searchParams.get(name) === value));

  part("the sign-in pages");
  const { pages, address, answer } = await people.signIn(url, LOGIN);
  table(["method", "page", "status"], pages);

  part("back at the web app");
  fields({ address, code: ends(answer.code), state: answer.state });
  check("the person came back with a code, and the state that was sent", answer.code.length > 0 && answer.state === sent.state);

  part("acquireTokenByCode");
  const result = await app.acquireTokenByCode({ ...sent, code: answer.code, codeVerifier: verifier }, answer);
  token(result);
  check("it is new, and the id_token is the person's", !result.fromCache && result.idTokenClaims.nonce === sent.nonce && result.account.username === LOGIN);

  part("the account");
  const [account, ...others] = await app.getTokenCache().getAllAccounts();
  const { name, username, homeAccountId, localAccountId, tenantId, environment } = account;
  fields({ name, username, homeAccountId, localAccountId, tenantId, environment });
  check("the cache knows it", others.length === 0 && homeAccountId === result.account.homeAccountId);

  await silently(around, app, { account, first: result });
  return { app, account };
}

async function silently(around, app, { account, first }) {
  part("acquireTokenSilent");
  const rows = [];
  for (const [asked, request] of [["as before", {}], ["with forceRefresh", { forceRefresh: true }]]) {
    const before = around.requests();
    const { accessToken, fromCache } = await app.acquireTokenSilent({ account, scopes: SCOPES, ...request });
    rows.push({ asked, fromCache, requests: around.requests() - before, accessToken });
  }
  table(["asked", "fromCache", "requests"], rows);
  const [cached, renewed] = rows;
  check("the cache answered, without a request", cached.fromCache && cached.requests === 0 && cached.accessToken === first.accessToken);
  check("forceRefresh got another by the refresh token", !renewed.fromCache && renewed.requests === 1 && renewed.accessToken !== first.accessToken);
}
