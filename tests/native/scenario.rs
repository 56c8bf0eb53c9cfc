//! A flow under test: the clock is stepped by hand, answers are given one by one.

use graph_token::Error;
use graph_token::Secret;
use graph_token::cache::lifetime::Lifetime;
use graph_token::flow::client_credentials::{Acquired, ClientCredentialsFlow};
use graph_token::flow::step::{Effect, Event, Flow, Step};
use graph_token::protocol::authority::{Authority, ProtocolMode};
use graph_token::protocol::client_authentication::ClientAuthentication;
use graph_token::protocol::client_credentials::ClientCredentialsRequest;
use graph_token::protocol::entropy::Entropy;
use graph_token::protocol::http::{Content, HttpRequest, HttpResponse};
use graph_token::protocol::json::Value;
use graph_token::protocol::scope::Scopes;
use graph_token::time::{Moment, Now};

pub(crate) const START: Moment = Moment(1_800_000_000_000);
pub(crate) const SECRET: &str = "S3cret~value/with+signs";

pub(crate) struct Scenario {
    flow: Flow<Acquired>,
    now: Now,
    step: Step<Acquired>,
}

impl Scenario {
    pub(crate) fn begin() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut ClientCredentialsFlow)) -> Self {
        let mut parts = parts();
        change(&mut parts);
        let now = Now::at(START);
        let mut flow = Flow::new(now, |io| parts.run(io));
        let step = flow.start(now);
        Self { flow, now, step }
    }

    pub(crate) fn pass(mut self, milliseconds: i64) -> Self {
        self.now = Now::at(self.now.judged.plus_ms(milliseconds));
        self
    }

    /// The one request that is wanted now.
    pub(crate) fn request(&self) -> &HttpRequest {
        match self.step.effects.as_slice() {
            [(_, Effect::Send { request, .. })] => request,
            other => panic!("one request should be wanted, not {other:?}"),
        }
    }

    pub(crate) fn time_limit_ms(&self) -> i64 {
        match self.step.effects.as_slice() {
            [(_, Effect::Send { timeout_ms, .. })] => *timeout_ms,
            other => panic!("one request should be wanted, not {other:?}"),
        }
    }

    /// The pause that is wanted now, in milliseconds.
    pub(crate) fn pause_ms(&self) -> i64 {
        match self.step.effects.as_slice() {
            [(_, Effect::Sleep(milliseconds))] => *milliseconds,
            other => panic!(
                "a pause should be wanted, not {other:?} ({:?})",
                self.step.outcome
            ),
        }
    }

    /// Lets the pause pass.
    pub(crate) fn sleep(self) -> Self {
        let pause = self.pause_ms();
        self.pass(pause).event(Event::Woke)
    }

    pub(crate) fn answer(self, response: HttpResponse) -> Self {
        self.event(Event::Response(response))
    }

    pub(crate) fn event(mut self, event: Event) -> Self {
        let number = self.step.effects[0].0;
        self.step = self.flow.resume(number, event, self.now);
        self
    }

    pub(crate) fn outcome(self) -> Result<Acquired, Error> {
        self.step.outcome.unwrap_or_else(|| {
            panic!(
                "the flow should have ended, but wants {:?}",
                self.step.effects
            )
        })
    }

    pub(crate) fn error(self) -> Error {
        match self.outcome() {
            Err(error) => error,
            Ok(acquired) => panic!("an error should come, not {acquired:?}"),
        }
    }
}

fn parts() -> ClientCredentialsFlow {
    let authority = Authority::parse(
        "https://login.microsoftonline.com/contoso.com",
        &[],
        ProtocolMode::Aad,
    )
    .unwrap();
    let entropy = Entropy::new(&[7; 32]);
    ClientCredentialsFlow {
        request: ClientCredentialsRequest {
            client_id: "11111111-1111-1111-1111-111111111111".into(),
            scopes: Scopes::parse([])
                .unwrap()
                .for_client_credentials(&authority, authority.graph_origin())
                .unwrap(),
            authentication: ClientAuthentication::Secret(Secret::new(SECRET.into())),
            claims: None,
            correlation_id: entropy.guid(),
            extra_query_parameters: vec![],
            extra_body_parameters: vec![],
        },
        authority,
        metadata: None,
        capabilities: vec![],
        cached: None,
        renewal_offset_seconds: 300,
        timeout_ms: 30_000,
        max_retries: 2,
        entropy,
    }
}

/// A token's life of an hour that began so many seconds before the scenario, usable for another hour in need.
pub(crate) fn cached_for(seconds: i64) -> Option<Lifetime> {
    let obtained = START.plus_seconds(-seconds);
    Some(Lifetime {
        obtained,
        refresh: None,
        expires: obtained.plus_seconds(3_600),
        extended_expires: obtained.plus_seconds(7_200),
    })
}

pub(crate) fn json(text: &str) -> Content {
    Content::Json(value(text))
}

pub(crate) fn answer(status: u16, text: &str) -> HttpResponse {
    HttpResponse::new(status, json(text))
}

pub(crate) fn token_answer() -> HttpResponse {
    answer(
        200,
        r#"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"eyJ.token"}"#,
    )
}

/// The edge of these tests: serde_json parses, as a native program's edge would.
pub(crate) fn value(text: &str) -> Value {
    fn convert(value: serde_json::Value) -> Value {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Bool(flag),
            serde_json::Value::Number(number) => Value::Number(number.to_string()),
            serde_json::Value::String(text) => Value::String(text),
            serde_json::Value::Array(items) => {
                Value::Array(items.into_iter().map(convert).collect())
            }
            serde_json::Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name, convert(value)))
                    .collect(),
            ),
        }
    }
    convert(serde_json::from_str(text).unwrap())
}
