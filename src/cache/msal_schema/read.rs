//! Reading a cache.

use super::{ACCESS_TOKEN, ACCOUNT, FOUND_BY, ID_TOKEN, REFRESH_TOKEN};
use crate::cache::access_token::{AccessToken, IdToken, RefreshToken, TokenUser};
use crate::cache::account::Account;
use crate::cache::entities::Entities;
use crate::cache::key::{Owner, TokenKey, location_of};
use crate::cache::lifetime::Lifetime;
use crate::error::{Error, ErrorClass, code};
use crate::protocol::authority::Authority;
use crate::protocol::cloud;
use crate::protocol::json::{ParseJson, Value};
use crate::protocol::jwt::Jwt;
use crate::protocol::scope::Scopes;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::{Moment, Now};

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

/// A token that says it lives longer than this is not believed, as with answers.
const MAX_LIFETIME_MS: i64 = 366 * 24 * 60 * 60 * 1_000;

/// A token that says it was cached further in the future than this is not believed.
pub(super) const MAX_CLOCK_SKEW_MS: i64 = 5 * 60 * 1_000;

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
        if !TokenKey::are_of_one_owner(found_by.text("key"), &key_text) {
            return None;
        }
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
        other: filed_as(
            entry,
            &environment,
            &["realm", "target", "cached_at", FOUND_BY],
        ),
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
