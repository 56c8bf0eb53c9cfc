// The package as a bundler finds it for a browser: server.mjs makes one file of it.
import { Client, instantiate } from "/graph-token/lib/inline.js";
import { programClient } from "/graph-token/lib/program-client.js";
import { runtimeOf } from "/graph-token/lib/runtime.js";

export * from "/graph-token/entry/browser.js";

/** The public client of a program off any page, to show what it would send: no page signs people in by it. */
export const ProgramClient = programClient(runtimeOf(() => ({ Client, instantiate })));
