// For resolvers that do not read the package's "exports".
export * from "./entry/certificate-inline.js";
