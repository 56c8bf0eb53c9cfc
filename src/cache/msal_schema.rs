//! MSAL's cache schema, as MSAL .NET, Java, Python, Node and Go share it: a JSON object with the sections `Account`,
//! `IdToken`, `AccessToken`, `RefreshToken` and `AppMetadata`, members in snake case, numbers as texts, keys in lower
//! case.
//!
//! This crate reads and writes application tokens (those with an empty `home_account_id`). Whatever else a cache holds
//! is kept as it came and written out again.

use super::access_token::AccessToken;
use super::key::{ApplicationKey, location_of};
use super::lifetime::Lifetime;
use crate::error::{Error, ErrorClass, code};
use crate::protocol::authority::Authority;
use crate::protocol::cloud;
use crate::protocol::json::Value;
use crate::protocol::scope::Scopes;
use crate::secret::Secret;
use crate::time::{Moment, Now};

/// The section of access tokens.
const ACCESS_TOKEN: &str = "AccessToken";

/// The sections that every cache has, in MSAL's order.
const SECTIONS: &[&str] = &[
    "Account",
    "IdToken",
    ACCESS_TOKEN,
    "RefreshToken",
    "AppMetadata",
];

/// A token that says it was cached further in the future than this is not believed.
const MAX_CLOCK_SKEW_MS: i64 = 5 * 60 * 1_000;

/// What a cache held.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The application tokens that still serve.
    pub tokens: Vec<AccessToken>,
    /// The rest, as it came.
    pub rest: Value,
}

/// Whose tokens are read: decides what MSAL's schema leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The configured authority.
    pub authority: Option<&'a Authority>,
    /// The configured capabilities.
    pub capabilities: &'a [String],
}

/// Reads a cache.
///
/// # Errors
/// `invalid_cache_record` where it is no object of objects. A single entry that cannot be read costs that entry alone.
pub fn read(cache: &Value, reader: Reader<'_>, now: Now) -> Result<Imported, Error> {
    let sections = cache.as_object().ok_or_else(not_a_cache)?;
    let mut imported = Imported {
        tokens: Vec::new(),
        rest: Value::Object(Vec::new()),
    };
    let mut rest = Vec::new();
    for (name, section) in sections {
        if name == ACCESS_TOKEN {
            let entries = section.as_object().ok_or_else(not_a_cache)?;
            let mut kept = Vec::new();
            for (key, entry) in entries {
                match access_token(entry, reader, now) {
                    Some(token) => imported.tokens.push(token),
                    None if has_expired(entry, now) => {}
                    None => kept.push((key.clone(), entry.clone())),
                }
            }
            rest.push((name.clone(), Value::Object(kept)));
        } else {
            rest.push((name.clone(), section.clone()));
        }
    }
    imported.rest = Value::Object(rest);
    Ok(imported)
}

/// Writes a cache: `tokens`, and what [`read`] had kept.
#[must_use]
pub fn write<'a>(tokens: impl Iterator<Item = &'a AccessToken>, rest: &Value, now: Now) -> Value {
    let mut sections: Vec<(String, Value)> = rest.as_object().unwrap_or_default().to_vec();
    for name in SECTIONS {
        if !sections.iter().any(|(known, _)| known == name) {
            sections.push(((*name).to_owned(), Value::Object(Vec::new())));
        }
    }
    if let Some((_, Value::Object(entries))) =
        sections.iter_mut().find(|(name, _)| name == ACCESS_TOKEN)
    {
        entries.extend(tokens.map(|token| (entry_key(token), entry(token, now))));
    }
    Value::Object(sections)
}

fn entry_key(token: &AccessToken) -> String {
    let scheme = if token.token_type.eq_ignore_ascii_case("Bearer") {
        ""
    } else {
        &token.token_type
    };
    [
        "",
        &token.environment,
        "accesstoken",
        &token.client_id,
        &token.realm,
        &token.target,
        scheme,
    ]
    .join("-")
    .to_ascii_lowercase()
}

fn entry(token: &AccessToken, now: Now) -> Value {
    let seconds = |moment: Moment| (now.to_wall(moment).0 / 1_000).to_string();
    let lifetime = &token.lifetime;
    let mut members = vec![
        ("home_account_id", String::new()),
        ("environment", token.environment.clone()),
        ("credential_type", ACCESS_TOKEN.to_owned()),
        ("client_id", token.client_id.clone()),
        ("secret", token.secret.expose().to_owned()),
        ("realm", token.realm.clone()),
        ("target", token.target.clone()),
        ("cached_at", seconds(lifetime.obtained)),
        ("expires_on", seconds(lifetime.expires)),
        ("extended_expires_on", seconds(lifetime.extended_expires)),
    ];
    if let Some(refresh) = lifetime.refresh {
        members.push(("refresh_on", seconds(refresh)));
    }
    members.push(("token_type", token.token_type.clone()));
    Value::Object(
        members
            .into_iter()
            .map(|(name, text)| (name.to_owned(), Value::String(text)))
            .collect(),
    )
}

fn access_token(entry: &Value, reader: Reader<'_>, now: Now) -> Option<AccessToken> {
    if !is_application_token(entry) {
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
    // Some MSALs file under the host that they ask, some under the cloud's preferred one.
    let environment = entry.text("environment").to_ascii_lowercase();
    let environment =
        cloud::of_host(&environment).map_or(environment.as_str(), |cloud| cloud.cache_host);
    let realm = &entry.text("realm").to_ascii_lowercase();
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
        && now.judged < extended_expires;
    if !usable {
        return None;
    }
    let location = location_of(environment, realm, reader.authority);
    let key = ApplicationKey {
        location: &location,
        client_id,
        scopes: &scopes,
        capabilities: reader.capabilities,
        query: &[],
        body: &[],
    };
    Some(AccessToken {
        key: key.to_text(),
        authority: authority_of(environment, realm, reader.authority),
        environment: environment.to_owned(),
        realm: realm.to_owned(),
        client_id: client_id.to_owned(),
        target: scopes.to_wire(),
        secret: Secret::new(secret.to_owned()),
        token_type: token_type.to_owned(),
        lifetime: Lifetime {
            obtained,
            refresh: moment("refresh_on"),
            expires,
            extended_expires,
        },
        correlation_id: String::new(),
    })
}

/// Whether this is an application's own bearer token, told from others by nothing that is not in our key.
fn is_application_token(entry: &Value) -> bool {
    let further = entry
        .get("additionalCacheKeyComponents")
        .and_then(Value::as_object)
        .unwrap_or_default();
    entry.as_object().is_some()
        && entry.text("home_account_id").is_empty()
        && entry.text("user_assertion_hash").is_empty()
        && further.is_empty()
}

fn has_expired(entry: &Value, now: Now) -> bool {
    let expiries = ["expires_on", "extended_expires_on"]
        .map(|name| entry.get(name).and_then(Value::as_integer));
    match expiries.into_iter().flatten().max() {
        Some(seconds) => now.wall >= Moment(seconds.saturating_mul(1_000)),
        None => entry.as_object().is_none_or(|members| members.is_empty()),
    }
}

fn authority_of(environment: &str, realm: &str, configured: Option<&Authority>) -> String {
    match configured {
        Some(authority)
            if authority.environment() == environment && authority.tenant() == realm =>
        {
            authority.canonical()
        }
        Some(_) | None => {
            let host = cloud::of_host(environment).map_or(environment, |cloud| cloud.host);
            ["https:/", host, realm, ""].join("/")
        }
    }
}

fn not_a_cache() -> Error {
    Error::new(ErrorClass::ClientAuth, code::INVALID_CACHE, "the text is no MSAL token cache")
        .with_hint("Pass what serialize() gave: a JSON object with the sections Account, IdToken, AccessToken, RefreshToken and AppMetadata.")
}
