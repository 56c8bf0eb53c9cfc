//! A flow under test: the clock is stepped by hand, answers are given one by one, and what else a host does is done by
//! [`Host`].

use crate::host::{Host, parse_json};
use graph_token::Error;
use graph_token::Secret;
use graph_token::cache::access_token::AccessToken;
use graph_token::cache::lifetime::Lifetime;
use graph_token::flow::acquired::{Acquired, Filing};
use graph_token::flow::client_credentials::ClientCredentialsFlow;
use graph_token::flow::credential::Credential;
use graph_token::flow::exchange::{Exchange, NonceCheck};
use graph_token::flow::step::{Effect, Event, Flow, Io, Step};
use graph_token::protocol::authority::{Authority, ProtocolMode};
use graph_token::protocol::client_credentials::ClientCredentials;
use graph_token::protocol::entropy::Entropy;
use graph_token::protocol::http::{Body, Content, HttpRequest, HttpResponse};
use graph_token::protocol::json::Value;
use graph_token::protocol::scope::Scopes;
use graph_token::protocol::token_request::{Grant, TokenRequest};
use graph_token::time::{Moment, Now};

pub(crate) const START: Moment = Moment(1_800_000_000_000);
pub(crate) const SECRET: &str = "S3cret~value/with+signs";
pub(crate) const CLIENT: &str = "11111111-1111-1111-1111-111111111111";

pub(crate) struct Scenario {
    flow: Flow<Acquired>,
    now: Now,
    waiting: Vec<(u32, Effect)>,
    outcome: Option<Result<Acquired, Error>>,
    pub(crate) host: Host,
}

impl Scenario {
    pub(crate) fn begin() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut ClientCredentialsFlow)) -> Self {
        let mut parts = application();
        change(&mut parts);
        Self::of(|io| parts.run(io))
    }

    /// Any flow, on a host that has nothing yet.
    pub(crate) fn of<F>(begin: impl FnOnce(Io) -> F) -> Self
    where
        F: Future<Output = Result<Acquired, Error>> + Send + 'static,
    {
        Self::on(Host::default(), START, begin)
    }

    /// Any flow, on a host that goes on with what it has.
    pub(crate) fn on<F>(host: Host, at: Moment, begin: impl FnOnce(Io) -> F) -> Self
    where
        F: Future<Output = Result<Acquired, Error>> + Send + 'static,
    {
        let now = Now::at(at);
        let mut flow = Flow::new(now, begin);
        let step = flow.start(now);
        let mut scenario = Self {
            flow,
            now,
            waiting: Vec::new(),
            outcome: None,
            host,
        };
        scenario.take(step);
        scenario
    }

    /// Lets the host do what it can; what a test gives itself waits.
    fn take(&mut self, step: Step<Acquired>) {
        let mut steps = vec![step];
        while let Some(step) = steps.pop() {
            self.outcome = self.outcome.take().or(step.outcome);
            for (number, effect) in step.effects {
                match self.host.perform(&effect) {
                    Some(event) => steps.push(self.flow.resume(number, event, self.now)),
                    None => self.waiting.push((number, effect)),
                }
            }
        }
    }

    pub(crate) fn pass(mut self, milliseconds: i64) -> Self {
        self.now = Now::at(self.now.judged.plus_ms(milliseconds));
        self
    }

    /// What is wanted now.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &Effect> {
        self.waiting.iter().map(|(_, effect)| effect)
    }

    /// The addresses that requests are wanted to, without their queries.
    pub(crate) fn addresses(&self) -> Vec<&str> {
        self.wanted()
            .filter_map(|effect| match effect {
                Effect::Send { request, .. } => request.url.split('?').next(),
                _ => None,
            })
            .collect()
    }

    /// The one request that is wanted now.
    pub(crate) fn request(&self) -> &HttpRequest {
        match self.waiting.as_slice() {
            [(_, Effect::Send { request, .. })] => request,
            other => panic!(
                "one request should be wanted, not {other:?} ({:?})",
                self.outcome
            ),
        }
    }

    /// The request to the token endpoint that is wanted now.
    pub(crate) fn token_request(&self) -> &HttpRequest {
        self.wanted()
            .find_map(|effect| match effect {
                Effect::Send { request, .. } if request.method() == "POST" => Some(request),
                _ => None,
            })
            .unwrap_or_else(|| panic!("no token request in {:?}", self.waiting))
    }

    /// A field of the request to the token endpoint that is wanted now.
    pub(crate) fn sent(&self, name: &str) -> Option<String> {
        field(self.token_request(), name)
    }

    pub(crate) fn time_limit_ms(&self) -> i64 {
        match self.waiting.as_slice() {
            [(_, Effect::Send { timeout_ms, .. })] => *timeout_ms,
            other => panic!("one request should be wanted, not {other:?}"),
        }
    }

    /// The pause that is wanted now, in milliseconds.
    pub(crate) fn pause_ms(&self) -> i64 {
        match self.waiting.as_slice() {
            [(_, Effect::Sleep(milliseconds))] => *milliseconds,
            other => panic!(
                "a pause should be wanted, not {other:?} ({:?})",
                self.outcome
            ),
        }
    }

    /// Lets the pause pass.
    pub(crate) fn sleep(self) -> Self {
        let pause = self.pause_ms();
        self.pass(pause).event(Event::Done)
    }

    /// Answers the first request that is wanted.
    pub(crate) fn answer(self, response: HttpResponse) -> Self {
        self.event(Event::Response(response))
    }

    /// Answers the request whose address holds `part`.
    pub(crate) fn answer_at(self, part: &str, response: HttpResponse) -> Self {
        self.event_at(part, Event::Response(response))
    }

    /// What comes of the request whose address holds `part`.
    pub(crate) fn event_at(self, part: &str, event: Event) -> Self {
        self.event_of(
            event,
            |effect| matches!(effect, Effect::Send { request, .. } if request.url.contains(part)),
        )
    }

    /// What comes of the first effect that is wanted.
    pub(crate) fn event(self, event: Event) -> Self {
        self.event_of(event, |_| true)
    }

    pub(crate) fn event_of(mut self, event: Event, of: impl Fn(&Effect) -> bool) -> Self {
        let at = self.waiting.iter().position(|(_, effect)| of(effect));
        let at = at.unwrap_or_else(|| panic!("not wanted: {:?}", self.waiting));
        let (number, _) = self.waiting.remove(at);
        let step = self.flow.resume(number, event, self.now);
        self.take(step);
        self
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.outcome.is_some()
    }

    pub(crate) fn outcome(self) -> Result<Acquired, Error> {
        self.end().0
    }

    /// The outcome, and the host for what comes after.
    pub(crate) fn end(self) -> (Result<Acquired, Error>, Host) {
        let outcome = self
            .outcome
            .unwrap_or_else(|| panic!("the flow should have ended, but wants {:?}", self.waiting));
        (outcome, self.host)
    }

    pub(crate) fn acquired(self) -> Acquired {
        self.outcome()
            .unwrap_or_else(|error| panic!("a token should come, not {error}"))
    }

    /// The token that came.
    pub(crate) fn token(self) -> AccessToken {
        token_of(&self.acquired())
    }

    pub(crate) fn error(self) -> Error {
        match self.outcome() {
            Err(error) => error,
            Ok(acquired) => panic!("an error should come, not {acquired:?}"),
        }
    }
}

/// The token that an acquisition is about.
pub(crate) fn token_of(acquired: &Acquired) -> AccessToken {
    let mut tokens = acquired.entities.tokens.iter();
    tokens
        .find(|token| token.key == acquired.key)
        .unwrap_or_else(|| panic!("no token of {:?} in {acquired:?}", acquired.key))
        .clone()
}

/// A field of a form.
pub(crate) fn field(request: &HttpRequest, name: &str) -> Option<String> {
    let Body::Form(form) = &request.body else {
        panic!("it is no POST")
    };
    parameter(form.expose(), name)
}

/// A parameter of a query or form, decoded.
pub(crate) fn parameter(encoded: &str, name: &str) -> Option<String> {
    let value = encoded.split('&').find_map(|pair| {
        let (known, value) = pair.split_once('=')?;
        (known == name).then_some(value)
    })?;
    let mut bytes = value.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    Some(String::from_utf8(decoded).unwrap())
}

pub(crate) fn authority(text: &str) -> Authority {
    Authority::parse(text, &["idp.example".into()], ProtocolMode::Aad).unwrap()
}

/// An exchange with a secret, for a grant.
pub(crate) fn exchange(authority: Authority, scopes: &Scopes, grant: Grant) -> Exchange {
    let entropy = Entropy::new(&[7; 32]);
    Exchange {
        authority,
        metadata: None,
        region: None,
        credential: Credential::Secret(Secret::new(SECRET)),
        request: TokenRequest {
            client_id: CLIENT.into(),
            scope: scopes.to_wire(),
            grant,
            claims: None,
            correlation_id: entropy.guid(),
            extra_query_parameters: vec![],
            extra_body_parameters: vec![],
            anchor_mailbox: None,
            from_page: false,
        },
        keys: None,
        nonce: NonceCheck::None,
        timeout_ms: 30_000,
        max_retries: 2,
        entropy,
        parse_json,
        page: None,
    }
}

pub(crate) fn filing(scopes: Scopes) -> Filing {
    Filing::new(&scopes, &[], &[], &[], None)
}

/// An application that asks for a token of its own.
pub(crate) fn application() -> ClientCredentialsFlow {
    let authority = authority("https://login.microsoftonline.com/contoso.com");
    let scopes = Scopes::parse([])
        .unwrap()
        .for_client_credentials(&authority, authority.graph_origin())
        .unwrap();
    let grant = Grant::ClientCredentials(ClientCredentials::default());
    ClientCredentialsFlow {
        exchange: exchange(authority, &scopes, grant),
        filing: filing(scopes),
        cached: None,
        skip_cache: false,
        renewal_offset_seconds: 300,
        store: None,
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

pub(crate) fn value(text: &str) -> Value {
    parse_json(text).unwrap()
}
