//! On-behalf-of: an API swaps the token that it was called with for one to a further API (RFC 7523, section 2.1, with
//! Entra's `requested_token_use`).

use super::form::Form;
use crate::secret::Secret;

/// What the grant is made of.
#[derive(Clone, Debug)]
pub struct OnBehalfOf {
    /// The access token that the caller sent.
    pub assertion: Secret,
}

impl OnBehalfOf {
    /// Adds the grant's fields.
    #[must_use]
    pub fn apply(&self, form: Form) -> Form {
        form.with("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            .with("requested_token_use", "on_behalf_of")
            .with("assertion", self.assertion.expose())
    }
}
