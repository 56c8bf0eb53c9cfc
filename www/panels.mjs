// What the page shows of results: code with its parts marked, the body's fields, the users.
import { make } from "./elements.mjs";
import { MASK } from "./request-builder.mjs";

const MEANINGS = {
  client_id: "The application that asks.",
  scope: "Whatever of this resource an administrator has granted.",
  grant_type: "The application asks for itself: no user takes part.",
  client_secret: "Proves that it is this application.",
  claims: "Further demands on the token, such as revocation in time.",
  "x-client-SKU": "Which library asks, for Entra’s logs.",
  "x-client-VER": "Its version.",
  "x-ms-lib-capability": "That the library obeys Retry-After and waits at 429.",
};

/** Code in which the body's field names and the masked secret stand out. */
export function marked(text, body) {
  const names = body.map((pair) => pair.split("=", 1)[0]).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(${MASK}|(?<![\\w-])(?:${names.map((name) => name.replace(/[^\w-]/g, "\\$&")).join("|")})(?==))`);
  return text.split(pattern).map((part, index) => {
    if (index % 2 === 0) return part;
    return make("span", { class: part === MASK ? "mask" : "name" }, part);
  });
}

export function fieldRows(body) {
  return body.map((pair) => {
    const [[name, value]] = new URLSearchParams(pair);
    return make("tr", {},
      make("th", { scope: "row" }, make("code", {}, name)),
      make("td", {}, make("code", {}, value)),
      make("td", {}, MEANINGS[name] ?? ""));
  });
}

export function usersTable({ users, token }) {
  const expires = new Date(token.expiresOn).toLocaleTimeString();
  return [
    make("p", { class: "facts" },
      make("span", { class: token.fromCache ? "tag good" : "tag" }, token.fromCache ? "token from the Worker’s cache" : "new token"),
      ` expires at ${expires} · tenant `, make("code", {}, token.tenantId)),
    make("div", { class: "table-card" },
      make("table", {},
        make("caption", {}, `${users.length} users`),
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Name"), make("th", { scope: "col" }, "User principal name"))),
        make("tbody", {}, ...users.map(({ displayName, userPrincipalName }) =>
          make("tr", {}, make("th", { scope: "row" }, displayName), make("td", {}, make("code", {}, userPrincipalName))))))),
  ];
}
