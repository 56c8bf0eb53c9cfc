//! One call: a flow between its start and its outcome, driven by `drive.js`.

use super::effect;
use super::held::Held;
use super::json;
use super::object::Builder;
use super::request::Prepared;
use super::shared::Shared;
use super::thrown;
use crate::cache::key::Owner;
use crate::cache::partition::{self, Wanted};
use crate::flow::accounts;
use crate::flow::acquired::{Acquired, Keep};
use crate::flow::step::{Effect, Event, Flow, Step};
use crate::protocol::http::{Content, HttpResponse, RetryAfter};
use crate::protocol::json::Value;
use crate::secret::{Secret, SecretBytes};
use crate::text::{Text, ToText};
use crate::time::{Moment, Now};
use js_sys::Uint8Array;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A flow under way, or one that the cache has answered already.
#[wasm_bindgen]
pub struct Acquisition {
    shared: Rc<Shared>,
    /// The token whose renewal this is.
    key: Option<Text>,
    flight_key: Text,
    turn: Option<Text>,
    /// What is cached, in case that the service is down and the cache is cleared meanwhile.
    cached: Option<Held>,
    /// The handle of the token that the cache serves.
    served: f64,
    epoch: u32,
    /// Whether something was sent.
    sent: bool,
    /// How many accounts had been removed when it began.
    removals: u32,
    /// Whether a person signs in by it, who may have been removed before.
    is_sign_in: bool,
    flow: Flow<Acquired>,
}

/// Which accounts of the token store are read, or removed.
pub(super) enum Accounts {
    All,
    One(Text),
    Removed(Text),
    Left(Text),
    Noted(Vec<Text>),
    Indexed,
}

/// What an export gives. V8 aborts the process (Node 20 and 22) where an optimized caller of an export that gives an object by
/// itself is deoptimized during the call; those that may fail give theirs in another way.
type Returned = Result<JsValue, JsValue>;

#[wasm_bindgen]
impl Acquisition {
    /// The handle of the cached token that this request may be served, or -1.
    #[wasm_bindgen(getter)]
    pub fn handle(&self) -> f64 {
        self.served
    }

    /// What two requests have in common that one exchange can serve.
    #[wasm_bindgen(getter, js_name = flightKey)]
    pub fn flight_key(&self) -> String {
        self.flight_key.clone().into()
    }

    /// What calls have in common that are to be made one after the other; `undefined` where they may be made at once.
    #[wasm_bindgen(getter)]
    pub fn turn(&self) -> Option<String> {
        self.turn.clone().map(String::from)
    }

    /// Runs up to the first effects.
    pub fn start(&mut self, wall_ms: f64, monotonic_ms: f64) -> Returned {
        let now = self.shared.observe(wall_ms, monotonic_ms);
        let step = self.flow.start(now);
        Ok(self.give(step, now))
    }

    /// Goes on with an answer; `body` is `undefined` where it was too large to be read.
    pub fn respond(
        &mut self,
        number: u32,
        status: u16,
        content_type: Option<String>,
        retry_after: Option<String>,
        date: Option<String>,
        request_id: Option<String>,
        body: &JsValue,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Returned {
        let content = if body.is_undefined() {
            Content::TooLarge
        } else if body.is_falsy() {
            Content::Empty
        } else {
            json::parse_js(body).map_or(Content::NotJson, Content::Json)
        };
        let mut response = HttpResponse::new(status, content);
        response.content_type = content_type.unwrap_or_default().into();
        response.retry_after = retry_after.as_deref().and_then(self::retry_after);
        response.date = date.as_deref().and_then(parse_date).map(Moment);
        response.request_id = request_id.unwrap_or_default().into();
        self.resume(number, Event::Response(response), wall_ms, monotonic_ms)
    }

    /// Goes on with what came of any other effect: `kind` says what `value` is.
    pub fn settle(
        &mut self,
        number: u32,
        kind: &str,
        value: &JsValue,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Returned {
        let event = match kind {
            "networkFailed" => Event::NetworkFailed,
            "timedOut" => Event::TimedOut,
            "done" => Event::Done,
            "bytes" => Event::Bytes(SecretBytes::new(Uint8Array::new(value).to_vec())),
            "verified" => Event::Verified(value.is_truthy()),
            #[cfg(feature = "confidential")]
            "assertion" => Event::Assertion(Secret::new(value.as_string().unwrap_or_default())),
            // What is there and cannot be read may be written over.
            "loaded" => Event::Loaded(
                (!value.is_undefined()).then(|| json::parse_js(value).unwrap_or(Value::Null)),
            ),
            "listed" => {
                let keys = js_sys::Array::from(value);
                Event::Listed(
                    keys.iter()
                        .filter_map(|key| Some(key.as_string()?.into()))
                        .collect(),
                )
            }
            "answered" => Event::Answered(json::parse_js(value).unwrap_or(Value::Null)),
            #[cfg(feature = "confidential")]
            "keyRead" => Event::KeyRead(self.shared.configuration.credential.take_read(value)),
            _ => Event::Failed,
        };
        self.resume(number, event, wall_ms, monotonic_ms)
    }
}

impl Acquisition {
    pub(super) fn new(shared: Rc<Shared>, prepared: Prepared) -> Self {
        let cached = prepared.key.as_deref().and_then(|key| shared.find(key));
        Self {
            served: prepared
                .served
                .as_deref()
                .map_or(-1.0, |key| shared.handle(key)),
            cached: cached.map(|entry| entry.value),
            epoch: shared.epoch(),
            sent: false,
            removals: shared.removals(),
            is_sign_in: prepared.is_sign_in,
            shared,
            key: prepared.key,
            flight_key: prepared.flight_key,
            turn: prepared.turn,
            flow: prepared.flow,
        }
    }

    /// Reads the accounts of the token store, or removes one.
    pub(super) fn of_accounts(shared: Rc<Shared>, which: Accounts, now: Now) -> Option<Self> {
        let mut store = shared.configuration.store()?;
        store.removed = shared.removed();
        let (flight, flow) = match which {
            Accounts::All => (
                "accounts".to_text(),
                Flow::new(now, |io| accounts::load_all(store, io)),
            ),
            Accounts::One(partition) => (
                crate::text::concat(&["account\n", &partition]),
                Flow::new(now, |io| accounts::load_one(store, partition, io)),
            ),
            Accounts::Noted(users) => (
                "note".to_text(),
                Flow::new(now, |io| accounts::note(store, users, io)),
            ),
            Accounts::Indexed => (
                "index".to_text(),
                Flow::new(now, |io| accounts::index(store, io)),
            ),
            Accounts::Removed(partition) => (
                crate::text::concat(&["remove\n", &partition]),
                Flow::new(now, |io| accounts::remove(store, partition, io)),
            ),
            Accounts::Left(partition) => (
                crate::text::concat(&["leave\n", &partition]),
                Flow::new(now, |io| accounts::leave(store, partition, io)),
            ),
        };
        let prepared = Prepared::asking(&shared, &flight, flow);
        Some(Self::new(shared, prepared))
    }

    fn resume(&mut self, number: u32, event: Event, wall_ms: f64, monotonic_ms: f64) -> Returned {
        let now = self.shared.observe(wall_ms, monotonic_ms);
        let step = self.flow.resume(number, event, now);
        Ok(self.give(step, now))
    }

    /// Performs what the cache in memory can, and gives the host the rest.
    fn give(&mut self, mut step: Step<Acquired>, now: Now) -> JsValue {
        let mut effects = Vec::new();
        loop {
            let mut events = Vec::new();
            for (number, effect) in core::mem::take(&mut step.effects) {
                self.sent |= matches!(effect, Effect::Send { .. });
                match self.perform(&effect, now) {
                    Some(event) => events.push((number, event)),
                    None => effects.push(effect::to_js(number, &effect)),
                }
            }
            if events.is_empty() {
                break;
            }
            for (number, event) in events {
                let next = self.flow.resume(number, event, now);
                step.effects.extend(next.effects);
                step.outcome = step.outcome.or(next.outcome);
            }
        }
        let (mut outcome, mut failure) = (None, None);
        match step.outcome {
            None => {}
            Some(Ok(acquired)) => outcome = Some(self.end(acquired, now)),
            Some(Err(error)) => {
                self.postpone(now);
                failure = Some(error);
            }
        }
        let list: js_sys::Array = effects.into_iter().collect();
        let mut object = Builder::new().value("effects", &list);
        if let Some(outcome) = outcome {
            object = object.value("outcome", &outcome);
        }
        if let Some(error) = failure {
            object = object.value("failure", &thrown::to_js(&error));
        }
        object.done()
    }

    fn perform(&mut self, effect: &Effect, now: Now) -> Option<Event> {
        match effect {
            Effect::LookUp {
                partition,
                realm,
                location,
                scopes,
                variant,
            } => {
                let wanted = Wanted {
                    client_id: &self.shared.configuration.client_id,
                    realm: realm.as_deref(),
                    location,
                    scopes,
                    variant,
                };
                let found = self.shared.look_up(partition, wanted);
                if let Some((key, _)) = &found {
                    self.cached = self.shared.find(key).map(|entry| entry.value);
                    self.key = Some(key.clone());
                }
                Some(Event::Found(found))
            }
            Effect::Learn { location, learned } => {
                self.shared.learn(location, learned.clone());
                Some(Event::Done)
            }
            Effect::Forget {
                partition,
                refresh_token,
            } => {
                self.shared
                    .forget_refresh_token(partition, refresh_token, now);
                Some(Event::Done)
            }
            Effect::IsReplaced(refresh_token) => {
                let memory = self.shared.memory.borrow();
                Some(Event::Verified(memory.is_replaced(refresh_token)))
            }
            Effect::IsUnstored(partition) => {
                Some(Event::Verified(self.shared.is_unstored(partition)))
            }
            Effect::Stored {
                partition,
                is_stored,
            } => {
                self.shared.note_stored(partition, *is_stored);
                Some(Event::Done)
            }
            _ => None,
        }
    }

    fn end(&self, acquired: Acquired, now: Now) -> JsValue {
        let key = &acquired.key;
        let current = self.epoch == self.shared.epoch();
        let mut held = None;
        let mut entities = acquired.entities;
        let is_removed = |environment: &str, home_account_id: &str| {
            let partition = partition::key(environment, Owner::User(home_account_id));
            !self.is_sign_in && self.shared.is_removed_since(&partition, self.removals)
        };
        if key.is_empty() {
            entities.retain_users(|environment, home| !is_removed(environment, home));
        }
        let gone = entities.tokens.iter().any(|token| {
            let user = token.user.as_ref();
            user.is_some_and(|user| is_removed(&token.environment, &user.home_account_id))
        });
        if !entities.is_empty() {
            let is_kept = current
                && !gone
                && (acquired.keep == Keep::Always || self.shared.knows_account(&entities));
            if is_kept && !acquired.from_cache {
                self.shared.note(&entities);
            }
            held = self.shared.keep(entities, key, is_kept, now);
        }
        // The service was asked in vain.
        if acquired.from_cache && self.sent {
            self.postpone(now);
        }
        let held = held
            .or_else(|| self.shared.find(key).map(|entry| entry.value.at(now)))
            .or_else(|| self.cached.as_ref().map(|held| held.at(now)))
            .unwrap_or(JsValue::UNDEFINED);
        Builder::new()
            .value("held", &held)
            .number(
                "handle",
                if current && !acquired.is_partial {
                    self.shared.handle(key)
                } else {
                    -1.0
                },
            )
            .flag("fromCache", acquired.from_cache)
            .flag("extended", acquired.extended)
            .text("requestId", &acquired.request_id)
            .some_text("spaCode", acquired.spa_code.as_ref().map(Secret::expose))
            .done()
    }

    fn postpone(&self, now: Now) {
        if let Some(key) = &self.key {
            self.shared.postpone_refresh(key, now);
        }
    }
}

/// A `Retry-After` header, its date read by the host.
pub(super) fn retry_after(header: &str) -> Option<RetryAfter> {
    RetryAfter::parse(header, parse_date)
}

fn parse_date(date: &str) -> Option<i64> {
    let milliseconds = js_sys::Date::parse(date);
    (!milliseconds.is_nan()).then_some(milliseconds as i64)
}
