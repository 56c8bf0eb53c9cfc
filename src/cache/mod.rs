//! The cache, pure: what decides a token (key), how long it serves (lifetime), where it lies (store), and all of it together
//! (memory).

pub mod access_token;
pub mod account;
pub mod entities;
mod index;
pub mod key;
pub mod lifetime;
mod marks;
pub mod memory;
pub mod msal_schema;
pub mod partition;
pub mod store;
