// What the library is told, and the permissions that the page asks for.
import { LogLevel } from "@azure/msal-browser";

const response = await fetch("config.json");
const { auth, graphEndpoint } = await response.json();

export const msalConfig = {
  auth: {
    ...auth,
    redirectUri: "/redirect.html",
    postLogoutRedirectUri: "/",
  },
  cache: {
    cacheLocation: "sessionStorage",
  },
  system: {
    loggerOptions: {
      logLevel: LogLevel.Warning,
      loggerCallback: (level, message, containsPii) => {
        if (containsPii) return;
        if (level === LogLevel.Error) console.error(message);
        else console.warn(message);
      },
    },
  },
};

export const loginRequest = { scopes: ["User.Read"] };

/** Not asked for at sign-in: got when it is needed. */
export const peopleRequest = { scopes: ["User.ReadBasic.All"] };

/** The window comes back to the page that closes it, and this page starts anew. */
export const logoutPopupRequest = { postLogoutRedirectUri: "/redirect.html", mainWindowRedirectUri: "/" };

export const graphConfig = {
  me: `${graphEndpoint}/v1.0/me`,
  people: `${graphEndpoint}/v1.0/users?$top=5`,
};
