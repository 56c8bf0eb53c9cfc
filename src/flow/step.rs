//! Stepping a flow by hand.
//!
//! A flow is an ordinary `async fn` that asks for effects through its [`Io`] and awaits what comes of them. [`Flow`]
//! polls it: [`Flow::start`] and [`Flow::resume`] each give a [`Step`] with the effects that are now wanted, or the
//! outcome. Whoever drives performs the effects and resumes the flow with what came of each, by its number.
//!
//! ```text
//! start ──► Step { effects: [(0, Send)] } ──► perform ──► resume(0, Response) ──► … ──► Step { outcome }
//! ```
//!
//! There is no executor and no waker: a flow is polled when, and only when, an event comes. Dropping the `Flow` ends
//! it; what is under way outside is then nobody's.

use super::learned::Learned;
use super::share::{Portable, Shared, Slot, Steps};
use crate::cache::lifetime::Lifetime;
use crate::error::Error;
#[cfg(feature = "confidential")]
use crate::protocol::client_assertion::Algorithm;
#[cfg(feature = "device-code")]
use crate::protocol::device_code::DeviceAuthorization;
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::jwks::SignatureAlgorithm;
use crate::secret::{Secret, SecretBytes};
use crate::text::Text;
use crate::time::{Moment, Now};
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

/// Something that a flow wants done outside. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Effect {
    /// Send this request, never following a redirect; give up after `timeout_ms`.
    Send {
        /// What to send.
        request: HttpRequest,
        /// How long to wait for the whole answer, in milliseconds.
        timeout_ms: i64,
    },
    /// Wait this many milliseconds.
    Sleep(i64),
    /// Hash these bytes.
    Digest(Hash, SecretBytes),
    /// Sign these bytes with the key of the client's certificate.
    #[cfg(feature = "confidential")]
    Sign(Algorithm, SecretBytes),
    /// Verify a signature.
    Verify {
        /// The public key, as a JWK.
        jwk: Value,
        /// How it was signed.
        algorithm: SignatureAlgorithm,
        /// What was signed.
        bytes: SecretBytes,
        /// The signature.
        signature: SecretBytes,
    },
    /// Have the client's key and certificate read, which are in none of the forms that are read here.
    #[cfg(feature = "confidential")]
    ReadKey,
    /// Ask the program for a client assertion.
    #[cfg(feature = "confidential")]
    AskAssertion {
        /// The audience that it is for.
        token_endpoint: Text,
        /// The path of a federated managed identity, where one is asked for.
        fmi_path: Option<Text>,
        /// How long to wait, in milliseconds.
        timeout_ms: i64,
    },
    /// Show a person the code to sign in with on another device; no waiting for the person.
    #[cfg(feature = "device-code")]
    ShowCode(DeviceAuthorization),
    /// Ask for a code in a window of the browser's.
    Authorize {
        /// Which.
        window: Window,
        /// Its address.
        url: Text,
        /// Where the answer comes.
        redirect_uri: Text,
        /// The name under which whoever takes the answer tells it.
        channel: Text,
        /// What comes back with the answer.
        state: Text,
        /// What comes back in the id_token.
        nonce: Text,
        /// The PKCE verifier, to be kept where this page is left.
        verifier: Secret,
        /// Whether the answer has to name its issuer.
        names_issuer: bool,
        /// How long to wait, in milliseconds.
        timeout_ms: i64,
    },
    /// Look for a user's token in the cache in memory.
    LookUp {
        /// The key of the partition.
        partition: Text,
        /// The tenant, where it is known.
        realm: Option<Text>,
        /// The authority that would be asked.
        location: Text,
        /// The scopes, in the form of `Scopes::bare`.
        scopes: Vec<Text>,
        /// What else decides it.
        variant: Text,
    },
    /// Keep what was learned of the provider at a location.
    Learn {
        /// The authority's location.
        location: Text,
        /// What was learned.
        learned: Learned,
    },
    /// Forget a refresh token that is dead.
    Forget {
        /// Whose it is: the key of a partition.
        partition: Text,
        /// The token.
        refresh_token: Secret,
    },
    /// Say whether a newer refresh token came here in this one's place.
    IsReplaced(Secret),
    /// Say whether the store could never be given what came for a user: the key of a partition.
    IsUnstored(Text),
    /// Note whether the token store was given what came for a user of whom it had nothing.
    Stored {
        /// Whose it is: the key of a partition.
        partition: Text,
        /// Whether it is there.
        is_stored: bool,
    },
    /// Load an entry of the program's token store.
    Load(Text),
    /// Save an entry of the program's token store.
    Save {
        /// Its key.
        key: Text,
        /// What to keep: JSON, with tokens in it.
        value: Secret,
        /// From when on it is of no use, by the wall clock.
        expires_at: Moment,
    },
    /// Delete an entry of the program's token store.
    Delete(Text),
    /// List the keys of the program's token store that begin with this.
    List(Text),
}

/// A window in which a person is asked.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// A window of its own.
    Popup,
    /// This one, which is left for it; the answer comes to another flow.
    Redirect,
    /// A hidden frame, for whoever has a session.
    Frame,
    /// The system's browser, which sends the answer to a listener of this program's on this machine (RFC 8252).
    Browser,
}

impl Window {
    /// MSAL's name of the interaction; the system's browser has none.
    #[must_use]
    pub fn interaction(self) -> &'static str {
        match self {
            Self::Popup => "popup",
            Self::Redirect => "redirect",
            Self::Frame => "silent",
            Self::Browser => "",
        }
    }
}

/// How bytes are hashed.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// For the thumbprints that AD FS knows; protects nothing.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// What came of an effect.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// An answer, whatever its status.
    Response(HttpResponse),
    /// No answer: the connection failed or was cut.
    NetworkFailed,
    /// No answer within the effect's time limit.
    TimedOut,
    /// The pause is over, or what was to be done is done.
    Done,
    /// A hash or a signature.
    Bytes(SecretBytes),
    /// Whether the signature holds, or what was asked of the cache is so.
    Verified(bool),
    /// The program's client assertion.
    #[cfg(feature = "confidential")]
    Assertion(Secret),
    /// The parameters of an authorization response.
    Answered(Value),
    /// The client's certificate, read.
    #[cfg(feature = "confidential")]
    KeyRead(ReadCertificate),
    /// What the cache in memory has: key and life of a token.
    Found(Option<(Text, Lifetime)>),
    /// What the token store has under the key.
    Loaded(Option<Value>),
    /// Keys of the token store.
    Listed(Vec<Text>),
    /// It could not be done; whoever performs knows why.
    Failed,
}

/// What was read of a certificate whose key stays outside.
#[cfg(feature = "confidential")]
#[derive(Clone, Debug, Default)]
pub struct ReadCertificate {
    /// The certificate; empty where there is none.
    pub der: Vec<u8>,
    /// The certificate and its issuers.
    pub chain: Vec<Vec<u8>>,
}

/// Where a flow stands after being polled.
#[derive(Debug)]
pub struct Step<T> {
    /// Effects newly wanted, each with its number.
    pub effects: Vec<(u32, Effect)>,
    /// How it ended; `None` while it waits.
    pub outcome: Option<Result<T, Error>>,
}

/// A flow's way to the outside.
#[derive(Clone, Debug)]
pub struct Io(Shared<Slot<Exchange>>);

#[derive(Debug)]
struct Exchange {
    now: Now,
    next: u32,
    wanted: Vec<(u32, Effect)>,
    events: Vec<(u32, Event)>,
}

impl Io {
    /// The present, as of the last event.
    #[must_use]
    pub fn now(&self) -> Now {
        self.0.borrow().now
    }

    /// Asks for an effect and waits for what comes of it.
    #[inline(never)]
    pub fn perform(&self, effect: Effect) -> Performing {
        let mut exchange = self.0.borrow_mut();
        let number = exchange.next;
        exchange.next += 1;
        exchange.wanted.push((number, effect));
        Performing {
            exchange: Shared::clone(&self.0),
            number,
        }
    }
}

/// An effect under way.
#[derive(Debug)]
pub struct Performing {
    exchange: Shared<Slot<Exchange>>,
    number: u32,
}

impl Future for Performing {
    type Output = Event;

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Event> {
        let mut exchange = self.exchange.borrow_mut();
        let events = &mut exchange.events;
        match events.iter().position(|(of, _)| *of == self.number) {
            Some(at) => Poll::Ready(events.swap_remove(at).1),
            None => Poll::Pending,
        }
    }
}

/// Waits for two chains of effects at once; for the first alone where its outcome makes the other one needless.
pub async fn join<A, B>(
    one: impl Future<Output = A>,
    other: impl Future<Output = B>,
    is_enough: impl Fn(&A) -> bool,
) -> (A, Option<B>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(move |context| {
        if first.is_none()
            && let Poll::Ready(done) = one.as_mut().poll(context)
        {
            first = Some(done);
        }
        if second.is_none()
            && let Poll::Ready(done) = other.as_mut().poll(context)
        {
            second = Some(done);
        }
        match first.take() {
            Some(done) if second.is_some() || is_enough(&done) => {
                Poll::Ready((done, second.take()))
            }
            waiting => {
                first = waiting;
                Poll::Pending
            }
        }
    })
    .await
}

/// A flow under way.
pub struct Flow<T> {
    exchange: Shared<Slot<Exchange>>,
    steps: Option<Steps<T>>,
}

impl<T> Flow<T> {
    /// A flow that has not begun; `begin` is the `async fn`, given its [`Io`].
    pub fn new<F>(now: Now, begin: impl FnOnce(Io) -> F) -> Self
    where
        F: Future<Output = Result<T, Error>> + Portable + 'static,
    {
        let exchange = Shared::new(Slot::new(Exchange {
            now,
            next: 0,
            wanted: Vec::new(),
            events: Vec::new(),
        }));
        let steps: Steps<T> = Box::pin(begin(Io(Shared::clone(&exchange))));
        Self {
            exchange,
            steps: Some(steps),
        }
    }

    /// Runs up to the first effects.
    pub fn start(&mut self, now: Now) -> Step<T> {
        self.exchange.borrow_mut().now = now;
        self.poll()
    }

    /// Goes on with what came of the effect `number`. An event that nobody waits for changes nothing.
    pub fn resume(&mut self, number: u32, event: Event, now: Now) -> Step<T> {
        {
            let mut exchange = self.exchange.borrow_mut();
            exchange.now = now;
            exchange.events.push((number, event));
        }
        self.poll()
    }

    fn poll(&mut self) -> Step<T> {
        let mut outcome = None;
        if let Some(steps) = &mut self.steps {
            match steps.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(ended) => {
                    outcome = Some(ended);
                    self.steps = None;
                }
                Poll::Pending => {}
            }
        }
        Step {
            effects: core::mem::take(&mut self.exchange.borrow_mut().wanted),
            outcome,
        }
    }
}

impl<T> core::fmt::Debug for Flow<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(if self.steps.is_some() {
            "Flow(waiting)"
        } else {
            "Flow(ended)"
        })
    }
}
