//! Lives that are drawn alike: line by line while they are few, counted where they are many.

use super::counted::{Counting, LineCounts};
use super::life_path::LifePath;

/// Up to so many lives are drawn line by line; of more, no line can be followed.
pub const MOST_LINES: usize = 300;

/// Some lives of a picture.
#[derive(Debug, Clone, Default)]
pub(super) struct Bundle {
    /// The lives, while they are kept.
    pub each: Vec<LifePath>,
    /// Their lines, once they are counted.
    pub counts: Option<LineCounts>,
}

impl Bundle {
    /// Adds a life. Without `counting` every life is kept.
    pub(super) fn add(&mut self, path: LifePath, counting: Option<&Counting>) {
        match (&mut self.counts, counting) {
            (Some(counts), Some(counting)) => counts.add(&path, counting),
            _ => self.each.push(path),
        }
        self.settle(counting);
    }

    /// Adds what another one holds, counted in the same way; the order does not matter.
    pub(super) fn merge(&mut self, other: Self, counting: Option<&Counting>) {
        self.each.extend(other.each);
        match (&mut self.counts, other.counts) {
            (Some(counts), Some(others)) => counts.merge(others),
            (counts @ None, others) => *counts = others,
            (Some(_), None) => {}
        }
        self.settle(counting);
    }

    /// Counts the lives that are kept if there are too many, or if others are counted already.
    pub(super) fn settle(&mut self, counting: Option<&Counting>) {
        let Some(counting) = counting else { return };
        if self.each.len() > MOST_LINES || (self.counts.is_some() && !self.each.is_empty()) {
            let counts = self.counts.get_or_insert_with(|| LineCounts::new(counting));
            for path in std::mem::take(&mut self.each) {
                counts.add(&path, counting);
            }
        }
    }
}
