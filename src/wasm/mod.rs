//! The boundary to JavaScript, and the only place that names `JsValue`. It converts, calls, and converts back.

// What JavaScript holds is never printed in Rust.
#![allow(missing_debug_implementations)]
// Exports take plain numbers and texts: an object for each call would cost more than it shows.
#![allow(clippy::too_many_arguments)]

mod accounts;
mod acquisition;
mod client;
mod configuration;
mod credential;
mod effect;
mod field;
#[cfg(feature = "gloo")]
pub mod gloo;
mod held;
mod json;
mod request;
#[cfg(test)]
mod tests;
mod thrown;

/// 2 kB (brotli) smaller than the standard library's allocator: docs/decisions/size.md. Safe here, where there is one thread.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
