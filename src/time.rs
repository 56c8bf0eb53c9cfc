//! Moments, and the clock that turns a host's two clocks into one that never goes back.

/// One second in milliseconds.
pub const SECOND_MS: i64 = 1_000;

/// How far the two clocks may drift apart before the slower one is set anew: more than the millisecond to which
/// hosts round them, so that rounding alone never moves the clock.
const CLOCK_TOLERANCE_MS: i64 = 1_000;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// The moment `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(SECOND_MS)))
    }

    /// The moment `milliseconds` later.
    #[must_use]
    pub fn plus_ms(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to this moment; negative if `earlier` is later.
    #[must_use]
    pub fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The present, on two time lines.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// By which ages are judged, from [`Clock`].
    pub judged: Moment,
    /// What the wall clock shows: for people, and for dates that others wrote.
    pub wall: Moment,
}

impl Now {
    /// The present where one clock is all there is.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self {
            judged: moment,
            wall: moment,
        }
    }

    /// A judged moment as the wall clock will show it.
    #[must_use]
    pub fn to_wall(self, judged: Moment) -> Moment {
        judged.plus_ms(self.wall.ms_since(self.judged))
    }

    /// A moment of the wall clock on the time line of ages.
    #[must_use]
    pub fn to_judged(self, wall: Moment) -> Moment {
        wall.plus_ms(self.judged.ms_since(self.wall))
    }
}

/// Judges ages by the wall clock and the monotonic clock together.
///
/// A wall clock that is set back would lengthen a token's life, a monotonic one stands still while a machine sleeps.
/// This clock advances by whichever of the two has advanced further and never goes back. Once it has run ahead
/// (a wall clock set forward by mistake) it stays ahead: tokens got from then on are judged on the same time line,
/// so nothing is renewed in a loop.
///
/// ```
/// use graph_token::time::{Clock, Moment, Now};
/// let mut clock = Clock::new();
/// assert_eq!(clock.observe(1_000_000, 0), Now { judged: Moment(1_000_000), wall: Moment(1_000_000) });
/// assert_eq!(clock.observe(400_000, 60_000).judged, Moment(1_060_000), "set back by ten minutes");
/// assert_eq!(clock.observe(4_000_000, 61_000).judged, Moment(4_660_000), "woken after an hour of sleep");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    started: bool,
    wall_offset_ms: i64,
    monotonic_offset_ms: i64,
    last: i64,
}

impl Clock {
    /// A clock that takes its first observation as it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The present, from the wall clock (milliseconds since 1970) and the monotonic clock (milliseconds since
    /// anything).
    pub fn observe(&mut self, wall_ms: i64, monotonic_ms: i64) -> Now {
        if !self.started {
            self.started = true;
            self.monotonic_offset_ms = wall_ms - monotonic_ms;
        }
        let by_wall = wall_ms + self.wall_offset_ms;
        let by_monotonic = monotonic_ms + self.monotonic_offset_ms;
        if by_wall > by_monotonic + CLOCK_TOLERANCE_MS {
            self.monotonic_offset_ms = by_wall - monotonic_ms;
        } else if by_monotonic > by_wall + CLOCK_TOLERANCE_MS {
            self.wall_offset_ms = by_monotonic - wall_ms;
        }
        self.last = self.last.max(by_wall).max(by_monotonic);
        Now {
            judged: Moment(self.last),
            wall: Moment(wall_ms),
        }
    }
}
