// The package as a bundler finds it for a browser.
export * from "/graph-token/entry/browser.js";
