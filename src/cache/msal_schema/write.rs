//! Writing a cache.

use super::read::MAX_CLOCK_SKEW_MS;
use super::{
    ACCESS_TOKEN, ACCOUNT, APP_METADATA, FOUND_BY, ID_TOKEN, REFRESH_TOKEN, SECTIONS,
    access_token_key, filed_under, id_token_key, refresh_token_key,
};
use crate::cache::access_token::{AccessToken, IdToken, RefreshToken, TokenUser};
use crate::cache::entities::Entities;
use crate::cache::index::{Index, hash};
use crate::protocol::json::Value;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::{Moment, Now};

/// Adds to a user's token how it is found, for a cache of our own.
pub fn mark(token: &mut AccessToken) {
    let Some(user) = &token.user else {
        return;
    };
    let members = [
        ("key", token.key.clone()),
        ("location", user.location.clone()),
        ("asked", text::join(&user.asked, " ")),
        ("variant", user.variant.clone()),
    ];
    let members = members
        .into_iter()
        .map(|(name, text)| (name.to_text(), Value::String(text)))
        .collect();
    token.other.retain(|(name, _)| name != FOUND_BY);
    token
        .other
        .push((FOUND_BY.to_text(), Value::Object(members)));
}

/// Writes a cache: `entities`, and what [`read`](super::read) had kept.
#[must_use]
pub fn write(entities: &Entities, rest: &Value, now: Now) -> Value {
    let mut sections: Vec<(Text, Value)> = rest.as_object().unwrap_or_default().to_vec();
    for name in SECTIONS {
        if !sections.iter().any(|(known, _)| known == name) {
            sections.push(((*name).to_text(), Value::Object(Vec::new())));
        }
    }
    for (name, section) in &mut sections {
        let Value::Object(entries) = section else {
            continue;
        };
        let mut places = Index::default();
        for (place, (key, _)) in entries.iter().enumerate() {
            places.insert(hash(key), place as u32);
        }
        // In place of an entry of the same key, unless that one is a later token, by a clock that can be believed.
        let mut put = |key: Text, entry: Value| {
            let hash = hash(&key);
            let is_it = |place: u32| {
                entries
                    .get(place as usize)
                    .is_some_and(|(known, _)| *known == key)
            };
            let latest = (now.wall.0 + MAX_CLOCK_SKEW_MS) / 1_000;
            let cached_at = |entry: &Value| {
                let at = entry.get("cached_at").and_then(Value::as_integer);
                at.filter(|at| *at <= latest)
            };
            let place = places.find(hash, is_it);
            match place.and_then(|place| entries.get_mut(place as usize)) {
                Some((_, known)) if cached_at(known) > cached_at(&entry) => {}
                Some((_, known)) if *name == APP_METADATA => set(known, entry),
                Some((_, known)) => *known = entry,
                None => {
                    places.insert(hash, entries.len() as u32);
                    entries.push((key, entry));
                }
            }
        };
        match name.as_str() {
            ACCOUNT => {
                for account in &entities.accounts {
                    put(account.entity_key(), account.to_entity());
                }
            }
            ID_TOKEN => {
                for token in &entities.id_tokens {
                    let environment = filed_under(&token.other, &token.environment);
                    put(id_token_key(token, environment), id_token_entry(token));
                }
            }
            ACCESS_TOKEN => {
                for token in &entities.tokens {
                    // Nobody knows whose it is: in a cache it would look like the application's own.
                    let is_nobodys = |user: &TokenUser| {
                        user.home_account_id.is_empty() && user.assertion_hash.is_empty()
                    };
                    if token.user.as_ref().is_some_and(is_nobodys) {
                        continue;
                    }
                    // The schema's key does not tell apart what our own does.
                    let marked = token.other.iter().any(|(name, _)| name == FOUND_BY);
                    let key = if marked {
                        token.key.clone()
                    } else {
                        access_token_key(token)
                    };
                    put(key, access_token_entry(token, now));
                }
            }
            REFRESH_TOKEN => {
                for token in &entities.refresh_tokens {
                    let environment = filed_under(&token.other, &token.environment);
                    put(
                        refresh_token_key(token, environment),
                        refresh_token_entry(token),
                    );
                }
            }
            APP_METADATA => {
                // By this MSAL finds a family's refresh token.
                let all = entities.refresh_tokens.iter();
                for token in all.filter(|token| !token.family_id.is_empty()) {
                    let environment = filed_under(&token.other, &token.environment);
                    put(
                        text::lower(&text::join(
                            &["appmetadata", environment, &token.client_id],
                            "-",
                        )),
                        texts(&[
                            ("client_id", &token.client_id),
                            ("environment", environment),
                            ("family_id", &token.family_id),
                        ]),
                    );
                }
            }
            _ => {}
        }
    }
    Value::Object(sections)
}

fn access_token_entry(token: &AccessToken, now: Now) -> Value {
    // To the nearest second: the two clocks drift apart by milliseconds.
    let seconds = |moment: Moment| ((now.to_wall(moment).0 + 500) / 1_000).to_text();
    let lifetime = &token.lifetime;
    let refresh = lifetime.refresh.map(seconds).unwrap_or_default();
    let (owner, assertion_hash) = token.user.as_ref().map_or(("", ""), |user| {
        (user.home_account_id.as_str(), user.assertion_hash.as_str())
    });
    entry(
        ACCESS_TOKEN,
        [owner, &token.environment, &token.client_id],
        &token.secret,
        &[
            ("realm", &token.realm),
            ("target", &token.target),
            ("cached_at", &seconds(lifetime.obtained)),
            ("expires_on", &seconds(lifetime.expires)),
            ("extended_expires_on", &seconds(lifetime.extended_expires)),
            ("refresh_on", &refresh),
            ("token_type", &token.token_type),
            ("userAssertionHash", assertion_hash),
        ],
        &token.other,
    )
}

fn id_token_entry(token: &IdToken) -> Value {
    entry(
        ID_TOKEN,
        [&token.home_account_id, &token.environment, &token.client_id],
        &token.secret,
        &[("realm", &token.realm)],
        &token.other,
    )
}

fn refresh_token_entry(token: &RefreshToken) -> Value {
    let expires_on = token.expires_on_seconds.map(|seconds| seconds.to_text());
    entry(
        REFRESH_TOKEN,
        [&token.home_account_id, &token.environment, &token.client_id],
        &token.secret,
        &[
            ("family_id", &token.family_id),
            ("expires_on", &expires_on.unwrap_or_default()),
        ],
        &token.other,
    )
}

/// Sets members of an entry, and keeps its others.
fn set(known: &mut Value, members: Value) {
    let (Value::Object(known), Value::Object(members)) = (known, members) else {
        return;
    };
    for (name, value) in members {
        known.retain(|(other, _)| *other != name);
        known.push((name, value));
    }
}

fn texts(members: &[(&str, &str)]) -> Value {
    let members = members.iter();
    let members = members.map(|(name, text)| (name.to_text(), Value::String(text.to_text())));
    Value::Object(members.collect())
}

/// An entry; of `members` those that are not empty.
fn entry(
    credential_type: &str,
    [owner, environment, client_id]: [&str; 3],
    secret: &Secret,
    members: &[(&str, &str)],
    other: &[(Text, Value)],
) -> Value {
    let first = [
        ("home_account_id", owner),
        ("environment", environment),
        ("credential_type", credential_type),
        ("client_id", client_id),
        ("secret", secret.expose()),
    ];
    let further = members.iter().copied().filter(|(_, text)| !text.is_empty());
    let mut all: Vec<(Text, Value)> = first
        .into_iter()
        .chain(further)
        .map(|(name, text)| (name.to_text(), Value::String(text.to_text())))
        .collect();
    for (name, value) in other {
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.clone(),
            None => all.push((name.clone(), value.clone())),
        }
    }
    Value::Object(all)
}
