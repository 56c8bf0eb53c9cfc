//! What a client and its calls share: the cache in memory, the clock, and what is known of providers.

use super::configuration::Configuration;
use super::held::{Held, Person};
use super::{held, json};
use crate::cache::access_token::{AccessToken, RefreshToken};
use crate::cache::key::Owner;
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::cache::msal_schema::{self, Entities, Reader};
use crate::cache::partition::{self, Partitions, TokenRef, Wanted};
use crate::cache::store::{Entry, Handle, Store};
use crate::error::Error;
use crate::flow::learned::{KnownKeys, Learned};
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::json::Value;
use crate::protocol::metadata::Metadata;
use crate::secret::Secret;
use crate::text::{Text, ToText};
use crate::time::{Clock, Moment, Now, SECOND_MS};
use core::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;

/// A handle's number where there is none.
const NO_HANDLE: f64 = -1.0;

/// Removed accounts that are remembered while calls are under way.
const MAX_REMOVED: usize = 100;

/// Discovery documents and key sets that are kept; the oldest goes first.
const MAX_DISCOVERED: usize = 100;

/// What a client and its acquisitions share.
pub(super) struct Shared {
    pub(super) configuration: Configuration,
    clock: RefCell<Clock>,
    /// The present as last observed.
    last: Cell<Now>,
    store: RefCell<Store<Held>>,
    pub(super) partitions: RefCell<Partitions>,
    /// What discovery documents said, by the authority's location.
    discovered: RefCell<Vec<(Text, Metadata)>>,
    keys: RefCell<Vec<KnownKeys>>,
    /// What an imported cache held that is not used here.
    rest: RefCell<Value>,
    /// The partitions of users who are newer than a persisted index.
    unnoted: RefCell<Vec<Text>>,
    /// The accounts that were removed, each with its number; the oldest are forgotten.
    removed: RefCell<Vec<(Text, u32)>>,
    removals: Cell<u32>,
    /// How often the cache was cleared: what was asked for before is not kept after.
    epoch: Cell<u32>,
}

impl Shared {
    pub(super) fn new(configuration: Configuration) -> Self {
        let bounds = configuration.bounds;
        Self {
            configuration,
            clock: RefCell::default(),
            last: Cell::new(Now::at(Moment(0))),
            store: RefCell::new(Store::new(bounds)),
            partitions: RefCell::new(Partitions::new(bounds)),
            discovered: RefCell::default(),
            keys: RefCell::default(),
            rest: RefCell::new(Value::Object(Vec::new())),
            unnoted: RefCell::default(),
            removed: RefCell::default(),
            removals: Cell::new(0),
            epoch: Cell::new(0),
        }
    }

    pub(super) fn observe(&self, wall_ms: f64, monotonic_ms: f64) -> Now {
        let now = self
            .clock
            .borrow_mut()
            .observe(wall_ms as i64, monotonic_ms as i64);
        self.last.set(now);
        now
    }

    pub(super) fn renewal_offset_seconds(&self) -> i64 {
        i64::from(self.configuration.renewal_offset_seconds)
    }

    pub(super) fn is_served(&self, life: Lifetime, now: Now) -> bool {
        matches!(
            life.freshness(now.judged, self.renewal_offset_seconds()),
            Freshness::Fresh | Freshness::Due
        )
    }

    pub(super) fn freshness(&self, handle: f64, wall_ms: f64, monotonic_ms: f64) -> u32 {
        let now = self.observe(wall_ms, monotonic_ms).judged;
        let offset = self.renewal_offset_seconds();
        let mut store = self.store.borrow_mut();
        match store
            .touch(handle_of(handle))
            .map(|entry| entry.lifetime.freshness(now, offset))
        {
            Some(Freshness::Fresh) => 1,
            Some(Freshness::Due) => 2,
            Some(Freshness::Expiring | Freshness::Extended | Freshness::Gone) | None => 0,
        }
    }

    pub(super) fn held(&self, handle: f64) -> JsValue {
        let store = self.store.borrow();
        store
            .peek(handle_of(handle))
            .map_or(JsValue::UNDEFINED, |entry| entry.value.at(self.last.get()))
    }

    pub(super) fn epoch(&self) -> u32 {
        self.epoch.get()
    }

    /// A flight's key: what was begun before the cache was cleared serves nobody after.
    pub(super) fn flight_key(&self, key: &str) -> Text {
        let mut flight = self.epoch().to_text();
        flight.push('\n');
        flight.push_str(key);
        flight
    }

    pub(super) fn handle(&self, key: &str) -> f64 {
        let handle = self.store.borrow().find(key);
        handle.map_or(NO_HANDLE, |handle| handle.to_number() as f64)
    }

    pub(super) fn find(&self, key: &str) -> Option<Entry<Held>> {
        let store = self.store.borrow();
        store.peek(store.find(key)?).cloned()
    }

    pub(super) fn lifetime(&self, key: &str) -> Option<Lifetime> {
        self.find(key).map(|entry| entry.lifetime)
    }

    /// Of a user's tokens that serve a request, key and life of the one that lives longest.
    pub(super) fn look_up(&self, partition: &str, wanted: Wanted<'_>) -> Option<(Text, Lifetime)> {
        let partitions = self.partitions.borrow();
        let tokens = &partitions.get(partition)?.tokens;
        let serving = tokens
            .iter()
            .filter(|token| token.serves(wanted))
            .filter_map(|token| Some((token.key.clone(), self.lifetime(&token.key)?)));
        serving.max_by_key(|(_, life)| life.expires)
    }

    pub(super) fn refresh_token(&self, partition: &str) -> Option<RefreshToken> {
        let partitions = self.partitions.borrow();
        partitions
            .get(partition)?
            .refresh_token(&self.configuration.client_id)
            .cloned()
    }

    pub(super) fn forget_refresh_token(&self, partition: &str, dead: &Secret, now: Now) {
        self.partitions
            .borrow_mut()
            .change(partition, now.judged, |user| {
                user.refresh_tokens
                    .retain(|token| token.secret.expose() != dead.expose());
            });
    }

    pub(super) fn knows_account(&self, entities: &Entities) -> bool {
        let partitions = self.partitions.borrow();
        entities.tokens.iter().any(|token| {
            token.user.as_ref().is_some_and(|user| {
                let key = partition::key(&token.environment, Owner::User(&user.home_account_id));
                partitions
                    .get(&key)
                    .is_some_and(|partition| partition.account.is_some())
            })
        })
    }

    /// Takes entities into the cache, unless it was cleared since the epoch in which they were asked for. Gives the
    /// object of the token of `key`.
    pub(super) fn keep(
        &self,
        entities: Entities,
        key: &str,
        is_kept: bool,
        now: Now,
    ) -> Option<JsValue> {
        let mut object = None;
        if is_kept {
            self.keep_persons(&entities, now);
        }
        for mut token in entities.tokens {
            let home = token
                .user
                .as_ref()
                .map(|user| partition::key(&token.environment, Owner::User(&user.home_account_id)));
            let known = self.find(&token.key);
            if let Some(known) = &known
                && token.other.is_empty()
            {
                // A renewed token is filed as the one that it renews.
                token.other = known.value.other();
            }
            let value = {
                let partitions = self.partitions.borrow();
                let home = home.as_deref().and_then(|home| partitions.get(home));
                let same = |id: &str| {
                    token
                        .user
                        .as_ref()
                        .is_some_and(|user| user.home_account_id == id)
                };
                let own_account = || {
                    let mut accounts = entities.accounts.iter();
                    accounts.find(|account| same(&account.home_account_id))
                };
                let own_id_token = || {
                    entities.id_tokens.iter().find(|id_token| {
                        same(&id_token.home_account_id) && id_token.realm == token.realm
                    })
                };
                let client_id = &self.configuration.client_id;
                let own_refresh_token = || {
                    let mut refresh_tokens = entities.refresh_tokens.iter();
                    refresh_tokens.find(|refresh_token| same(&refresh_token.home_account_id))
                };
                let refresh_token = match home {
                    Some(home) if is_kept => home.refresh_token(client_id),
                    _ => own_refresh_token(),
                };
                // What is kept lies there already.
                let person = Person {
                    account: match home {
                        Some(home) if is_kept => home.account.as_ref(),
                        _ => own_account(),
                    },
                    id_token: match home {
                        Some(home) if is_kept => home.id_token(&token.realm, &token.client_id),
                        _ => own_id_token(),
                    },
                    until: refresh_token.and_then(|token| token.expires_on_seconds),
                };
                Held::new(&token, person, now)
            };
            if token.key == key {
                object = Some(value.at(now));
            }
            // One that was read in may be the same that is known under what was asked for; caches count whole seconds.
            let known = known.map(|known| known.lifetime);
            let is_newer = known.or_else(|| self.twin(&token)).is_none_or(|known| {
                token.key == key || token.lifetime.obtained.ms_since(known.obtained) > SECOND_MS
            });
            if is_kept && is_newer {
                self.keep_token(&token, value, now);
            }
        }
        object
    }

    /// The life of a user's token that MSAL's schema would file under the same key.
    fn twin(&self, token: &AccessToken) -> Option<Lifetime> {
        let own = TokenRef::of(token)?;
        let partition = token.user.as_ref()?.partition(&token.environment);
        let partitions = self.partitions.borrow();
        let twin = partitions.get(&partition)?.tokens.iter().find(|known| {
            known.granted == own.granted
                && known.realm == own.realm
                && known.client_id == own.client_id
                && known.variant == own.variant
        })?;
        self.lifetime(&twin.key)
    }

    fn keep_persons(&self, entities: &Entities, now: Now) {
        let mut partitions = self.partitions.borrow_mut();
        let mut change =
            |environment: &str, id: &str, change: &mut dyn FnMut(&mut partition::Partition)| {
                let key = partition::key(environment, Owner::User(id));
                partitions.change(&key, now.judged, change);
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

    fn keep_token(&self, token: &AccessToken, value: Held, now: Now) {
        let size = held::size_bytes(token);
        let entry = Entry {
            lifetime: token.lifetime,
            value,
        };
        self.store
            .borrow_mut()
            .insert(&token.key, entry, size, now.judged);
        if let (Some(found), Some(user)) = (TokenRef::of(token), &token.user) {
            // What was got on behalf of a user is that user's as well.
            let own = partition::key(&token.environment, Owner::User(&user.home_account_id));
            let shared = user.partition(&token.environment);
            let mut partitions = self.partitions.borrow_mut();
            for key in [Some(&own), Some(&shared).filter(|key| **key != own)] {
                let Some(key) = key else { continue };
                partitions.change(key, now.judged, |partition| {
                    // What has left the store is of no use to anybody.
                    partition
                        .tokens
                        .retain(|known| self.store.borrow().find(&known.key).is_some());
                    partition.keep_token(found.clone());
                });
            }
        }
    }

    /// Remembers whose accounts came, where an index of accounts is persisted.
    pub(super) fn note(&self, entities: &Entities) {
        if !self.configuration.has_index() {
            return;
        }
        let mut unnoted = self.unnoted.borrow_mut();
        for account in &entities.accounts {
            let key = partition::key(&account.environment, Owner::User(&account.home_account_id));
            if !unnoted.contains(&key) {
                unnoted.push(key);
            }
        }
    }

    /// Whose accounts came since this was asked last.
    pub(super) fn take_unnoted(&self) -> Vec<Text> {
        self.unnoted.take()
    }

    /// How many accounts were removed until now.
    pub(super) fn removals(&self) -> u32 {
        self.removals.get()
    }

    /// Whether an account was removed after so many others: what was asked for before must not bring it back.
    pub(super) fn is_removed_since(&self, partition: &str, removals: u32) -> bool {
        let removed = self.removed.borrow();
        let oldest = removed.first().map_or(0, |(_, number)| *number);
        removals < oldest.saturating_sub(1)
            || removed
                .iter()
                .any(|(key, number)| *number > removals && key == partition)
    }

    pub(super) fn remove_partition(&self, key: &str) {
        self.removals.set(self.removals.get() + 1);
        let mut removed = self.removed.borrow_mut();
        if removed.len() >= MAX_REMOVED {
            removed.remove(0);
        }
        removed.push((key.to_text(), self.removals.get()));
        drop(removed);
        let home = self.partitions.borrow_mut().remove(key);
        let Some(home) = home else {
            return;
        };
        let id = home.account.map(|account| account.home_account_id);
        let mut store = self.store.borrow_mut();
        let of_user: Vec<Text> = store
            .iter()
            .filter(|(_, entry)| {
                let user = entry.value.user();
                user.is_some_and(|user| Some(&user.home_account_id) == id.as_ref())
            })
            .map(|(key, _)| key.to_text())
            .chain(home.tokens.into_iter().map(|token| token.key))
            .collect();
        for key in of_user {
            if let Some(handle) = store.find(&key) {
                store.remove(handle);
            }
        }
    }

    /// Puts off renewing ahead, after it has failed.
    pub(super) fn postpone_refresh(&self, key: &str, now: Now) {
        let mut store = self.store.borrow_mut();
        let Some(handle) = store.find(key) else {
            return;
        };
        if let Some(entry) = store.touch(handle) {
            entry.lifetime.postpone_refresh(now.judged);
        }
    }

    pub(super) fn discovered(&self, authority: &Authority) -> Option<Metadata> {
        // The endpoints of the others follow from the address; their issuer and keys are known by the key set.
        if authority.has_known_issuer() {
            return None;
        }
        let location = authority.location();
        let discovered = self.discovered.borrow();
        discovered
            .iter()
            .find(|(of, _)| *of == location)
            .map(|(_, metadata)| metadata.clone())
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
        let keys = self.keys.borrow();
        keys.iter().find(|known| known.uri == uri).cloned()
    }

    pub(super) fn learn(&self, location: &str, learned: Learned) {
        match learned {
            Learned::Metadata(metadata) => {
                let mut discovered = self.discovered.borrow_mut();
                discovered.retain(|(known, _)| known != location);
                if discovered.len() >= MAX_DISCOVERED {
                    discovered.remove(0);
                }
                discovered.push((location.to_text(), metadata));
            }
            Learned::Keys(fetched) => {
                let mut keys = self.keys.borrow_mut();
                keys.retain(|known| known.uri != fetched.uri);
                if keys.len() >= MAX_DISCOVERED {
                    keys.remove(0);
                }
                keys.push(fetched);
            }
        }
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.store.borrow().len()
    }

    /// The whole cache in MSAL's schema.
    pub(super) fn to_schema(&self, now: Now) -> Value {
        msal_schema::write(&self.entities(now), &self.rest.borrow(), now)
    }

    fn entities(&self, now: Now) -> Entities {
        let store = self.store.borrow();
        let tokens = store
            .iter()
            .filter(|(_, entry)| entry.lifetime.freshness(now.judged, 0) != Freshness::Gone)
            .filter_map(|(key, entry)| held::from_js(key, entry, &self.configuration.capabilities))
            .collect();
        let mut entities = Entities {
            tokens,
            ..Entities::default()
        };
        for partition in self.partitions.borrow().in_order() {
            entities.accounts.extend(partition.account.clone());
            entities.id_tokens.extend(partition.id_tokens.clone());
            entities
                .refresh_tokens
                .extend(partition.refresh_tokens.clone());
        }
        entities
    }

    /// Forgets every token; unless it is only to be read anew, what is asked for now is not kept either.
    pub(super) fn forget_all(&self, reload: bool) {
        self.clear();
        if !reload {
            self.epoch.set(self.epoch.get() + 1);
        }
    }

    fn clear(&self) {
        self.store.borrow_mut().clear();
        self.partitions.borrow_mut().clear();
        *self.rest.borrow_mut() = Value::Object(Vec::new());
    }

    pub(super) fn import(&self, text: &JsValue, replace: bool, now: Now) -> Result<(), Error> {
        let cache = json::parse_js(text).unwrap_or(Value::Null);
        let authority = self.configuration.authority(None).ok();
        let reader = Reader {
            authority: authority.as_ref(),
            capabilities: &self.configuration.capabilities,
            parse_json: json::parse,
        };
        let imported = msal_schema::read(&cache, reader, now)?;
        if replace {
            self.clear();
        }
        self.keep(imported.entities, "", true, now);
        self.rest.borrow_mut().merge(imported.rest);
        Ok(())
    }
}

/// A negative number is no handle, though it would be cast to the first.
fn handle_of(number: f64) -> Handle {
    Handle::from_number(if number < 0.0 {
        u64::MAX
    } else {
        number as u64
    })
}
