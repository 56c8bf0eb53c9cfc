//! The cache, pure: what decides a token (key), how long it serves (lifetime), and where it lies (store).

pub mod access_token;
pub mod account;
mod index;
pub mod key;
pub mod lifetime;
pub mod msal_schema;
pub mod partition;
pub mod store;
