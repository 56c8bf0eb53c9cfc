//! The cache of a client in memory: access tokens by key, and what belongs to each user.

use super::json;
use crate::cache::access_token::{AccessToken, IdToken, RefreshToken};
use crate::cache::account::Account;
use crate::cache::key::{Owner, TokenKey};
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::cache::msal_schema::{self, Entities, Reader};
use crate::cache::partition::{self, Partition, Partitions, TokenRef, Wanted};
use crate::cache::store::{Bounds, Entry, Store};
use crate::error::Error;
use crate::flow::learned::{KnownKeys, Learned};
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::json::Value;
use crate::protocol::metadata::Metadata;
use crate::protocol::scope::Scopes;
use crate::secret::Secret;
use crate::text::{Text, ToText};
use crate::time::{Now, SECOND_MS};
use std::sync::Arc;

/// Discovery documents and key sets that are kept; the oldest goes first.
const MAX_DISCOVERED: usize = 100;

/// An access token and whose it is, as far as that is known.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) token: Arc<AccessToken>,
    pub(super) account: Option<Account>,
    pub(super) id_token: Option<IdToken>,
}

#[derive(Debug)]
pub(super) struct Memory {
    store: Store<Arc<AccessToken>>,
    partitions: Partitions,
    /// What discovery documents said, by the authority's location.
    discovered: Vec<(Text, Metadata)>,
    keys: Vec<KnownKeys>,
    /// What an imported cache held that is not used here.
    rest: Value,
}

impl Memory {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            store: Store::new(bounds),
            partitions: Partitions::new(bounds),
            discovered: Vec::new(),
            keys: Vec::new(),
            rest: Value::Object(Vec::new()),
        }
    }

    fn entry(&self, key: &str) -> Option<&Entry<Arc<AccessToken>>> {
        self.store.peek(self.store.find(key)?)
    }

    pub(super) fn lifetime(&self, key: &str) -> Option<Lifetime> {
        self.entry(key).map(|entry| entry.lifetime)
    }

    /// The token of a key, which counts as a use.
    pub(super) fn held(&mut self, key: &str) -> Option<Held> {
        let handle = self.store.find(key)?;
        let token = Arc::clone(&self.store.touch(handle)?.value);
        Some(self.with_person(token, &Entities::default()))
    }

    /// The token with its user, from the cache, else from what came with it.
    fn with_person(&self, token: Arc<AccessToken>, came: &Entities) -> Held {
        let (mut account, mut id_token) = (None, None);
        if let Some(user) = &token.user {
            let key = partition::key(&token.environment, Owner::User(&user.home_account_id));
            let home = self.partitions.get(&key);
            let same = |id: &str| id == user.home_account_id;
            account = home
                .and_then(|home| home.account.as_ref())
                .or_else(|| came.accounts.iter().find(|own| same(&own.home_account_id)))
                .cloned();
            id_token = home
                .and_then(|home| home.id_token(&token.realm, &token.client_id))
                .or_else(|| {
                    came.id_tokens
                        .iter()
                        .find(|own| same(&own.home_account_id) && own.realm == token.realm)
                })
                .cloned();
        }
        Held {
            token,
            account,
            id_token,
        }
    }

    /// Of a user's tokens that serve a request, key and life of the one that lives longest.
    pub(super) fn look_up(&self, partition: &str, wanted: Wanted<'_>) -> Option<(Text, Lifetime)> {
        let tokens = &self.partitions.get(partition)?.tokens;
        let serving = tokens
            .iter()
            .filter(|token| token.serves(wanted))
            .filter_map(|token| Some((token.key.clone(), self.lifetime(&token.key)?)));
        serving.max_by_key(|(_, life)| life.expires)
    }

    pub(super) fn refresh_token(&self, partition: &str, client_id: &str) -> Option<RefreshToken> {
        self.partitions
            .get(partition)?
            .refresh_token(client_id)
            .cloned()
    }

    pub(super) fn forget_refresh_token(&mut self, partition: &str, dead: &Secret, now: Now) {
        self.partitions.change(partition, now.judged, |user| {
            user.refresh_tokens
                .retain(|token| token.secret.expose() != dead.expose());
        });
    }

    pub(super) fn knows_account(&self, entities: &Entities) -> bool {
        entities.tokens.iter().any(|token| {
            token.user.as_ref().is_some_and(|user| {
                let key = partition::key(&token.environment, Owner::User(&user.home_account_id));
                let home = self.partitions.get(&key);
                home.is_some_and(|home| home.account.is_some())
            })
        })
    }

    /// Takes entities in, if they are to be kept. Gives the token of `key`.
    pub(super) fn keep(
        &mut self,
        mut entities: Entities,
        key: &str,
        is_kept: bool,
        now: Now,
    ) -> Option<Held> {
        let mut wanted = None;
        if is_kept {
            self.keep_persons(&entities, now);
        }
        for mut token in core::mem::take(&mut entities.tokens) {
            let known = self.entry(&token.key);
            if let Some(known) = known
                && token.other.is_empty()
            {
                // A renewed token is filed as the one that it renews.
                token.other.clone_from(&known.value.other);
            }
            // One that was read in may be the same that is known under what was asked for; caches count whole seconds.
            let known = known.map(|known| known.lifetime);
            let is_newer = known.or_else(|| self.twin(&token)).is_none_or(|known| {
                token.key == key || token.lifetime.obtained.ms_since(known.obtained) > SECOND_MS
            });
            let token = Arc::new(token);
            if token.key == key {
                wanted = Some(self.with_person(Arc::clone(&token), &entities));
            }
            if is_kept && is_newer {
                self.keep_token(&token, now);
            }
        }
        wanted
    }

    /// The life of a user's token that MSAL's schema would file under the same key.
    fn twin(&self, token: &AccessToken) -> Option<Lifetime> {
        let own = TokenRef::of(token)?;
        let partition = token.user.as_ref()?.partition(&token.environment);
        let twin = self
            .partitions
            .get(&partition)?
            .tokens
            .iter()
            .find(|known| {
                known.granted == own.granted
                    && known.realm == own.realm
                    && known.client_id == own.client_id
                    && known.variant == own.variant
            })?;
        self.lifetime(&twin.key)
    }

    fn keep_persons(&mut self, entities: &Entities, now: Now) {
        let mut change = |environment: &str, id: &str, change: &mut dyn FnMut(&mut Partition)| {
            let key = partition::key(environment, Owner::User(id));
            self.partitions.change(&key, now.judged, change);
        };
        for account in &entities.accounts {
            change(
                &account.environment,
                &account.home_account_id,
                &mut |user| {
                    user.keep_account(account.clone());
                },
            );
        }
        for token in &entities.id_tokens {
            change(&token.environment, &token.home_account_id, &mut |user| {
                user.keep_id_token(token.clone());
            });
        }
        for token in &entities.refresh_tokens {
            change(&token.environment, &token.home_account_id, &mut |user| {
                user.keep_refresh_token(token.clone());
            });
        }
    }

    fn keep_token(&mut self, token: &Arc<AccessToken>, now: Now) {
        let entry = Entry {
            lifetime: token.lifetime,
            value: Arc::clone(token),
        };
        let size = size_bytes(token);
        self.store.insert(&token.key, entry, size, now.judged);
        let (Some(found), Some(user)) = (TokenRef::of(token), &token.user) else {
            return;
        };
        // What was got on behalf of a user is that user's as well.
        let own = partition::key(&token.environment, Owner::User(&user.home_account_id));
        let shared = user.partition(&token.environment);
        let store = &self.store;
        for key in [Some(&own), Some(&shared).filter(|key| **key != own)] {
            let Some(key) = key else { continue };
            self.partitions.change(key, now.judged, |partition| {
                // What has left the store is of no use to anybody.
                partition
                    .tokens
                    .retain(|known| store.find(&known.key).is_some());
                partition.keep_token(found.clone());
            });
        }
    }

    pub(super) fn remove_partition(&mut self, key: &str) {
        let Some(home) = self.partitions.remove(key) else {
            return;
        };
        let id = home.account.map(|account| account.home_account_id);
        let of_user: Vec<Text> = self
            .store
            .iter()
            .filter(|(_, entry)| {
                let user = entry.value.user.as_ref();
                user.is_some_and(|user| Some(&user.home_account_id) == id.as_ref())
            })
            .map(|(key, _)| key.to_text())
            .chain(home.tokens.into_iter().map(|token| token.key))
            .collect();
        for key in of_user {
            if let Some(handle) = self.store.find(&key) {
                self.store.remove(handle);
            }
        }
    }

    /// Puts off renewing ahead, after it has failed.
    pub(super) fn postpone_refresh(&mut self, key: &str, now: Now) {
        if let Some(handle) = self.store.find(key)
            && let Some(entry) = self.store.touch(handle)
        {
            entry.lifetime.postpone_refresh(now.judged);
        }
    }

    pub(super) fn discovered(&self, authority: &Authority) -> Option<Metadata> {
        // The endpoints of the others follow from the address; their issuer and keys are known by the key set.
        if authority.has_known_issuer() {
            return None;
        }
        let location = authority.location();
        let known = self.discovered.iter().find(|(of, _)| *of == location);
        known.map(|(_, metadata)| metadata.clone())
    }

    pub(super) fn known_keys(
        &self,
        authority: &Authority,
        metadata: Option<&Metadata>,
    ) -> Option<KnownKeys> {
        let uri = match metadata {
            Some(metadata) => metadata.jwks_uri.clone()?,
            None if authority.has_known_issuer() && authority.kind() == Kind::Entra => {
                authority.jwks_uri()
            }
            None => return None,
        };
        self.keys.iter().find(|known| known.uri == uri).cloned()
    }

    pub(super) fn learn(&mut self, location: &str, learned: Learned) {
        match learned {
            Learned::Metadata(metadata) => {
                self.discovered.retain(|(known, _)| known != location);
                if self.discovered.len() >= MAX_DISCOVERED {
                    self.discovered.remove(0);
                }
                self.discovered.push((location.to_text(), metadata));
            }
            Learned::Keys(fetched) => {
                self.keys.retain(|known| known.uri != fetched.uri);
                if self.keys.len() >= MAX_DISCOVERED {
                    self.keys.remove(0);
                }
                self.keys.push(fetched);
            }
        }
    }

    pub(super) fn partitions(&self) -> impl Iterator<Item = &Partition> {
        self.partitions.in_order().into_iter()
    }

    pub(super) fn clear(&mut self) {
        self.store.clear();
        self.partitions.clear();
        self.rest = Value::Object(Vec::new());
    }

    /// The cache in MSAL's schema.
    pub(super) fn write(&self, capabilities: &[Text], now: Now) -> Secret {
        let mut entities = Entities {
            tokens: self
                .store
                .iter()
                .filter(|(_, entry)| entry.lifetime.freshness(now.judged, 0) != Freshness::Gone)
                .filter(|(key, entry)| is_told_by_schema(key, &entry.value, capabilities))
                .map(|(_, entry)| AccessToken {
                    lifetime: entry.lifetime,
                    ..AccessToken::clone(&entry.value)
                })
                .collect(),
            ..Entities::default()
        };
        for partition in self.partitions() {
            entities.accounts.extend(partition.account.clone());
            entities.id_tokens.extend(partition.id_tokens.clone());
            entities
                .refresh_tokens
                .extend(partition.refresh_tokens.clone());
        }
        Secret::new(msal_schema::write(&entities, &self.rest, now).to_json())
    }

    /// Takes in a cache in MSAL's schema.
    pub(super) fn read(
        &mut self,
        text: &str,
        authority: Option<&Authority>,
        capabilities: &[Text],
        now: Now,
    ) -> Result<(), Error> {
        let cache = json::parse(text).unwrap_or(Value::Null);
        let reader = Reader {
            authority,
            capabilities,
            parse_json: json::parse,
        };
        let imported = msal_schema::read(&cache, reader, now)?;
        self.keep(imported.entities, "", true, now);
        self.rest.merge(imported.rest);
        Ok(())
    }
}

/// Whether MSAL's schema can tell a token from others: not if it was got with further parameters, or with capabilities
/// that are not the client's.
fn is_told_by_schema(key: &str, token: &AccessToken, capabilities: &[Text]) -> bool {
    let Some((location, client_id)) = TokenKey::location_and_client_id(key) else {
        return false;
    };
    let Ok(scopes) = Scopes::parse([token.target.as_str()]) else {
        return false;
    };
    let plain = TokenKey {
        location: &location,
        client_id: &client_id,
        scopes: &scopes,
        owner: Owner::Application,
        capabilities,
        query: &[],
        body: &[],
    };
    match &token.user {
        Some(user) => user.variant == plain.variant(),
        None => plain.to_text() == key,
    }
}

/// How much a token takes, in bytes, roughly.
fn size_bytes(token: &AccessToken) -> usize {
    token.secret.expose().len()
        + token.target.len()
        + token.authority.len()
        + token.realm.len()
        + 256
}
