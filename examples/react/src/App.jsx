// The app: who is signed in, and one page of three.
import { AuthenticatedTemplate, MsalAuthenticationTemplate, MsalProvider, UnauthenticatedTemplate } from "@azure/msal-react";
import { InteractionType } from "@azure/msal-browser";
import { loginRequest } from "./authConfig.js";
import { NavigationBar } from "./NavigationBar.jsx";
import { People } from "./People.jsx";
import { Profile } from "./Profile.jsx";
import { usePath } from "./path.js";

export function App({ instance }) {
  return (
    <MsalProvider instance={instance}>
      <NavigationBar />
      <main>
        <Page />
      </main>
    </MsalProvider>
  );
}

function Page() {
  switch (usePath()) {
    case "/profile": return (
      <MsalAuthenticationTemplate interactionType={InteractionType.Redirect} authenticationRequest={loginRequest}
        loadingComponent={Loading} errorComponent={Failed}>
        <Profile />
      </MsalAuthenticationTemplate>
    );
    case "/people": return (
      <AuthenticatedTemplate>
        <People />
      </AuthenticatedTemplate>
    );
    default: return (
      <>
        <AuthenticatedTemplate>
          <p>You are signed in.</p>
        </AuthenticatedTemplate>
        <UnauthenticatedTemplate>
          <p>Sign in to see your profile.</p>
        </UnauthenticatedTemplate>
      </>
    );
  }
}

const Loading = () => <p>Signing in …</p>;

const Failed = ({ error }) => <p role="alert">{error.errorCode}</p>;
