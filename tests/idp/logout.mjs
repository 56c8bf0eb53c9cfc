// RP-initiated logout: the person picks who is to go where the request does not say it, the applications are told by
// frames, and the browser goes back where it is allowed to.
import { loginHintOf } from "./claims.mjs";
import { signedOutPage, signOutPage } from "./pages.mjs";
import { isRegistered } from "./provider.mjs";
import { pageHeaders } from "./sign-in-steps.mjs";

export function logout(request, res, { sessions, pages, issuer }) {
  const { url, req, directory } = request;
  const accounts = sessions.accountsOf(req);
  const hint = url.searchParams.get("logout_hint");
  const hinted = accounts.filter(({ login }) => [login, loginHintOf(directory.user(directory.homeTenantOf("common", login), login).home)].includes(hint));
  if (hinted.length === 0 && accounts.length > 1) {
    const choices = accounts.map(({ login }) => ({ login, href: `?${new URLSearchParams({ ...Object.fromEntries(url.searchParams), logout_hint: login })}` }));
    return answer(res, 200, pageHeaders(pages), signOutPage(choices));
  }
  const gone = hinted.length > 0 ? hinted : accounts;
  sessions.signOut(req, gone);
  const target = targetOf(url, directory);
  const frames = gone.flatMap(({ sid, apps }) => [...apps].map((id) => directory.clientById(id)?.frontChannelLogoutUri).filter(Boolean)
    .map((uri) => `${uri}${uri.includes("?") ? "&" : "?"}${new URLSearchParams({ iss: issuer, sid })}`));
  if (target && frames.length === 0) return answer(res, 302, { location: target });
  return answer(res, 200, pageHeaders(pages), signedOutPage({ frames, target }));
}

function targetOf(url, directory) {
  const wanted = url.searchParams.get("post_logout_redirect_uri");
  if (!wanted || !Object.values(directory.clients).some((app) => isRegistered(wanted, app.redirectUris))) return undefined;
  const target = new URL(wanted);
  if (url.searchParams.has("state")) target.searchParams.set("state", url.searchParams.get("state"));
  return target.href;
}

function answer(res, status, headers, body) {
  res.writeHead(status, headers);
  res.end(body);
  return { status, response: headers.location };
}
