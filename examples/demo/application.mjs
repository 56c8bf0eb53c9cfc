// The application's own token, by its secret (or by its certificate, where that is what was given), and Graph with it.
import { check, fields, heading, note, part, table, token } from "./show.mjs";

export async function byClientCredentials(around) {
  const app = around.client();
  const users = `${around.graphOrigin}/v1.0/users`;

  heading("Graph without a token");
  const refused = await fetch(users);
  fields({ status: refused.status, "WWW-Authenticate": refused.headers.get("www-authenticate") });
  check("Graph refuses", refused.status === 401);
  await refused.body?.cancel();

  heading("A token by client credentials");
  for (const { form, address } of around.authorities) {
    part(`the tenant as ${form}`);
    const result = await app.acquireTokenByClientCredential({ authority: address });
    token(result);
    check("it is new and serves", !result.fromCache && result.expiresOn > new Date());
  }

  heading("The same again");
  const before = around.requests();
  const again = await app.acquireTokenByClientCredential();
  fields({ fromCache: again.fromCache, "token requests meanwhile": before === undefined ? "not counted" : around.requests() - before });
  check("the cache answered, without a request", again.fromCache && around.requests() === before);

  heading("Graph with the token");
  const byHeader = await fetch(users, { headers: { Authorization: again.createAuthorizationHeader() } });
  const byFetch = await app.fetch("/users");
  fields({ "with createAuthorizationHeader()": byHeader.status, 'with app.fetch("/users")': byFetch.status });
  const { value = [], error } = await byFetch.json();
  table(["displayName", "userPrincipalName", "id"], value);
  check("Graph answers both", byHeader.ok && byFetch.ok && value.length > 0);
  if (error) note(`${error.code}: ${error.message}`);
  await byHeader.body?.cancel();
}
