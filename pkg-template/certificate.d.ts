export * from "./types/certificate.js";
