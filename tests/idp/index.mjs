// The test services: an identity provider in Entra's shape and a Microsoft Graph stand-in, both on loopback.
export { startIdentityProvider, ALL_GRANTS } from "./identity-provider.mjs";
export { startGraph } from "./graph.mjs";
export { GRAPH_APP_ID, GRAPH_ORIGIN } from "./directory.mjs";
export { selfSignedCertificate } from "./certificate.mjs";
export { answerOf, signIn, signInToForm } from "./sign-in.mjs";
