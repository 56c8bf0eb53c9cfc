// What is in a JWT, in words. Reading a token here is for people: a program leaves an access token unread.
import { make } from "./elements.mjs";

const TIMES = new Set(["iat", "nbf", "exp", "auth_time", "xms_tcdt"]);
const MEANINGS = {
  acct: "0: a member of the tenant, 1: a guest",
  acr: "How strongly the person was authenticated",
  acrs: "The authentication contexts that are fulfilled",
  aio: "Of Entra’s own use",
  amr: "How the person was authenticated",
  app_displayname: "The application’s name",
  appid: "The application that asked",
  appidacr: "How the application proved itself: 0 not at all, 1 by secret, 2 by certificate",
  aud: "For whom the token is",
  azp: "The application that asked",
  azpacr: "How the application proved itself: 0 not at all, 1 by secret, 2 by certificate",
  exp: "When it ends",
  iat: "When it was made",
  idtyp: "user or app",
  ipaddr: "Where the person asked from",
  iss: "Who made it",
  login_hint: "Names the account at the next sign-in or sign-out",
  name: "For people to read: not for decisions",
  nbf: "From when it counts",
  nonce: "Binds it to this sign-in",
  oid: "The person, in this tenant",
  preferred_username: "For people to read: it may change",
  rh: "Of Entra’s own use",
  roles: "The application’s roles",
  scp: "What the person lets the application do",
  sid: "The session at the provider",
  sub: "The person, for this application",
  tid: "The tenant",
  upn: "For people to read: it may change",
  uti: "The token’s own name",
  ver: "Which version of the token format",
  xms_cc: "What the client can handle: cp1 means claims challenges",
};

/** The claims, or nothing where the text is no JWT, as with the tokens of personal accounts. */
export const claimsOf = (token) => partOf(token, 1);

export const headerOf = (token) => partOf(token, 0);

/** The rows of a table: claim, value, meaning. */
export function claimRows(claims) {
  return Object.entries(claims).map(([name, value]) => [
    make("code", {}, name),
    TIMES.has(name) ? make("span", {}, new Date(value * 1000).toLocaleString(), " ", make("code", { class: "note" }, value))
      : make("code", {}, typeof value === "string" ? value : JSON.stringify(value)),
    MEANINGS[name] ?? "",
  ]);
}

function partOf(token, index) {
  try {
    const bytes = atob(token.split(".")[index].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0))));
  } catch {
    return undefined;
  }
}
