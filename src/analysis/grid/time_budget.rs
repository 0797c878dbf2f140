//! Where all the time alive went.

use crate::analysis::life::breaks::BreakReason;

/// Where all the time alive went, microseconds: `placed + outside + hidden + broken + uncovered = alive`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeBudget {
    /// Time alive of all lives.
    pub alive_us: u64,
    /// In the grid.
    pub placed_us: u64,
    /// Outside the extent.
    pub outside_us: u64,
    /// In states that the filter does not want.
    pub hidden_us: u64,
    /// In breaks, by [`BreakReason::ALL`].
    pub broken_us: [u64; BreakReason::ALL.len()],
    /// Before a life's first sample and after its last.
    pub uncovered_us: u64,
}

impl TimeBudget {
    /// In breaks of any kind.
    pub fn total_broken_us(&self) -> u64 {
        self.broken_us.iter().sum()
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.alive_us += other.alive_us;
        self.placed_us += other.placed_us;
        self.outside_us += other.outside_us;
        self.hidden_us += other.hidden_us;
        self.uncovered_us += other.uncovered_us;
        for (mine, theirs) in self.broken_us.iter_mut().zip(other.broken_us) {
            *mine += theirs;
        }
    }
}
