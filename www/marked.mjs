// Code in which the body's field names and what is masked stand out.
import { make } from "./elements.mjs";
import { MASK } from "./masks.mjs";

/** The nodes of a text; `pairs` are the encoded `name=value` whose names are marked. */
export function marked(text, pairs) {
  const names = [...new Set(pairs.map((pair) => pair.split("=", 1)[0]))].sort((a, b) => b.length - a.length);
  const name = names.length > 0 ? `|(?<![\\w-])(?:${names.map((name) => name.replace(/[^\w-]/g, "\\$&")).join("|")})(?==)` : "";
  return text.split(new RegExp(`(${MASK}${name})`)).map((part, index) => {
    if (index % 2 === 0) return part;
    return make("span", { class: part === MASK ? "mask" : "name" }, part);
  });
}
