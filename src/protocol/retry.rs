//! What is worth asking again, and when.

use super::entropy::Entropy;
use super::http::{Content, HttpResponse};

/// The first pause; each further one is twice as long.
const FIRST_PAUSE_MS: u64 = 400;

/// No pause of ours is longer; a server may ask for more by `Retry-After`.
const LONGEST_PAUSE_MS: u64 = 8_000;

/// Whether an answer is one of a passing fault: 408, 429, 5xx, or OAuth's words for it.
#[must_use]
pub fn is_passing_fault(response: &HttpResponse) -> bool {
    let busy = match &response.content {
        Content::Json(body) => matches!(
            body.text("error"),
            "temporarily_unavailable" | "server_error"
        ),
        Content::Empty | Content::NotJson | Content::TooLarge => false,
    };
    response.status >= 500 || response.status == 408 || response.status == 429 || busy
}

/// The pause before the retry number `attempt` (from 0): doubled each time, half of it random.
pub fn pause_ms(attempt: u32, entropy: &mut Entropy) -> i64 {
    let ceiling = FIRST_PAUSE_MS
        .saturating_mul(1 << attempt.min(16))
        .min(LONGEST_PAUSE_MS);
    let pause = ceiling / 2 + entropy.below(ceiling / 2 + 1);
    i64::try_from(pause).unwrap_or(i64::MAX)
}
