//! A confidential client for Rust programs: the flows of [`crate::flow`], performed.
//!
//! [`ConfidentialClient`] has MSAL's methods and request fields in Rust's spelling. What it needs of the outside is a
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
mod request;
#[cfg(feature = "reqwest")]
mod reqwest_platform;
mod result;

pub use client::{ConfidentialClient, PkceCodes};
pub use configuration::{ClientCertificate, ClientCredential, Configuration, Thumbprint};
pub use crypto::{SigningKey, digest, verify};
pub use platform::{Clocks, HttpAnswer, Platform, Task, TokenStoreKind, Unavailable};
pub use request::{
    AuthorizationCodeRequest, AuthorizationResponse, AuthorizationUrlRequest,
    ClientCredentialRequest, OnBehalfOfRequest, RefreshTokenRequest, RequestOptions, SilentRequest,
};
#[cfg(feature = "reqwest")]
pub use reqwest_platform::ReqwestPlatform;
pub use result::{AccountInfo, AuthenticationResult};
