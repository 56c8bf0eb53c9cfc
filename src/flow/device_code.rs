//! A person signs in on another device with a code that this one shows; meanwhile the token is asked for.
//!
//! ```text
//! ask for a code ──► show it ──► ask for the token ──► done
//!                                 ▲  not yet           └► declined, expired
//!                                 └── wait
//! ```

use super::acquired::{Acquired, Filing, Keep};
use super::authorization_code::save;
use super::exchange::{Answer, Exchange};
use super::send::{Limits, send};
use super::step::{Effect, Event, Io};
use super::token_store::TokenStore;
use crate::error::{Error, ErrorClass, code};
use crate::protocol::device_code::{self, DeviceAuthorization, DeviceCode};
use crate::protocol::token_request::Grant;

/// RFC 8628, section 3.5: by so much the pause grows when the provider asks for it, in milliseconds.
const SLOW_DOWN_MS: i64 = 5_000;

/// All that the flow needs.
#[derive(Clone, Debug)]
pub struct DeviceCodeFlow {
    /// Whom to ask, for each question anew; its grant is filled in when the code has come.
    pub exchange: Exchange,
    /// What the tokens are filed by.
    pub filing: Filing,
    /// How long the person may take at most, in milliseconds, if not as long as the code is good.
    pub limit_ms: Option<i64>,
    /// The program's token store, if it has one.
    pub store: Option<TokenStore>,
}

impl DeviceCodeFlow {
    /// Runs the flow.
    ///
    /// # Errors
    /// `device_code_expired` and `user_timeout_reached`, where the person took too long; what the server says, such as
    /// `authorization_declined`; those of [`device_code::parse_response`] and [`Exchange::run`].
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        let answer = self
            .ask(&io)
            .await
            .map_err(|error| error.with_correlation_id(&self.exchange.request.correlation_id))?;
        let acquired = self.filing.file(&self.exchange, answer, &io, Keep::Always);
        if let Some(store) = &self.store {
            save(store, &io, &acquired, Keep::Always).await;
        }
        Ok(acquired)
    }

    async fn ask(&mut self, io: &Io) -> Result<Answer, Error> {
        let code = self.begin(io).await?;
        let came = io.now().judged;
        let expires = came.plus_seconds(code.expires_in);
        let limit = self.limit_ms.map(|limit_ms| came.plus_ms(limit_ms));
        let (ends, late) = match limit {
            Some(limit) if limit < expires => (limit, out_of_time()),
            Some(_) | None => (expires, expired()),
        };
        let mut pause_ms = code.interval * 1_000;
        self.exchange.request.grant = Grant::DeviceCode(DeviceCode {
            device_code: code.device_code.clone(),
        });
        if !matches!(io.perform(Effect::ShowCode(code)).await, Event::Done) {
            let message = "the code could not be shown";
            return Err(Error::new(
                ErrorClass::ClientAuth,
                code::WINDOW_FAILED,
                message,
            ));
        }
        // The pauses are this flow's own.
        self.exchange.max_retries = 0;
        loop {
            let error = match self.exchange.clone().run(io).await {
                Err(error) => error,
                answered => return answered,
            };
            let mut is_fault = false;
            match error.code.as_str() {
                "authorization_pending" => {}
                "slow_down" => pause_ms += SLOW_DOWN_MS,
                "expired_token" => return Err(expired()),
                // RFC 8628, section 3.5: who gets no answer asks less often.
                _ if is_passing(&error) => {
                    is_fault = true;
                    pause_ms *= 2;
                }
                _ => return Err(error),
            }
            let left_ms = ends.ms_since(io.now().judged);
            if left_ms <= 0 {
                return Err(if is_fault { error } else { late });
            }
            let wanted_ms = i64::from(error.retry_after_seconds.unwrap_or_default()) * 1_000;
            // Who signed in at the last moment is not told that it was too late.
            self.pause(io, pause_ms.max(wanted_ms).min(left_ms)).await;
        }
    }

    async fn begin(&mut self, io: &Io) -> Result<DeviceAuthorization, Error> {
        let limits = Limits {
            deadline: io.now().judged.plus_ms(self.exchange.timeout_ms),
            max_retries: self.exchange.max_retries,
        };
        let endpoint = self
            .exchange
            .device_authorization_endpoint(io, limits)
            .await?;
        let request = device_code::build(&self.exchange.request, &endpoint);
        let mut jitter = self.exchange.entropy.clone();
        let response = send(io, &request, limits, &mut jitter).await?;
        device_code::parse_response(&response, io.now().wall)
    }

    /// Waits, and fetches the provider's keys meanwhile, which the id_token will be verified with.
    async fn pause(&mut self, io: &Io, pause_ms: i64) {
        let end = io.now().judged.plus_ms(pause_ms);
        if !self.exchange.has_fresh_keys(io) {
            let limits = Limits {
                deadline: end,
                max_retries: 0,
            };
            let mut entropy = self.exchange.entropy.clone();
            let fetched = self.exchange.fetch_keys(io, limits, &mut entropy, false);
            if let Ok((keys, metadata)) = fetched.await {
                self.exchange.keys = Some(keys);
                self.exchange.metadata = self.exchange.metadata.take().or(metadata);
            }
        }
        let left_ms = end.ms_since(io.now().judged).max(0);
        io.perform(Effect::Sleep(left_ms)).await;
    }
}

/// Whether the next question may be answered. Keys that could not be had are none of these: by then the code is spent.
fn is_passing(error: &Error) -> bool {
    let is_busy = |status: u16| status == 408 || status == 429 || status >= 500;
    let words = [
        code::NETWORK_ERROR,
        "temporarily_unavailable",
        "server_error",
    ];
    words.contains(&error.code.as_str()) || error.status.is_some_and(is_busy)
}

fn expired() -> Error {
    Error::new(
        ErrorClass::ClientAuth,
        code::DEVICE_CODE_EXPIRED,
        "nobody signed in while the code was good",
    )
    .with_hint("Start again: there will be a new code.")
}

fn out_of_time() -> Error {
    Error::new(
        ErrorClass::ClientAuth,
        code::USER_TIMEOUT_REACHED,
        "nobody signed in within request.timeout",
    )
    .with_hint("Start again, or allow more time.")
}
