//! What happens, one file per flow, without I/O, clock or randomness of its own: see [`step`].

pub mod accounts;
pub mod acquired;
pub mod asked;
pub mod authorization_code;
pub mod authorize;
#[cfg(feature = "confidential")]
pub mod client_credentials;
#[cfg(feature = "confidential")]
pub mod credential;
#[cfg(not(feature = "confidential"))]
#[path = "no_credential.rs"]
pub mod credential;
#[cfg(feature = "device-code")]
pub mod device_code;
pub mod exchange;
pub mod learned;
#[cfg(feature = "confidential")]
pub mod on_behalf_of;
pub mod send;
pub mod share;
pub mod silent;
pub mod step;
pub mod token_store;
pub mod unstored;
mod verify;
