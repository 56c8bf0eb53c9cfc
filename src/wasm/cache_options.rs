//! MSAL's `cache` options, and ours: where tokens lie, and how many.

use super::configuration::Place;
use super::field::Fields;
use crate::cache::store::Bounds;
use crate::error::Error;
use crate::text::{self, Text, ToText};

const MEMORY: &str = "memoryStorage";

/// Room for 100 000 tenants' tokens of Entra's usual size.
const DEFAULT_MAX_ENTRIES: u32 = 200_000;
const DEFAULT_MAX_BYTES: u32 = 512 * 1024 * 1024;

/// Where a cache lies that outlives the program.
#[derive(Clone, Copy)]
pub(super) struct StoreKind {
    pub(super) can_list: bool,
    /// Whether the accounts of users lie in an index of their own.
    pub(super) holds_accounts: bool,
}

/// Where tokens lie.
pub(super) struct CacheOptions {
    /// Of the cache in memory.
    pub(super) bounds: Bounds,
    /// The program's token store, or what a page persists in.
    pub(super) store: Option<StoreKind>,
    /// Where the cache of a page lies.
    pub(super) location: Text,
}

impl CacheOptions {
    pub(super) fn read(cache: &Fields<'_>, place: Place) -> Self {
        let location = cache_location(cache, place);
        let mut store = cache.noted(token_store(cache));
        if store.is_none() && location != MEMORY {
            store = Some(StoreKind {
                can_list: false,
                holds_accounts: true,
            });
        }
        let number =
            |name: &str, default: u32| cache.number(name, u32::MAX).unwrap_or(default) as usize;
        Self {
            bounds: Bounds {
                max_entries: number("maxEntries", DEFAULT_MAX_ENTRIES),
                max_bytes: number("maxBytes", DEFAULT_MAX_BYTES),
            },
            store,
            location,
        }
    }
}

/// Where the cache lies: in memory, unless a page's client says otherwise.
fn cache_location(cache: &Fields<'_>, place: Place) -> Text {
    let given = cache.text("cacheLocation");
    let allowed = match (place, given.as_deref()) {
        (Place::Page, None) => return "sessionStorage".to_text(),
        (_, None) => return MEMORY.to_text(),
        (place, Some(location)) if !place.is_of_page() => location == MEMORY,
        (_, Some(location)) => {
            matches!(
                location,
                MEMORY | "indexedDB" | "sessionStorage" | "localStorage"
            )
        }
    };
    if !allowed {
        cache.refuse(&[(
            "cacheLocation",
            if place.is_of_page() {
                "Give memoryStorage, sessionStorage, localStorage or indexedDB."
            } else {
                "Off a page there is memoryStorage only; cache.tokenStore and cache.cachePlugin keep tokens elsewhere."
            },
        )]);
    }
    given.unwrap_or_default()
}

/// What the program's token store can do; `None` where there is none.
fn token_store(cache: &Fields<'_>) -> Result<Option<StoreKind>, Error> {
    for (member, methods) in [
        (
            "cachePlugin",
            &["beforeCacheAccess", "afterCacheAccess"][..],
        ),
        ("tokenStore", &["get", "set", "delete"][..]),
    ] {
        let fields = cache.inner(member, member);
        if cache.has(member) && !methods.iter().all(|name| fields.get(name).is_function()) {
            let reason = text::concat(&["has not all of ", &text::join(methods, ", ")]);
            return Err(cache
                .invalid(member, &reason)
                .with_hint("Give an object with these methods."));
        }
    }
    let store = cache.get("tokenStore");
    if store.is_undefined() {
        return Ok(None);
    }
    if cache.has("cachePlugin") {
        return Err(cache
            .invalid("tokenStore", "cannot be used beside cache.cachePlugin")
            .with_hint("Give one of the two: cachePlugin for MSAL's one blob, tokenStore for an entry each."));
    }
    Ok(Some(StoreKind {
        holds_accounts: false,
        can_list: cache
            .inner("tokenStore", "tokenStore")
            .get("list")
            .is_function(),
    }))
}
