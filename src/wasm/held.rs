//! What the store holds in wasm: the result as a JavaScript object, made once when the token comes.
//!
//! The token then lies in the host's memory only, and a hit hands the object out without moving a text.

use super::field::Fields;
use crate::cache::access_token::AccessToken;
use crate::cache::key::ApplicationKey;
use crate::cache::lifetime::Lifetime;
use crate::cache::store::Entry;
use crate::secret::Secret;
use crate::time::Now;
use serde::Serialize;
use wasm_bindgen::JsValue;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Held<'a> {
    access_token: &'a str,
    token_type: &'a str,
    scopes: &'a str,
    authority: &'a str,
    tenant_id: &'a str,
    correlation_id: &'a str,
    expires_on: f64,
    ext_expires_on: f64,
    refresh_on: Option<f64>,
}

/// The object of a token. Its moments are the wall clock's, in milliseconds since 1970.
pub(super) fn to_js(token: &AccessToken, now: Now) -> JsValue {
    let wall = |moment| now.to_wall(moment).0 as f64;
    let Lifetime {
        refresh,
        expires,
        extended_expires,
        ..
    } = token.lifetime;
    let held = Held {
        access_token: token.secret.expose(),
        token_type: &token.token_type,
        scopes: &token.target,
        authority: &token.authority,
        tenant_id: &token.realm,
        correlation_id: &token.correlation_id,
        expires_on: wall(expires),
        ext_expires_on: wall(extended_expires),
        refresh_on: refresh.map(wall),
    };
    serde_wasm_bindgen::to_value(&held).unwrap_or(JsValue::UNDEFINED)
}

/// How much the object takes, in bytes, roughly: its texts and a dozen members.
pub(super) fn size_bytes(token: &AccessToken) -> usize {
    token.secret.expose().len()
        + token.target.len()
        + token.authority.len()
        + token.realm.len()
        + 256
}

/// The token of an entry.
pub(super) fn from_js(key: &str, entry: &Entry<JsValue>) -> Option<AccessToken> {
    let fields = Fields::new(&entry.value, "");
    let text = |name| fields.text(name).ok().flatten();
    let (environment, client_id) = ApplicationKey::environment_and_client_id(key)?;
    Some(AccessToken {
        key: key.to_owned(),
        authority: text("authority")?,
        environment,
        realm: text("tenantId")?,
        client_id,
        target: text("scopes").unwrap_or_default(),
        secret: Secret::new(text("accessToken")?),
        token_type: text("tokenType")?,
        lifetime: entry.lifetime,
        correlation_id: String::new(),
    })
}
