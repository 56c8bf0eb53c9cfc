// The page: signs in and out, and calls Graph.
import { EventType, InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-browser";
import { graphConfig, loginRequest, logoutPopupRequest, msalConfig, peopleRequest } from "./authConfig.js";
import { callGraph } from "./graph.js";
import { showAccount, showError, showPeople, showProfile } from "./ui.js";

const msalInstance = new PublicClientApplication(msalConfig);

msalInstance.addEventCallback((event) => {
  if (event.eventType === EventType.LOGIN_SUCCESS && event.payload) msalInstance.setActiveAccount(event.payload);
});

async function getToken(request) {
  try {
    return await msalInstance.acquireTokenSilent(request);
  } catch (error) {
    if (!(error instanceof InteractionRequiredAuthError)) throw error;
    return msalInstance.acquireTokenPopup(request);
  }
}

async function signInPopup() {
  await msalInstance.loginPopup(loginRequest);
  showAccount(msalInstance.getActiveAccount());
}

async function seeProfile() {
  const { accessToken } = await getToken(loginRequest);
  showProfile(await callGraph(graphConfig.me, accessToken));
}

async function seePeople() {
  const { accessToken } = await getToken(peopleRequest);
  showPeople(await callGraph(graphConfig.people, accessToken));
}

async function signOutPopup() {
  await msalInstance.logoutPopup({ account: msalInstance.getActiveAccount(), ...logoutPopupRequest });
}

const actions = {
  "sign-in-popup": signInPopup,
  "sign-in-redirect": () => msalInstance.loginRedirect(loginRequest),
  "see-profile": seeProfile,
  "see-people": seePeople,
  "sign-out-popup": signOutPopup,
  "sign-out-redirect": () => msalInstance.logoutRedirect({ account: msalInstance.getActiveAccount() }),
};

for (const [id, action] of Object.entries(actions)) {
  document.getElementById(id).addEventListener("click", () => {
    showError();
    action().catch(showError);
  });
}

try {
  await msalInstance.initialize();
  await msalInstance.handleRedirectPromise();
} catch (error) {
  showError(error);
}
showAccount(msalInstance.getActiveAccount());
