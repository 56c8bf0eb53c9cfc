//! An access token with all that is known of it.

use super::key::Owner;
use super::lifetime::Lifetime;
use super::msal_schema::FOUND_BY;
use super::partition;
use crate::protocol::json::Value;
use crate::secret::Secret;
use crate::text::{Text, ToText};

/// An access token as it is cached. Members are those of MSAL's cache schema, with our key beside them.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The cache key, from [`super::key`].
    pub key: Text,
    /// The canonical authority.
    pub authority: Text,
    /// The host under which MSAL files it.
    pub environment: Text,
    /// The tenant: for an application's own token as given, for a user's that of the id_token.
    pub realm: Text,
    /// The application.
    pub client_id: Text,
    /// The scopes, divided by blanks: those granted, for a user's token.
    pub target: Text,
    /// The token.
    pub secret: Secret,
    /// `Bearer`.
    pub token_type: Text,
    /// How long it serves.
    pub lifetime: Lifetime,
    /// The correlation id of the request that got it; empty for one that was read from a cache.
    pub correlation_id: Text,
    /// Whose it is; `None` for an application's own.
    pub user: Option<TokenUser>,
    /// Members of the entry that this version does not know, as they were read.
    pub other: Vec<(Text, Value)>,
}

/// Whose an access token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUser {
    /// `{uid}.{utid}`.
    pub home_account_id: Text,
    /// The SHA-256 of the assertion it was got for, in base64url; empty where it was not got on behalf of.
    pub assertion_hash: Text,
    /// The authority that was asked for it.
    pub location: Text,
    /// The scopes that were asked for, in the form of `Scopes::bare`.
    pub asked: Vec<Text>,
    /// What else decides it: [`super::key::TokenKey::variant`].
    pub variant: Text,
}

impl TokenUser {
    /// The key of the partition in which the token is found again.
    #[must_use]
    pub fn partition(&self, environment: &str) -> Text {
        let owner = if self.assertion_hash.is_empty() {
            Owner::User(&self.home_account_id)
        } else {
            Owner::Assertion(&self.assertion_hash)
        };
        partition::key(environment, owner)
    }
}

/// An id_token whose signature and claims hold.
#[derive(Clone, Debug)]
pub struct IdToken {
    /// Whose it is.
    pub home_account_id: Text,
    /// The host under which MSAL files it.
    pub environment: Text,
    /// The tenant that issued it; may be empty where there are none.
    pub realm: Text,
    /// The application.
    pub client_id: Text,
    /// The token.
    pub secret: Secret,
    /// What it says.
    pub claims: Value,
    /// Members of the entry that this version does not know.
    pub other: Vec<(Text, Value)>,
}

/// A refresh token. It is bound to neither resource nor tenant.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// Whose it is.
    pub home_account_id: Text,
    /// The host under which MSAL files it.
    pub environment: Text,
    /// The application.
    pub client_id: Text,
    /// The family of applications that share it; usually empty.
    pub family_id: Text,
    /// The token.
    pub secret: Secret,
    /// When it ends, in seconds since 1970 by the wall clock, where the server said so.
    pub expires_on_seconds: Option<i64>,
    /// Members of the entry that this version does not know.
    pub other: Vec<(Text, Value)>,
}

impl RefreshToken {
    /// Which authority gave it, where that matters: an issuer of OpenID Connect's knows nothing of another's on its host.
    #[must_use]
    pub fn location(&self) -> &str {
        let found = self.other.iter().find(|(name, _)| name == FOUND_BY);
        found.map_or("", |(_, found)| found.text("location"))
    }

    /// Binds it to the authority that gave it.
    pub fn bind(&mut self, location: Text) {
        let location = ("location".to_text(), Value::String(location));
        self.other
            .push((FOUND_BY.to_text(), Value::Object(vec![location])));
    }

    /// Whether an authority may be asked by it.
    #[must_use]
    pub fn is_of(&self, location: &str) -> bool {
        let own = self.location();
        own.is_empty() || own == location
    }
}
