// The module of a page's client from the text inside the package.
import { Client, initSync } from "../../wasm/page.js";
import text from "../../wasm/page-inline.js";
import { moduleOf } from "../byte-string.js";

export { Client };
export const instantiate = () => initSync({ module: moduleOf(text) });
