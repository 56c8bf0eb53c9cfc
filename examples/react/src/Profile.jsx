// What Graph knows about who is signed in.
import { useEffect, useState } from "react";
import { useMsal } from "@azure/msal-react";
import { InteractionRequiredAuthError, InteractionStatus } from "@azure/msal-browser";
import { graphConfig, loginRequest } from "./authConfig.js";
import { callGraph } from "./graph.js";

export function Profile() {
  const { instance, inProgress } = useMsal();
  const [profile, setProfile] = useState();
  const [failed, setFailed] = useState();

  useEffect(() => {
    if (profile || inProgress !== InteractionStatus.None) return;
    instance.acquireTokenSilent({ ...loginRequest, account: instance.getActiveAccount() })
      .then(({ accessToken }) => callGraph(graphConfig.me, accessToken))
      .then(setProfile)
      .catch((error) => {
        if (error instanceof InteractionRequiredAuthError) return instance.acquireTokenRedirect(loginRequest);
        setFailed(error.errorCode ?? error.message);
      });
  }, [instance, inProgress, profile]);

  if (failed) return <p role="alert">{failed}</p>;
  return profile && (
    <dl id="profile">
      <dt>Name</dt><dd>{profile.displayName}</dd>
      <dt>Mail</dt><dd>{profile.mail}</dd>
    </dl>
  );
}
