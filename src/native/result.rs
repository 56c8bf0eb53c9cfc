//! What a call gives: MSAL's `AuthenticationResult` and `AccountInfo`, in Rust's spelling.

use super::held::Held;
use crate::protocol::json::Value;
use crate::secret::Secret;
use crate::text::{Text, ToText};
use crate::time::{Moment, Now};

/// A token with all that is known of it. Its `Debug` shows no token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuthenticationResult {
    /// The token.
    pub access_token: Secret,
    /// `Bearer`.
    pub token_type: Text,
    /// Until when it is good, by the wall clock.
    pub expires_on: Moment,
    /// Until when it is good while the service is down.
    pub ext_expires_on: Moment,
    /// From when on it is renewed ahead.
    pub refresh_on: Option<Moment>,
    /// The scopes: those granted, for a user's token.
    pub scopes: Vec<Text>,
    /// The authority that gave it.
    pub authority: Text,
    /// The tenant.
    pub tenant_id: Text,
    /// The user's id in the tenant; empty for an application's own token.
    pub unique_id: Text,
    /// The user's account.
    pub account: Option<AccountInfo>,
    /// The id_token, whose signature and claims hold.
    pub id_token: Option<Secret>,
    /// What it says.
    pub id_token_claims: Option<Value>,
    /// The GUID to find the request by in Entra's sign-in logs.
    pub correlation_id: Text,
    /// The server's own number of the request; empty for a cached token.
    pub request_id: Text,
    /// Whether it came from a cache.
    pub from_cache: bool,
    /// Whether it is past its life, and served because the service is down.
    pub is_extended_life_time_token: bool,
    /// A code for the page that belongs to this server.
    pub spa_code: Option<Secret>,
}

/// How a result came about.
#[derive(Default)]
pub(super) struct How {
    pub(super) correlation_id: Option<Text>,
    pub(super) request_id: Text,
    pub(super) from_cache: bool,
    pub(super) extended: bool,
    pub(super) spa_code: Option<Secret>,
}

impl AuthenticationResult {
    pub(super) fn new(held: Held, how: How, now: Now) -> Self {
        let Held {
            token,
            account,
            id_token,
        } = held;
        let text = |name| {
            id_token
                .as_ref()
                .map_or("", |known| known.claims.text(name))
        };
        let unique_id = match text("oid") {
            "" => text("sub"),
            oid => oid,
        };
        let life = token.lifetime;
        let claims = id_token
            .as_ref()
            .map(|known| (known.secret.expose(), &known.claims));
        Self {
            access_token: token.secret.clone(),
            token_type: token.token_type.clone(),
            expires_on: now.to_wall(life.expires),
            ext_expires_on: now.to_wall(life.extended_expires),
            refresh_on: life.refresh.map(|moment| now.to_wall(moment)),
            scopes: token
                .target
                .split_ascii_whitespace()
                .map(Text::from)
                .collect(),
            authority: token.authority.clone(),
            tenant_id: token.realm.clone(),
            unique_id: unique_id.to_text(),
            account: account.map(|account| AccountInfo::new(&account.info(&token.realm, claims))),
            id_token: id_token.as_ref().map(|known| known.secret.clone()),
            id_token_claims: id_token.map(|known| known.claims),
            correlation_id: how
                .correlation_id
                .unwrap_or_else(|| token.correlation_id.clone()),
            request_id: how.request_id,
            from_cache: how.from_cache,
            is_extended_life_time_token: how.extended,
            spa_code: how.spa_code,
        }
    }

    /// The value of an `Authorization` header.
    #[must_use]
    pub fn create_authorization_header(&self) -> Secret {
        Secret::new(["Bearer ", self.access_token.expose()].concat())
    }
}

/// A user's account, as seen in one tenant.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AccountInfo {
    /// `{uid}.{utid}`: what an account is known by.
    pub home_account_id: Text,
    /// The host under which MSAL files it.
    pub environment: Text,
    /// The tenant.
    pub tenant_id: Text,
    /// Such as `adele@contoso.com`; not to be trusted for authorization.
    pub username: Text,
    /// The user's id in the tenant.
    pub local_account_id: Text,
    /// For people.
    pub name: Text,
    /// The `login_hint` claim, if there is one.
    pub login_hint: Text,
    /// What the id_token of the tenant says.
    pub id_token_claims: Option<Value>,
    /// One for each tenant that the user was seen in, in MSAL's names.
    pub tenant_profiles: Vec<Value>,
}

impl AccountInfo {
    /// An account that the program remembers by its ids.
    #[must_use]
    pub fn remembered(home_account_id: &str, environment: &str, tenant_id: &str) -> Self {
        Self {
            home_account_id: home_account_id.to_text(),
            environment: environment.to_text(),
            tenant_id: tenant_id.to_text(),
            ..Self::default()
        }
    }

    pub(super) fn new(info: &Value) -> Self {
        let text = |name| info.text(name).to_text();
        let profiles = info.get("tenantProfiles").and_then(Value::as_array);
        Self {
            home_account_id: text("homeAccountId"),
            environment: text("environment"),
            tenant_id: text("tenantId"),
            username: text("username"),
            local_account_id: text("localAccountId"),
            name: text("name"),
            login_hint: text("loginHint"),
            id_token_claims: info.get("idTokenClaims").cloned(),
            tenant_profiles: profiles.unwrap_or_default().to_vec(),
        }
    }
}
