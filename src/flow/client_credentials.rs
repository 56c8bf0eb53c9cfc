//! An application's own token (RFC 6749, section 4.4), renewed in time and served past it when the service is down.

use super::acquired::{Acquired, Filing, Keep, is_served, serves_in_need};
use super::exchange::Exchange;
use super::step::Io;
use super::token_store::TokenStore;
use crate::cache::entities::Entities;
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::error::Error;
use crate::text::Text;
use crate::time::Now;

/// All that the flow needs.
#[derive(Clone, Debug)]
pub struct ClientCredentialsFlow {
    /// Whom to ask, and for what.
    pub exchange: Exchange,
    /// What the token is filed by.
    pub filing: Filing,
    /// The life of the token that is cached in memory, if there is one.
    pub cached: Option<Lifetime>,
    /// Whether a cached token will not do.
    pub skip_cache: bool,
    /// Seconds before its end from when on a token is not served without asking.
    pub renewal_offset_seconds: i64,
    /// The program's token store, if it has one.
    pub store: Option<TokenStore>,
}

impl ClientCredentialsFlow {
    /// The cache key of the token.
    #[must_use]
    pub fn key(&self) -> Text {
        let request = &self.exchange.request;
        self.filing
            .key(&self.exchange.authority.location(), &request.client_id)
            .to_text()
    }

    /// Whether the cached token is served without asking anybody.
    #[must_use]
    pub fn is_served_by_cache(&self, now: Now) -> bool {
        let freshness = self
            .cached
            .map(|life| life.freshness(now.judged, self.renewal_offset_seconds));
        !self.skip_cache && matches!(freshness, Some(Freshness::Fresh | Freshness::Due))
    }

    /// Runs the flow.
    ///
    /// # Errors
    /// Those of [`Exchange::run`].
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        let (key, offset) = (self.key(), self.renewal_offset_seconds);
        let mut stored = None;
        if let Some(store) = &self.store {
            stored = self.load(&io, store, &key).await;
            if !self.skip_cache && is_served(lifetime_of(&stored), &io, offset) {
                return Ok(Acquired::stored(key, stored.unwrap_or_default(), false));
            }
        }
        match self.exchange.run(&io).await {
            Ok(answer) => {
                let acquired = self.filing.file(&self.exchange, answer, &io, Keep::Always);
                if let Some(store) = &self.store {
                    store.save_token(&io, &key, &acquired.entities).await;
                }
                Ok(acquired)
            }
            Err(error) if error.is_outage() && !self.skip_cache => {
                let in_memory = self
                    .cached
                    .and_then(|life| serves_in_need(life, &io, offset))
                    .map(|extended| Acquired::cached(key.clone(), extended));
                let in_store = lifetime_of(&stored)
                    .and_then(|life| serves_in_need(life, &io, offset))
                    .map(|extended| Acquired::stored(key, stored.unwrap_or_default(), extended));
                in_memory.or(in_store).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// What the store has under the key. MSAL's schema does not tell tokens of the same scopes from one another, so the
    /// entry's token is that of the entry's key.
    async fn load(&self, io: &Io, store: &TokenStore, key: &str) -> Option<Entities> {
        let mut entities = store.load(io, key).await;
        entities.tokens.truncate(1);
        let token = entities.tokens.first_mut()?;
        token.key = key.into();
        token.authority = self.exchange.authority.canonical();
        Some(entities)
    }
}

fn lifetime_of(stored: &Option<Entities>) -> Option<Lifetime> {
    Some(stored.as_ref()?.tokens.first()?.lifetime)
}
