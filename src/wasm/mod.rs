//! The boundary to JavaScript, and the only place that names `JsValue`. It converts, calls, and converts back.

// What JavaScript holds is never printed in Rust.
#![allow(missing_debug_implementations)]
// Exports take plain numbers and texts: an object for each call would cost more than it shows.
#![allow(clippy::too_many_arguments)]

// Three modules are made of the crate: the clients', that of pages, where no client is confidential, and that which reads
// certificates. Each is small for who needs no other.
#[cfg(not(feature = "certificate-module"))]
mod accounts;
#[cfg(not(feature = "certificate-module"))]
mod acquisition;
#[cfg(not(feature = "certificate-module"))]
mod cache_options;
#[cfg(feature = "certificate-module")]
mod certificate;
#[cfg(not(feature = "certificate-module"))]
mod client;
#[cfg(all(feature = "confidential", not(feature = "certificate-module")))]
mod confidential_client;
#[cfg(not(feature = "certificate-module"))]
mod configuration;
#[cfg(all(feature = "confidential", not(feature = "certificate-module")))]
mod credential;
#[cfg(not(any(feature = "confidential", feature = "certificate-module")))]
#[path = "no_credential.rs"]
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
#[cfg(all(test, feature = "confidential", not(feature = "certificate-module")))]
mod tests;
mod thrown;

/// 2 kB (brotli) smaller than the standard library's allocator: docs/decisions/size.md. Safe here, where there is one thread.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
