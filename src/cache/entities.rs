//! What comes and goes together: tokens, accounts, and what says and renews them.

use super::access_token::{AccessToken, IdToken, RefreshToken};
use super::account::Account;
use super::lifetime::Lifetime;
use super::msal_schema::{id_token_key, refresh_token_key};
use super::partition::{TokenRef, Wanted};
use crate::text::Text;

/// What a cache holds, or an answer brings.
#[derive(Clone, Debug, Default)]
pub struct Entities {
    /// The access tokens that still serve.
    pub tokens: Vec<AccessToken>,
    /// Who signed in.
    pub accounts: Vec<Account>,
    /// What says who they are.
    pub id_tokens: Vec<IdToken>,
    /// What renews their tokens.
    pub refresh_tokens: Vec<RefreshToken>,
}

impl Entities {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
            && self.accounts.is_empty()
            && self.id_tokens.is_empty()
            && self.refresh_tokens.is_empty()
    }

    /// Of the tokens that serve a request, the key and life of the one that lives longest.
    #[must_use]
    pub fn best(&self, wanted: Wanted<'_>) -> Option<(Text, Lifetime)> {
        let serves =
            |token: &&AccessToken| TokenRef::of(token).is_some_and(|token| token.serves(wanted));
        let longest = self
            .tokens
            .iter()
            .filter(serves)
            .max_by_key(|token| token.lifetime.expires);
        longest.map(|token| (token.key.clone(), token.lifetime))
    }

    /// Keeps what belongs to users, by environment and home account id, for whom `is_kept` holds, and what belongs to none.
    pub fn retain_users(&mut self, is_kept: impl Fn(&str, &str) -> bool) {
        self.accounts
            .retain(|account| is_kept(&account.environment, &account.home_account_id));
        self.id_tokens
            .retain(|token| is_kept(&token.environment, &token.home_account_id));
        self.refresh_tokens
            .retain(|token| is_kept(&token.environment, &token.home_account_id));
        self.tokens.retain(|token| {
            token
                .user
                .as_ref()
                .is_none_or(|user| is_kept(&token.environment, &user.home_account_id))
        });
    }

    /// Takes in those of others.
    pub fn extend(&mut self, others: Self) {
        self.accounts.extend(others.accounts);
        self.id_tokens.extend(others.id_tokens);
        self.tokens.extend(others.tokens);
        self.refresh_tokens.extend(others.refresh_tokens);
    }

    /// Takes in newer ones, in place of those that they replace.
    pub fn take_in(&mut self, newer: Self) {
        for account in newer.accounts {
            let same = |known: &&mut Account| {
                known.home_account_id == account.home_account_id
                    && known.environment == account.environment
            };
            match self.accounts.iter_mut().find(same) {
                Some(known) => known.merge(account),
                None => self.accounts.push(account),
            }
        }
        replace(&mut self.id_tokens, newer.id_tokens, |token| {
            id_token_key(token, &token.environment)
        });
        replace(&mut self.tokens, newer.tokens, |token| token.key.clone());
        replace(&mut self.refresh_tokens, newer.refresh_tokens, |token| {
            refresh_token_key(token, &token.environment)
        });
    }
}

fn replace<T>(known: &mut Vec<T>, newer: Vec<T>, key: impl Fn(&T) -> Text) {
    for item in newer {
        known.retain(|other| key(other) != key(&item));
        known.push(item);
    }
}
