//! How the flows that get tokens end well, and how an answer becomes what is cached.

use super::exchange::{Answer, Exchange};
use super::step::Io;
use crate::cache::access_token::{AccessToken, IdToken, RefreshToken, TokenUser};
use crate::cache::account::{self, Account};
use crate::cache::entities::Entities;
use crate::cache::key::{Owner, TokenKey};
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::protocol::authority::Kind;
use crate::protocol::json::Value;
use crate::protocol::scope::Scopes;
use crate::secret::Secret;
use crate::text::{Text, ToText};

/// How a flow ended well.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Acquired {
    /// The cache key of the access token.
    pub key: Text,
    /// What came: from the network, or from the token store. Without the key's token in it, that of the cache in memory
    /// serves.
    pub entities: Entities,
    /// Whether nobody was asked for it.
    pub from_cache: bool,
    /// Whether the token is past its life, so that the result is to say `isExtendedLifeTimeToken`.
    pub extended: bool,
    /// Whether it is to be cached.
    pub keep: Keep,
    /// The server's own number of the request.
    pub request_id: Text,
    /// A code for the page that belongs to this server.
    pub spa_code: Option<Secret>,
    /// Whether fewer scopes were granted than asked for: who asks for them again is to ask the provider.
    pub is_partial: bool,
}

/// Whether what came is cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// In any case.
    Always,
    /// If its account is still in the cache: who has signed out meanwhile does not come back.
    IfAccountIsKnown,
}

impl Acquired {
    /// What the cache in memory has under a key.
    #[must_use]
    pub fn cached(key: Text, extended: bool) -> Self {
        Self::stored(key, Entities::default(), extended)
    }

    /// What the token store had.
    #[must_use]
    pub fn stored(key: Text, entities: Entities, extended: bool) -> Self {
        Self {
            key,
            entities,
            from_cache: true,
            extended,
            keep: Keep::Always,
            request_id: Text::new(),
            spa_code: None,
            is_partial: false,
        }
    }
}

/// The parameter in whose place MSAL's `claimsFromClient` is counted.
const CLIENT_CLAIMS: &str = "client_claims";

/// What a request's tokens are filed by.
#[derive(Clone, Debug)]
pub struct Filing {
    /// The scopes that were asked for.
    pub scopes: Scopes,
    /// The client's capabilities.
    pub capabilities: Vec<Text>,
    /// The tenant of an account that is asked for, for answers that name none.
    pub tenant: Option<Text>,
    /// The account, for answers that name none.
    pub home_account_id: Option<Text>,
    /// The hash of the incoming assertion.
    pub assertion_hash: Option<Text>,
    /// Further query parameters that decide a token.
    pub query: Vec<(Text, Text)>,
    /// Further body parameters that decide a token.
    pub body: Vec<(Text, Text)>,
}

impl Filing {
    /// What decides a request's tokens beside authority and client.
    #[must_use]
    pub fn new(
        scopes: &Scopes,
        capabilities: &[Text],
        query: &[(Text, Text)],
        body: &[(Text, Text)],
        claims_from_client: Option<&Value>,
    ) -> Self {
        let mut body = body.to_vec();
        if let Some(claims) = claims_from_client {
            body.push((CLIENT_CLAIMS.to_text(), claims.to_json()));
        }
        Self {
            scopes: scopes.clone(),
            capabilities: capabilities.to_vec(),
            tenant: None,
            home_account_id: None,
            assertion_hash: None,
            query: query.to_vec(),
            body,
        }
    }

    /// The key of an application's own token, or of nobody's yet.
    #[must_use]
    pub fn key<'a>(&'a self, location: &'a str, client_id: &'a str) -> TokenKey<'a> {
        TokenKey {
            location,
            client_id,
            scopes: &self.scopes,
            owner: Owner::Application,
            capabilities: &self.capabilities,
            query: &self.query,
            body: &self.body,
        }
    }

    /// The same for what a person signed in for: further parameters are the sign-in's, as with MSAL, and what comes of it
    /// also serves who names none of them.
    #[must_use]
    pub fn of_person(mut self) -> Self {
        self.query.clear();
        self.body.retain(|(name, _)| name == CLIENT_CLAIMS);
        self
    }

    /// The scopes without OpenID Connect's, unless there are no others.
    fn scopes_of_resource(&self) -> Scopes {
        if self.scopes.is_identity_alone() {
            self.scopes.clone()
        } else {
            self.scopes.without_oidc()
        }
    }

    /// Turns an answer into what is cached.
    #[must_use]
    pub fn file(&self, exchange: &Exchange, answer: Answer, io: &Io, keep: Keep) -> Acquired {
        let Answer {
            response,
            id_token_claims,
            request_id,
        } = answer;
        let (authority, request) = (&exchange.authority, &exchange.request);
        let location = authority.location();
        let plain = self.key(&location, &request.client_id);
        let environment = authority.environment();
        let lifetime = Lifetime::of_response(&response, io.now().judged);
        let mut entities = Entities::default();
        // Who grants what was asked for need not say so (RFC 6749, section 5.1).
        let named = response
            .scope
            .unwrap_or_else(|| self.scopes_of_resource().to_wire());
        let (granted, target) = match Scopes::parse([named.as_str()]) {
            Ok(granted) => (granted.clone(), granted.to_wire()),
            Err(_) => (Scopes::default(), named),
        };
        let (asked, granted) = (self.scopes.bare(environment), granted.bare(environment));
        let is_partial = request.grant.is_for_user() && !Scopes::are_granted(&asked, &granted);
        let mut token = AccessToken {
            key: Text::new(),
            authority: authority.canonical(),
            environment: environment.to_text(),
            realm: authority.tenant().to_text(),
            client_id: request.client_id.clone(),
            target,
            secret: response.access_token,
            token_type: response.token_type,
            lifetime,
            correlation_id: request.correlation_id.clone(),
            user: None,
            other: Vec::new(),
        };
        if !request.grant.is_for_user() {
            token.target = self.scopes.to_wire();
            token.key = plain.to_text();
        } else {
            let mut home_account_id = self.home_account_id.clone().unwrap_or_default();
            if let Some(info) = &response.client_info {
                home_account_id = info.home_account_id();
            }
            if let Some(claims) = id_token_claims {
                let account = Account::new(authority, &claims, response.client_info.as_ref());
                home_account_id.clone_from(&account.home_account_id);
                let tenant = account::tenant_of(&claims);
                if !tenant.is_empty() {
                    token.realm = tenant.into();
                }
                if let Some(secret) = response.id_token {
                    entities.id_tokens.push(IdToken {
                        home_account_id: home_account_id.clone(),
                        environment: environment.to_text(),
                        realm: tenant.to_text(),
                        client_id: request.client_id.clone(),
                        secret,
                        claims,
                        other: Vec::new(),
                    });
                }
                entities.accounts.push(account);
            } else if authority.is_multi_tenant()
                && let Some(tenant) = &self.tenant
            {
                token.realm.clone_from(tenant);
            }
            if let Some(secret) = response.refresh_token {
                let expires_in = response.refresh_token_expires_in;
                let mut refresh_token = RefreshToken {
                    home_account_id: home_account_id.clone(),
                    environment: environment.to_text(),
                    client_id: request.client_id.clone(),
                    family_id: response.family_id.unwrap_or_default(),
                    secret,
                    expires_on_seconds: expires_in
                        .map(|seconds| io.now().wall.plus_seconds(seconds).0 / 1_000),
                    other: Vec::new(),
                };
                if authority.kind() == Kind::Oidc {
                    refresh_token.bind(location.clone());
                }
                entities.refresh_tokens.push(refresh_token);
            }
            let user = TokenUser {
                home_account_id,
                assertion_hash: self.assertion_hash.clone().unwrap_or_default(),
                location: location.clone(),
                asked: if is_partial { granted } else { asked },
                variant: plain.variant(),
            };
            // Of B2C the policy decides too; of other makers' issuers, nothing that they say of tenants.
            let filed_at = if matches!(authority.kind(), Kind::B2c | Kind::Oidc) {
                location.clone()
            } else {
                crate::text::concat(&[environment, "/", &token.realm])
            };
            token.key = TokenKey {
                location: &filed_at,
                owner: if user.assertion_hash.is_empty() {
                    Owner::User(&user.home_account_id)
                } else {
                    Owner::Assertion(&user.assertion_hash)
                },
                ..plain
            }
            .to_text();
            token.user = Some(user);
        }
        let key = token.key.clone();
        entities.tokens.push(token);
        Acquired {
            key,
            entities,
            from_cache: false,
            extended: false,
            keep,
            request_id,
            spa_code: response.spa_code,
            is_partial,
        }
    }
}

/// Whether a token serves without asking anybody.
#[must_use]
pub fn is_served(lifetime: Option<Lifetime>, io: &Io, renewal_offset_seconds: i64) -> bool {
    let freshness = lifetime.map(|life| life.freshness(io.now().judged, renewal_offset_seconds));
    matches!(freshness, Some(Freshness::Fresh | Freshness::Due))
}

/// Whether a token serves and is not to be renewed yet.
#[must_use]
pub fn is_fresh(lifetime: Lifetime, io: &Io, renewal_offset_seconds: i64) -> bool {
    lifetime.freshness(io.now().judged, renewal_offset_seconds) == Freshness::Fresh
}

/// Whether a token serves while the service is down, and if so, whether it is past its life.
#[must_use]
pub fn serves_in_need(lifetime: Lifetime, io: &Io, renewal_offset_seconds: i64) -> Option<bool> {
    match lifetime.freshness(io.now().judged, renewal_offset_seconds) {
        Freshness::Fresh | Freshness::Due | Freshness::Expiring => Some(false),
        Freshness::Extended => Some(true),
        Freshness::Gone => None,
    }
}
