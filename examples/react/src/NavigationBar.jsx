// Who is signed in, the ways to do so and to end it, and the app's pages.
import { useState } from "react";
import { useAccount, useIsAuthenticated, useMsal } from "@azure/msal-react";
import { InteractionStatus } from "@azure/msal-browser";
import { loginRequest, logoutPopupRequest } from "./authConfig.js";
import { goTo } from "./path.js";

const PAGES = { "/": "Home", "/profile": "Profile", "/people": "People" };

export function NavigationBar() {
  const { instance, inProgress } = useMsal();
  const isAuthenticated = useIsAuthenticated();
  const account = useAccount();
  const [failed, setFailed] = useState();
  const button = (id, label, action) => (
    <button id={id} disabled={inProgress !== InteractionStatus.None} onClick={() => {
      setFailed(undefined);
      action().catch((error) => setFailed(error.errorCode));
    }}>{label}</button>
  );

  return (
    <nav>
      {Object.entries(PAGES).map(([path, label]) => (
        <a key={path} href={path} onClick={(event) => {
          event.preventDefault();
          goTo(path);
        }}>{label} </a>
      ))}
      {isAuthenticated ? (
        <>
          <strong id="account">{account?.name}</strong>
          {button("sign-out-popup", "Sign out by a window", () => instance.logoutPopup({ account, ...logoutPopupRequest }))}
          {button("sign-out-redirect", "Sign out by a redirect", () => instance.logoutRedirect({ account }))}
        </>
      ) : (
        <>
          {button("sign-in-popup", "Sign in by a window", () => instance.loginPopup(loginRequest))}
          {button("sign-in-redirect", "Sign in by a redirect", () => instance.loginRedirect(loginRequest))}
        </>
      )}
      {failed && <p id="error" role="alert">{failed}</p>}
    </nav>
  );
}
