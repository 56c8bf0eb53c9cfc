//! The discovery document (OpenID Connect Discovery 1.0; RFC 8414), for providers whose endpoints cannot be derived.

use super::address::{is_loopback, split_port};
use super::authority::{Authority, Kind};
use super::http::{Content, HttpResponse};
use super::json::Value;
use super::jwks::SignatureAlgorithm;
use crate::error::{Error, ErrorClass, code};
use crate::text::{self, Text, ToText};

/// What is needed of a discovery document.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// Where tokens are had.
    pub token_endpoint: Text,
    /// Where a person signs in.
    pub authorization_endpoint: Option<Text>,
    /// Where a device gets the code that a person signs in with.
    #[cfg(feature = "device-code")]
    pub device_authorization_endpoint: Option<Text>,
    /// Where a person signs out.
    pub end_session_endpoint: Option<Text>,
    /// Where the public keys are.
    pub jwks_uri: Option<Text>,
    /// Who the provider says it is; may hold `{tenantid}`.
    pub issuer: Option<Text>,
    /// Whether every authorization response says whose it is (RFC 9207).
    pub names_issuer: bool,
    /// How id_tokens may be signed, beside RS256.
    pub algorithms: Vec<SignatureAlgorithm>,
}

impl Metadata {
    /// Where a person signs in.
    ///
    /// # Errors
    /// `invalid_authority_metadata` where the document does not say.
    pub fn require_authorization_endpoint(&self) -> Result<Text, Error> {
        self.authorization_endpoint.clone().ok_or_else(|| {
            let message = "the discovery document names no authorization_endpoint";
            Error::configuration(code::INVALID_AUTHORITY_METADATA, message)
        })
    }
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
    // Entra's kin publish one document for many tenants; whose it is shows in each id_token.
    if authority.kind() == Kind::Oidc
        && text::without_end(document.text("issuer"), '/') != authority.issuer()
    {
        return Err(unusable("it names another issuer"));
    }
    let named = parse(document).map_err(|error| unusable(&error.message))?;
    if authority.kind() == Kind::Oidc {
        return Ok(named);
    }
    // Where endpoints follow from the address, they stay what they were before the document was asked for issuer and keys.
    Ok(Metadata {
        token_endpoint: authority.token_endpoint(),
        authorization_endpoint: Some(authority.authorization_endpoint()),
        #[cfg(feature = "device-code")]
        device_authorization_endpoint: Some(authority.device_authorization_endpoint()),
        end_session_endpoint: Some(authority.end_session_endpoint()),
        ..named
    })
}

/// Reads a document that the program itself gave (`authorityMetadata`).
///
/// # Errors
/// `invalid_authority_metadata` where an endpoint is missing or not `https`.
pub fn parse(document: &Value) -> Result<Metadata, Error> {
    let endpoint = |name: &str| Some(document.text(name).to_text()).filter(|url| is_secure(url));
    let token_endpoint = endpoint("token_endpoint").ok_or_else(|| {
        Error::configuration(
            code::INVALID_AUTHORITY_METADATA,
            "its token_endpoint is missing or not https",
        )
    })?;
    Ok(Metadata {
        token_endpoint,
        authorization_endpoint: endpoint("authorization_endpoint"),
        #[cfg(feature = "device-code")]
        device_authorization_endpoint: endpoint("device_authorization_endpoint"),
        end_session_endpoint: endpoint("end_session_endpoint"),
        jwks_uri: endpoint("jwks_uri"),
        issuer: Some(document.text("issuer").to_text()).filter(|issuer| !issuer.is_empty()),
        names_issuer: document.get("authorization_response_iss_parameter_supported")
            == Some(&Value::Bool(true)),
        algorithms: document
            .get("id_token_signing_alg_values_supported")
            .and_then(Value::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(|name| SignatureAlgorithm::parse(name.as_str()?))
            .collect(),
    })
}

/// Whether a secret may be sent to an address: `https`, or this machine.
fn is_secure(url: &str) -> bool {
    let secure = url.starts_with("https://")
        || url.strip_prefix("http://").is_some_and(|rest| {
            let host_and_port = text::before(text::before(rest, b'/'), b'?');
            split_port(host_and_port).is_ok_and(|(host, _)| is_loopback(&host))
        });
    secure
        && url
            .bytes()
            .all(|byte| matches!(byte, 0x21..=0x7e) && !matches!(byte, b'@' | b'#' | b'\\'))
}
