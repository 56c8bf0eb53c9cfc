//! A user's token without the user: from the cache, else by the refresh token.
//!
//! A refresh token that the server finds dead is forgotten, and the error says that the user has to sign in.

use super::acquired::{Acquired, Filing, Keep, is_served, serves_in_need};
use super::authorization_code::save;
use super::exchange::{Answer, Exchange};
use super::on_behalf_of::best;
use super::step::{Effect, Io};
use super::token_store::TokenStore;
use crate::cache::access_token::RefreshToken;
use crate::cache::lifetime::Lifetime;
use crate::cache::msal_schema::Entities;
use crate::cache::partition::Wanted;
use crate::error::{Error, ErrorClass, code};
use crate::protocol::authority::Kind;
use crate::protocol::id_token;
use crate::protocol::refresh_token;
use crate::protocol::token_request::Grant;

/// All that the flow needs.
#[derive(Clone, Debug)]
pub struct SilentFlow {
    /// Whom to ask, should it come to that; its grant is filled in then.
    pub exchange: Exchange,
    /// What the tokens are filed by.
    pub filing: Filing,
    /// The key of the user's partition.
    pub partition: String,
    /// The tenant that the token must be of, where it is known.
    pub realm: Option<String>,
    /// The token in memory that serves the request, with its key, if there is one.
    pub cached: Option<(String, Lifetime)>,
    /// The refresh token in memory.
    pub refresh_token: Option<RefreshToken>,
    /// The redirect URI that the refresh token belongs to, in a page.
    pub redirect_uri: Option<String>,
    /// Whether a cached token will not do.
    pub skip_cache: bool,
    /// Seconds before its end from when on a token is not served without asking.
    pub renewal_offset_seconds: i64,
    /// Seconds before its end from when on a refresh token is not tried.
    pub refresh_token_offset_seconds: i64,
    /// The program's token store, if it has one.
    pub store: Option<TokenStore>,
}

impl SilentFlow {
    /// Runs the flow.
    ///
    /// # Errors
    /// `no_tokens_found` and `refresh_token_expired`, where the user has to sign in; those of [`Exchange::run`].
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        let (partition, offset) = (self.partition.clone(), self.renewal_offset_seconds);
        if let Some((key, life)) = &self.cached
            && !self.skip_cache
            && is_served(Some(*life), &io, offset)
        {
            return Ok(Acquired::cached(key.clone(), false));
        }
        let mut stored = Entities::default();
        let mut best_stored = None;
        if let Some(store) = &self.store {
            stored = store.load(&io, &partition).await;
            best_stored = self.best(&stored);
            if let Some((key, life)) = &best_stored
                && !self.skip_cache
                && is_served(Some(*life), &io, offset)
            {
                return Ok(Acquired::stored(key.clone(), stored, false));
            }
            // Another instance may have got a newer one.
            let client_id = &self.exchange.request.client_id;
            let newer = stored.refresh_tokens.iter();
            let newer = newer
                .filter(|token| token.client_id == *client_id || !token.family_id.is_empty())
                .max_by_key(|token| token.client_id == *client_id);
            self.refresh_token = newer.cloned().or(self.refresh_token.take());
        }
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
        match self.exchange.run(&io).await {
            Ok(answer) if self.is_of_another(&answer) => Err(id_token::invalid(
                "it is of another user than was asked for",
            )
            .with_correlation_id(&self.exchange.request.correlation_id)),
            Ok(answer) => {
                let keep = Keep::IfAccountIsKnown;
                let mut acquired = self.filing.file(&self.exchange, answer, &io, keep);
                if let Some(store) = &self.store {
                    // What the store knew of the user comes into memory with it, unless it was removed meanwhile.
                    if save(store, &io, &acquired, keep).await {
                        stored.take_in(acquired.entities);
                        acquired.entities = stored;
                        acquired.keep = Keep::Always;
                    }
                }
                Ok(acquired)
            }
            Err(error) if error.is_outage() => {
                let in_memory = self.cached.and_then(|(key, life)| {
                    Some(Acquired::cached(key, serves_in_need(life, &io, offset)?))
                });
                let in_store = best_stored.and_then(|(key, life)| {
                    let extended = serves_in_need(life, &io, offset)?;
                    Some(Acquired::stored(key, stored, extended))
                });
                in_memory.or(in_store).ok_or(error)
            }
            Err(error) if refresh_token::is_dead(&error) => {
                io.perform(Effect::Forget {
                    partition: partition.clone(),
                    refresh_token: refresh_token.secret.clone(),
                })
                .await;
                if let Some(store) = &self.store {
                    store.forget(&io, &partition, &refresh_token.secret).await;
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
                claims.text("sub").to_owned()
            }
            _ => return false,
        };
        !told.eq_ignore_ascii_case(asked)
    }

    fn best(&self, stored: &Entities) -> Option<(String, Lifetime)> {
        let location = self.exchange.authority.location();
        let request = &self.exchange.request;
        let query = &request.extra_query_parameters;
        let key = self.filing.key(&location, &request.client_id, query);
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
        best(stored, wanted)
    }

    fn no_tokens(&self) -> Error {
        self.interaction(
            code::NO_TOKENS_FOUND,
            "the cache holds no refresh token for this account",
        )
    }

    fn interaction(&self, code: &str, message: &str) -> Error {
        Error::new(ErrorClass::InteractionRequired, code, message)
            .with_hint("Have the user sign in.")
            .with_correlation_id(&self.exchange.request.correlation_id)
    }
}

/// A dead refresh token means that the user has to sign in, whatever the server calls it.
fn to_interaction(mut error: Error) -> Error {
    error.class = ErrorClass::InteractionRequired;
    if error.hint.is_empty() {
        "Have the user sign in.".clone_into(&mut error.hint);
    }
    error
}
