// Objects of objects put together.
/** The members of both, those of the other first. */
export function merged(one, other) {
  const both = Object.entries(other).map(([name, value]) => [name, one[name]?.constructor === Object ? merged(one[name], value) : value]);
  return { ...one, ...Object.fromEntries(both) };
}
