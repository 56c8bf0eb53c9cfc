// Run in a fresh process: `first-token.mjs <application> <origin>`. Says how long it takes from import to token, in ms.

import { pathToFileURL } from "node:url";

const [, , application, origin] = process.argv;
const began = performance.now();
const { default: getToken } = await import(pathToFileURL(application).href);
const token = await getToken(origin);
const ms = performance.now() - began;
if (typeof token !== "string" || token.length === 0) throw new Error(`${application} got no token`);
console.log(ms);
process.exit();
