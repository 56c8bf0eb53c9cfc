//! Performing what flows ask for.

use super::configuration::Settings;
use super::platform::{Platform, Unavailable};
use crate::flow::step::{Effect, Event};
use crate::protocol::device_code::DeviceAuthorization;
use crate::secret::SecretBytes;
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;

/// The longest that a token store may take; then the network is asked.
const MAX_STORE_TIME: Duration = Duration::from_secs(5);

/// The longest that a key which lies elsewhere may take to sign.
const MAX_SIGN_TIME: Duration = Duration::from_secs(30);

/// Shows a person the code to sign in with.
pub(super) type Show<'a> = &'a (dyn Fn(&DeviceAuthorization) + Send + Sync);

/// Effects under way, each with its number.
#[derive(Default)]
pub(super) struct UnderWay<'a>(Vec<(u32, Performing<'a>)>);

type Performing<'a> = Pin<Box<dyn Future<Output = Event> + Send + 'a>>;

impl<'a> UnderWay<'a> {
    pub(super) fn begin<P: Platform>(
        &mut self,
        number: u32,
        effect: Effect,
        platform: &'a P,
        settings: &'a Settings,
        show: Option<Show<'a>>,
    ) {
        let performing = Box::pin(perform(effect, platform, settings, show));
        self.0.push((number, performing));
    }

    /// What comes first; `None` where nothing is under way.
    pub(super) async fn next(&mut self) -> Option<(u32, Event)> {
        poll_fn(|context| {
            for at in 0..self.0.len() {
                let (number, performing) = &mut self.0[at];
                if let Poll::Ready(event) = performing.as_mut().poll(context) {
                    let number = *number;
                    drop(self.0.swap_remove(at));
                    return Poll::Ready(Some((number, event)));
                }
            }
            if self.0.is_empty() {
                Poll::Ready(None)
            } else {
                Poll::Pending
            }
        })
        .await
    }
}

async fn perform<P: Platform>(
    effect: Effect,
    platform: &P,
    settings: &Settings,
    show: Option<Show<'_>>,
) -> Event {
    match effect {
        Effect::Send {
            request,
            timeout_ms,
        } => match within(platform, time(timeout_ms), platform.send(request)).await {
            Some(Ok(answer)) => Event::Response(answer.read()),
            Some(Err(Unavailable)) => Event::NetworkFailed,
            None => Event::TimedOut,
        },
        Effect::Sleep(ms) => {
            platform.sleep(time(ms)).await;
            Event::Done
        }
        Effect::Digest(hash, bytes) => {
            Event::Bytes(SecretBytes::new(platform.digest(hash, bytes.expose())))
        }
        Effect::Sign(algorithm, bytes) => {
            let signing = platform.sign(settings.key.as_ref(), algorithm, bytes.expose());
            let signed = within(platform, MAX_SIGN_TIME, signing).await;
            or_failed(signed, |signature| {
                Event::Bytes(SecretBytes::new(signature))
            })
        }
        Effect::Verify {
            jwk,
            algorithm,
            bytes,
            signature,
        } => Event::Verified(platform.verify(&jwk, algorithm, bytes.expose(), signature.expose())),
        Effect::AskAssertion {
            token_endpoint,
            fmi_path,
            timeout_ms,
        } => {
            let asked = platform.client_assertion(&token_endpoint, fmi_path.as_deref());
            match within(platform, time(timeout_ms), asked).await {
                Some(Ok(assertion)) => Event::Assertion(assertion),
                Some(Err(Unavailable)) => Event::Failed,
                None => Event::TimedOut,
            }
        }
        Effect::Load(key) => {
            let loaded = within(platform, MAX_STORE_TIME, platform.load(&key)).await;
            or_failed(loaded, |text| {
                Event::Loaded(text.and_then(|text| super::json::parse(text.expose())))
            })
        }
        Effect::Save {
            key,
            value,
            expires_at,
        } => {
            let saving = platform.save(&key, value, expires_at);
            let saved = within(platform, MAX_STORE_TIME, saving).await;
            or_failed(saved, |()| Event::Done)
        }
        Effect::Delete(key) => {
            let deleted = within(platform, MAX_STORE_TIME, platform.delete(&key)).await;
            or_failed(deleted, |()| Event::Done)
        }
        Effect::List(prefix) => {
            let listed = within(platform, MAX_STORE_TIME, platform.list(&prefix)).await;
            or_failed(listed, Event::Listed)
        }
        // Keys are read before there is a client; the cache in memory performs the others itself; there is no window.
        Effect::ReadKey
        | Effect::LookUp { .. }
        | Effect::Learn { .. }
        | Effect::Forget { .. }
        | Effect::IsReplaced(_)
        | Effect::IsUnstored(_)
        | Effect::Stored { .. }
        | Effect::Authorize { .. } => Event::Failed,
        Effect::ShowCode(code) => match show {
            Some(show) => {
                show(&code);
                Event::Done
            }
            None => Event::Failed,
        },
    }
}

fn or_failed<T>(done: Option<Result<T, Unavailable>>, event: impl FnOnce(T) -> Event) -> Event {
    match done {
        Some(Ok(value)) => event(value),
        Some(Err(Unavailable)) | None => Event::Failed,
    }
}

fn time(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
}

/// What comes of something in the time that it has; `None` where that runs out.
async fn within<P: Platform, T>(
    platform: &P,
    limit: Duration,
    wanted: impl Future<Output = T>,
) -> Option<T> {
    let (mut wanted, mut limit) = (pin!(wanted), pin!(platform.sleep(limit)));
    poll_fn(|context| {
        if let Poll::Ready(done) = wanted.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        limit.as_mut().poll(context).map(|()| None)
    })
    .await
}
