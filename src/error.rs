//! The one error type: what went wrong, in whose class it falls, and what to do.

use crate::protocol::form;
use crate::text::{self, Text, ToText};
use core::fmt;
use core::ops::{Deref, DerefMut};

/// Texts longer than this are cut to half of it: Entra's descriptions have under 1 000 bytes.
const MAX_TEXT_BYTES: usize = 4_000;

/// A shorter secret than this is in too many texts to be taken out of them.
const LEAST_MASKED_BYTES: usize = 4;

/// The words that programs decide by are built of shorter ones than this.
const LONGEST_WORD_BYTES: usize = 10;

/// The class of an [`Error`], named as MSAL's class in JavaScript.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorClass {
    /// `ClientConfigurationError`: the program's configuration or request has to change.
    ClientConfiguration,
    /// `ClientAuthError`: the request cannot be made as things stand.
    ClientAuth,
    /// `ServerError`: the server refused, or answered something that is no answer.
    Server,
    /// `InteractionRequiredAuthError`: a person has to sign in, consent or prove more.
    InteractionRequired,
    /// `NetworkError`: no answer came.
    Network,
}

impl ErrorClass {
    /// The name of the class in JavaScript.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClientConfiguration => "ClientConfigurationError",
            Self::ClientAuth => "ClientAuthError",
            Self::Server => "ServerError",
            Self::InteractionRequired => "InteractionRequiredAuthError",
            Self::Network => "NetworkError",
        }
    }
}

/// What went wrong. No field ever holds a secret, an assertion, a code or a token.
///
/// It is a box of its [`Details`], so that a `Result` stays small: in WebAssembly that
/// saves 2 % of the module.
#[derive(Clone, Debug)]
pub struct Error(Box<Details>);

/// What is known of an error; an [`Error`] dereferences to it.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Details {
    /// Whose fault, and so what kind of remedy.
    pub class: ErrorClass,
    /// A stable string: the server's `error`, or one of [`code`].
    pub code: Text,
    /// For people; may change.
    pub message: Text,
    /// The server's `suberror`, or a finer reason of ours; may be empty.
    pub sub_error: Text,
    /// The GUID of the request, as sent in `client-request-id`.
    pub correlation_id: Text,
    /// The server's `trace_id`.
    pub trace_id: Text,
    /// The server's `timestamp`.
    pub timestamp: Text,
    /// The AADSTS numbers.
    pub error_codes: Vec<u32>,
    /// A claims challenge (JSON) that must reach the next request.
    pub claims: Text,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// How long the server asked to wait, in seconds.
    pub retry_after_seconds: Option<u32>,
    /// One sentence on what to do; may be empty.
    pub hint: Text,
}

/// The codes that are not a server's own words. They are stable.
pub mod code {
    /// The client id is missing.
    pub const MISSING_CLIENT_ID: &str = "missing_client_id";
    /// No credential, or more than one (MSAL's code).
    pub const INVALID_CLIENT_CREDENTIAL: &str = "invalid_client_credential";
    /// A field that this version does not take.
    pub const UNSUPPORTED_OPTION: &str = "unsupported_option";
    /// A field of the wrong type or outside its range.
    pub const INVALID_OPTION: &str = "invalid_option";
    /// The authority is no URL of the expected form (MSAL's code).
    pub const URL_PARSE_ERROR: &str = "url_parse_error";
    /// The authority is not `https` (MSAL's code).
    pub const AUTHORITY_URI_INSECURE: &str = "authority_uri_insecure";
    /// The authority's host is neither Microsoft's nor in `knownAuthorities` (MSAL's code).
    pub const UNTRUSTED_AUTHORITY: &str = "untrusted_authority";
    /// `authorityMetadata`, or a discovery document, cannot be used (MSAL's code).
    pub const INVALID_AUTHORITY_METADATA: &str = "invalid_authority_metadata";
    /// `cloudDiscoveryMetadata` cannot be used (MSAL's code).
    pub const INVALID_CLOUD_DISCOVERY_METADATA: &str = "invalid_cloud_discovery_metadata";
    /// Client credentials on `common`, `organizations` or `consumers` (MSAL's code).
    pub const MISSING_TENANT_ID: &str = "missing_tenant_id_error";
    /// A scope that cannot be asked for in this flow; OAuth's own word.
    pub const INVALID_SCOPE: &str = "invalid_scope";
    /// Scopes of more than one resource in one request.
    pub const MULTIPLE_RESOURCES: &str = "multiple_resources";
    /// `claims` is no JSON object (MSAL's code).
    pub const INVALID_CLAIMS: &str = "invalid_claims";
    /// A secret in a browser.
    pub const SECRET_IN_BROWSER: &str = "secret_in_browser";
    /// An answer that is not JSON (MSAL's code).
    pub const TOKEN_PARSING_ERROR: &str = "token_parsing_error";
    /// A success without a usable token.
    pub const INVALID_TOKEN_RESPONSE: &str = "invalid_token_response";
    /// An error status whose body is no OAuth error.
    pub const UNKNOWN_SERVER_ERROR: &str = "unknown_server_error";
    /// The endpoint redirected.
    pub const UNEXPECTED_REDIRECT: &str = "unexpected_redirect";
    /// No answer (MSAL's code); `sub_error` is `timeout` where time ran out.
    pub const NETWORK_ERROR: &str = "network_error";
    /// The id_token does not hold (MSAL does not verify it).
    pub const INVALID_ID_TOKEN: &str = "invalid_id_token";
    /// The provider's public keys cannot be had, so that no id_token can be verified.
    pub const JWKS_UNAVAILABLE: &str = "jwks_unavailable";
    /// The id_token's nonce is not the one that was sent (MSAL's code).
    pub const NONCE_MISMATCH: &str = "nonce_mismatch";
    /// The authorization response has a state, and none was sent (MSAL's code).
    pub const INVALID_STATE: &str = "invalid_state";
    /// The authorization response's state is not the one that was sent, or there is none (MSAL's code).
    pub const STATE_MISMATCH: &str = "state_mismatch";
    /// The authorization response names another issuer.
    pub const INVALID_ISSUER: &str = "invalid_issuer";
    /// There is nothing to renew a token with (MSAL's code).
    pub const NO_TOKENS_FOUND: &str = "no_tokens_found";
    /// The refresh token is past its life (MSAL's code).
    pub const REFRESH_TOKEN_EXPIRED: &str = "refresh_token_expired";
    /// A silent request without an account (MSAL's code).
    pub const NO_ACCOUNT: &str = "no_account_in_silent_request";
    /// A field of the request that it cannot be made without (MSAL's code).
    pub const REQUEST_CANNOT_BE_MADE: &str = "request_cannot_be_made";
    /// No redirect URI (MSAL's code).
    pub const REDIRECT_URI_EMPTY: &str = "redirect_uri_empty";
    /// A challenge without its method, or the reverse (MSAL's code).
    pub const PKCE_PARAMS_MISSING: &str = "pkce_params_missing";
    /// The program's function for an assertion failed, gave none, or took too long.
    pub const ASSERTION_FAILED: &str = "client_assertion_failed";
    /// No private key, or one that cannot be read; `sub_error` names what is there in its place.
    pub const INVALID_PRIVATE_KEY: &str = "invalid_private_key";
    /// A private key that Entra does not take, or an encryption that is not read here.
    pub const UNSUPPORTED_PRIVATE_KEY: &str = "unsupported_private_key";
    /// More than one private key where one is needed.
    pub const MULTIPLE_PRIVATE_KEYS: &str = "multiple_private_keys";
    /// An encrypted key or PFX without a passphrase.
    pub const MISSING_PASSPHRASE: &str = "missing_passphrase";
    /// A passphrase that does not open the key or PFX.
    pub const WRONG_PASSPHRASE: &str = "wrong_passphrase";
    /// Something that is no X.509 certificate where one is needed.
    pub const INVALID_CERTIFICATE: &str = "invalid_certificate";
    /// No certificate belongs to the private key.
    pub const CERTIFICATE_MISMATCH: &str = "certificate_mismatch";
    /// A person could not be asked: a window of the browser's could not be opened, was closed, or gave no answer; or the
    /// program could not show a code.
    pub const WINDOW_FAILED: &str = "window_failed";
    /// A person did not sign in on another device while the code for it was good (MSAL's code).
    pub const DEVICE_CODE_EXPIRED: &str = "device_code_expired";
    /// A person did not sign in on another device within the request's time limit (MSAL's code).
    pub const USER_TIMEOUT_REACHED: &str = "user_timeout_reached";
    /// Only the cache was to be asked, and it has nothing (MSAL's code).
    pub const TOKEN_REFRESH_REQUIRED: &str = "token_refresh_required";
    /// A text that is no MSAL cache.
    pub const INVALID_CACHE: &str = "invalid_cache_record";
}

impl Error {
    /// An error with nothing but class, code and message.
    #[must_use]
    pub fn new(class: ErrorClass, code: &str, message: impl Into<Text>) -> Self {
        Self(Box::new(Details {
            class,
            code: code.to_text(),
            message: message.into(),
            sub_error: Text::new(),
            correlation_id: Text::new(),
            trace_id: Text::new(),
            timestamp: Text::new(),
            error_codes: Vec::new(),
            claims: Text::new(),
            status: None,
            retry_after_seconds: None,
            hint: Text::new(),
        }))
    }

    /// A `ClientConfigurationError`.
    #[must_use]
    pub fn configuration(code: &str, message: impl Into<Text>) -> Self {
        Self::new(ErrorClass::ClientConfiguration, code, message)
    }

    /// Adds the sentence on what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds the request's correlation id: the innermost one stays.
    #[must_use]
    pub fn with_correlation_id(mut self, correlation_id: &str) -> Self {
        if self.correlation_id.is_empty() {
            self.correlation_id = correlation_id.into();
        }
        self
    }

    /// Whether the service is out of reach or overloaded, or something else answered in its place, as opposed to having
    /// refused.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        let busy = matches!(
            self.code.as_str(),
            "temporarily_unavailable"
                | "server_error"
                | code::TOKEN_PARSING_ERROR
                | code::INVALID_TOKEN_RESPONSE
                | code::UNKNOWN_SERVER_ERROR
                | code::UNEXPECTED_REDIRECT
        );
        match (self.class, self.status) {
            (ErrorClass::Network, _) => true,
            (ErrorClass::Server, Some(status)) => {
                busy || status == 408 || status == 429 || status >= 500
            }
            (ErrorClass::Server, None)
            | (
                ErrorClass::ClientConfiguration
                | ErrorClass::ClientAuth
                | ErrorClass::InteractionRequired,
                _,
            ) => false,
        }
    }

    /// Makes the error fit to be shown: takes each of `secrets` out of every text, in any form in which a server may send
    /// back what it was sent, and only then cuts what is overlong. What programs decide by is left as it came where a secret
    /// may be a part of a word in it.
    #[must_use]
    pub fn fit_to_show(mut self, secrets: &[&str]) -> Self {
        let details = &mut *self.0;
        let mut is_message = true;
        for field in [
            &mut details.message,
            &mut details.code,
            &mut details.sub_error,
            &mut details.trace_id,
            &mut details.timestamp,
            &mut details.claims,
        ] {
            for secret in secrets {
                let is_common =
                    secret.len() < LEAST_MASKED_BYTES || !is_message && may_be_in_a_word(secret);
                if is_common && *field != *secret {
                    continue;
                }
                for form in [
                    *secret,
                    &form::encode(secret),
                    &form::encode_component(secret),
                ] {
                    *field = text::mask(field, form);
                }
            }
            if field.len() > MAX_TEXT_BYTES {
                *field = field.chars().take(MAX_TEXT_BYTES / 2).collect();
            }
            // It is the first.
            is_message = false;
        }
        self
    }
}

/// Whether a secret may be a part of a word such as `invalid_client`.
fn may_be_in_a_word(secret: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    secret.len() < LONGEST_WORD_BYTES && secret.bytes().all(is_letter)
}

impl Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        for part in [&self.message, &self.hint] {
            if !part.is_empty() {
                f.write_str(": ")?;
                f.write_str(part)?;
            }
        }
        Ok(())
    }
}

impl core::error::Error for Error {}
