//! The core on this machine: values in, values out, and whole flows event by event.

#![allow(clippy::unwrap_used, missing_docs)]

mod authority;
mod authorize;
#[cfg(feature = "certificate")]
mod certificate_mutated;
#[cfg(feature = "certificate")]
mod certificate_read;
#[cfg(feature = "certificate")]
mod certificate_refused;
mod challenge;
mod challenge_fuzz;
mod client_assertion;
mod clock;
mod code_redemption;
#[cfg(feature = "device-code")]
mod device_code;
mod entra_errors;
mod flow_faults;
mod flow_lifetimes;
mod host;
mod id_token;
mod id_token_keys;
mod msal_schema;
mod msal_users;
mod on_behalf_of;
mod partitions;
mod person;
mod scenario;
mod scope;
mod secrets;
mod silent;
mod store;
mod token_response;
mod token_store;
mod token_store_accounts;
mod windows;
