//! The cache in memory: access tokens by key, what belongs to each user, and what an imported cache held beside.

use super::access_token::{AccessToken, IdToken, RefreshToken, TokenUser};
use super::account::Account;
use super::entities::Entities;
use super::key::Owner;
use super::lifetime::{Freshness, Lifetime};
use super::marks::Marks;
use super::msal_schema::{self, Reader};
use super::partition::{self, Partition, Partitions, TokenRef, Wanted};
use super::store::{Bounds, Entry, Handle, Store};
use crate::error::Error;
use crate::protocol::json::Value;
use crate::secret::Secret;
use crate::text::{Text, ToText};
use crate::time::{Now, SECOND_MS};

/// What a host keeps of an access token.
pub trait Kept {
    /// Whose token it is; `None` for an application's own.
    fn user(&self) -> Option<&TokenUser>;

    /// Members of its entry in MSAL's schema that this version does not know.
    fn other(&self) -> Vec<(Text, Value)>;

    /// The token, for a cache in MSAL's schema; `None` for one that this schema cannot tell from another: got with
    /// further parameters, or with capabilities that are not the client's.
    fn token(&self, key: &str, lifetime: Lifetime, capabilities: &[Text]) -> Option<AccessToken>;
}

/// What is known of a token's user.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person<'a> {
    /// Who it is.
    pub account: Option<&'a Account>,
    /// What says so.
    pub id_token: Option<&'a IdToken>,
    /// When the user has to sign in again, in seconds since 1970, where that is known.
    pub until: Option<i64>,
}

/// The cache in memory; `V` is what the host keeps of an access token.
#[derive(Debug)]
pub struct Memory<V> {
    store: Store<V>,
    partitions: Partitions,
    /// What an imported cache held that is not used here.
    rest: Value,
    /// What came since it was saved last: what is read in meanwhile is older.
    unsaved: Marks,
    /// Refresh tokens that were found dead since then: they are not to be read in again.
    dead: Marks,
    /// Refresh tokens in whose place newer ones came here.
    replaced: Marks,
}

impl<V: Kept> Memory<V> {
    /// An empty one.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            store: Store::new(bounds),
            partitions: Partitions::new(bounds),
            rest: Value::Object(Vec::new()),
            unsaved: Marks::default(),
            dead: Marks::default(),
            replaced: Marks::default(),
        }
    }

    /// How many access tokens there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether there is no access token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.store.is_empty()
    }

    /// The handle of a key.
    #[must_use]
    pub fn handle(&self, key: &str) -> Option<Handle> {
        self.store.find(key)
    }

    /// The entry of a handle, without counting as a use.
    #[must_use]
    pub fn peek(&self, handle: Handle) -> Option<&Entry<V>> {
        self.store.peek(handle)
    }

    /// The entry of a handle, which becomes the most recently used.
    pub fn touch(&mut self, handle: Handle) -> Option<&mut Entry<V>> {
        self.store.touch(handle)
    }

    /// The entry of a key, without counting as a use.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Entry<V>> {
        self.peek(self.handle(key)?)
    }

    /// The life of a key's token.
    #[must_use]
    pub fn lifetime(&self, key: &str) -> Option<Lifetime> {
        self.find(key).map(|entry| entry.lifetime)
    }

    /// Of a user's tokens that serve a request, key and life of the one that lives longest.
    #[must_use]
    pub fn look_up(&self, partition: &str, wanted: Wanted<'_>) -> Option<(Text, Lifetime)> {
        let tokens = &self.partitions.get(partition)?.tokens;
        let serving = tokens
            .iter()
            .filter(|token| token.serves(wanted))
            .filter_map(|token| Some((token.key.clone(), self.lifetime(&token.key)?)));
        serving.max_by_key(|(_, life)| life.expires)
    }

    /// A user's refresh token for a client.
    #[must_use]
    pub fn refresh_token(
        &self,
        partition: &str,
        client_id: &str,
        location: &str,
    ) -> Option<&RefreshToken> {
        let partition = self.partitions.get(partition)?;
        partition.refresh_token(client_id, location)
    }

    /// Forgets a refresh token that is dead.
    pub fn forget_refresh_token(&mut self, partition: &str, dead: &Secret, now: Now) {
        self.partitions.change(partition, now.judged, |user| {
            user.refresh_tokens
                .retain(|token| token.secret.expose() != dead.expose());
        });
        self.dead.set(dead.expose());
    }

    /// Whether a newer one came here in this refresh token's place, so that whoever has it is behind.
    #[must_use]
    pub fn is_replaced(&self, refresh_token: &Secret) -> bool {
        self.replaced.has(refresh_token.expose())
    }

    /// Whether a user to whom one of the tokens belongs has an account here.
    #[must_use]
    pub fn knows_account(&self, entities: &Entities) -> bool {
        entities.tokens.iter().any(|token| {
            let home = token.user.as_ref().and_then(|user| self.home(token, user));
            home.is_some_and(|home| home.account.is_some())
        })
    }

    /// What belongs to everyone, in the order in which they came.
    #[must_use]
    pub fn partitions(&self) -> Vec<&Partition> {
        self.partitions.in_order()
    }

    /// What belongs to a token's user.
    #[must_use]
    pub fn home(&self, token: &AccessToken, user: &TokenUser) -> Option<&Partition> {
        self.partitions.get(&home_of(token, user))
    }

    /// Takes entities in, if they are to be kept. `make` gives what the host keeps of a token; that of the token of
    /// `key` comes back, kept or not.
    pub fn keep(
        &mut self,
        entities: Entities,
        key: &str,
        is_kept: bool,
        now: Now,
        make: impl FnMut(&AccessToken, Person<'_>) -> V,
    ) -> Option<V>
    where
        V: Clone,
    {
        if is_kept {
            self.keep_persons(&entities, false, now);
        }
        self.keep_tokens(entities, key, is_kept, now, make)
    }

    fn keep_tokens(
        &mut self,
        entities: Entities,
        key: &str,
        is_kept: bool,
        now: Now,
        mut make: impl FnMut(&AccessToken, Person<'_>) -> V,
    ) -> Option<V>
    where
        V: Clone,
    {
        let mut wanted = None;
        for mut token in entities.tokens {
            let known = self.find(&token.key);
            if let Some(known) = known
                && token.other.is_empty()
            {
                // A renewed token is filed as the one that it renews.
                token.other = known.value.other();
            }
            let known = known.map(|known| known.lifetime);
            let value = {
                let user = token.user.as_ref();
                // What is kept lies there already.
                let home = user.filter(|_| is_kept);
                let home = home.and_then(|user| self.home(&token, user));
                let same = |id: &str| user.is_some_and(|user| user.home_account_id == id);
                let mut accounts = entities.accounts.iter();
                let mut id_tokens = entities.id_tokens.iter();
                let mut refresh_tokens = entities.refresh_tokens.iter();
                let refresh_token = match home {
                    Some(home) => {
                        let location = user.map_or("", |user| user.location.as_str());
                        home.refresh_token(&token.client_id, location)
                    }
                    None => refresh_tokens.find(|own| same(&own.home_account_id)),
                };
                let person = Person {
                    account: match home {
                        Some(home) => home.account.as_ref(),
                        None => accounts.find(|own| same(&own.home_account_id)),
                    },
                    id_token: match home {
                        Some(home) => home.id_token(&token.realm, &token.client_id),
                        None => id_tokens.find(|own| {
                            let is_of_tenant = own.realm == token.realm || own.realm.is_empty();
                            is_of_tenant && same(&own.home_account_id)
                        }),
                    },
                    until: refresh_token.and_then(|token| token.expires_on_seconds),
                };
                make(&token, person)
            };
            if token.key == key {
                wanted = Some(value.clone());
            }
            // One that was read in may be the same that is known under what was asked for; caches count whole seconds.
            let is_newer = known.or_else(|| self.twin(&token)).is_none_or(|known| {
                token.key == key || token.lifetime.obtained.ms_since(known.obtained) > SECOND_MS
            });
            if is_kept && is_newer {
                self.keep_token(&token, value, now);
            }
        }
        wanted
    }

    /// The life of a user's token that MSAL's schema would file under the same key.
    fn twin(&self, token: &AccessToken) -> Option<Lifetime> {
        let own = TokenRef::of(token)?;
        let partition = token.user.as_ref()?.partition(&token.environment);
        let mut tokens = self.partitions.get(&partition)?.tokens.iter();
        let twin = tokens.find(|known| {
            known.granted == own.granted
                && known.realm == own.realm
                && known.client_id == own.client_id
                && known.variant == own.variant
        })?;
        self.lifetime(&twin.key)
    }

    /// What is read in takes the place of nothing that came since the cache was saved.
    fn keep_persons(&mut self, entities: &Entities, is_read: bool, now: Now) {
        let Self {
            partitions,
            unsaved,
            replaced,
            ..
        } = self;
        let mut change = |environment: &str, id: &str, change: &mut dyn FnMut(&mut Partition)| {
            let key = partition::key(environment, Owner::User(id));
            partitions.change(&key, now.judged, change);
        };
        for account in &entities.accounts {
            let id = &account.home_account_id;
            let mark = partition::key(&account.environment, Owner::User(id));
            let is_older = is_read && unsaved.has(&mark);
            change(&account.environment, id, &mut |user| {
                if is_older {
                    user.keep_older_account(account.clone());
                } else {
                    user.keep_account(account.clone());
                }
            });
            if !is_read {
                unsaved.set(&mark);
            }
        }
        for token in &entities.id_tokens {
            change(&token.environment, &token.home_account_id, &mut |user| {
                let known = user.place_of_id_token(token);
                let known = known.map(|at| user.id_tokens[at].secret.expose());
                if !(is_read && known.is_some_and(|known| unsaved.has(known))) {
                    user.keep_id_token(token.clone());
                }
            });
            if !is_read {
                unsaved.set(token.secret.expose());
            }
        }
        for token in &entities.refresh_tokens {
            change(&token.environment, &token.home_account_id, &mut |user| {
                let known = user.place_of_refresh_token(token);
                let known = known.map(|at| user.refresh_tokens[at].secret.expose());
                let older = known.filter(|known| !is_read && *known != token.secret.expose());
                if let Some(older) = older {
                    replaced.set(older);
                }
                if !(is_read && known.is_some_and(|known| unsaved.has(known))) {
                    user.keep_refresh_token(token.clone());
                }
            });
            if !is_read {
                unsaved.set(token.secret.expose());
            }
        }
    }

    /// Whoever was read comes in that order, and whoever came since the cache was saved comes after them.
    fn put_unsaved_last(&mut self, read: &Entities) {
        let read: Vec<Text> = read.accounts.iter().map(key_of).collect();
        let all = self.partitions.in_order().into_iter();
        let known = all.filter_map(|partition| partition.account.as_ref().map(key_of));
        let unsaved = known.filter(|key| self.unsaved.has(key) && !read.contains(key));
        let unsaved: Vec<Text> = unsaved.collect();
        for key in read.iter().chain(&unsaved) {
            self.partitions.put_last(key);
        }
    }

    fn keep_token(&mut self, token: &AccessToken, value: V, now: Now) {
        let entry = Entry {
            lifetime: token.lifetime,
            value,
        };
        let size = size_bytes(token);
        self.store.insert(&token.key, entry, size, now.judged);
        let (Some(found), Some(user)) = (TokenRef::of(token), &token.user) else {
            return;
        };
        // What was got on behalf of a user is that user's as well.
        let own = home_of(token, user);
        let shared = user.partition(&token.environment);
        let store = &self.store;
        for key in [Some(&own), Some(&shared).filter(|key| **key != own)] {
            let Some(key) = key else { continue };
            self.partitions.change(key, now.judged, |partition| {
                // What has left the store is of no use to anybody; to look for all of it each time takes long where
                // much is got on behalf of one user.
                if partition.tokens.len() % PRUNED_AT == 0 {
                    partition
                        .tokens
                        .retain(|known| store.find(&known.key).is_some());
                }
                partition.keep_token(found.clone());
            });
        }
    }

    /// Removes a user with all that belongs to it.
    pub fn remove(&mut self, partition: &str) {
        let Some(home) = self.partitions.remove(partition) else {
            return;
        };
        let id = home.account.map(|account| account.home_account_id);
        let is_of_user = |value: &V| {
            let user = value.user();
            user.is_some_and(|user| Some(&user.home_account_id) == id.as_ref())
        };
        let of_user: Vec<Text> = self
            .store
            .iter()
            .filter(|(_, entry)| is_of_user(&entry.value))
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
    pub fn postpone_refresh(&mut self, key: &str, now: Now) {
        if let Some(handle) = self.store.find(key)
            && let Some(entry) = self.store.touch(handle)
        {
            entry.lifetime.postpone_refresh(now.judged);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.store.clear();
        self.partitions.clear();
        self.rest = Value::Object(Vec::new());
    }

    /// Forgets all but the users of whom something came that could not be saved.
    fn forget_saved(&mut self) {
        let unsaved = |partition: &&Partition| {
            let key = partition.account.as_ref().map(key_of);
            key.is_some_and(|key| self.unsaved.has(&key))
        };
        let all = self.partitions.in_order().into_iter();
        let kept: Vec<Partition> = all.filter(unsaved).cloned().collect();
        if kept.is_empty() {
            return self.clear();
        }
        let tokens = kept.iter().flat_map(|partition| &partition.tokens);
        let tokens: Vec<&Text> = tokens.map(|token| &token.key).collect();
        let gone = self.store.iter().map(|(key, _)| key);
        let gone: Vec<Text> = gone
            .filter(|key| !tokens.iter().any(|kept| kept.as_str() == *key))
            .map(Text::from)
            .collect();
        for key in gone {
            if let Some(handle) = self.store.find(&key) {
                self.store.remove(handle);
            }
        }
        let kept: Vec<Text> = kept
            .iter()
            .filter_map(|partition| partition.account.as_ref().map(key_of))
            .collect();
        self.partitions
            .retain(|key| kept.iter().any(|kept| kept.as_str() == key));
        self.rest = Value::Object(Vec::new());
    }

    /// The whole cache in MSAL's schema. It holds secrets.
    #[must_use]
    pub fn write(&self, capabilities: &[Text], now: Now) -> Value {
        let tokens = self
            .store
            .iter()
            .filter(|(_, entry)| entry.lifetime.freshness(now.judged, 0) != Freshness::Gone)
            .filter_map(|(key, entry)| entry.value.token(key, entry.lifetime, capabilities))
            .collect();
        let mut entities = Entities {
            tokens,
            ..Entities::default()
        };
        for partition in self.partitions() {
            entities.accounts.extend(partition.account.clone());
            entities.id_tokens.extend(partition.id_tokens.clone());
            entities
                .refresh_tokens
                .extend(partition.refresh_tokens.clone());
        }
        msal_schema::write(&entities, &self.rest, now)
    }

    /// The cache was saved as it is: what is read in from now on may be newer.
    pub fn saved(&mut self) {
        self.unsaved = Marks::default();
        self.dead = Marks::default();
    }

    /// Takes in a cache in MSAL's schema; of two access tokens for the same thing the later one stays, and what came since
    /// the cache was saved stays in any case. With `replace`, what was there before goes.
    ///
    /// # Errors
    /// Those of [`msal_schema::read`]; then nothing has changed.
    pub fn read(
        &mut self,
        cache: &Value,
        reader: Reader<'_>,
        replace: bool,
        now: Now,
        make: impl FnMut(&AccessToken, Person<'_>) -> V,
    ) -> Result<(), Error>
    where
        V: Clone,
    {
        let mut imported = msal_schema::read(cache, reader, now)?;
        let is_alive = |token: &RefreshToken| !self.dead.has(token.secret.expose());
        imported.entities.refresh_tokens.retain(is_alive);
        if replace {
            self.forget_saved();
        }
        self.keep_persons(&imported.entities, true, now);
        if !self.unsaved.is_empty() {
            self.put_unsaved_last(&imported.entities);
        }
        self.keep_tokens(imported.entities, "", true, now, make);
        self.rest.merge(imported.rest);
        Ok(())
    }
}

/// After so many further tokens of a user's it is looked which of them have left the store.
const PRUNED_AT: usize = 32;

/// The key of an account's partition.
fn key_of(account: &Account) -> Text {
    partition::key(&account.environment, Owner::User(&account.home_account_id))
}

/// The key of the partition of a token's user.
fn home_of(token: &AccessToken, user: &TokenUser) -> Text {
    partition::key(&token.environment, Owner::User(&user.home_account_id))
}

/// How much a token takes, in bytes, roughly: its texts and a dozen members.
fn size_bytes(token: &AccessToken) -> usize {
    token.secret.expose().len()
        + token.target.len()
        + token.authority.len()
        + token.realm.len()
        + 256
}
