//! MSAL's cache schema, as MSAL .NET, Java, Python, Node and Go share it: a JSON object with the sections `Account`,
//! `IdToken`, `AccessToken`, `RefreshToken` and `AppMetadata`, members in snake case, numbers as texts, keys in lower
//! case.
//!
//! What this crate cannot use (other token types, other sections) is kept as it came and written out again; so are
//! members of an entry that it does not know.

use super::access_token::{AccessToken, IdToken, RefreshToken, TokenUser};
use super::account::Account;
use super::index::{Index, hash};
use super::key::{Owner, TokenKey, location_of};
use super::lifetime::Lifetime;
use super::partition::{TokenRef, Wanted};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::authority::Authority;
use crate::protocol::cloud;
use crate::protocol::json::{ParseJson, Value};
use crate::protocol::jwt::Jwt;
use crate::protocol::scope::Scopes;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::{Moment, Now};

const ACCOUNT: &str = "Account";
const ID_TOKEN: &str = "IdToken";
const ACCESS_TOKEN: &str = "AccessToken";
const REFRESH_TOKEN: &str = "RefreshToken";

/// The sections that every cache has, in MSAL's order.
const SECTIONS: &[&str] = &[
    ACCOUNT,
    ID_TOKEN,
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    "AppMetadata",
];

/// The members of tokens that are read and written here; others are kept.
const KNOWN_MEMBERS: &[&str] = &[
    "home_account_id",
    "environment",
    "credential_type",
    "client_id",
    "secret",
    "realm",
    "target",
    "cached_at",
    "expires_on",
    "extended_expires_on",
    "refresh_on",
    "token_type",
    "userAssertionHash",
    "user_assertion_hash",
    "family_id",
    FOUND_BY,
];

/// What MSAL's schema has no member for, in the entries of the program's token store: how a user's token is found.
pub const FOUND_BY: &str = "graph_token";

/// A token that says it lives longer than this is not believed, as with answers.
const MAX_LIFETIME_MS: i64 = 366 * 24 * 60 * 60 * 1_000;

/// A token that says it was cached further in the future than this is not believed.
const MAX_CLOCK_SKEW_MS: i64 = 5 * 60 * 1_000;

/// What a cache holds, read.
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

/// What [`read`] found.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What can be used.
    pub entities: Entities,
    /// The rest, as it came.
    pub rest: Value,
}

/// Whose tokens are read: decides what MSAL's schema leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The configured authority.
    pub authority: Option<&'a Authority>,
    /// The configured capabilities.
    pub capabilities: &'a [Text],
    /// The edge's parser, for what lies inside tokens.
    pub parse_json: ParseJson,
}

/// Reads a cache.
///
/// # Errors
/// `invalid_cache_record` where it is no object of objects. A single entry that cannot be read costs that entry alone.
pub fn read(cache: &Value, reader: Reader<'_>, now: Now) -> Result<Imported, Error> {
    let sections = cache.as_object().ok_or_else(not_a_cache)?;
    let mut entities = Entities::default();
    let mut rest = Vec::new();
    for (name, section) in sections {
        if !matches!(
            name.as_str(),
            ACCOUNT | ID_TOKEN | ACCESS_TOKEN | REFRESH_TOKEN
        ) {
            rest.push((name.clone(), section.clone()));
            continue;
        }
        let mut kept = Vec::new();
        for (key, entry) in section.as_object().ok_or_else(not_a_cache)? {
            if take(&mut entities, name, entry, reader, now).is_none()
                && !(name == ACCESS_TOKEN && has_expired(entry, now))
            {
                kept.push((key.clone(), entry.clone()));
            }
        }
        rest.push((name.clone(), Value::Object(kept)));
    }
    Ok(Imported {
        entities,
        rest: Value::Object(rest),
    })
}

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

/// Writes a cache: `entities`, and what [`read`] had kept.
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
        // In place of an entry of the same key, unless that one is a later token.
        let mut put = |key: Text, entry: Value| {
            let hash = hash(&key);
            let is_it = |place: u32| {
                entries
                    .get(place as usize)
                    .is_some_and(|(known, _)| *known == key)
            };
            let cached_at = |entry: &Value| entry.get("cached_at").and_then(Value::as_integer);
            let place = places.find(hash, is_it);
            match place.and_then(|place| entries.get_mut(place as usize)) {
                Some((_, known)) if cached_at(known) > cached_at(&entry) => {}
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
            _ => {}
        }
    }
    Value::Object(sections)
}

fn take(
    entities: &mut Entities,
    section: &str,
    entry: &Value,
    reader: Reader<'_>,
    now: Now,
) -> Option<()> {
    match section {
        ACCOUNT => {
            let account = Account::from_entity(entry, &environment_of(entry), reader.parse_json)?;
            entities.accounts.push(account);
        }
        ID_TOKEN => entities.id_tokens.push(id_token(entry, reader)?),
        ACCESS_TOKEN => entities.tokens.push(access_token(entry, reader, now)?),
        REFRESH_TOKEN => entities.refresh_tokens.push(refresh_token(entry)?),
        _ => {}
    }
    Some(())
}

fn access_token_key(token: &AccessToken) -> Text {
    let scheme = if token.token_type.eq_ignore_ascii_case("Bearer") {
        ""
    } else {
        &token.token_type
    };
    let owner = token
        .user
        .as_ref()
        .map(|user| user.home_account_id.as_str());
    key_of([
        owner.unwrap_or_default(),
        filed_under(&token.other, &token.environment),
        ACCESS_TOKEN,
        &token.client_id,
        &token.realm,
        &token.target,
        scheme,
    ])
}

/// The environment as the writer of an entry spells it.
fn filed_under<'a>(other: &'a [(Text, Value)], environment: &'a str) -> &'a str {
    let filed = other.iter().find(|(name, _)| name == "environment");
    filed
        .and_then(|(_, value)| value.as_str())
        .unwrap_or(environment)
}

fn id_token_key(token: &IdToken, environment: &str) -> Text {
    key_of([
        &token.home_account_id,
        environment,
        ID_TOKEN,
        &token.client_id,
        &token.realm,
        "",
        "",
    ])
}

fn refresh_token_key(token: &RefreshToken, environment: &str) -> Text {
    let owner = if token.family_id.is_empty() {
        &token.client_id
    } else {
        &token.family_id
    };
    key_of([
        &token.home_account_id,
        environment,
        REFRESH_TOKEN,
        owner,
        "",
        "",
        "",
    ])
}

fn key_of(parts: [&str; 7]) -> Text {
    let mut key = Text::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            key.push('-');
        }
        key.push_str(part);
    }
    text::lower(&key)
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

fn access_token(entry: &Value, reader: Reader<'_>, now: Now) -> Option<AccessToken> {
    if !is_told_by_our_key(entry) {
        return None;
    }
    let moment = |name: &str| {
        let seconds = entry.get(name).and_then(Value::as_integer)?;
        Some(now.to_judged(Moment(seconds.saturating_mul(1_000))))
    };
    let obtained = moment("cached_at")?;
    let expires = moment("expires_on")?;
    let extended_expires = moment("extended_expires_on")
        .filter(|extended| *extended > expires)
        .unwrap_or(expires);
    let environment = &environment_of(entry);
    let realm = &text::lower(entry.text("realm"));
    let (client_id, secret) = (entry.text("client_id"), entry.text("secret"));
    let scopes = Scopes::parse([entry.text("target")]).ok()?;
    let token_type = match entry.text("token_type") {
        "" => "Bearer",
        other => other,
    };
    let usable = !environment.is_empty()
        && !client_id.is_empty()
        && !secret.is_empty()
        && secret.bytes().all(|byte| matches!(byte, 0x21..=0x7e))
        && token_type.eq_ignore_ascii_case("Bearer")
        && obtained.ms_since(now.judged) <= MAX_CLOCK_SKEW_MS
        && extended_expires.ms_since(now.judged) <= MAX_LIFETIME_MS
        && now.judged < extended_expires;
    if !usable {
        return None;
    }
    let (hash, home_account_id) = (assertion_hash(entry), entry.text("home_account_id"));
    let owner = match (hash, home_account_id) {
        ("", "") => Owner::Application,
        ("", id) => Owner::User(id),
        (hash, _) => Owner::Assertion(hash),
    };
    let location = location_of(environment, realm, reader.authority);
    let key = TokenKey {
        location: &location,
        client_id,
        scopes: &scopes,
        owner,
        capabilities: reader.capabilities,
        query: &[],
        body: &[],
    };
    let mut key_text = key.to_text();
    let mut user = (owner != Owner::Application).then(|| TokenUser {
        home_account_id: home_account_id.to_text(),
        assertion_hash: hash.to_text(),
        location: location.clone(),
        asked: scopes.bare(environment),
        variant: key.variant(),
    });
    if let (Some(found_by), Some(user)) = (entry.get(FOUND_BY), &mut user) {
        key_text = found_by.text("key").into();
        user.location = found_by.text("location").into();
        user.variant = found_by.text("variant").into();
        user.asked = Scopes::parse([found_by.text("asked")])
            .ok()?
            .bare(environment);
    }
    Some(AccessToken {
        key: key_text,
        authority: authority_of(environment, realm, reader.authority),
        environment: environment.clone(),
        realm: realm.clone(),
        client_id: client_id.to_text(),
        target: scopes.to_wire(),
        secret: Secret::new(secret.to_text()),
        token_type: token_type.to_text(),
        lifetime: Lifetime {
            obtained,
            refresh: moment("refresh_on"),
            expires,
            extended_expires,
        },
        correlation_id: Text::new(),
        user,
        other: filed_as(entry, environment, &[]),
    })
}

fn id_token(entry: &Value, reader: Reader<'_>) -> Option<IdToken> {
    let (home_account_id, environment, client_id, secret) = credential(entry)?;
    Some(IdToken {
        other: filed_as(entry, &environment, &[]),
        home_account_id,
        environment,
        realm: entry.text("realm").to_text(),
        client_id,
        claims: Jwt::parse(secret.expose(), reader.parse_json)?.claims,
        secret,
    })
}

fn refresh_token(entry: &Value) -> Option<RefreshToken> {
    let (home_account_id, environment, client_id, secret) = credential(entry)?;
    // MSAL .NET files those of on-behalf-of under the assertion's hash: they are not the user's.
    if !assertion_hash(entry).is_empty() {
        return None;
    }
    Some(RefreshToken {
        other: filed_as(entry, &environment, &["realm", "target", "cached_at"]),
        home_account_id,
        environment,
        client_id,
        family_id: entry.text("family_id").to_text(),
        secret,
        expires_on_seconds: entry.get("expires_on").and_then(Value::as_integer),
    })
}

fn credential(entry: &Value) -> Option<(Text, Text, Text, Secret)> {
    let text = |name| Some(entry.text(name).to_text()).filter(|text| !text.is_empty());
    Some((
        text("home_account_id")?,
        Some(environment_of(entry)).filter(|text| !text.is_empty())?,
        text("client_id")?,
        Secret::new(text("secret")?),
    ))
}

/// Some MSALs file under the host that they ask, some under the cloud's preferred one: this is the latter.
fn environment_of(entry: &Value) -> Text {
    let environment = text::lower(entry.text("environment"));
    match cloud::of_host(&environment) {
        Some(cloud) => cloud.cache_host.to_text(),
        None => environment,
    }
}

fn assertion_hash(entry: &Value) -> &str {
    match entry.text("userAssertionHash") {
        "" => entry.text("user_assertion_hash"),
        hash => hash,
    }
}

/// The members that are kept of a token: with the environment and the owner as its writer spells them, so that the
/// writer finds it again.
fn filed_as(entry: &Value, environment: &str, kept: &[&str]) -> Vec<(Text, Value)> {
    let mut kept = others(entry, kept);
    for name in ["environment", "home_account_id"] {
        let ours = match entry.get(name) {
            Some(Value::String(text)) => name == "home_account_id" || text == environment,
            Some(_) => false,
            None => true,
        };
        if let (Some(value), false) = (entry.get(name), ours) {
            kept.push((name.to_text(), value.clone()));
        }
    }
    kept
}

/// The members that are kept as they came: those that nobody here knows, and `kept`.
fn others(entry: &Value, kept: &[&str]) -> Vec<(Text, Value)> {
    let members = entry.as_object().unwrap_or_default().iter();
    members
        .filter(|(name, _)| {
            !KNOWN_MEMBERS.contains(&name.as_str()) || kept.contains(&name.as_str())
        })
        .cloned()
        .collect()
}

/// Whether an access token is told from others by nothing that is not in our key.
fn is_told_by_our_key(entry: &Value) -> bool {
    let further = entry
        .get("additionalCacheKeyComponents")
        .and_then(Value::as_object)
        .unwrap_or_default();
    entry.as_object().is_some() && further.is_empty() && entry.text("resource").is_empty()
}

fn has_expired(entry: &Value, now: Now) -> bool {
    let expiries = ["expires_on", "extended_expires_on"]
        .map(|name| entry.get(name).and_then(Value::as_integer));
    match expiries.into_iter().flatten().max() {
        Some(seconds) => now.wall >= Moment(seconds.saturating_mul(1_000)),
        None => entry.as_object().is_none_or(|members| members.is_empty()),
    }
}

fn authority_of(environment: &str, realm: &str, configured: Option<&Authority>) -> Text {
    match configured {
        Some(authority)
            if authority.environment() == environment && authority.tenant() == realm =>
        {
            authority.canonical()
        }
        Some(_) | None => {
            let host = cloud::of_host(environment).map_or(environment, |cloud| cloud.host);
            text::concat(&["https://", host, "/", realm, "/"])
        }
    }
}

fn not_a_cache() -> Error {
    Error::new(ErrorClass::ClientAuth, code::INVALID_CACHE, "the text is no MSAL token cache")
        .with_hint("Pass what serialize() gave: a JSON object with the sections Account, IdToken, AccessToken, RefreshToken and AppMetadata.")
}
