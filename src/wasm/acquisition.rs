//! One acquisition: a flow between its start and its outcome, driven by `drive.js`.

use super::client::Shared;
use super::held::Held;
use super::json;
use super::request::Asked;
use super::thrown::ErrorObject;
use crate::flow::client_credentials::Acquired;
use crate::flow::step::{Effect, Event, Flow, Step};
use crate::protocol::http::{Body, Content, HttpResponse, RetryAfter};
use crate::text;
use crate::time::Now;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A flow under way, or one that the cache has answered already.
#[wasm_bindgen]
pub struct Acquisition {
    shared: Rc<Shared>,
    location: String,
    key: String,
    flight_key: String,
    handle: f64,
    /// What is cached, in case that the service is down and the cache is cleared meanwhile.
    cached: Option<Held>,
    served: bool,
    epoch: u32,
    flow: Flow<Acquired>,
}

#[wasm_bindgen]
impl Acquisition {
    /// The handle of the cached token that this request may be served, or -1.
    #[wasm_bindgen(getter)]
    pub fn handle(&self) -> f64 {
        if self.served { self.handle } else { -1.0 }
    }

    /// What two requests have in common that one exchange can serve.
    #[wasm_bindgen(getter, js_name = flightKey)]
    pub fn flight_key(&self) -> String {
        self.flight_key.clone()
    }

    /// Runs up to the first effects.
    pub fn start(&mut self, wall_ms: f64, monotonic_ms: f64) -> JsValue {
        let now = self.shared.observe(wall_ms, monotonic_ms);
        let step = self.flow.start(now);
        self.give(step, now)
    }

    /// Goes on with an answer; `body` is `undefined` where it was too large to be read.
    pub fn respond(
        &mut self,
        number: u32,
        status: u16,
        content_type: Option<String>,
        retry_after: Option<String>,
        body: Option<String>,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> JsValue {
        let content = match body.as_deref() {
            None => Content::TooLarge,
            Some("") => Content::Empty,
            Some(text) => json::parse(text).map_or(Content::NotJson, Content::Json),
        };
        let mut response = HttpResponse::new(status, content);
        response.content_type = content_type.unwrap_or_default();
        response.retry_after = retry_after.as_deref().and_then(self::retry_after);
        self.resume(number, Event::Response(response), wall_ms, monotonic_ms)
    }

    /// Goes on after a request without an answer.
    pub fn fail(
        &mut self,
        number: u32,
        timed_out: bool,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> JsValue {
        let event = if timed_out {
            Event::TimedOut
        } else {
            Event::NetworkFailed
        };
        self.resume(number, event, wall_ms, monotonic_ms)
    }

    /// Goes on after a pause.
    pub fn wake(&mut self, number: u32, wall_ms: f64, monotonic_ms: f64) -> JsValue {
        self.resume(number, Event::Woke, wall_ms, monotonic_ms)
    }
}

impl Acquisition {
    pub(super) fn new(shared: Rc<Shared>, asked: Asked, now: Now) -> Self {
        let Asked {
            mut flow,
            skip_cache,
            own_timeout,
        } = asked;
        let key = flow.key();
        let cached = shared.find(&key);
        flow.cached = cached.as_ref().map(|(_, entry)| entry.lifetime);
        flow.metadata = flow
            .metadata
            .take()
            .or_else(|| shared.discovered(&flow.authority));
        let location = flow.authority.location();
        let served = !skip_cache && flow.is_served_by_cache(now);
        let mut flight_key = text::concat(&[&shared.epoch().to_string(), "\n", &key]);
        if own_timeout {
            flight_key.push_str("\ntimeout ");
            flight_key.push_str(&flow.timeout_ms.to_string());
        }
        if skip_cache {
            flight_key.push_str("\nanew ");
            flight_key.push_str(flow.request.claims.as_deref().unwrap_or_default());
        }
        Self {
            handle: cached.as_ref().map_or(-1.0, |(handle, _)| *handle),
            cached: cached.map(|(_, entry)| entry.value),
            epoch: shared.epoch(),
            shared,
            location,
            key,
            flight_key,
            served,
            flow: Flow::new(now, |io| flow.run(io)),
        }
    }

    fn resume(&mut self, number: u32, event: Event, wall_ms: f64, monotonic_ms: f64) -> JsValue {
        let now = self.shared.observe(wall_ms, monotonic_ms);
        let step = self.flow.resume(number, event, now);
        self.give(step, now)
    }

    fn give(&self, step: Step<Acquired>, now: Now) -> JsValue {
        let effects = step.effects.into_iter().map(EffectObject::from).collect();
        let (mut outcome, mut failure) = (None, None);
        match step.outcome {
            None => {}
            Some(Ok(acquired)) => outcome = Some(self.end(acquired, now)),
            Some(Err(error)) => {
                self.shared.postpone_refresh(&self.key, now);
                failure = Some(error);
            }
        }
        to_js(&StepObject {
            effects,
            outcome,
            failure: failure.as_ref().map(ErrorObject::from),
        })
    }

    fn end(&self, acquired: Acquired, now: Now) -> OutcomeObject {
        match acquired {
            Acquired::New { token, discovered } => {
                if let Some(metadata) = discovered {
                    self.shared.keep_discovered(&self.location, metadata);
                }
                let (held, handle) = self.shared.keep(&token, self.epoch, now);
                OutcomeObject {
                    held,
                    handle,
                    from_cache: false,
                    extended: false,
                }
            }
            Acquired::Cached { extended } => {
                self.shared.postpone_refresh(&self.key, now);
                let held = self
                    .cached
                    .as_ref()
                    .map_or(JsValue::UNDEFINED, |held| held.at(now));
                let handle = if self.epoch == self.shared.epoch() {
                    self.handle
                } else {
                    -1.0
                };
                OutcomeObject {
                    held,
                    handle,
                    from_cache: true,
                    extended,
                }
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepObject<'a> {
    effects: Vec<EffectObject>,
    outcome: Option<OutcomeObject>,
    failure: Option<ErrorObject<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutcomeObject {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    held: JsValue,
    handle: f64,
    from_cache: bool,
    extended: bool,
}

/// An effect: a `send` where it has a URL, else a `sleep`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EffectObject {
    number: u32,
    ms: f64,
    url: Option<String>,
    method: Option<&'static str>,
    body: Option<String>,
}

impl From<(u32, Effect)> for EffectObject {
    fn from((number, effect): (u32, Effect)) -> Self {
        match effect {
            Effect::Send {
                request,
                timeout_ms,
            } => Self {
                number,
                ms: timeout_ms as f64,
                method: Some(request.method()),
                body: match &request.body {
                    Body::None => None,
                    Body::Form(form) => Some(form.expose().to_owned()),
                },
                url: Some(request.url),
            },
            Effect::Sleep(ms) => Self {
                number,
                ms: ms as f64,
                url: None,
                method: None,
                body: None,
            },
        }
    }
}

/// A `Retry-After` header, its date read by the host.
pub(super) fn retry_after(header: &str) -> Option<RetryAfter> {
    RetryAfter::parse(header, |date| {
        let milliseconds = js_sys::Date::parse(date);
        (!milliseconds.is_nan()).then_some(milliseconds as i64)
    })
}

fn to_js(step: &StepObject<'_>) -> JsValue {
    serde_wasm_bindgen::to_value(step).unwrap_or(JsValue::UNDEFINED)
}
