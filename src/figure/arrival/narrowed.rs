//! Arrivals of lives of which a filter leaves a part, step by step.

use super::ArrivalSpec;
use crate::analysis::{
    Arrivals, Change, Depth, Filter, KindSums, Life, NarrowLife, NarrowRound, NarrowStep, PlacedRounds,
    TakeSteps,
};
use crate::figure::words::data_summary::DataSummary;
use crate::geom::WorldRect;
use crate::model::LevelTime;

/// Arrivals in the making.
struct Narrowed {
    arrivals: Arrivals,
    summary: DataSummary,
    /// When the round went live whose lives pass by.
    zero: LevelTime,
}

/// What captions count.
struct Counted(DataSummary);

/// What rounds in memory give; `None` where steps do not tell it. The second value is whether it was done in time.
pub(in crate::figure) fn narrowed(
    spec: &ArrivalSpec,
    (arrivals, summary): (&Arrivals, &DataSummary),
    rounds: &PlacedRounds<'_>,
    (filter, extent): (&Filter, &WorldRect),
) -> Option<((Arrivals, DataSummary), bool)> {
    if spec.since != super::Since::Round {
        return None;
    }
    // A round counts when any player moved in it: a side that got nowhere was late, not absent.
    let all_sides = Filter { teams: Vec::new(), ..filter.clone() };
    let (arrivals, empty) = (arrivals.clone(), summary.clone());
    let mut taken = Narrowed { arrivals, summary: empty, zero: LevelTime(0) };
    let mut in_time = rounds.narrowed(&all_sides, extent, Depth::Steps, &mut taken)?;
    if !filter.teams.is_empty() {
        let (counted, is_done) = counted(summary, rounds, (filter, extent))?;
        (taken.summary, in_time) = (counted, in_time && is_done);
    }
    Some(((taken.arrivals, taken.summary), in_time))
}

/// Counts the lives of rounds in memory; `None` where that takes more than the lives. The second value is whether it was done in
/// time.
pub(in crate::figure) fn counted(
    empty: &DataSummary,
    rounds: &PlacedRounds<'_>,
    (filter, extent): (&Filter, &WorldRect),
) -> Option<(DataSummary, bool)> {
    let mut counted = Counted(empty.clone());
    let in_time = rounds.narrowed(filter, extent, Depth::Lives, &mut counted)?;
    Some((counted.0, in_time))
}

impl TakeSteps for Narrowed {
    fn take_kind(&mut self, _: &KindSums) {}

    fn begin_life(&mut self, _: &Life<'_>) {
        // The steps at a window's edges come last.
        self.arrivals.go_back();
    }

    fn take_step(&mut self, step: &NarrowStep<'_>) {
        // Without sums nothing is ever taken away.
        debug_assert_eq!(step.change, Change::Add);
        let start_ms = step.from.time.since(self.zero);
        self.arrivals.add_step((step.from.at, step.to.at), (start_ms, step.ms as i64));
    }

    fn take_life(&mut self, life: &NarrowLife<'_, '_>) {
        self.zero = life.clock.zero;
        self.arrivals.begin_life(&life.life.track().team);
    }

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        if round.lives > 0 {
            self.arrivals.end_round(round.order);
        }
        self.summary.add_narrowed(round);
    }
}

impl TakeSteps for Counted {
    fn take_kind(&mut self, _: &KindSums) {}

    fn take_step(&mut self, _: &NarrowStep<'_>) {}

    fn take_life(&mut self, _: &NarrowLife<'_, '_>) {}

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        self.0.add_narrowed(round);
    }
}
