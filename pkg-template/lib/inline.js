// The clients' module from the text inside the package: nothing to fetch, so it is there at once.
import { Client, initSync } from "../wasm/graph_token.js";
import text from "../wasm/inline.js";
import { moduleOf } from "./byte-string.js";

export { Client };
export const instantiate = () => initSync({ module: moduleOf(text) });
