//! How a confidential client proves who it is (RFC 6749, section 2.3).

use super::form::Form;
use crate::secret::Secret;

/// A client's credential.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_secret` in the body, as Entra takes it.
    Secret(Secret),
}

impl ClientAuthentication {
    /// Adds the credential's fields.
    #[must_use]
    pub fn apply(&self, form: Form) -> Form {
        match self {
            Self::Secret(secret) => form.with("client_secret", secret.expose()),
        }
    }

    /// What must not show in an error, whatever the server sends back.
    #[must_use]
    pub fn secret_text(&self) -> &str {
        match self {
            Self::Secret(secret) => secret.expose(),
        }
    }
}
