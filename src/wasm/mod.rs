//! The boundary to JavaScript, and the only place that names `JsValue`. It converts, calls, and converts back.

// What JavaScript holds is never printed in Rust.
#![allow(missing_debug_implementations)]
// Exports take plain numbers and texts: an object for each call would cost more than it shows.
#![allow(clippy::too_many_arguments)]

// Two modules are made of the crate: the client's, and that which reads certificates, small for who needs the other.
#[cfg(not(feature = "certificate-module"))]
mod accounts;
#[cfg(not(feature = "certificate-module"))]
mod acquisition;
#[cfg(feature = "certificate-module")]
mod certificate;
#[cfg(not(feature = "certificate-module"))]
mod client;
#[cfg(not(feature = "certificate-module"))]
mod configuration;
#[cfg(not(feature = "certificate-module"))]
mod credential;
#[cfg(not(feature = "certificate-module"))]
mod effect;
#[cfg_attr(feature = "certificate-module", allow(dead_code))]
mod field;
#[cfg(feature = "gloo")]
pub mod gloo;
#[cfg(not(feature = "certificate-module"))]
mod held;
#[cfg(not(feature = "certificate-module"))]
mod json;
#[cfg_attr(feature = "certificate-module", allow(dead_code))]
mod object;
#[cfg(not(feature = "certificate-module"))]
mod request;
#[cfg(not(feature = "certificate-module"))]
mod shared;
#[cfg(all(test, not(feature = "certificate-module")))]
mod tests;
mod thrown;

/// 2 kB (brotli) smaller than the standard library's allocator: docs/decisions/size.md. Safe here, where there is one thread.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
