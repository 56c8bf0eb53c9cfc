//! The client-credentials grant (RFC 6749, section 4.4).

use super::form::Form;
use crate::text::Text;

/// What the grant is made of.
#[derive(Clone, Debug, Default)]
pub struct ClientCredentials {
    /// The path of a federated managed identity, for its own token (`fmi_path`).
    pub fmi_path: Option<Text>,
}

impl ClientCredentials {
    /// Adds the grant's fields.
    #[must_use]
    pub fn apply(&self, form: Form) -> Form {
        form.with("grant_type", "client_credentials")
            .with_some("fmi_path", self.fmi_path.as_deref())
    }
}
