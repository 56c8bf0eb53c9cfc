//! An access token with all that is known of it.

use super::lifetime::Lifetime;
use crate::secret::Secret;

/// An application's access token as it is cached. Members are those of MSAL's cache schema, with our key beside them.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The cache key, from [`super::key`].
    pub key: String,
    /// The canonical authority.
    pub authority: String,
    /// The host under which MSAL files it.
    pub environment: String,
    /// The tenant as given.
    pub realm: String,
    /// The application.
    pub client_id: String,
    /// The scopes, divided by blanks.
    pub target: String,
    /// The token.
    pub secret: Secret,
    /// `Bearer`.
    pub token_type: String,
    /// How long it serves.
    pub lifetime: Lifetime,
    /// The correlation id of the request that got it; empty for one that was read from a cache.
    pub correlation_id: String,
}
