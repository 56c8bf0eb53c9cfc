//! The bounded store: a hash index over a slab of entries in the order of their use.
//!
//! A caller keeps a [`Handle`] to an entry that it has found once; looking it up takes neither hash nor text. A handle
//! holds its slot's generation, so one that outlived its entry finds nothing, never another entry.
//!
//! Every operation is O(1). Expired entries leave as new ones come: each insertion looks at two further slots.

use super::index::{Index, hash};
use super::lifetime::Lifetime;
use crate::time::Moment;

/// The end of the list of slots.
const NONE: u32 = u32::MAX;

/// Bits of a [`Handle`]'s number that are the slot; the rest, up to 53 bits in all, are its generation.
const INDEX_BITS: u32 = 26;

/// A slot whose generation reaches this is not used again.
const LAST_GENERATION: u32 = (1 << 27) - 1;

/// How many slots an insertion looks at for expired entries.
const SWEPT_PER_INSERT: usize = 2;

/// What an entry takes beside its key and value, in bytes, roughly.
const ENTRY_OVERHEAD_BYTES: usize = 128;

/// The number of an entry: slot and generation.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    index: u32,
    generation: u32,
}

impl Handle {
    /// As a whole number below 2^53, which JavaScript holds exactly.
    #[must_use]
    pub fn to_number(self) -> u64 {
        u64::from(self.generation) << INDEX_BITS | u64::from(self.index)
    }

    /// From [`Handle::to_number`]; any other number is a handle that finds nothing.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        let index = (number & ((1 << INDEX_BITS) - 1)) as u32;
        Self {
            index,
            generation: u32::try_from(number >> INDEX_BITS).unwrap_or(u32::MAX),
        }
    }
}

/// The bounds of a store.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most entries.
    pub max_entries: usize,
    /// The most bytes, keys and values together.
    pub max_bytes: usize,
}

/// An entry: a value with its life.
#[derive(Clone, Debug)]
pub struct Entry<V> {
    /// How long it serves.
    pub lifetime: Lifetime,
    /// What is kept.
    pub value: V,
}

#[derive(Clone, Debug)]
struct Slot<V> {
    generation: u32,
    newer: u32,
    older: u32,
    occupied: Option<Occupied<V>>,
}

#[derive(Clone, Debug)]
struct Occupied<V> {
    key: Box<str>,
    bytes: usize,
    entry: Entry<V>,
}

/// Entries by key, bounded; the least recently used go first.
#[derive(Clone, Debug)]
pub struct Store<V> {
    bounds: Bounds,
    index: Index,
    slots: Vec<Slot<V>>,
    free: Vec<u32>,
    newest: u32,
    oldest: u32,
    bytes: usize,
    sweep_at: usize,
}

impl<V> Store<V> {
    /// An empty store. A bound of zero keeps nothing.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let bounds = Bounds {
            max_entries: bounds.max_entries.min((1 << INDEX_BITS) - 1),
            ..bounds
        };
        Self {
            bounds,
            index: Index::default(),
            slots: Vec::new(),
            free: Vec::new(),
            newest: NONE,
            oldest: NONE,
            bytes: 0,
            sweep_at: 0,
        }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.len() == 0
    }

    /// What the entries take, in bytes, as told at their insertion.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The handle of a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Handle> {
        let index = self
            .index
            .find(hash(key), |index| self.key_at(index) == Some(key))?;
        Some(Handle {
            index,
            generation: self.slots.get(index as usize)?.generation,
        })
    }

    /// The entry of a handle, without counting as a use.
    #[must_use]
    pub fn peek(&self, handle: Handle) -> Option<&Entry<V>> {
        let slot = self
            .slots
            .get(handle.index as usize)
            .filter(|slot| slot.generation == handle.generation)?;
        slot.occupied.as_ref().map(|occupied| &occupied.entry)
    }

    /// The entry of a handle, which becomes the most recently used.
    pub fn touch(&mut self, handle: Handle) -> Option<&mut Entry<V>> {
        self.peek(handle)?;
        if self.newest != handle.index {
            self.unlink(handle.index);
            self.link_newest(handle.index);
        }
        self.slots[handle.index as usize]
            .occupied
            .as_mut()
            .map(|occupied| &mut occupied.entry)
    }

    /// Keeps an entry under its key, in place of one that is there, and makes room for it. `bytes` is what the value
    /// takes. `None` where it is larger than the whole store may be.
    pub fn insert(
        &mut self,
        key: &str,
        entry: Entry<V>,
        bytes: usize,
        now: Moment,
    ) -> Option<Handle> {
        if let Some(handle) = self.find(key) {
            self.remove(handle);
        }
        self.sweep(now);
        let bytes = bytes
            .saturating_add(key.len())
            .saturating_add(ENTRY_OVERHEAD_BYTES);
        if bytes > self.bounds.max_bytes || self.bounds.max_entries == 0 {
            return None;
        }
        while self.len() >= self.bounds.max_entries || self.bytes + bytes > self.bounds.max_bytes {
            self.remove_at(self.oldest);
        }
        let index = self.free_slot();
        self.slots[index as usize].occupied = Some(Occupied {
            key: key.into(),
            bytes,
            entry,
        });
        self.bytes += bytes;
        self.link_newest(index);
        self.index.insert(hash(key), index);
        Some(Handle {
            index,
            generation: self.slots[index as usize].generation,
        })
    }

    /// Removes an entry and gives it back.
    pub fn remove(&mut self, handle: Handle) -> Option<Entry<V>> {
        self.peek(handle)?;
        self.remove_at(handle.index)
    }

    /// Removes everything. Handles given out before find nothing afterwards.
    pub fn clear(&mut self) {
        while self.oldest != NONE {
            self.remove_at(self.oldest);
        }
    }

    /// All entries with their keys, the most recently used first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry<V>)> {
        let mut at = self.newest;
        core::iter::from_fn(move || {
            let slot = self.slots.get(at as usize)?;
            at = slot.older;
            slot.occupied
                .as_ref()
                .map(|occupied| (&*occupied.key, &occupied.entry))
        })
    }

    fn key_at(&self, index: u32) -> Option<&str> {
        self.slots
            .get(index as usize)?
            .occupied
            .as_ref()
            .map(|occupied| &*occupied.key)
    }

    fn sweep(&mut self, now: Moment) {
        for _ in 0..SWEPT_PER_INSERT.min(self.slots.len()) {
            self.sweep_at = (self.sweep_at + 1) % self.slots.len();
            let lifetime = self.slots[self.sweep_at]
                .occupied
                .as_ref()
                .map(|occupied| occupied.entry.lifetime);
            if lifetime.is_some_and(|life| now >= life.expires && now >= life.extended_expires) {
                self.remove_at(self.sweep_at as u32);
            }
        }
    }

    fn free_slot(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot {
                generation: 0,
                newer: NONE,
                older: NONE,
                occupied: None,
            });
            (self.slots.len() - 1) as u32
        })
    }

    fn remove_at(&mut self, index: u32) -> Option<Entry<V>> {
        let hash = hash(self.key_at(index)?);
        self.index.remove(hash, index);
        self.unlink(index);
        let slot = &mut self.slots[index as usize];
        let occupied = slot.occupied.take()?;
        slot.generation += 1;
        if slot.generation < LAST_GENERATION {
            self.free.push(index);
        }
        self.bytes -= occupied.bytes;
        Some(occupied.entry)
    }

    fn unlink(&mut self, index: u32) {
        let Slot { newer, older, .. } = self.slots[index as usize];
        match self.slots.get_mut(newer as usize) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
    }

    fn link_newest(&mut self, index: u32) {
        let before = self.newest;
        self.slots[index as usize].newer = NONE;
        self.slots[index as usize].older = before;
        match self.slots.get_mut(before as usize) {
            Some(slot) => slot.newer = index,
            None => self.oldest = index,
        }
        self.newest = index;
    }
}
