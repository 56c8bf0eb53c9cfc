//! The discovery document (OpenID Connect Discovery 1.0; RFC 8414), for providers whose endpoints cannot be derived.

use super::address::is_loopback;
use super::authority::Authority;
use super::http::{Content, HttpResponse};
use super::json::Value;
use crate::error::{Error, ErrorClass, code};
use crate::text;

/// What is needed of a discovery document.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// Where tokens are had.
    pub token_endpoint: String,
}

/// Reads the answer to a discovery request.
///
/// # Errors
/// `invalid_authority_metadata` where it is none, names another issuer, or an endpoint that is not `https`.
pub fn parse_response(response: &HttpResponse, authority: &Authority) -> Result<Metadata, Error> {
    let unusable = |reason: &str| {
        let message = text::concat(&[
            "the discovery document of the authority cannot be used: ",
            reason,
            " (",
            &response.describe(),
            ")",
        ]);
        let mut error = Error::new(
            ErrorClass::Server,
            code::INVALID_AUTHORITY_METADATA,
            message,
        )
        .with_hint(
            "Check auth.authority: its path plus /.well-known/openid-configuration must answer.",
        );
        error.status = Some(response.status);
        error
    };
    if response.status != 200 {
        return Err(unusable("it is not there"));
    }
    let Content::Json(document) = &response.content else {
        return Err(unusable("it is not JSON"));
    };
    if document.text("issuer").trim_end_matches('/') != authority.issuer() {
        return Err(unusable("it names another issuer"));
    }
    parse(document).map_err(|error| unusable(&error.message))
}

/// Reads a document that the program itself gave (`authorityMetadata`).
///
/// # Errors
/// `invalid_authority_metadata` where an endpoint is missing or not `https`.
pub fn parse(document: &Value) -> Result<Metadata, Error> {
    let token_endpoint = document.text("token_endpoint");
    let secure = token_endpoint.starts_with("https://")
        || token_endpoint
            .strip_prefix("http://")
            .is_some_and(|rest| is_loopback(rest.split('/').next().unwrap_or_default()));
    if secure
        && token_endpoint
            .bytes()
            .all(|byte| matches!(byte, 0x21..=0x7e) && !matches!(byte, b'@' | b'#' | b'\\'))
    {
        Ok(Metadata {
            token_endpoint: token_endpoint.to_owned(),
        })
    } else {
        Err(Error::configuration(
            code::INVALID_AUTHORITY_METADATA,
            "its token_endpoint is missing or not https",
        ))
    }
}
