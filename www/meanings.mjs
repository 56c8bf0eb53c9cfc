// What the fields of the requests are for.

const MEANINGS = {
  client_id: "The application that asks.",
  scope: "What is asked for: one resource’s permissions.",
  client_secret: "Proves that it is this application.",
  client_assertion: "Proves that it is this application: signed with its key.",
  client_assertion_type: "That the proof is a signed JWT (RFC 7523).",
  claims: "Further demands on the token, such as revocation in time.",
  clidata: "Of Entra’s own use.",
  client_info: "That the answer says whose tokens they are.",
  code: "What the sign-in came back with; it serves once.",
  code_verifier: "Proves that it is the program that began the sign-in (RFC 7636).",
  code_challenge: "The verifier’s hash: the verifier itself comes with the code.",
  code_challenge_method: "How it is hashed.",
  refresh_token: "What the tokens before came with.",
  assertion: "The token with which this API was called.",
  requested_token_use: "That the new token is for the same person.",
  device_code: "The device’s own, of which the person typed the other.",
  redirect_uri: "Where the sign-in comes back to.",
  response_type: "That a code is to come back, no token.",
  response_mode: "How it comes back.",
  state: "Comes back as it is: another’s answer is told by it.",
  nonce: "Comes back in the id_token, which is so bound to this sign-in.",
  login_hint: "Who is likely to sign in.",
  prompt: "What the person is to be shown.",
  "client-request-id": "Names the request in the logs of both sides.",
  "x-client-SKU": "Which library asks, for Entra’s logs.",
  "x-client-VER": "Its version.",
  "x-ms-lib-capability": "That the library obeys Retry-After and waits at 429.",
  "X-AnchorMailbox": "Which data centre holds the person’s tokens.",
};
const GRANT_TYPES = {
  client_credentials: "The application asks for itself: no user takes part.",
  authorization_code: "A sign-in’s code becomes tokens.",
  refresh_token: "New tokens come without a sign-in.",
  "urn:ietf:params:oauth:grant-type:device_code": "A person signs in elsewhere, meanwhile this is asked again and again (RFC 8628).",
  "urn:ietf:params:oauth:grant-type:jwt-bearer": "A token becomes another (RFC 7523).",
};

/** The rows of a table: field, value, what for. */
export function fieldRows(pairs, code) {
  return pairs.map((pair) => {
    const [[name, value]] = new URLSearchParams(pair);
    return [code(name), code(value), (name === "grant_type" ? GRANT_TYPES[value] : MEANINGS[name]) ?? ""];
  });
}
