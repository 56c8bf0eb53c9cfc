//! The authorization-code grant (RFC 6749, section 4.1.3) with its proof of possession (RFC 7636).

use super::form::Form;
use crate::secret::Secret;
use crate::text::Text;

/// What redeems a code. A code is redeemed once: it is never sent again after any answer.
#[derive(Clone, Debug)]
pub struct AuthorizationCode {
    /// The code from the authorization response.
    pub code: Secret,
    /// The redirect URI of the authorization request, letter by letter.
    pub redirect_uri: Text,
    /// The verifier of the challenge that was sent, if one was.
    pub code_verifier: Option<Secret>,
    /// Whether a code for the page is asked for as well (`spa_code` in the answer).
    pub return_spa_code: bool,
}

impl AuthorizationCode {
    /// Adds the grant's fields.
    #[must_use]
    pub fn apply(&self, form: Form) -> Form {
        let form = form
            .with("grant_type", "authorization_code")
            .with("code", self.code.expose())
            .with_some("redirect_uri", Some(&self.redirect_uri))
            .with_some(
                "code_verifier",
                self.code_verifier.as_ref().map(Secret::expose),
            );
        if self.return_spa_code {
            form.with("return_spa_code", "1")
        } else {
            form
        }
    }
}
