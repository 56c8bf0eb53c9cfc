//! The refresh grant (RFC 6749, section 6).

use super::form::Form;
use crate::error::{Error, ErrorClass};
use crate::secret::Secret;
use crate::text::Text;

/// The numbers of refusals that say nothing against the refresh token: more proof, consent, permission or patience is wanted.
const ALIVE: &[u32] = &[
    50_074, 50_076, 50_078, 50_079, 50_105, 50_158, 50_196, 53_000, 53_001, 53_003, 65_001, 65_004,
    90_094,
];

/// Whether a refusal means that the refresh token will never serve again.
#[must_use]
pub fn is_dead(error: &Error) -> bool {
    let refused = matches!(
        error.class,
        ErrorClass::Server | ErrorClass::InteractionRequired
    );
    let grant =
        error.code == "invalid_grant" && matches!(error.sub_error.as_str(), "" | "token_expired");
    let alive = error
        .error_codes
        .iter()
        .any(|number| ALIVE.contains(number));
    refused && (error.code == "bad_token" || error.sub_error == "bad_token" || grant && !alive)
}

/// What renews tokens without a person.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// The refresh token.
    pub refresh_token: Secret,
    /// Sent where the token belongs to a redirect URI: from a page.
    pub redirect_uri: Option<Text>,
}

impl RefreshToken {
    /// Adds the grant's fields.
    #[must_use]
    pub fn apply(&self, form: Form) -> Form {
        form.with("grant_type", "refresh_token")
            .with("refresh_token", self.refresh_token.expose())
            .with_some("redirect_uri", self.redirect_uri.as_deref())
    }
}
