//! Clients for Rust programs: the flows of [`crate::flow`], performed.
//!
//! [`ConfidentialClient`], of a server, and [`PublicClient`], of a program on a person's own machine, have MSAL's methods and
//! request fields in Rust's spelling. What they need of the outside is a
//! [`Platform`]: two functions of the program's, for HTTP and for waiting; everything else (clocks, randomness,
//! cryptography by RustCrypto) has a default. With the feature `reqwest` there is a ready one, `ReqwestPlatform`, for
//! programs that run on tokio.
//!
//! Every method is an ordinary future that can go from thread to thread; dropping it ends the call. Two calls for the
//! same token at the same time ask twice: share the future where that matters. A token that is due to be renewed ahead
//! is served at once where [`Platform::spawn`] runs tasks; else the call that found it due renews it.
//!
//! The crate's front page has an example.

mod acquisition;
mod client;
mod configuration;
mod crypto;
mod date;
mod drive;
mod held;
mod json;
mod platform;
mod prepare;
mod public_client;
mod request;
#[cfg(feature = "reqwest")]
mod reqwest_platform;
mod result;

pub use crate::protocol::device_code::DeviceAuthorization;
pub use client::{ConfidentialClient, PkceCodes};
pub use configuration::{ClientCertificate, ClientCredential, Configuration, Thumbprint};
pub use crypto::{SigningKey, digest, verify};
pub use platform::{Clocks, HttpAnswer, Platform, Task, TokenStoreKind, Unavailable};
pub use public_client::PublicClient;
pub use request::{
    AuthorizationCodeRequest, AuthorizationResponse, AuthorizationUrlRequest,
    ClientCredentialRequest, DeviceCodeRequest, OnBehalfOfRequest, RefreshTokenRequest,
    RequestOptions, SilentRequest,
};
#[cfg(feature = "reqwest")]
pub use reqwest_platform::ReqwestPlatform;
pub use result::{AccountInfo, AuthenticationResult};
