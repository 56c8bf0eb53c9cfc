// How a page's user or its provider notices those fields that no single request tells of: `name` lists fields, `prove`
// takes what field-behaviour.test.mjs has set up.
import { CONFIGURATION_PROOFS } from "./configuration-proofs.mjs";
import { REQUEST_PROOFS } from "./request-proofs.mjs";

export const PROOFS = [...CONFIGURATION_PROOFS, ...REQUEST_PROOFS];
