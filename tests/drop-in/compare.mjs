// Where two runs differ, place by place.

/** Times are equal within ten minutes: far under an hour, by which lifetimes that are reckoned otherwise differ. */
const SAME_TIME_SECONDS = 600;

/**
 * The differences between what MSAL made of a list of calls and what ours made of it, each as `{ call, at, msal, ours }`.
 * With `more`, ours may have members that MSAL has not.
 */
export function differencesOf(msal, ours, { what, more = false }) {
  const found = [];
  for (let i = 0; i < Math.max(msal.length, ours.length); i += 1) {
    const call = `${what}: ${(msal[i] ?? ours[i]).call}`;
    const note = (at, a, b) => found.push({ call, at: `${i + 1}${at}`, msal: a, ours: b });
    if (!msal[i] || !ours[i] || msal[i].call !== ours[i].call) {
      // What comes after cannot be told apart from it.
      note("", msal[i] && msal[i].call, ours[i] && ours[i].call);
      return found;
    }
    walk("", msal[i], ours[i], { more, note });
  }
  return found;
}

function walk(at, msal, ours, options) {
  if (isTime(msal) && isTime(ours)) {
    if (Math.abs(msal.seconds - ours.seconds) > SAME_TIME_SECONDS || msal.as !== ours.as) options.note(at, msal, ours);
    return;
  }
  if (!isObject(msal) || !isObject(ours)) {
    if (!Object.is(msal, ours)) options.note(at, msal, ours);
    return;
  }
  for (const name of new Set([...Object.keys(msal), ...Object.keys(ours)])) {
    if (options.more && !(name in msal) && !Array.isArray(msal)) continue;
    walk(`${at}.${name}`, msal[name], ours[name], options);
  }
}

const isObject = (value) => typeof value === "object" && value !== null;
const isTime = (value) => isObject(value) && typeof value.seconds === "number" && "as" in value;
