// The module from the text inside the package: nothing to fetch, so it is there at once.
import text from "../wasm/inline.js";
import { bytesOf } from "./byte-string.js";

export const inlineModule = () => bytesOf(text);
