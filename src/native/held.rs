//! What the store holds natively: the token itself. Whose it is, is looked up when it is given out.

use crate::cache::access_token::{AccessToken, IdToken, TokenUser};
use crate::cache::account::Account;
use crate::cache::entities::Entities;
use crate::cache::lifetime::Lifetime;
use crate::cache::memory::{self, Kept};
use crate::cache::msal_schema;
use crate::protocol::json::Value;
use crate::text::Text;
use crate::time::Now;
use std::sync::Arc;

/// The cache of a client in memory.
pub(super) type Memory = memory::Memory<Arc<AccessToken>>;

/// An access token and whose it is, as far as that is known.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) token: Arc<AccessToken>,
    pub(super) account: Option<Account>,
    pub(super) id_token: Option<IdToken>,
}

impl Held {
    /// The token of a key, which counts as a use.
    pub(super) fn find(memory: &mut Memory, key: &str) -> Option<Self> {
        let handle = memory.handle(key)?;
        let token = Arc::clone(&memory.touch(handle)?.value);
        let home = token.user.as_ref();
        let home = home.and_then(|user| memory.home(&token, user));
        let id_token = home.and_then(|home| home.id_token(&token.realm, &token.client_id));
        Some(Self {
            account: home.and_then(|home| home.account.clone()),
            id_token: id_token.cloned(),
            token,
        })
    }

    /// Takes entities into the cache, if they are to be kept. Gives the token of `key`.
    pub(super) fn keep(
        memory: &mut Memory,
        entities: Entities,
        key: &str,
        is_kept: bool,
        now: Now,
    ) -> Option<Self> {
        let mut held = None;
        memory.keep(entities, key, is_kept, now, |token, person| {
            let token = Arc::new(token.clone());
            if token.key == key {
                held = Some(Self {
                    token: Arc::clone(&token),
                    account: person.account.cloned(),
                    id_token: person.id_token.cloned(),
                });
            }
            token
        });
        held
    }
}

impl Kept for Arc<AccessToken> {
    fn user(&self) -> Option<&TokenUser> {
        self.user.as_ref()
    }

    fn other(&self) -> Vec<(Text, Value)> {
        self.other.clone()
    }

    fn token(&self, key: &str, lifetime: Lifetime, capabilities: &[Text]) -> Option<AccessToken> {
        msal_schema::told_by_schema(key, &self.target, self.user.as_ref(), capabilities)?;
        Some(AccessToken {
            lifetime,
            ..AccessToken::clone(self)
        })
    }
}
