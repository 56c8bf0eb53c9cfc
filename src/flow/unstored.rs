//! Of whom something came that the token store does not have.

use crate::text::{Text, ToText};

/// Of so many users it is remembered; the oldest go first.
const MAX_KEPT: usize = 1_000;

/// The partitions of users of whom something came that the token store does not have.
#[derive(Debug, Default)]
pub struct Unstored(Vec<Text>);

impl Unstored {
    /// Notes whether the token store has what came for a user.
    pub fn note(&mut self, partition: &str, is_stored: bool) {
        self.0.retain(|known| known != partition);
        if !is_stored {
            if self.0.len() >= MAX_KEPT {
                self.0.remove(0);
            }
            self.0.push(partition.to_text());
        }
    }

    /// Whether something came for a user that the token store does not have.
    #[must_use]
    pub fn has(&self, partition: &str) -> bool {
        self.0.iter().any(|known| known == partition)
    }

    /// Forgets them all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
