//! The wire, pure: one file per grant builds its request, one encoder and one decoder serve them all.
//!
//! Nothing here performs I/O, reads a clock or draws a random number: the present moment, entropy and answers are
//! arguments.

use crate::text::{Text, ToText};

pub mod address;
pub mod admin_consent;
pub mod authority;
pub mod authorization_code;
pub mod authorize;
pub mod base64;
pub mod challenge;
pub mod claims;
#[cfg(feature = "confidential")]
pub mod client_assertion;
pub mod client_authentication;
#[cfg(feature = "confidential")]
pub mod client_credentials;
pub mod client_info;
pub mod cloud;
#[cfg(feature = "device-code")]
pub mod device_code;
pub mod entra_error;
pub mod entropy;
pub mod form;
pub mod http;
pub mod id_token;
pub mod json;
pub mod jwks;
pub mod jwt;
pub mod library_state;
pub mod logout;
pub mod metadata;
#[cfg(feature = "confidential")]
pub mod on_behalf_of;
#[cfg(feature = "confidential")]
pub mod pem;
#[cfg(any(feature = "confidential", feature = "certificate"))]
pub mod private_key;
pub mod refresh_token;
pub mod retry;
pub mod scope;
pub mod token_request;
pub mod token_response;
#[cfg(any(feature = "confidential", feature = "certificate"))]
pub mod validity;

/// What `x-client-SKU` says, in Entra's logs and telemetry.
pub const CLIENT_SKU: &str = "graph-token";

/// `url` with `query` added to it.
fn with_query(url: &str, query: &str) -> Text {
    let mut with = url.to_text();
    if !query.is_empty() {
        with.push(if url.contains('?') { '&' } else { '?' });
        with.push_str(query);
    }
    with
}
