// Who else is there: the hook gets the token, and asks the person where it must.
import { useEffect, useState } from "react";
import { useMsalAuthentication } from "@azure/msal-react";
import { InteractionType } from "@azure/msal-browser";
import { graphConfig, peopleRequest } from "./authConfig.js";
import { callGraph } from "./graph.js";

export function People() {
  const { result, error } = useMsalAuthentication(InteractionType.Popup, peopleRequest);
  const [people, setPeople] = useState([]);

  useEffect(() => {
    if (result) callGraph(graphConfig.people, result.accessToken).then(({ value }) => setPeople(value));
  }, [result]);

  if (error) return <p id="error" role="alert">{error.errorCode}</p>;
  return <ul id="people">{people.map(({ id, displayName }) => <li key={id}>{displayName}</li>)}</ul>;
}
