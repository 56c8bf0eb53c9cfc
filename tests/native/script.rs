//! A platform in memory: answers by a script, keeps what was sent, and its clock goes on only when it sleeps.

use graph_token::native::{Clocks, HttpAnswer, Platform, Task, TokenStoreKind, Unavailable};
use graph_token::protocol::base64;
use graph_token::protocol::http::HttpRequest;
use graph_token::protocol::json::Value;
use graph_token::text::Text;
use graph_token::time::Moment;
use graph_token::{Secret, SecretBytes};
use rsa::pkcs1v15;
use rsa::pkcs8::DecodePrivateKey;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Within the validity of the test certificates.
pub(crate) const START: i64 = 1_900_000_000_000;
pub(crate) const CLIENT: &str = "11111111-1111-1111-1111-111111111111";
pub(crate) const HOME: &str = "33333333-3333-3333-3333-333333333333";
pub(crate) const USER_READ: &str = "https://graph.microsoft.com/User.Read";
pub(crate) const TENANT: &str = "22222222-2222-2222-2222-222222222222";

/// A request as it was sent.
pub(crate) struct Sent {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, Text)>,
    form: String,
}

impl Sent {
    /// A parameter of the body, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        parameter(&self.form, name)
    }
}

/// A parameter of a form or query, decoded.
pub(crate) fn parameter(form: &str, name: &str) -> Option<String> {
    form.split('&').find_map(|pair| {
        let (known, value) = pair.split_once('=')?;
        (known == name).then(|| decode(value))
    })
}

fn decode(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(decoded).unwrap()
}

#[derive(Default)]
pub(crate) struct State {
    /// Answers to token requests, the next one first.
    answers: VecDeque<HttpAnswer>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) passed_ms: i64,
    randomness: u8,
    /// The provider's keys, as an answer.
    jwks: Option<HttpAnswer>,
    pub(crate) store: BTreeMap<String, String>,
}

#[derive(Clone, Default)]
pub(crate) struct Script {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) store: TokenStoreKind,
    /// Tasks that run beside the calls, as far as the test runs them.
    pub(crate) tasks: Option<Arc<Mutex<Vec<Task>>>>,
}

impl Script {
    pub(crate) fn answer(&self, status: u16, body: &str) {
        let answer = HttpAnswer::new(status, body.as_bytes().to_vec())
            .with_header("Content-Type", "application/json")
            .with_header("x-ms-request-id", "request-1");
        self.state.lock().unwrap().answers.push_back(answer);
    }

    pub(crate) fn publish(&self, key: &RsaPrivateKey) {
        let jwks = Value::Object(vec![("keys".into(), Value::Array(vec![jwk(key)]))]);
        let answer = HttpAnswer::new(200, jwks.to_json().as_bytes().to_vec());
        self.state.lock().unwrap().jwks = Some(answer);
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.state.lock().unwrap().passed_ms += seconds * 1_000;
    }

    pub(crate) fn now_seconds(&self) -> i64 {
        (START + self.state.lock().unwrap().passed_ms) / 1_000
    }

    /// The requests to the token endpoint so far.
    pub(crate) fn token_requests(&self) -> Vec<Sent> {
        let mut state = self.state.lock().unwrap();
        let sent = std::mem::take(&mut state.sent);
        sent.into_iter()
            .filter(|sent| sent.url.contains("/token"))
            .collect()
    }
}

impl Platform for Script {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Unavailable> {
        let mut state = self.state.lock().unwrap();
        let form = request.form();
        state.sent.push(Sent {
            url: request.url.as_str().to_owned(),
            headers: request.headers(),
            form: form.unwrap_or_default().to_owned(),
        });
        match form {
            Some(_) => state.answers.pop_front().ok_or(Unavailable),
            None => state.jwks.clone().ok_or(Unavailable),
        }
    }

    async fn sleep(&self, time: Duration) {
        self.state.lock().unwrap().passed_ms += i64::try_from(time.as_millis()).unwrap();
    }

    fn clocks(&self) -> Clocks {
        let passed_ms = self.state.lock().unwrap().passed_ms;
        Clocks {
            wall_ms: START + passed_ms,
            monotonic_ms: passed_ms,
        }
    }

    fn entropy(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        let mut state = self.state.lock().unwrap();
        state.randomness += 1;
        bytes.fill(state.randomness);
        Ok(())
    }

    fn spawn(&self, task: Task) -> Option<Task> {
        match &self.tasks {
            Some(tasks) => {
                tasks.lock().unwrap().push(task);
                None
            }
            None => Some(task),
        }
    }

    fn token_store(&self) -> TokenStoreKind {
        self.store
    }

    async fn load(&self, key: &str) -> Result<Option<Secret>, Unavailable> {
        let state = self.state.lock().unwrap();
        Ok(state.store.get(key).cloned().map(Secret::new))
    }

    async fn save(&self, key: &str, value: Secret, _: Moment) -> Result<(), Unavailable> {
        let mut state = self.state.lock().unwrap();
        state
            .store
            .insert(key.to_owned(), value.into_exposed().into());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Unavailable> {
        self.state.lock().unwrap().store.remove(key);
        Ok(())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Text>, Unavailable> {
        let state = self.state.lock().unwrap();
        let keys = state.store.keys().filter(|key| key.starts_with(prefix));
        Ok(keys.map(|key| key.as_str().into()).collect())
    }
}

/// Runs a future whose waits are all over at once. It has to be one that may go to another thread.
pub(crate) fn run<T>(future: impl Future<Output = T> + Send) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000 {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
    panic!("the future waits for something that nobody does");
}

pub(crate) fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/native/certificates/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

pub(crate) fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

/// The key of the test certificate.
pub(crate) fn key() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs8_der(SecretBytes::new(file("pkcs8.der")).expose()).unwrap()
}

fn jwk(key: &RsaPrivateKey) -> Value {
    let public = RsaPublicKey::from(key);
    let number = |bytes: &[u8]| Value::String(base64::encode_url(bytes));
    let text = |text: &str| Value::String(text.into());
    Value::Object(vec![
        ("kty".into(), text("RSA")),
        ("use".into(), text("sig")),
        ("kid".into(), text("key-1")),
        ("n".into(), number(&public.n_bytes())),
        ("e".into(), number(&public.e_bytes())),
    ])
}

/// A user's tokens, with an id_token that `key` signed.
pub(crate) fn user_tokens(
    script: &Script,
    key: &RsaPrivateKey,
    access_token: &str,
    nonce: &str,
) -> String {
    let now = script.now_seconds();
    let header = r#"{"typ":"JWT","alg":"RS256","kid":"key-1"}"#;
    let claims = format!(
        r#"{{"aud":"{CLIENT}","iss":"https://login.microsoftonline.com/{TENANT}/v2.0","tid":"{TENANT}","iat":{now},"nbf":{now},"exp":{},"sub":"subject","oid":"{HOME}","name":"Adele","preferred_username":"adele@contoso.com"{nonce}}}"#,
        now + 3_600
    );
    let part = |text: &str| base64::encode_url(text.as_bytes());
    let input = format!("{}.{}", part(header), part(&claims));
    let signature = pkcs1v15::SigningKey::<Sha256>::new(key.clone()).sign(input.as_bytes());
    let id_token = format!("{input}.{}", base64::encode_url(&signature.to_vec()));
    let client_info = part(&format!(r#"{{"uid":"{HOME}","utid":"{TENANT}"}}"#));
    format!(
        r#"{{"token_type":"Bearer","expires_in":3600,"scope":"{USER_READ} openid profile","access_token":"{access_token}","refresh_token":"refresh-of-{access_token}","id_token":"{id_token}","client_info":"{client_info}"}}"#
    )
}
