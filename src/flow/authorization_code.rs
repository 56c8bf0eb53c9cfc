//! A code from an authorization response becomes tokens and an account.

use super::acquired::{Acquired, Filing, Keep};
use super::exchange::Exchange;
use super::step::{Effect, Event, Io};
use super::token_store::{Looked, TokenStore};
use crate::cache::entities::Entities;
use crate::error::Error;

/// A flow that redeems something which came from outside: a code, or a refresh token of another library's.
#[derive(Clone, Debug)]
pub struct RedeemFlow {
    /// Whom to ask, and with what.
    pub exchange: Exchange,
    /// What the tokens are filed by.
    pub filing: Filing,
    /// Whether they are cached.
    pub keep: Keep,
    /// The program's token store, if it has one.
    pub store: Option<TokenStore>,
}

impl RedeemFlow {
    /// Runs the flow.
    ///
    /// # Errors
    /// Those of [`Exchange::run`]. A code is then spent: start anew.
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        let answer = self.exchange.run(&io).await?;
        let acquired = self.filing.file(&self.exchange, answer, &io, self.keep);
        if let Some(store) = &self.store {
            save(store, &io, &acquired, self.keep).await;
        }
        Ok(acquired)
    }
}

/// Saves what came for a user in the user's entry of the token store.
/// Whether it did: without its account, the entry is not written if the account has to be known.
pub(crate) async fn save(store: &TokenStore, io: &Io, acquired: &Acquired, keep: Keep) -> bool {
    let token = acquired.entities.tokens.first();
    let Some((token, user)) = token.and_then(|token| Some((token, token.user.as_ref()?))) else {
        return false;
    };
    let key = user.partition(&token.environment);
    let (known, is_there) = match store.look(io, &key).await {
        Looked::Found(Some(known)) if known.accounts.is_empty() => (known, false),
        Looked::Found(known) => (known.unwrap_or_default(), true),
        Looked::Nothing => (Entities::default(), false),
        Looked::Unknown if keep == Keep::Always => (Entities::default(), false),
        // Whether somebody has removed it, nobody knows; what is there must not be written over.
        Looked::Unknown => return false,
    };
    if keep != Keep::Always && !is_there {
        // Gone is who was there once, not who could never be saved.
        let asked = Effect::IsUnstored(key.clone());
        if !matches!(io.perform(asked).await, Event::Verified(true)) {
            return false;
        }
    }
    let is_saved = store
        .save_user(io, &key, known, acquired.entities.clone())
        .await;
    if !is_there {
        io.perform(Effect::Stored {
            partition: key,
            is_stored: is_saved,
        })
        .await;
    }
    is_saved
}
