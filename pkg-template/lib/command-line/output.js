// The three forms in which a token is printed.

import { plain } from "./terminal.js";

/**
 * @typedef {import("../result.js").AuthenticationResult} Result
 */

/**
 * @param {string} form
 * @param {Result} result
 */
export function printed(form, result) {
  if (form === "token") return result.accessToken;
  const header = result.createAuthorizationHeader();
  return form === "header" ? `Authorization: ${header}` : table(result);
}

/** @param {Result} result */
function table({ accessToken, tokenType, expiresOn, scopes, tenantId, account, authority, correlationId }) {
  const claims = claimsOf(accessToken);
  /** @type {[string, unknown][]} */
  const rows = [
    ["token type", tokenType],
    ["expires", expiresOn && `${expiresOn.toISOString()} (in ${minutesTo(expiresOn)} min)`],
    ["scopes", scopes.join(" ")],
    ["audience", claims.aud],
    ["application", claims.appid ?? claims.azp],
    ["roles", Array.isArray(claims.roles) ? claims.roles.join(" ") : undefined],
    ["tenant", tenantId],
    ["account", account?.username],
    ["authority", authority],
    ["correlation id", correlationId],
    ["access token", `${accessToken.slice(0, 8)}… (${accessToken.length} characters)`],
  ];
  const told = rows.filter(([, value]) => value);
  const width = Math.max(...told.map(([name]) => name.length));
  return told.map(([name, value]) => `${name.padEnd(width)}  ${plain(String(value))}`).join("\n");
}

/** @param {Date} date */
function minutesTo(date) {
  return Math.round((date.getTime() - Date.now()) / 60_000);
}

/**
 * Whom an access token is for, its resource alone decides; where it can be read, that helps who looks for a mistake.
 * @param {string} token
 * @returns {Record<string, unknown>}
 */
function claimsOf(token) {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8")) ?? {};
  } catch {
    return {};
  }
}
