//! How long a token serves.

use crate::protocol::token_response::TokenResponse;
use crate::time::Moment;

/// Tokens that live longer than this are renewed at half of their life when the server names no moment.
const LONG_LIFE_SECONDS: i64 = 2 * 60 * 60;

/// After a renewal ahead has failed, the next one waits this long.
const REFRESH_RETRY_SECONDS: i64 = 30;

/// What a token is good for at a moment.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Freshness {
    /// Serve it.
    Fresh,
    /// Serve it and renew it meanwhile.
    Due,
    /// Renew it first; if the service is down, it may still be served.
    Expiring,
    /// Past its life; if the service is down, it may be served with `isExtendedLifeTimeToken`.
    Extended,
    /// Of no use.
    Gone,
}

/// The moments of a token's life, each on the time line of [`crate::time::Clock`].
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// When it came.
    pub obtained: Moment,
    /// From when on to renew it ahead.
    pub refresh: Option<Moment>,
    /// From when on it is not valid.
    pub expires: Moment,
    /// From when on it is of no use even while the service is down.
    pub extended_expires: Moment,
}

impl Lifetime {
    /// The life of a token that came at `now`.
    #[must_use]
    pub fn of_response(response: &TokenResponse, now: Moment) -> Self {
        let half = (response.expires_in > LONG_LIFE_SECONDS).then_some(response.expires_in / 2);
        Self {
            obtained: now,
            refresh: response
                .refresh_in
                .or(half)
                .map(|seconds| now.plus_seconds(seconds)),
            expires: now.plus_seconds(response.expires_in),
            extended_expires: now.plus_seconds(response.ext_expires_in),
        }
    }

    /// What the token is good for at `now`. `renewal_offset_seconds` before its end it counts as expiring; for a token
    /// whose whole life is short, no more than half of that life, so that it serves at all.
    #[must_use]
    pub fn freshness(&self, now: Moment, renewal_offset_seconds: i64) -> Freshness {
        let life_ms = self.expires.ms_since(self.obtained).max(0);
        let offset_ms = renewal_offset_seconds
            .saturating_mul(1_000)
            .min(life_ms / 2);
        if now >= self.extended_expires && now >= self.expires {
            Freshness::Gone
        } else if now >= self.expires {
            Freshness::Extended
        } else if now >= self.expires.plus_ms(-offset_ms) {
            Freshness::Expiring
        } else if self.refresh.is_some_and(|refresh| now >= refresh) {
            Freshness::Due
        } else {
            Freshness::Fresh
        }
    }

    /// Puts off renewing ahead, after it has failed at `now`.
    pub fn postpone_refresh(&mut self, now: Moment) {
        if self.refresh.is_some_and(|refresh| refresh <= now) {
            self.refresh = Some(now.plus_seconds(REFRESH_RETRY_SECONDS));
        }
    }
}
