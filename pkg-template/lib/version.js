// Set by the build.
export const VERSION = "0.0.0";
