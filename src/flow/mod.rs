//! What happens, one file per flow, without I/O, clock or randomness of its own: see [`step`].

pub mod client_credentials;
pub mod send;
pub mod step;
