//! How a client proves who it is at the token endpoint (RFC 6749, section 2.3; RFC 7521, section 4.2).

#[cfg(feature = "confidential")]
use super::client_assertion::CLIENT_ASSERTION_TYPE;
use super::form::Form;
#[cfg(feature = "confidential")]
use crate::secret::Secret;

/// A client's credential, as a request carries it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// Nothing: a public client.
    None,
    /// `client_secret` in the body, as Entra takes it.
    #[cfg(feature = "confidential")]
    Secret(Secret),
    /// `client_assertion`: a JWT of the client's own, or of an issuer that the application trusts.
    #[cfg(feature = "confidential")]
    Assertion(Secret),
}

impl ClientAuthentication {
    /// Adds the credential's fields.
    #[must_use]
    pub fn apply(&self, form: Form) -> Form {
        match self {
            Self::None => form,
            #[cfg(feature = "confidential")]
            Self::Secret(secret) => form.with("client_secret", secret.expose()),
            #[cfg(feature = "confidential")]
            Self::Assertion(assertion) => form
                .with("client_assertion", assertion.expose())
                .with("client_assertion_type", CLIENT_ASSERTION_TYPE),
        }
    }

    /// What must not show in an error, whatever the server sends back.
    #[must_use]
    pub fn secret_text(&self) -> &str {
        match self {
            Self::None => "",
            #[cfg(feature = "confidential")]
            Self::Secret(secret) | Self::Assertion(secret) => secret.expose(),
        }
    }
}
