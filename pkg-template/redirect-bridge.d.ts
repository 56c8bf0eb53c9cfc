export * from "./types/redirect-bridge.js";
