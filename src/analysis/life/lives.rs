//! The usable lives of a round, and what was left out of it.

use super::cleaned::Life;
use super::clock::RoundClock;
use super::dropped::Dropped;
use super::state::StateDecoder;

/// The usable lives of one round.
#[derive(Debug, Clone)]
pub struct Lives<'a> {
    /// Lives in file order.
    pub lives: Vec<Life<'a>>,
    /// What was left out. `lives.len() + dropped.total_lives()` is the number of tracks.
    pub dropped: Dropped,
    /// The same, track by track.
    pub(super) by_track: Vec<Dropped>,
    /// The round's time base.
    pub clock: RoundClock,
    /// What stance and sprint mean in it.
    pub meaning: StateDecoder,
}

impl Lives<'_> {
    /// Recorded samples of the lives that are left.
    pub fn samples(&self) -> u64 {
        self.lives.iter().map(|life| life.recorded_samples() as u64).sum()
    }

    /// What was left out of one track of the round.
    pub fn dropped_of(&self, track_index: usize) -> Dropped {
        self.by_track.get(track_index).copied().unwrap_or_default()
    }
}
