#![doc = include_str!("../docs/crate.md")]

pub mod cache;
#[cfg(feature = "certificate")]
pub mod certificate;
pub mod error;
pub mod flow;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub mod native;
pub mod protocol;
pub mod secret;
pub mod text;
pub mod time;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::{Error, ErrorClass};
pub use secret::{Secret, SecretBytes};
#[cfg(all(target_arch = "wasm32", feature = "gloo"))]
pub use wasm::gloo;
