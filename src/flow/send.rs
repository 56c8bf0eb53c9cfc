//! Sending with retries inside a deadline.

use super::step::{Effect, Event, Io};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::entropy::Entropy;
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::retry;
use crate::time::Moment;

/// The `sub_error` of a request for which time ran out.
const TIMEOUT: &str = "timeout";

/// The `sub_error` of a request that the program's own client refused to send: it knows better than to try again.
const REFUSED: &str = "refused";

/// How long and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// When the whole call ends.
    pub deadline: Moment,
    /// How many times to send again after a passing fault.
    pub max_retries: u32,
}

/// Sends a request; after a passing fault (see [`retry`]) again, as long as the deadline leaves room for the pause.
/// A server's `Retry-After` is obeyed; one that reaches past the deadline ends the trying at once.
///
/// # Errors
/// `network_error` where no answer came; `sub_error` is `timeout` where time ran out.
pub async fn send(
    io: &Io,
    request: &HttpRequest,
    limits: Limits,
    entropy: &mut Entropy,
) -> Result<HttpResponse, Error> {
    let mut attempt = 0;
    loop {
        let timeout_ms = limits.deadline.ms_since(io.now().judged);
        if timeout_ms <= 0 {
            return Err(timed_out());
        }
        let answer = match io
            .perform(Effect::Send {
                request: request.clone(),
                timeout_ms,
            })
            .await
        {
            Event::Response(response) => Ok(response),
            Event::TimedOut => Err(timed_out()),
            Event::Failed => Err(refused()),
            _ => Err(no_answer()),
        };
        if !is_passing(&answer) || !pause(io, &answer, attempt, limits, entropy).await {
            return answer;
        }
        attempt += 1;
    }
}

/// Whether it may go better the next time.
pub fn is_passing(answer: &Result<HttpResponse, Error>) -> bool {
    match answer {
        Ok(response) => retry::is_passing_fault(response),
        Err(error) => error.sub_error.is_empty(),
    }
}

/// After a passing fault: waits until it is time to send again. `false` where there is no time, or no try, left.
pub async fn pause(
    io: &Io,
    answer: &Result<HttpResponse, Error>,
    attempt: u32,
    limits: Limits,
    entropy: &mut Entropy,
) -> bool {
    let asked_ms = answer.as_ref().ok().and_then(|response| {
        // A date is held against the clock that it was read off.
        let now = response.date.unwrap_or_else(|| io.now().wall);
        Some(response.retry_after?.wait_ms(now))
    });
    let pause_ms = asked_ms.unwrap_or_else(|| retry::pause_ms(attempt, entropy));
    let left_ms = limits.deadline.ms_since(io.now().judged);
    if attempt >= limits.max_retries || pause_ms >= left_ms {
        return false;
    }
    io.perform(Effect::Sleep(pause_ms)).await;
    true
}

fn no_answer() -> Error {
    Error::new(
        ErrorClass::Network,
        code::NETWORK_ERROR,
        "the identity provider could not be reached",
    )
    .with_hint(
        "Check the network and the authority's address; the cause holds what fetch reported.",
    )
}

fn refused() -> Error {
    let mut error = no_answer();
    error.sub_error = REFUSED.into();
    error
}

fn timed_out() -> Error {
    let mut error = Error::new(
        ErrorClass::Network,
        code::NETWORK_ERROR,
        "the identity provider did not answer in time",
    )
    .with_hint("Try again later, or allow more time by timeoutMs.");
    error.sub_error = TIMEOUT.into();
    error
}
