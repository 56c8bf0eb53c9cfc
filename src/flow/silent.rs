//! A user's token without the user: from the cache, else by the refresh token, else by the session that the user has
//! with the provider, in a hidden frame.
//!
//! A refresh token that the server finds dead is forgotten, and the error says that the user has to sign in.

use super::acquired::{Acquired, Filing, Keep, is_fresh, is_served, serves_in_need};
use super::authorization_code::save;
use super::authorize::AuthorizeFlow;
use super::exchange::{Answer, Exchange};
use super::step::{Effect, Event, Io};
use super::token_store::TokenStore;
use crate::cache::access_token::RefreshToken;
use crate::cache::entities::Entities;
use crate::cache::key::Owner;
use crate::cache::lifetime::Lifetime;
use crate::cache::partition::{self, Wanted, folded};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::cloud;
use crate::protocol::id_token;
use crate::protocol::refresh_token;
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::Grant;
use crate::text::{self, Text, ToText};

/// Where a token may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources {
    /// The cache.
    pub cache: bool,
    /// The refresh token.
    pub refresh_token: bool,
    /// The session with the provider.
    pub session: bool,
}

impl Sources {
    /// Those of MSAL's `CacheLookupPolicy`, by its number; `Default` where there is no such policy.
    #[must_use]
    pub fn of_policy(policy: u32) -> Self {
        let (cache, refresh_token, session) = match policy {
            1 => (true, false, false),
            2 => (true, true, false),
            3 => (false, true, false),
            4 => (false, true, true),
            5 => (false, false, true),
            _ => (true, true, true),
        };
        Self {
            cache,
            refresh_token,
            session,
        }
    }
}

/// All that the flow needs.
#[derive(Clone, Debug)]
pub struct SilentFlow {
    /// Whom to ask, should it come to that; its grant is filled in then.
    pub exchange: Exchange,
    /// What the tokens are filed by.
    pub filing: Filing,
    /// The scopes that the program named, without those that are asked for whenever somebody signs in.
    pub named: Scopes,
    /// The key of the user's partition.
    pub partition: Text,
    /// The tenant that the token must be of, where it is known.
    pub realm: Option<Text>,
    /// The token in memory that serves the request, with its key, if there is one.
    pub cached: Option<(Text, Lifetime)>,
    /// The refresh token in memory.
    pub refresh_token: Option<RefreshToken>,
    /// The redirect URI that the refresh token belongs to, in a page.
    pub redirect_uri: Option<Text>,
    /// Whether a cached token will not do.
    pub skip_cache: bool,
    /// Whether a token is renewed that still serves: then another instance's newer one will do.
    pub is_ahead: bool,
    /// What the caller wants to be tried.
    pub sources: Sources,
    /// The question to the session, where there can be a hidden frame.
    pub frame: Option<Box<AuthorizeFlow>>,
    /// Seconds before its end from when on a token is not served without asking.
    pub renewal_offset_seconds: i64,
    /// Seconds before its end from when on a refresh token is not tried.
    pub refresh_token_offset_seconds: i64,
    /// The program's token store, if it has one.
    pub store: Option<TokenStore>,
}

/// Before a refresh token that may be taken once is given up: whoever took it is saving what came for it.
const OTHERS_SAVE_MS: i64 = 250;

/// How many other instances may have been faster.
const MOST_TRIES: u32 = 3;

/// What another instance has stored meanwhile.
enum Elsewhere {
    Token(Text, Entities),
    RefreshToken(RefreshToken, Entities),
    Nothing,
}

impl SilentFlow {
    /// Runs the flow.
    ///
    /// # Errors
    /// `no_tokens_found` and `refresh_token_expired`, where the user has to sign in; `token_refresh_required`, where
    /// only the cache was to be asked; those of [`Exchange::run`] and [`AuthorizeFlow::run`].
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        let frame = self.frame.take().filter(|_| self.sources.session);
        let asked = self.filing.home_account_id.clone();
        let error = match self.renew(&io).await {
            Err(error) if needs_session(&error) => error,
            ended => return ended,
        };
        let Some(frame) = frame else {
            return Err(error);
        };
        let correlation_id = frame.request.correlation_id.clone();
        match frame.run(io).await {
            Ok(acquired) if is_another(&acquired, asked.as_deref()) => Err(to_interaction(
                id_token::invalid("the session is another user's than was asked for"),
            )
            .with_correlation_id(&correlation_id)),
            Err(of_session) => Err(telling(error, of_session)),
            ended => ended,
        }
    }

    /// The token from the cache, or by the refresh token.
    async fn renew(&mut self, io: &Io) -> Result<Acquired, Error> {
        let (partition, offset) = (self.partition.clone(), self.renewal_offset_seconds);
        if let Some((key, life)) = &self.cached
            && !self.skip_cache
            && is_served(Some(*life), io, offset)
        {
            return Ok(Acquired::cached(key.clone(), false));
        }
        let mut stored = Entities::default();
        let mut best_stored = None;
        if let Some(store) = &self.store {
            stored = store.load(io, &partition).await;
            best_stored = self.best(&stored);
            if let Some((key, life)) = &best_stored
                && (!self.skip_cache || self.is_ahead && is_fresh(*life, io, offset))
                && is_served(Some(*life), io, offset)
            {
                return Ok(Acquired::stored(key.clone(), stored, false));
            }
            // Another instance may have got a newer one; or the store be behind.
            if let Some(newer) = self.refresh_token_in(&stored)
                && !(self.refresh_token.is_some() && is_replaced(io, &newer).await)
            {
                self.refresh_token = Some(newer);
            }
        }
        if !self.sources.refresh_token {
            return Err(self.only_cache());
        }
        self.renew_by_token(io, stored, best_stored, MOST_TRIES)
            .await
    }

    /// The token by the refresh token; `tries` more where another instance's is found in its place.
    async fn renew_by_token(
        &mut self,
        io: &Io,
        mut stored: Entities,
        best_stored: Option<(Text, Lifetime)>,
        tries: u32,
    ) -> Result<Acquired, Error> {
        let (partition, offset) = (self.partition.clone(), self.renewal_offset_seconds);
        let refresh_token = self.refresh_token.take().ok_or_else(|| self.no_tokens())?;
        let ends = refresh_token.expires_on_seconds;
        let now = io.now().wall.0 / 1_000;
        if ends.is_some_and(|ends| now + self.refresh_token_offset_seconds >= ends) {
            return Err(self.interaction(
                code::REFRESH_TOKEN_EXPIRED,
                "the refresh token of this account is past its life",
            ));
        }
        self.exchange.request.grant = Grant::RefreshToken(refresh_token::RefreshToken {
            refresh_token: refresh_token.secret.clone(),
            redirect_uri: self.redirect_uri.clone(),
        });
        let began = io.now().judged;
        let is_oidc = self.exchange.authority.kind() == Kind::Oidc;
        if is_oidc {
            // RFC 6749, section 6: nothing may be asked for that was not granted, and not every provider grants `profile`.
            self.exchange.request.scope = self.named.to_wire();
        }
        match self.exchange.run(io).await {
            Ok(answer) if self.is_of_another(&answer) => Err(id_token::invalid(
                "it is of another user than was asked for",
            )
            .with_correlation_id(&self.exchange.request.correlation_id)),
            Ok(answer) => {
                let keep = Keep::IfAccountIsKnown;
                let mut acquired = self.filing.file(&self.exchange, answer, io, keep);
                if let Some(store) = &self.store {
                    // What the store knew of the user comes into memory with it, unless it was removed meanwhile.
                    if save(store, io, &acquired, keep).await {
                        stored.take_in(acquired.entities);
                        acquired.entities = stored;
                        acquired.keep = Keep::Always;
                    }
                }
                Ok(acquired)
            }
            Err(error) if error.is_outage() && !self.skip_cache => {
                let in_memory = self.cached.take().and_then(|(key, life)| {
                    Some(Acquired::cached(key, serves_in_need(life, io, offset)?))
                });
                let in_store = best_stored.and_then(|(key, life)| {
                    let extended = serves_in_need(life, io, offset)?;
                    Some(Acquired::stored(key, stored, extended))
                });
                in_memory.or(in_store).ok_or(error)
            }
            // Another member's of a family that this client is not of.
            Err(error)
                if error.sub_error == "client_mismatch"
                    && refresh_token.client_id != self.exchange.request.client_id =>
            {
                Err(self.no_tokens())
            }
            Err(error) if refresh_token::is_dead(&error) => {
                io.perform(Effect::Forget {
                    partition: partition.clone(),
                    refresh_token: refresh_token.secret.clone(),
                })
                .await;
                if self.store.is_some() {
                    if is_oidc {
                        io.perform(Effect::Sleep(OTHERS_SAVE_MS)).await;
                    }
                    match self.elsewhere(io, &refresh_token).await {
                        Elsewhere::Token(key, stored) => {
                            return Ok(Acquired::stored(key, stored, false));
                        }
                        Elsewhere::RefreshToken(newer, stored) if tries > 0 => {
                            let left_ms =
                                self.exchange.timeout_ms - io.now().judged.ms_since(began);
                            self.exchange.timeout_ms = left_ms.max(0);
                            self.refresh_token = Some(newer);
                            let next = self.renew_by_token(io, stored, best_stored, tries - 1);
                            return Box::pin(next).await;
                        }
                        Elsewhere::RefreshToken(..) | Elsewhere::Nothing => {}
                    }
                }
                if let Some(store) = &self.store {
                    store.forget(io, &partition, &refresh_token.secret).await;
                }
                Err(to_interaction(error))
            }
            Err(error) => Err(error),
        }
    }

    /// OpenID Connect Core 1.0, section 12.2: a renewal is for who was there before.
    fn is_of_another(&self, answer: &Answer) -> bool {
        let Some(asked) = &self.filing.home_account_id else {
            return false;
        };
        let kind = self.exchange.authority.kind();
        let told = match (&answer.response.client_info, &answer.id_token_claims) {
            (Some(info), _) if kind != Kind::Adfs => info.home_account_id(),
            (_, Some(claims)) if matches!(kind, Kind::Adfs | Kind::Oidc) => {
                claims.text("sub").to_text()
            }
            _ => return false,
        };
        folded(&told) != folded(asked)
    }

    /// What another instance has stored since: a token that serves, else another refresh token than the dead one.
    async fn elsewhere(&self, io: &Io, dead: &RefreshToken) -> Elsewhere {
        let Some(store) = &self.store else {
            return Elsewhere::Nothing;
        };
        let stored = store.load(io, &self.partition).await;
        let offset = self.renewal_offset_seconds;
        if let Some((key, life)) = self.best(&stored)
            && (!self.skip_cache || self.is_ahead && is_fresh(life, io, offset))
            && is_served(Some(life), io, offset)
        {
            return Elsewhere::Token(key, stored);
        }
        match self.refresh_token_in(&stored) {
            Some(other) if other.secret.expose() != dead.secret.expose() => {
                Elsewhere::RefreshToken(other, stored)
            }
            Some(_) | None => Elsewhere::Nothing,
        }
    }

    /// The refresh token that serves this client.
    fn refresh_token_in(&self, stored: &Entities) -> Option<RefreshToken> {
        let client_id = &self.exchange.request.client_id;
        let location = self.exchange.authority.location();
        let all = stored.refresh_tokens.iter();
        all.filter(|token| token.client_id == *client_id || !token.family_id.is_empty())
            .filter(|token| token.is_of(&location))
            .max_by_key(|token| token.client_id == *client_id)
            .cloned()
    }

    fn best(&self, stored: &Entities) -> Option<(Text, Lifetime)> {
        let location = self.exchange.authority.location();
        let request = &self.exchange.request;
        let key = self.filing.key(&location, &request.client_id);
        let wanted = Wanted {
            client_id: &request.client_id,
            realm: self.realm.as_deref(),
            location: &location,
            scopes: &self
                .filing
                .scopes
                .bare(self.exchange.authority.environment()),
            variant: &key.variant(),
        };
        stored.best(wanted)
    }

    fn no_tokens(&self) -> Error {
        self.interaction(
            code::NO_TOKENS_FOUND,
            "the cache holds no refresh token for this account",
        )
    }

    fn only_cache(&self) -> Error {
        Error::new(
            ErrorClass::ClientAuth,
            code::TOKEN_REFRESH_REQUIRED,
            "the cache holds no token that serves, and nothing else was to be asked",
        )
        .with_hint("Leave out cacheLookupPolicy, so that the token is renewed.")
        .with_correlation_id(&self.exchange.request.correlation_id)
    }

    fn interaction(&self, code: &str, message: &str) -> Error {
        Error::new(ErrorClass::InteractionRequired, code, message)
            .with_hint("Have the user sign in.")
            .with_correlation_id(&self.exchange.request.correlation_id)
    }
}

/// The tenant that a token must be of, where it is known: an authority that names one decides, else the account's own.
#[must_use]
pub fn realm_of(authority: &Authority, tenant: Option<&str>) -> Option<Text> {
    match authority.kind() {
        // What another maker's issuer says of tenants is no tenant's word.
        Kind::Oidc => None,
        _ if authority.is_multi_tenant() => tenant.map(Text::from),
        _ => Some(authority.tenant().to_text()),
    }
}

/// The key of an account's partition, as far as an authority may be asked for it. Microsoft's clouds are asked for accounts
/// of one another's, as with MSAL; no other provider is.
#[must_use]
pub fn partition_of(authority: &Authority, environment: &str, home_account_id: &str) -> Text {
    let own = text::lower(environment);
    let own = own.strip_suffix(":443").unwrap_or(&own);
    let environment = match (cloud::of_host(own), cloud::of_host(authority.environment())) {
        (Some(cloud), Some(_)) => cloud.cache_host,
        _ if own.is_empty() || own == authority.environment() => authority.environment(),
        // Another provider's: nothing of theirs is this one's.
        _ => "",
    };
    partition::key(environment, Owner::User(home_account_id))
}

/// A dead refresh token means that the user has to sign in, whatever the server calls it.
fn to_interaction(mut error: Error) -> Error {
    error.class = ErrorClass::InteractionRequired;
    if error.hint.is_empty() {
        error.hint = "Have the user sign in.".into();
    }
    error
}

async fn is_replaced(io: &Io, refresh_token: &RefreshToken) -> bool {
    let asked = Effect::IsReplaced(refresh_token.secret.clone());
    matches!(io.perform(asked).await, Event::Verified(true))
}

/// Whether only the user's session can help.
fn needs_session(error: &Error) -> bool {
    matches!(
        error.code.as_str(),
        code::NO_TOKENS_FOUND | code::REFRESH_TOKEN_EXPIRED | code::TOKEN_REFRESH_REQUIRED
    ) || refresh_token::is_dead(error)
}

/// Of why the refresh token did not do and why the session did not, what the caller has to know.
fn telling(of_refresh_token: Error, of_session: Error) -> Error {
    let by_server = !of_refresh_token.error_codes.is_empty();
    let is_interaction = of_refresh_token.class == ErrorClass::InteractionRequired;
    let is_silent = of_session.code == code::WINDOW_FAILED;
    let is_plain =
        of_session.class == ErrorClass::InteractionRequired && of_session.claims.is_empty();
    if is_interaction && (is_silent || by_server && is_plain) {
        of_refresh_token
    } else {
        of_session
    }
}

fn is_another(acquired: &Acquired, asked: Option<&str>) -> bool {
    let Some(asked) = asked else {
        return false;
    };
    let user = acquired.entities.tokens.first();
    let user = user.and_then(|token| token.user.as_ref());
    user.is_some_and(|user| folded(&user.home_account_id) != folded(asked))
}
