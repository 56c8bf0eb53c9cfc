// Issues tokens for a user outside of oidc-provider's own grants: for those it has not (on-behalf-of), and for the one
// where Entra's rules are wider than its own (a refresh token serves several resources, and tenants).
import { OFFLINE, REFRESH_TOKEN_SECONDS, resourceServerInfo } from "../provider.mjs";
import { idTokenClaims } from "../claims.mjs";
import { toProvider } from "../scopes.mjs";

export async function issueForUser(provider, ctx, { login, refreshExpiresAt, sessionUid }) {
  const { request } = ctx.req;
  const { app, target, tenant, directory } = request;
  const { client } = ctx.oidc;
  const user = directory.user(tenant, login);
  request.account = user;
  const { scope, resource } = toProvider(target, OFFLINE);

  const grant = new provider.Grant({ accountId: login, clientId: client.clientId });
  grant.addOIDCScope(scope);
  grant.addResourceScope(resource, scope);
  const grantId = await grant.save();

  const access = new provider.AccessToken({ accountId: login, client, grantId, gty: request.form.grant_type, scope });
  access.resourceServer = new provider.ResourceServer(resource, resourceServerInfo(directory.resourceByIndicator(resource), resource));
  const access_token = await access.save();

  let refresh_token;
  if (target.offline) {
    const lifetime = REFRESH_TOKEN_SECONDS[app.type] ?? REFRESH_TOKEN_SECONDS.other;
    // A page's refresh token passes its expiry on to its successors, so that a session ends after 24 hours.
    const now = Math.floor(Date.now() / 1000);
    const expiresIn = app.type === "spa" && refreshExpiresAt ? Math.max(1, refreshExpiresAt - now) : lifetime;
    request.refreshTokenSeconds = expiresIn;
    refresh_token = await new provider.RefreshToken({ accountId: login, client, grantId, gty: "refresh_token", scope, resource, expiresIn, sessionUid }).save();
  }

  let id_token;
  if (target.oidc.includes("openid")) {
    const token = new provider.IdToken(idTokenClaims({ user, app, tenant, sid: sessionUid }), { ctx });
    token.scope = target.oidc.join(" ");
    id_token = await token.issue({ use: "idtoken" });
  }
  ctx.body = { access_token, refresh_token, id_token };
}
