//! The configuration of a client.

use super::crypto::SigningKey;
use super::json;
use super::platform::TokenStoreKind;
use crate::cache::store::Bounds;
use crate::certificate::{self, Input};
use crate::error::{Error, ErrorClass, code};
use crate::flow::credential::{Certificate, Credential};
use crate::flow::share::Shared;
use crate::flow::token_store::TokenStore;
use crate::protocol::address::{is_loopback, parse_origin};
use crate::protocol::authority::{Authority, ProtocolMode};
use crate::protocol::base64;
use crate::protocol::metadata::{self, Metadata};
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use core::time::Duration;

const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// How a client is set up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Configuration {
    /// The Application (client) ID of the app registration.
    pub client_id: Text,
    /// How the client proves who it is.
    pub credential: ClientCredential,
    /// Whom to ask; by default `https://login.microsoftonline.com/common`.
    pub authority: Text,
    /// Hosts of authorities that are not Microsoft's.
    pub known_authorities: Vec<Text>,
    /// Whether authorities are Entra's, or any OpenID Connect provider's.
    pub protocol_mode: ProtocolMode,
    /// A discovery document (JSON) for `authority`, in place of the provider's.
    pub authority_metadata: Option<Text>,
    /// Such as `cp1`, for continuous access evaluation.
    pub client_capabilities: Vec<Text>,
    /// How long a call may take.
    pub timeout: Duration,
    /// How often a request is sent again after a passing fault.
    pub max_retries: u32,
    /// So long before its end a token is not served any more without asking.
    pub token_renewal_offset: Duration,
    /// Graph's origin, where it is not that of the authority's cloud.
    pub graph_origin: Option<Text>,
    /// The bounds of the cache in memory; the least recently used tokens go first.
    pub bounds: Bounds,
}

impl Configuration {
    /// The configuration of a client, everything else at its default.
    #[must_use]
    pub fn new(client_id: impl Into<Text>, credential: ClientCredential) -> Self {
        Self {
            client_id: client_id.into(),
            credential,
            authority: "https://login.microsoftonline.com/common".to_text(),
            known_authorities: Vec::new(),
            protocol_mode: ProtocolMode::Aad,
            authority_metadata: None,
            client_capabilities: Vec::new(),
            timeout: Duration::from_secs(30),
            max_retries: 2,
            token_renewal_offset: Duration::from_secs(300),
            graph_origin: None,
            bounds: Bounds {
                max_entries: 200_000,
                max_bytes: 512 * 1024 * 1024,
            },
        }
    }

    /// The same with another authority.
    #[must_use]
    pub fn with_authority(mut self, authority: impl Into<Text>) -> Self {
        self.authority = authority.into();
        self
    }
}

/// How a client proves who it is. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
pub enum ClientCredential {
    /// A secret's value, from Certificates & secrets.
    Secret(Secret),
    /// A certificate.
    Certificate(ClientCertificate),
    /// A JWT of another issuer.
    Assertion(Secret),
    /// The platform gives an assertion for each request:
    /// [`client_assertion`](super::Platform::client_assertion).
    Asked,
    /// Not at all: a [`PublicClient`](super::PublicClient)'s, which could keep no secret.
    None,
}

impl ClientCredential {
    /// A secret's value.
    #[must_use]
    pub fn secret(secret: impl Into<Text>) -> Self {
        Self::Secret(Secret::new(secret.into()))
    }

    pub(super) fn to_flow(&self) -> (Credential, Option<SigningKey>) {
        match self {
            Self::Secret(secret) => (Credential::Secret(secret.clone()), None),
            Self::Assertion(assertion) => (Credential::Assertion(assertion.clone()), None),
            Self::Asked => (Credential::Asked, None),
            Self::None => (Credential::None, None),
            Self::Certificate(certificate) => {
                let ClientCertificate {
                    key,
                    sha256,
                    sha1,
                    der,
                    x5c,
                    ..
                } = certificate.clone();
                let certificate = Certificate::new(sha256, sha1, der, x5c);
                (Credential::Certificate(Shared::new(certificate)), key)
            }
        }
    }
}

/// A certificate and its key.
#[derive(Clone, Debug, Default)]
pub struct ClientCertificate {
    key: Option<SigningKey>,
    sha256: Option<Vec<u8>>,
    sha1: Option<Vec<u8>>,
    der: Option<Vec<u8>>,
    chain: Vec<Vec<u8>>,
    x5c: Vec<Text>,
    warnings: Vec<Text>,
}

/// What names a certificate that is not at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thumbprint {
    /// SHA-256 of the certificate.
    Sha256([u8; 32]),
    /// SHA-1 of the certificate: the deprecated form, signed by RS256.
    Sha1([u8; 20]),
}

impl ClientCertificate {
    /// Reads a key and its certificate, in any form that [`crate::certificate`] reads.
    ///
    /// # Errors
    /// Those of [`certificate::read`]; `invalid_client_credential` where there is no certificate.
    pub fn read(input: &Input<'_>) -> Result<Self, Error> {
        let read = certificate::read(input)?;
        let Some(leaf) = read.leaf else {
            return Err(no_certificate());
        };
        Ok(Self {
            key: Some(SigningKey::from_pkcs8(&read.private_key)?),
            der: leaf.chain.first().cloned(),
            chain: leaf.chain,
            warnings: read.warnings,
            ..Self::default()
        })
    }

    /// Reads a key whose certificate is known by its thumbprint only.
    ///
    /// # Errors
    /// Those of [`certificate::read`].
    pub fn read_key(input: &Input<'_>, thumbprint: Thumbprint) -> Result<Self, Error> {
        let read = certificate::read(input)?;
        let mut certificate = Self {
            key: Some(SigningKey::from_pkcs8(&read.private_key)?),
            warnings: read.warnings,
            ..Self::default()
        };
        match thumbprint {
            Thumbprint::Sha256(hash) => certificate.sha256 = Some(hash.to_vec()),
            Thumbprint::Sha1(hash) => certificate.sha1 = Some(hash.to_vec()),
        }
        Ok(certificate)
    }

    /// A certificate (DER) whose key lies elsewhere: [`Platform::sign`](super::Platform::sign) signs with it.
    #[must_use]
    pub fn with_key_elsewhere(certificate: Vec<u8>) -> Self {
        Self {
            chain: vec![certificate.clone()],
            der: Some(certificate),
            ..Self::default()
        }
    }

    /// Sends the certificate and its issuers along (`x5c`), for registrations that trust by subject name and issuer.
    #[must_use]
    pub fn sending_chain(mut self) -> Self {
        self.x5c = self.chain.iter().map(|der| base64::encode(der)).collect();
        self
    }

    /// For people: what will not work, or not for long.
    #[must_use]
    pub fn warnings(&self) -> &[Text] {
        &self.warnings
    }
}

/// The configuration, read once.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) given: Configuration,
    pub(super) credential: Credential,
    pub(super) key: Option<SigningKey>,
    pub(super) metadata: Option<Metadata>,
    pub(super) graph_origin: Option<Text>,
    pub(super) timeout_ms: i64,
    pub(super) renewal_offset_seconds: i64,
}

impl Settings {
    pub(super) fn read(given: Configuration) -> Result<Self, Error> {
        if given.client_id.is_empty() {
            return Err(
                Error::configuration(code::MISSING_CLIENT_ID, "client_id is missing")
                    .with_hint("Give the Application (client) ID of the app registration."),
            );
        }
        let metadata = match &given.authority_metadata {
            None => None,
            Some(text) => {
                let invalid = || {
                    let message = "authority_metadata is no JSON";
                    Error::configuration(code::INVALID_AUTHORITY_METADATA, message)
                };
                Some(metadata::parse(&json::parse(text).ok_or_else(invalid)?)?)
            }
        };
        let graph_origin = given
            .graph_origin
            .as_deref()
            .map(parse_origin)
            .transpose()?;
        let (credential, key) = given.credential.to_flow();
        let settings = Self {
            credential,
            key,
            metadata,
            graph_origin,
            timeout_ms: milliseconds(given.timeout)?,
            renewal_offset_seconds: milliseconds(given.token_renewal_offset)? / 1_000,
            given,
        };
        settings.authority(None)?;
        Ok(settings)
    }

    /// The authority of a request: its own, or the configured one.
    pub(super) fn authority(&self, own: Option<&str>) -> Result<Authority, Error> {
        let given = &self.given;
        Authority::parse(
            own.unwrap_or(&given.authority),
            &given.known_authorities,
            given.protocol_mode,
        )
    }

    /// What is needed to use the platform's token store, if it has one.
    pub(super) fn store(&self, kind: TokenStoreKind) -> Option<TokenStore> {
        if kind == TokenStoreKind::None {
            return None;
        }
        Some(TokenStore {
            authority: self.authority(None).ok(),
            capabilities: self.given.client_capabilities.clone(),
            parse_json: json::parse,
            client_id: self.given.client_id.clone(),
            can_list: kind == TokenStoreKind::Listing,
            holds_accounts: false,
            removed: Vec::new(),
        })
    }

    /// Graph as the resource of scopes. A stand-in on this machine takes Graph's tokens, not tokens of its own.
    pub(super) fn graph_resource<'a>(&'a self, authority: &'a Authority) -> &'a str {
        let Some(origin) = &self.graph_origin else {
            return authority.graph_origin();
        };
        let host = text::split_once(origin, "://").map_or(origin.as_str(), |(_, host)| host);
        if is_loopback(host) {
            authority.graph_origin()
        } else {
            text::without_end(origin, '/')
        }
    }
}

/// A duration as the flows count.
pub(super) fn milliseconds(duration: Duration) -> Result<i64, Error> {
    if duration > MAX_TIMEOUT {
        return Err(Error::configuration(
            code::INVALID_OPTION,
            "a time is given that is longer than a day",
        ));
    }
    Ok(i64::try_from(duration.as_millis()).unwrap_or_default())
}

fn no_certificate() -> Error {
    Error::new(
        ErrorClass::ClientAuth,
        code::INVALID_CLIENT_CREDENTIAL,
        "there is no certificate beside the private key",
    )
    .with_hint("Give the certificate in Input::certificate, or its thumbprint to ClientCertificate::read_key.")
}
