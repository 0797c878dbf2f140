//! Where a player stayed.

use super::cleaned::{Life, Segment};
use super::state::State;
use crate::analysis::stats::summary::STILL_UPS;
use crate::geom::WorldPoint;

/// Shortest stay, ms.
pub const SHORTEST_STOP_MS: i64 = 3_000;

/// A stay: at least [`SHORTEST_STOP_MS`] below [`STILL_UPS`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Index of its first sample within [`Life::samples`].
    pub first: usize,
    /// Index of its last sample.
    pub last: usize,
    /// Where: at half of the stay's time.
    pub at: WorldPoint,
    /// How long, ms.
    pub duration_ms: i64,
    /// The state held longest; the faster one of two equals.
    pub state: State,
}

/// A life's stays, in order. A break ends a stay.
pub fn stops(life: &Life<'_>) -> Vec<Stop> {
    let mut found = Vec::new();
    let mut run: Option<Run> = None;
    for segment in life.segments() {
        let still = is_still(&segment);
        let follows = run.as_ref().is_some_and(|run| run.last == segment.index);
        if !(still && follows) {
            found.extend(run.take().and_then(|run| run.stop(life)));
        }
        if still {
            let run = run.get_or_insert_with(|| Run::new(segment.index));
            run.last = segment.index + 1;
            run.state_ms[segment.state.index()] += segment.dt_ms;
        }
    }
    found.extend(run.and_then(|run| run.stop(life)));
    found
}

/// Whether the player stood still, below [`STILL_UPS`].
pub(crate) fn is_still(segment: &Segment<'_>) -> bool {
    is_still_step(segment.from.at, segment.to.at, segment.dt_ms)
}

/// The same of a step by its ends.
pub(crate) fn is_still_step(from: WorldPoint, to: WorldPoint, dt_ms: i64) -> bool {
    from.distance_2d(to) * 1_000.0 < STILL_UPS * dt_ms as f64
}

struct Run {
    first: usize,
    last: usize,
    state_ms: [i64; State::ALL.len()],
}

impl Run {
    fn new(first: usize) -> Self {
        Self { first, last: first, state_ms: [0; State::ALL.len()] }
    }

    fn stop(self, life: &Life<'_>) -> Option<Stop> {
        let samples = life.samples();
        let (from, to) = (samples[self.first].time, samples[self.last].time);
        let duration_ms = to.since(from);
        let middle = i64::midpoint(from.0.into(), to.0.into());
        let at = samples.partition_point(|s| i64::from(s.time.0) <= middle).max(1) - 1;
        let state = State::ALL.into_iter().max_by_key(|s| self.state_ms[s.index()])?;
        (duration_ms >= SHORTEST_STOP_MS).then(|| Stop {
            first: self.first,
            last: self.last,
            at: samples[at].at,
            duration_ms,
            state,
        })
    }
}
