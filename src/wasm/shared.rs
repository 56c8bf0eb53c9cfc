//! What a client and its calls share: the cache in memory, the clock, and what is known of providers.

use super::configuration::Configuration;
use super::held::Held;
use super::json;
use crate::cache::access_token::RefreshToken;
use crate::cache::entities::Entities;
use crate::cache::key::Owner;
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::cache::memory::Memory;
use crate::cache::msal_schema::Reader;
use crate::cache::partition::{self, Wanted};
use crate::cache::store::{Entry, Handle};
use crate::error::Error;
use crate::flow::learned::{Learned, Providers};
use crate::flow::unstored::Unstored;
use crate::protocol::authority::Authority;
use crate::protocol::json::Value;
use crate::protocol::metadata::Metadata;
use crate::secret::Secret;
use crate::text::{Text, ToText};
use crate::time::{Clock, Moment, Now};
use core::cell::{Cell, Ref, RefCell};
use wasm_bindgen::JsValue;

/// A handle's number where there is none.
const NO_HANDLE: f64 = -1.0;

/// Removed accounts that are remembered while calls are under way.
const MAX_REMOVED: usize = 100;

/// What a client and its acquisitions share.
pub(super) struct Shared {
    pub(super) configuration: Configuration,
    clock: RefCell<Clock>,
    /// The present as last observed.
    last: Cell<Now>,
    pub(super) memory: RefCell<Memory<Held>>,
    providers: RefCell<Providers>,
    /// The partitions of users who are newer than a persisted index.
    unnoted: RefCell<Vec<Text>>,
    unstored: RefCell<Unstored>,
    /// The accounts that were removed, each with its number; the oldest are forgotten.
    removed: RefCell<Vec<(Text, u32)>>,
    removals: Cell<u32>,
    /// How often the cache was cleared: what was asked for before is not kept after.
    epoch: Cell<u32>,
}

impl Shared {
    pub(super) fn new(configuration: Configuration) -> Self {
        let bounds = configuration.cache.bounds;
        Self {
            configuration,
            clock: RefCell::default(),
            last: Cell::new(Now::at(Moment(0))),
            memory: RefCell::new(Memory::new(bounds)),
            providers: RefCell::default(),
            unnoted: RefCell::default(),
            unstored: RefCell::default(),
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
        let mut memory = self.memory.borrow_mut();
        match memory
            .touch(handle_of(handle))
            .map(|entry| entry.lifetime.freshness(now, offset))
        {
            Some(Freshness::Fresh) => 1,
            Some(Freshness::Due) => 2,
            Some(Freshness::Expiring | Freshness::Extended | Freshness::Gone) | None => 0,
        }
    }

    pub(super) fn held(&self, handle: f64) -> JsValue {
        let memory = self.memory.borrow();
        memory
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
        let handle = self.memory.borrow().handle(key);
        handle.map_or(NO_HANDLE, |handle| handle.to_number() as f64)
    }

    pub(super) fn find(&self, key: &str) -> Option<Entry<Held>> {
        self.memory.borrow().find(key).cloned()
    }

    #[cfg(feature = "confidential")]
    pub(super) fn lifetime(&self, key: &str) -> Option<Lifetime> {
        self.memory.borrow().lifetime(key)
    }

    pub(super) fn look_up(&self, partition: &str, wanted: Wanted<'_>) -> Option<(Text, Lifetime)> {
        self.memory.borrow().look_up(partition, wanted)
    }

    pub(super) fn refresh_token(&self, partition: &str, location: &str) -> Option<RefreshToken> {
        let memory = self.memory.borrow();
        memory
            .refresh_token(partition, &self.configuration.client_id, location)
            .cloned()
    }

    pub(super) fn forget_refresh_token(&self, partition: &str, dead: &Secret, now: Now) {
        let mut memory = self.memory.borrow_mut();
        memory.forget_refresh_token(partition, dead, now);
    }

    pub(super) fn knows_account(&self, entities: &Entities) -> bool {
        self.memory.borrow().knows_account(entities)
    }

    /// Takes entities into the cache, if they are to be kept. Gives the object of the token of `key`.
    pub(super) fn keep(
        &self,
        entities: Entities,
        key: &str,
        is_kept: bool,
        now: Now,
    ) -> Option<JsValue> {
        let mut memory = self.memory.borrow_mut();
        let held = memory.keep(entities, key, is_kept, now, |token, person| {
            Held::new(token, person, now)
        });
        held.map(|held| held.at(now))
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

    /// Notes whether the token store has what came for a user.
    pub(super) fn note_stored(&self, partition: &str, is_stored: bool) {
        self.unstored.borrow_mut().note(partition, is_stored);
    }

    /// Whether something came for a user that the token store does not have.
    pub(super) fn is_unstored(&self, partition: &str) -> bool {
        self.unstored.borrow().has(partition)
    }

    /// Whose accounts were removed.
    pub(super) fn removed(&self) -> Vec<Text> {
        let removed = self.removed.borrow();
        removed.iter().map(|(key, _)| key.clone()).collect()
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
        self.note_stored(key, true);
        self.memory.borrow_mut().remove(key);
    }

    pub(super) fn postpone_refresh(&self, key: &str, now: Now) {
        self.memory.borrow_mut().postpone_refresh(key, now);
    }

    pub(super) fn discovered(&self, authority: &Authority) -> Option<Metadata> {
        self.providers.borrow().discovered(authority)
    }

    /// What is known of providers.
    pub(super) fn providers(&self) -> Ref<'_, Providers> {
        self.providers.borrow()
    }

    pub(super) fn learn(&self, location: &str, learned: Learned) {
        self.providers.borrow_mut().learn(location, learned);
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.memory.borrow().len()
    }

    /// The whole cache in MSAL's schema.
    pub(super) fn to_schema(&self, now: Now) -> Value {
        let memory = self.memory.borrow();
        memory.write(&self.configuration.capabilities, now)
    }

    pub(super) fn saved(&self) {
        self.memory.borrow_mut().saved();
    }

    /// Forgets every token; unless it is only to be read anew, what is asked for now is not kept either.
    pub(super) fn forget_all(&self, reload: bool) {
        let mut memory = self.memory.borrow_mut();
        memory.clear();
        if !reload {
            memory.saved();
            self.unstored.borrow_mut().clear();
            self.epoch.set(self.epoch.get() + 1);
        }
    }

    pub(super) fn import(&self, text: &JsValue, replace: bool, now: Now) -> Result<(), Error> {
        let cache = json::parse_js(text).unwrap_or(Value::Null);
        let authority = self.configuration.authority(None).ok();
        let reader = Reader {
            authority: authority.as_ref(),
            capabilities: &self.configuration.capabilities,
            parse_json: json::parse,
        };
        let mut memory = self.memory.borrow_mut();
        memory.read(&cache, reader, replace, now, |token, person| {
            Held::new(token, person, now)
        })
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
