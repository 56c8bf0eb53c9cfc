// MSAL's AccountInfo, made from what Rust tells of an account.

/**
 * @param {any} told `tenantProfiles` is a list
 * @returns {any} nobody else's
 */
export function accountInfo(told) {
  const info = copyOf(told);
  info.tenantProfiles = new Map(info.tenantProfiles.map((/** @type {any} */ profile) => [profile.tenantId, profile]));
  if (info.idTokenClaims) {
    const state = info.idTokenClaims.signin_state;
    info.kmsi = Array.isArray(state) && state.some((name) => name === "kmsi" || name === "dvc_dmjd");
  }
  return info;
}

/**
 * A copy of what JSON can hold.
 * @template T
 * @param {T} value
 * @returns {T}
 */
export function copyOf(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return /** @type {T} */ (value.map(copyOf));
  const copy = /** @type {any} */ ({ ...value });
  for (const name in copy) {
    if (typeof copy[name] === "object") copy[name] = copyOf(copy[name]);
  }
  return copy;
}
