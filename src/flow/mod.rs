//! What happens, one file per flow, without I/O, clock or randomness of its own: see [`step`].

pub mod accounts;
pub mod acquired;
pub mod authorization_code;
pub mod authorize;
pub mod client_credentials;
pub mod credential;
pub mod exchange;
pub mod learned;
pub mod on_behalf_of;
pub mod send;
pub mod share;
pub mod silent;
pub mod step;
pub mod token_store;
