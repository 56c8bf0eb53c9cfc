//! MSAL's cache schema, as MSAL .NET, Java, Python, Node and Go share it: a JSON object with the sections `Account`,
//! `IdToken`, `AccessToken`, `RefreshToken` and `AppMetadata`, members in snake case, numbers as texts, keys in lower
//! case.
//!
//! What this crate cannot use (other token types, other sections) is kept as it came and written out again; so are
//! members of an entry that it does not know.

mod read;
mod write;

pub use read::{Imported, Reader, read};
pub use write::{mark, write};

use super::access_token::{AccessToken, IdToken, RefreshToken, TokenUser};
use super::key::{Owner, TokenKey};
use crate::protocol::json::Value;
use crate::protocol::scope::Scopes;
use crate::text::{self, Text};

const ACCOUNT: &str = "Account";
const ID_TOKEN: &str = "IdToken";
const ACCESS_TOKEN: &str = "AccessToken";
const REFRESH_TOKEN: &str = "RefreshToken";
const APP_METADATA: &str = "AppMetadata";

/// The sections that every cache has, in MSAL's order.
const SECTIONS: &[&str] = &[ACCOUNT, ID_TOKEN, ACCESS_TOKEN, REFRESH_TOKEN, APP_METADATA];

/// What MSAL's schema has no member for, in the entries of the program's token store: how a user's token is found.
pub const FOUND_BY: &str = "graph_token";

pub(in crate::cache) fn access_token_key(token: &AccessToken) -> Text {
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
pub(in crate::cache) fn filed_under<'a>(
    other: &'a [(Text, Value)],
    environment: &'a str,
) -> &'a str {
    let filed = other.iter().find(|(name, _)| name == "environment");
    filed
        .and_then(|(_, value)| value.as_str())
        .unwrap_or(environment)
}

pub(in crate::cache) fn id_token_key(token: &IdToken, environment: &str) -> Text {
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

pub(in crate::cache) fn refresh_token_key(token: &RefreshToken, environment: &str) -> Text {
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

pub(in crate::cache) fn key_of(parts: [&str; 7]) -> Text {
    let mut key = Text::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            key.push('-');
        }
        key.push_str(part);
    }
    text::lower(&key)
}

/// Location and client id of a key whose token this schema can tell from others: not one that was got with further
/// parameters, or with capabilities that are not the client's.
#[must_use]
pub fn told_by_schema(
    key: &str,
    target: &str,
    user: Option<&TokenUser>,
    capabilities: &[Text],
) -> Option<(Text, Text)> {
    let (location, client_id) = TokenKey::location_and_client_id(key)?;
    let plain = TokenKey {
        location: &location,
        client_id: &client_id,
        scopes: &Scopes::parse([target]).ok()?,
        owner: Owner::Application,
        capabilities,
        query: &[],
        body: &[],
    };
    let is_told = match user {
        Some(user) => user.variant == plain.variant(),
        None => plain.to_text() == key,
    };
    is_told.then_some((location, client_id))
}
