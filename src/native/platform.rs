//! What a program gives to the client: the network above all; for the rest there is something ready-made.

use super::crypto::{self, SigningKey};
use crate::flow::step::Hash;
use crate::protocol::client_assertion::Algorithm;
use crate::protocol::http::{Content, HttpRequest, HttpResponse, MAX_BODY_BYTES, RetryAfter};
use crate::protocol::json::Value;
use crate::protocol::jwks::SignatureAlgorithm;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Moment;
use core::fmt;
use core::pin::Pin;
use core::time::Duration;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// It could not be done. Why, the platform knows: it may log it, and no secret need reach an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

/// Something to be run to its end beside the program.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What both clocks of the host show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// The wall clock, in milliseconds since 1970.
    pub wall_ms: i64,
    /// A clock that nobody sets, in milliseconds since anything.
    pub monotonic_ms: i64,
}

/// What a token store of the platform's can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenStoreKind {
    /// There is none.
    #[default]
    None,
    /// Load, save and delete.
    Keyed,
    /// List its keys as well.
    Listing,
}

/// The outside of a [`ConfidentialClient`](super::ConfidentialClient). [`send`](Platform::send) and
/// [`sleep`](Platform::sleep) are the program's; everything else has a default.
///
/// Every wait has a limit of the client's, which it takes by [`sleep`](Platform::sleep): a future that is no longer
/// wanted is dropped.
pub trait Platform: Send + Sync + 'static {
    /// Sends a request and reads the whole answer, whatever its status. It must never follow a redirect: the request
    /// holds a credential. [`HttpRequest::headers`] says which headers to send.
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpAnswer, Unavailable>> + Send;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// The present; by default the system's.
    fn clocks(&self) -> Clocks {
        static START: OnceLock<Instant> = OnceLock::new();
        let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Clocks {
            wall_ms: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, milliseconds),
            monotonic_ms: milliseconds(START.get_or_init(Instant::now).elapsed()),
        }
    }

    /// Fills `bytes` with randomness that nobody can guess; by default the system's.
    ///
    /// # Errors
    /// Where there is none; nothing is sent then.
    fn entropy(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        getrandom::fill(bytes).map_err(|_| Unavailable)
    }

    /// Hashes; by default RustCrypto does.
    fn digest(&self, hash: Hash, bytes: &[u8]) -> Vec<u8> {
        crypto::digest(hash, bytes)
    }

    /// Verifies a signature by a public key (a JWK); by default RustCrypto does.
    fn verify(
        &self,
        jwk: &Value,
        algorithm: SignatureAlgorithm,
        bytes: &[u8],
        signature: &[u8],
    ) -> bool {
        crypto::verify(jwk, algorithm, bytes, signature)
    }

    /// Signs with the key of the client's certificate; by default RustCrypto does, with the key that was read. A key
    /// that lies in a vault or a module (`key` is `None` then) signs there.
    fn sign(
        &self,
        key: Option<&SigningKey>,
        algorithm: Algorithm,
        bytes: &[u8],
    ) -> impl Future<Output = Result<Vec<u8>, Unavailable>> + Send {
        async move {
            key.and_then(|key| key.sign(algorithm, bytes))
                .ok_or(Unavailable)
        }
    }

    /// Gives a client assertion for [`ClientCredential::Asked`](super::ClientCredential::Asked): a JWT for this
    /// audience.
    fn client_assertion(
        &self,
        token_endpoint: &str,
        fmi_path: Option<&str>,
    ) -> impl Future<Output = Result<Secret, Unavailable>> + Send {
        let _ = (token_endpoint, fmi_path);
        async { Err(Unavailable) }
    }

    /// Runs a task beside the program: the renewal of a token that is served meanwhile. By default it is given back,
    /// and the call that found the token due waits for it.
    fn spawn(&self, task: Task) -> Option<Task> {
        Some(task)
    }

    /// What the token store can do; by default there is none.
    fn token_store(&self) -> TokenStoreKind {
        TokenStoreKind::None
    }

    /// Loads an entry of the token store; `None` where there is none under the key.
    fn load(&self, key: &str) -> impl Future<Output = Result<Option<Secret>, Unavailable>> + Send {
        let _ = key;
        async { Err(Unavailable) }
    }

    /// Saves an entry of the token store, which is of no use from `expires_at` on, by the wall clock.
    fn save(
        &self,
        key: &str,
        value: Secret,
        expires_at: Moment,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send {
        let _ = (key, value, expires_at);
        async { Err(Unavailable) }
    }

    /// Deletes an entry of the token store.
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), Unavailable>> + Send {
        let _ = key;
        async { Err(Unavailable) }
    }

    /// Lists the keys of the token store that begin with `prefix`.
    fn list(&self, prefix: &str) -> impl Future<Output = Result<Vec<Text>, Unavailable>> + Send {
        let _ = prefix;
        async { Err(Unavailable) }
    }
}

/// An answer as it came. Its `Debug` shows nothing but the status: the body may hold tokens.
#[derive(Clone)]
pub struct HttpAnswer {
    status: u16,
    headers: Vec<(Text, Text)>,
    body: Secret,
    is_too_large: bool,
}

/// The headers of an answer that are looked at.
const HEADERS: [&str; 4] = ["content-type", "retry-after", "date", "x-ms-request-id"];

impl HttpAnswer {
    /// An answer without headers. A body of more than [`MAX_BODY_BYTES`] is not looked at and need not be read to its
    /// end.
    #[must_use]
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        let is_too_large = body.len() > MAX_BODY_BYTES;
        let body = String::from_utf8(body)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Self {
            status,
            headers: Vec::new(),
            body: Secret::new(body),
            is_too_large,
        }
    }

    /// Adds a header. Give them all; those that say nothing here are passed over.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name = text::lower(name);
        if HEADERS.contains(&name.as_str()) {
            self.headers.push((name, value.to_text()));
        }
        self
    }

    pub(super) fn read(&self) -> HttpResponse {
        let body = self.body.expose();
        let content = match super::json::parse(body) {
            _ if self.is_too_large => Content::TooLarge,
            _ if body.is_empty() => Content::Empty,
            Some(value) => Content::Json(value),
            None => Content::NotJson,
        };
        let header = |wanted: &str| {
            let found = self.headers.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let mut response = HttpResponse::new(self.status, content);
        response.content_type = header("content-type").unwrap_or_default().to_text();
        response.retry_after = header("retry-after").and_then(|value| {
            RetryAfter::parse(value, |date| super::date::parse(date).map(|date| date.0))
        });
        response.date = header("date").and_then(super::date::parse);
        response.request_id = header("x-ms-request-id").unwrap_or_default().to_text();
        response
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpAnswer(")?;
        self.status.fmt(f)?;
        f.write_str(")")
    }
}

impl HttpRequest {
    /// The headers to send it with.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, Text)> {
        let mut headers = vec![("accept", "application/json".to_text())];
        if self.form().is_some() {
            let form = "application/x-www-form-urlencoded;charset=utf-8";
            headers.push(("content-type", form.to_text()));
        }
        if let Some(mailbox) = &self.anchor_mailbox {
            headers.push(("x-anchormailbox", mailbox.clone()));
        }
        headers
    }

    /// The body of a POST: the one way to it. It holds secrets.
    #[must_use]
    pub fn form(&self) -> Option<&str> {
        match &self.body {
            crate::protocol::http::Body::Form(form) => Some(form.expose()),
            crate::protocol::http::Body::None => None,
        }
    }
}
