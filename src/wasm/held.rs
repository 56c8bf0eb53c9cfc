//! What the store holds in wasm: the result as a JavaScript object, made once when the token comes.
//!
//! The token then lies in the host's memory only, and a hit hands the object out without moving a text.

use super::field::Fields;
use super::object::Builder;
use crate::cache::access_token::{AccessToken, TokenUser};
use crate::cache::lifetime::Lifetime;
use crate::cache::memory::{Kept, Person};
use crate::cache::msal_schema;
use crate::protocol::json::Value;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Now;
use js_sys::{Object, Reflect};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// By how much a clock must have been set to count.
const CLOCK_SET_MS: i64 = 2_000;

/// The object of a token, and how far the wall clock was from the time line of ages when it was made.
#[derive(Clone)]
pub(super) struct Held {
    object: JsValue,
    wall_ahead_ms: i64,
    /// What an application's own plain token has not.
    extra: Option<Rc<Extra>>,
}

struct Extra {
    user: Option<TokenUser>,
    other: Vec<(Text, Value)>,
}

impl Held {
    pub(super) fn new(token: &AccessToken, person: Person<'_>, now: Now) -> Self {
        let object = to_js(token, now);
        if let Some(person) = members(person, token) {
            Object::assign(object.unchecked_ref::<Object>(), person.unchecked_ref());
        }
        let plain = token.user.is_none() && token.other.is_empty();
        Self {
            object,
            wall_ahead_ms: wall_ahead_ms(now),
            extra: (!plain).then(|| {
                Rc::new(Extra {
                    user: token.user.clone(),
                    other: token.other.clone(),
                })
            }),
        }
    }

    /// The object, its moments as the wall clock shows them now: it may have been set since.
    pub(super) fn at(&self, now: Now) -> JsValue {
        let shift_ms = wall_ahead_ms(now) - self.wall_ahead_ms;
        if shift_ms == 0 {
            return self.object.clone();
        }
        let shifted = Object::assign(&Object::new(), self.object.unchecked_ref());
        for name in ["expiresOn", "extExpiresOn", "refreshOn"] {
            let name = JsValue::from_str(name);
            if let Some(moment) = Reflect::get(&self.object, &name)
                .ok()
                .and_then(|value| value.as_f64())
            {
                // It is a plain object: setting a member cannot fail.
                let _ = Reflect::set(
                    &shifted,
                    &name,
                    &JsValue::from_f64(moment + shift_ms as f64),
                );
            }
        }
        shifted.into()
    }
}

impl Kept for Held {
    fn user(&self) -> Option<&TokenUser> {
        self.extra.as_ref()?.user.as_ref()
    }

    fn other(&self) -> Vec<(Text, Value)> {
        let extra = self.extra.as_ref();
        extra.map(|extra| extra.other.clone()).unwrap_or_default()
    }

    fn token(&self, key: &str, lifetime: Lifetime, capabilities: &[Text]) -> Option<AccessToken> {
        let fields = Fields::new(&self.object, "");
        let text = |name| fields.text(name);
        let target = text("scopes").unwrap_or_default();
        let user = self.user();
        let (location, client_id) = msal_schema::told_by_schema(key, &target, user, capabilities)?;
        Some(AccessToken {
            key: key.to_text(),
            authority: text("authority")?,
            environment: text::before(&location, b'/').to_text(),
            // Some issuers have none.
            realm: text("tenantId").unwrap_or_default(),
            client_id,
            target,
            secret: Secret::new(text("accessToken")?),
            token_type: text("tokenType")?,
            lifetime,
            correlation_id: Text::new(),
            user: user.cloned(),
            other: self.other(),
        })
    }
}

/// What a result says of its user, by the host's own parser: there are lists and objects of the provider's in it.
fn members(person: Person<'_>, token: &AccessToken) -> Option<JsValue> {
    token.user.as_ref()?;
    let claims = person.id_token.map(|id_token| &id_token.claims);
    let text = |name| claims.map(|claims| claims.text(name)).unwrap_or_default();
    let unique_id = match text("oid") {
        "" => text("sub"),
        oid => oid,
    };
    let mut members = vec![("uniqueId", Value::String(unique_id.to_text()))];
    if let Some(id_token) = person.id_token {
        let secret = id_token.secret.expose().to_text();
        members.push(("idToken", Value::String(secret)));
        members.push(("idTokenClaims", id_token.claims.clone()));
    }
    if let Some(until) = person.until {
        let until_ms = Value::Number((until * 1_000).to_text());
        members.push(("refreshTokenExpiresOn", until_ms));
    }
    if let Some(account) = person.account {
        let id_token = person
            .id_token
            .map(|id_token| (id_token.secret.expose(), &id_token.claims));
        members.push(("account", account.info(&token.realm, id_token)));
    }
    let members = members
        .into_iter()
        .map(|(name, value)| (name.to_text(), value))
        .collect();
    js_sys::JSON::parse(&Value::Object(members).to_json()).ok()
}

fn wall_ahead_ms(now: Now) -> i64 {
    let ahead_ms = now.wall.ms_since(now.judged);
    // The two clocks drift apart by milliseconds; only a clock that was set counts.
    ahead_ms - ahead_ms % CLOCK_SET_MS
}

/// The object of a token. Its moments are the wall clock's, in milliseconds since 1970.
fn to_js(token: &AccessToken, now: Now) -> JsValue {
    let wall = |moment| now.to_wall(moment).0 as f64;
    let Lifetime {
        refresh,
        expires,
        extended_expires,
        ..
    } = token.lifetime;
    Builder::new()
        .text("accessToken", token.secret.expose())
        .text("tokenType", &token.token_type)
        .text("scopes", &token.target)
        .text("authority", &token.authority)
        .text("tenantId", &token.realm)
        .text("correlationId", &token.correlation_id)
        .number("expiresOn", wall(expires))
        .number("extExpiresOn", wall(extended_expires))
        .some_number("refreshOn", refresh.map(wall))
        .done()
}
