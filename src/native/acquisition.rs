//! A call, from its request to its result: what is at hand, flown, driven and kept.

use super::client::{ConfidentialClient, Inner};
use super::drive::{Show, UnderWay};
use super::held::Held;
use super::platform::Platform;
use super::prepare::{Prepared, Request};
use super::result::{AuthenticationResult, How};
use crate::cache::lifetime::Freshness;
use crate::cache::partition::Wanted;
use crate::error::{Error, ErrorClass, code};
use crate::flow::acquired::{Acquired, Keep};
use crate::flow::step::{Effect, Event, Flow};
use crate::text::{Text, ToText};

impl<P: Platform> ConfidentialClient<P> {
    pub(super) async fn acquire(&self, request: Request) -> Result<AuthenticationResult, Error> {
        self.acquire_showing(request, None).await
    }

    pub(super) async fn acquire_showing(
        &self,
        request: Request,
        show: Option<Show<'_>>,
    ) -> Result<AuthenticationResult, Error> {
        let (held, how) = self.fly(&request, show).await?;
        let held = held.ok_or_else(stalled)?;
        let key = held.token.key.clone();
        let from_cache = how.from_cache;
        let result = AuthenticationResult::new(held, how, self.lock().now(&self.0.platform));
        if !from_cache || !self.begin_renewal(&key) {
            return Ok(result);
        }
        let renewal = Renewal {
            client: self.clone(),
            key: key.clone(),
        };
        match self.0.platform.spawn(Box::pin(renewal.run(request))) {
            None => Ok(result),
            Some(task) => {
                // Nobody else runs it: this call waits, and is served what there is then.
                task.await;
                Ok(self.again(&key, result))
            }
        }
    }

    /// Whether a token is due to be renewed ahead, by this call.
    fn begin_renewal(&self, key: &str) -> bool {
        let offset = self.0.settings.renewal_offset_seconds;
        let mut state = self.lock();
        let now = state.now(&self.0.platform).judged;
        let life = state.memory.lifetime(key);
        let is_due = life.is_some_and(|life| life.freshness(now, offset) == Freshness::Due);
        is_due && state.renewing.insert(key.to_text())
    }

    /// A result once more, after a renewal.
    fn again(&self, key: &str, result: AuthenticationResult) -> AuthenticationResult {
        let mut state = self.lock();
        let now = state.now(&self.0.platform);
        let Some(held) = Held::find(&mut state.memory, key) else {
            return result;
        };
        let how = How {
            correlation_id: Some(result.correlation_id),
            from_cache: true,
            ..How::default()
        };
        AuthenticationResult::new(held, how, now)
    }

    /// Runs what a request needs; what the cache serves at once needs nothing.
    pub(super) async fn fly(
        &self,
        request: &Request,
        show: Option<Show<'_>>,
    ) -> Result<(Option<Held>, How), Error> {
        let given = request.options().correlation_id.clone();
        let prepared = self.with_context(given.as_deref(), |context| context.prepare(request))?;
        if let Some(key) = &prepared.served
            && let Some(held) = Held::find(&mut self.lock().memory, key)
        {
            let how = How {
                correlation_id: given,
                from_cache: true,
                ..How::default()
            };
            return Ok((Some(held), how));
        }
        let (held, mut how) = self.drive(prepared, show).await?;
        how.correlation_id = given;
        Ok((held, how))
    }

    /// Runs a flow of the token store's, which has no token to give and no failure of its own.
    pub(super) async fn run_aside(&self, flow: Flow<Acquired>) {
        let prepared = Prepared {
            flow,
            served: None,
            key: None,
        };
        // It has none.
        let _ = self.drive(prepared, None).await;
    }

    async fn drive(
        &self,
        prepared: Prepared,
        show: Option<Show<'_>>,
    ) -> Result<(Option<Held>, How), Error> {
        let Inner {
            platform, settings, ..
        } = &*self.0;
        let mut call = Call {
            cached: None,
            key: prepared.key,
            epoch: 0,
            has_asked: false,
        };
        let mut flow = prepared.flow;
        let mut step = {
            let mut state = self.lock();
            call.epoch = state.epoch;
            call.cached = call
                .key
                .as_ref()
                .and_then(|key| Held::find(&mut state.memory, key));
            flow.start(state.now(platform))
        };
        let mut under_way = UnderWay::default();
        let mut done = Vec::new();
        loop {
            for (number, effect) in core::mem::take(&mut step.effects) {
                call.has_asked |= matches!(effect, Effect::Send { .. });
                match self.perform_in_memory(&effect, &mut call) {
                    Some(event) => done.push((number, event)),
                    None => under_way.begin(number, effect, platform, settings, show),
                }
            }
            match step.outcome.take() {
                Some(Ok(acquired)) => return Ok(self.end(acquired, call)),
                Some(Err(error)) => {
                    self.lock().postpone(&call, platform);
                    return Err(error);
                }
                None => {}
            }
            let (number, event) = match done.pop() {
                Some(done) => done,
                None => under_way.next().await.ok_or_else(stalled)?,
            };
            let now = self.lock().now(platform);
            step = flow.resume(number, event, now);
        }
    }

    fn perform_in_memory(&self, effect: &Effect, call: &mut Call) -> Option<Event> {
        let mut state = self.lock();
        match effect {
            Effect::LookUp {
                partition,
                realm,
                location,
                scopes,
                variant,
            } => {
                let wanted = Wanted {
                    client_id: &self.0.settings.given.client_id,
                    realm: realm.as_deref(),
                    location,
                    scopes,
                    variant,
                };
                let found = state.memory.look_up(partition, wanted);
                if let Some((key, _)) = &found {
                    call.cached = Held::find(&mut state.memory, key);
                    call.key = Some(key.clone());
                }
                Some(Event::Found(found))
            }
            Effect::Learn { location, learned } => {
                state.providers.learn(location, learned.clone());
                Some(Event::Done)
            }
            Effect::Forget {
                partition,
                refresh_token,
            } => {
                let now = state.now(&self.0.platform);
                state
                    .memory
                    .forget_refresh_token(partition, refresh_token, now);
                Some(Event::Done)
            }
            Effect::IsReplaced(refresh_token) => {
                Some(Event::Verified(state.memory.is_replaced(refresh_token)))
            }
            Effect::IsUnstored(partition) => Some(Event::Verified(state.unstored.has(partition))),
            Effect::Stored {
                partition,
                is_stored,
            } => {
                state.unstored.note(partition, *is_stored);
                Some(Event::Done)
            }
            _ => None,
        }
    }

    fn end(&self, acquired: Acquired, call: Call) -> (Option<Held>, How) {
        let mut state = self.lock();
        let now = state.now(&self.0.platform);
        let mut held = None;
        if !acquired.entities.is_empty() {
            let is_kept = call.epoch == state.epoch
                && (acquired.keep == Keep::Always
                    || state.memory.knows_account(&acquired.entities));
            held = Held::keep(
                &mut state.memory,
                acquired.entities,
                &acquired.key,
                is_kept,
                now,
            );
        }
        if acquired.from_cache && call.has_asked {
            state.postpone(&call, &self.0.platform);
        }
        let held = held
            .or_else(|| Held::find(&mut state.memory, &acquired.key))
            .or(call.cached);
        let how = How {
            correlation_id: None,
            request_id: acquired.request_id,
            from_cache: acquired.from_cache,
            extended: acquired.extended,
            spa_code: acquired.spa_code,
        };
        (held, how)
    }
}

/// A call under way.
pub(super) struct Call {
    /// The token whose renewal this is.
    pub(super) key: Option<Text>,
    /// What is cached, in case that the service is down and the cache is cleared meanwhile.
    cached: Option<Held>,
    epoch: u64,
    /// Whether anything was sent.
    has_asked: bool,
}

/// The renewal of a token that is served meanwhile.
struct Renewal<P: Platform> {
    client: ConfidentialClient<P>,
    key: Text,
}

impl<P: Platform> Renewal<P> {
    async fn run(self, mut request: Request) {
        request.options_mut().force_refresh = true;
        // That it fails is no caller's concern: the token is still good, and the next try is put off.
        let _ = self.client.fly(&request, None).await;
    }
}

impl<P: Platform> Drop for Renewal<P> {
    fn drop(&mut self) {
        self.client.lock().renewing.remove(&self.key);
    }
}

fn stalled() -> Error {
    let message = "the call ended without a token";
    Error::new(
        ErrorClass::ClientAuth,
        code::REQUEST_CANNOT_BE_MADE,
        message,
    )
}
