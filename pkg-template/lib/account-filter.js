// MSAL's AccountFilter.

/**
 * The accounts that a filter fits, compared as MSAL does.
 * @param {any[]} accounts
 * @param {any} filter
 * @param {(host: string) => string} home the host by which accounts of a cloud are filed
 */
export function matching(accounts, filter, home) {
  const wanted = Object.entries(filter ?? {}).filter(([, value]) => isGiven(value));
  return accounts.filter((account) => wanted.every(([name, value]) => matches(account, name, value, home)));
}

/**
 * @param {any} account
 * @param {string} name
 * @param {any} value
 * @param {(host: string) => string} home
 */
function matches(account, name, value, home) {
  const claims = account.idTokenClaims ?? {};
  switch (name) {
    case "environment":
      return home(value) === account.environment;
    case "realm":
      return isAlike(account.tenantId, value);
    case "authorityType":
      return isAlike(account.authorityType, value);
    case "username":
      return isAlike(account.username, value) || isAlike(claims.upn, value);
    case "homeAccountId":
    case "localAccountId":
    case "nativeAccountId":
    case "name":
    case "tenantId":
      return account[name] === value;
    case "loginHint":
      return [account.loginHint, account.username, claims.login_hint, claims.preferred_username, claims.upn, ...(claims.emails ?? [])].includes(value);
    case "sid":
      return !account.idTokenClaims || claims.sid === value;
    case "isHomeTenant":
      return ([...account.tenantProfiles.values()].find((/** @type {any} */ { tenantId }) => tenantId === account.tenantId)?.isHomeTenant ?? false) === value;
    default:
      // By what else there is in an account, which may be given whole, nobody is told from another.
      return true;
  }
}

/** @param {unknown} value */
export const isGiven = (value) => value !== undefined && value !== null && value !== "";

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const isAlike = (one, other) => typeof one === "string" && one.toLowerCase() === String(other).toLowerCase();

/**
 * @param {any} account
 * @param {any} wanted what the program gave of it
 */
export const isSame = (account, wanted) =>
  Boolean(wanted.homeAccountId || wanted.localAccountId) &&
  ["homeAccountId", "localAccountId", "tenantId"].every((name) => wanted[name] === undefined || wanted[name] === account[name]);
