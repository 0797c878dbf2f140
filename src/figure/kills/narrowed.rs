//! Movement of sums and single steps, below the deaths of the lives.

use super::{KillsAccumulator, kills};
use crate::analysis::{
    Depth, Filter, KindSums, NarrowLife, NarrowRound, NarrowStep, PlacedRounds, TakeSteps,
};
use crate::geom::WorldRect;

impl KillsAccumulator {
    /// What rounds in memory give; `None` where steps do not tell it. The second value is whether it was done in time.
    pub(in crate::figure) fn narrowed(
        &self,
        rounds: &PlacedRounds<'_>,
        (filter, extent): (&Filter, &WorldRect),
    ) -> Option<(Self, bool)> {
        let mut all = self.clone();
        let in_time = rounds.narrowed(filter, extent, Depth::Sums, &mut all)?;
        if let Some(movement) = &mut all.movement {
            movement.forget_nothing();
        }
        let everyone = Filter::everything();
        for (order, round) in rounds.rounds.iter().filter_map(|(order, round)| Some(((*order)?, *round))) {
            if (rounds.is_late)() {
                return Some((all, false));
            }
            let found = kills(&round.lives(filter), &round.lives(&everyone));
            all.add_kills(found.into_iter().map(|kill| (order, kill)));
        }
        Some((all, in_time))
    }
}

impl TakeSteps for KillsAccumulator {
    fn take_kind(&mut self, kind: &KindSums) {
        if let Some(movement) = &mut self.movement {
            movement.add_cells(kind.who, kind.state, &kind.movement, 0);
        }
    }

    fn take_step(&mut self, step: &NarrowStep<'_>) {
        if let Some(movement) = &mut self.movement {
            movement.add_or_take(
                step.change,
                step.who,
                step.state,
                (step.from.at, step.to.at, step.ms * 1_000),
            );
        }
    }

    fn take_life(&mut self, life: &NarrowLife<'_, '_>) {
        if let Some(movement) = &mut self.movement {
            movement.add_lives(1, life.recorded);
        }
    }

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        self.data_summary.add_narrowed(round);
    }
}
