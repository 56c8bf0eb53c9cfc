//! The accounts in the program's token store.

use super::acquired::Acquired;
use super::step::{Effect, Event, Io};
use super::token_store::{Looked, TokenStore};
use crate::cache::entities::Entities;
use crate::error::Error;
use crate::text::Text;

/// Users whose entries are loaded at once, at most: a store of many users is asked for one account at a time, by
/// [`load_one`].
const MAX_USERS: usize = 1_000;

/// Loads every user's entry into memory; of an index that holds them, the accounts alone.
///
/// # Errors
/// None: an entry that cannot be read is passed over.
pub async fn load_all(store: TokenStore, io: Io) -> Result<Acquired, Error> {
    let mut entities = Entities::default();
    let keys = if store.holds_accounts {
        entities = store.accounts(&io).await;
        store.noted(&io).await.unwrap_or_default()
    } else if store.can_list {
        match io.perform(Effect::List(store.user_prefix())).await {
            Event::Listed(keys) => keys,
            _ => Vec::new(),
        }
    } else {
        store.index(&io).await.unwrap_or_default()
    };
    for key in keys.into_iter().take(MAX_USERS) {
        if let Event::Loaded(Some(value)) = io.perform(Effect::Load(key)).await {
            entities.take_in(store.read(&value, &io));
        }
    }
    Ok(Acquired::stored(Text::new(), entities, false))
}

/// Loads one user's entry into memory.
///
/// # Errors
/// None: an entry that cannot be read is passed over.
pub async fn load_one(store: TokenStore, partition: Text, io: Io) -> Result<Acquired, Error> {
    let entities = store.load(&io, &partition).await;
    Ok(Acquired::stored(Text::new(), entities, false))
}

/// Removes a user's entry.
///
/// # Errors
/// None: the store's own failures are warnings.
pub async fn remove(store: TokenStore, partition: Text, io: Io) -> Result<Acquired, Error> {
    io.perform(Effect::Delete(store.entry_key(&partition)))
        .await;
    if !store.can_list {
        store.leave(&io, &partition).await;
    }
    Ok(Acquired::stored(Text::new(), Entities::default(), false))
}

/// Takes a user whose entry somebody else has removed out of the index, if that still has it.
///
/// # Errors
/// None: the store's own failures are warnings.
pub async fn leave(store: TokenStore, partition: Text, io: Io) -> Result<Acquired, Error> {
    if matches!(store.look(&io, &partition).await, Looked::Nothing) {
        store.leave(&io, &partition).await;
    }
    Ok(Acquired::stored(Text::new(), Entities::default(), false))
}

/// Notes users whose accounts an index does not hold as they are now.
///
/// # Errors
/// None: the store's own failures are warnings.
pub async fn note(store: TokenStore, users: Vec<Text>, io: Io) -> Result<Acquired, Error> {
    store.note(&io, &users).await;
    Ok(Acquired::stored(Text::new(), Entities::default(), false))
}

/// Brings an index that holds accounts up to date.
///
/// # Errors
/// None: what cannot be written stays noted.
pub async fn index(store: TokenStore, io: Io) -> Result<Acquired, Error> {
    store.index_noted(&io).await;
    Ok(Acquired::stored(Text::new(), Entities::default(), false))
}
