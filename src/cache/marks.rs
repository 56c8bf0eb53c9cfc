//! What came, remembered without being kept.

use super::index::hash;

/// Texts that were seen, by their hashes and lengths: neither is a secret.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<(u32, usize)>);

/// More are not remembered; the oldest go. So many come where nothing is ever saved.
const MOST_MARKS: usize = 4_096;

impl Marks {
    pub(super) fn set(&mut self, text: &str) {
        if self.0.len() >= MOST_MARKS {
            self.0.remove(0);
        }
        self.0.push((hash(text), text.len()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, text: &str) -> bool {
        self.0.contains(&(hash(text), text.len()))
    }
}
