//! On-behalf-of: cached by the hash of the whole incoming assertion.

use super::acquired::{Acquired, Filing, Keep, is_served, serves_in_need};
use super::exchange::Exchange;
use super::step::{Effect, Event, Hash, Io};
use super::token_store::TokenStore;
use crate::cache::entities::Entities;
use crate::cache::key::Owner;
use crate::cache::partition::{self, Wanted};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::base64;
use crate::protocol::token_request::Grant;
use crate::secret::SecretBytes;
use crate::text::{Text, ToText};

/// All that the flow needs.
#[derive(Clone, Debug)]
pub struct OnBehalfOfFlow {
    /// Whom to ask, and for whom.
    pub exchange: Exchange,
    /// What the token is filed by.
    pub filing: Filing,
    /// Whether a cached token will not do.
    pub skip_cache: bool,
    /// Seconds before its end from when on a token is not served without asking.
    pub renewal_offset_seconds: i64,
    /// The program's token store, if it has one.
    pub store: Option<TokenStore>,
}

impl OnBehalfOfFlow {
    /// Runs the flow.
    ///
    /// # Errors
    /// Those of [`Exchange::run`].
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        let offset = self.renewal_offset_seconds;
        let hash = self.hash(&io).await?;
        let environment = self.exchange.authority.environment().to_text();
        let key = partition::key(&environment, Owner::Assertion(&hash));
        self.filing.assertion_hash = Some(hash);
        let (location, scopes, variant) = self.wanted();
        let client_id = self.exchange.request.client_id.clone();
        let authority = &self.exchange.authority;
        let tenant = (!authority.is_multi_tenant()).then(|| authority.tenant().to_text());
        let wanted = Wanted {
            client_id: &client_id,
            realm: tenant.as_deref(),
            location: &location,
            scopes: &scopes,
            variant: &variant,
        };
        let look_up = Effect::LookUp {
            partition: key.clone(),
            realm: tenant.clone(),
            location: location.clone(),
            scopes: scopes.clone(),
            variant: variant.clone(),
        };
        let cached = match io.perform(look_up).await {
            Event::Found(found) => found,
            _ => None,
        };
        if let Some((token, life)) = &cached
            && !self.skip_cache
            && is_served(Some(*life), &io, offset)
        {
            return Ok(Acquired::cached(token.clone(), false));
        }
        let mut stored = Entities::default();
        if let Some(store) = &self.store {
            stored = store.load(&io, &key).await;
            if let Some((token, life)) = stored.best(wanted)
                && !self.skip_cache
                && is_served(Some(life), &io, offset)
            {
                return Ok(Acquired::stored(token, stored, false));
            }
        }
        match self.exchange.run(&io).await {
            Ok(answer) => {
                let acquired = self.filing.file(&self.exchange, answer, &io, Keep::Always);
                if let Some(store) = &self.store {
                    stored.take_in(acquired.entities.clone());
                    stored.refresh_tokens.clear();
                    store.save_token(&io, &key, &stored).await;
                }
                Ok(acquired)
            }
            Err(error) if error.is_outage() && !self.skip_cache => {
                let in_memory = cached.and_then(|(token, life)| {
                    Some(Acquired::cached(token, serves_in_need(life, &io, offset)?))
                });
                let in_store = stored.best(wanted).and_then(|(token, life)| {
                    let extended = serves_in_need(life, &io, offset)?;
                    Some(Acquired::stored(token, stored, extended))
                });
                in_memory.or(in_store).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    async fn hash(&self, io: &Io) -> Result<Text, Error> {
        let Grant::OnBehalfOf(grant) = &self.exchange.request.grant else {
            return Ok(Text::new());
        };
        let bytes = SecretBytes::new(grant.assertion.expose().as_bytes().to_vec());
        match io.perform(Effect::Digest(Hash::Sha256, bytes)).await {
            Event::Bytes(digest) => Ok(base64::encode_url(digest.expose())),
            _ => Err(Error::new(
                ErrorClass::ClientAuth,
                code::REQUEST_CANNOT_BE_MADE,
                "the assertion could not be hashed: this host has no WebCrypto",
            )),
        }
    }

    fn wanted(&self) -> (Text, Vec<Text>, Text) {
        let location = self.exchange.authority.location();
        let request = &self.exchange.request;
        let key = self.filing.key(&location, &request.client_id);
        let variant = key.variant();
        (
            location,
            self.filing
                .scopes
                .bare(self.exchange.authority.environment()),
            variant,
        )
    }
}
