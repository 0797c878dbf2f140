//! A heatmap of sums and single steps.

use super::HeatmapAccumulator;
use crate::analysis::{
    Change, Depth, Filter, KindSums, NarrowLife, NarrowRound, NarrowStep, PlacedRounds, TakeSteps,
    is_still_step,
};
use crate::figure::layout::floor_panels;
use crate::geom::WorldRect;
use crate::map::floors::SeenHeights;

impl TakeSteps for HeatmapAccumulator {
    fn take_kind(&mut self, kind: &KindSums) {
        self.occupancy.add_cells(kind.who, kind.state, &kind.times, kind.outside_us);
        self.stillness.add_or_take(Change::Add, kind.state, kind.inside_ms, kind.still_ms);
    }

    fn take_step(&mut self, step: &NarrowStep<'_>) {
        let (from, to) = (step.from.at, step.to.at);
        self.occupancy.add_or_take(step.change, step.who, step.state, (from, to, step.ms * 1_000));
        let extent = self.occupancy.cells().extent();
        if extent.contains(from) && extent.contains(to) {
            let still = if is_still_step(from, to, step.ms as i64) { step.ms } else { 0 };
            self.stillness.add_or_take(step.change, step.state, step.ms, still);
        }
    }

    fn take_life(&mut self, life: &NarrowLife<'_, '_>) {
        self.occupancy.add_lives(1, life.recorded);
    }

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        self.data_summary.add_narrowed(round);
    }
}

impl HeatmapAccumulator {
    /// What rounds in memory give; `None` where steps do not tell it. The second value is whether it was done in time.
    pub(in crate::figure) fn narrowed(
        &self,
        rounds: &PlacedRounds<'_>,
        asked: (&Filter, &WorldRect),
        seen: Option<&mut SeenHeights>,
    ) -> Option<(Self, bool)> {
        let mut all = self.clone();
        let takes = self.spec.takes_sums();
        let in_time = takes.then(|| floor_panels::narrowed(rounds, asked, Depth::Sums, &mut all, seen))??;
        all.occupancy.forget_nothing();
        Some((all, in_time))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::analysis::{Bots, CleanedRound, Slices, State, WindowMs};
    use crate::figure::heatmap::HeatmapSpec;
    use crate::figure::layout::floor_panels::see;
    use crate::figure::request::slice_spec;
    use crate::model::{Class, Team};
    use crate::rounds::Rounds;

    /// Numbers that look random and are the same each time (D. Lehmer's generator).
    fn random(state: &mut u64, below: u64) -> i64 {
        *state = *state * 48_271 % 0x7fff_ffff;
        (*state % below) as i64
    }

    #[test]
    fn whatever_is_asked_for_sums_and_steps_give_what_the_lives_give() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
        let session = Rounds::open(folder).unwrap().to_vec().unwrap();
        let rounds: Vec<CleanedRound> = session.into_iter().map(CleanedRound::of).collect();
        let rounds: Vec<&CleanedRound> = rounds.iter().collect();
        // A corner of the map lies outside.
        let extent = WorldRect::new(-3_000.0, -3_000.0, 1_200.0, 3_000.0).unwrap();
        let slices = Slices::of(&rounds, &slice_spec(&extent).unwrap(), &|| false).unwrap();
        assert!(Slices::of(&rounds, &slice_spec(&extent).unwrap(), &|| true).is_none());
        assert!(slices.bytes() > 0);
        let mut seed = 7;
        let mut window = |longest: u64| {
            let from = random(&mut seed, longest);
            let to = from + 1 + random(&mut seed, longest);
            match random(&mut seed, 4) {
                0 => WindowMs { from: 0, to },
                1 => WindowMs { from, to: i64::MAX },
                2 => WindowMs { from: from / 1_000 * 1_000, to: (to / 1_000 + 1) * 1_000 },
                _ => WindowMs { from, to },
            }
        };
        let sides = [
            Filter::new(),
            Filter::everything(),
            Filter::new().team(Team::Axis),
            Filter::new().class(Class::Medic).states(&[State::Sprint, State::Prone]),
            Filter::new().player("Kestrel"),
            Filter::new().states(&[State::Upright]),
            Filter::new().round(1),
            Filter::new().sessions(date(2026, 3, 14), date(2026, 3, 14)).bots(Bots::Only),
        ];
        for number in 0..160 {
            let mut filter = sides[number % sides.len()].clone();
            if number % 3 > 0 {
                filter.life_window = Some(window(40_000));
            }
            if number % 5 == 0 || number % 3 == 0 {
                filter.round_window = Some(window(200_000));
            }
            let empty = HeatmapAccumulator::new(HeatmapSpec::default(), &extent).unwrap();
            let (mut direct, mut heights) = (empty.clone(), SeenHeights::default());
            let order = |place: usize| filter.matches_round(rounds[place].round()).then_some(place as u32);
            for (place, round) in rounds.iter().enumerate() {
                if order(place).is_some() {
                    let lives = round.lives(&filter);
                    direct.add_lives(round.round(), &lives, &filter);
                    see(&mut heights, &lives);
                }
            }
            let told = |heat: &HeatmapAccumulator, heights: &mut SeenHeights| {
                let cells: Vec<_> =
                    State::ALL.iter().map(|state| heat.occupancy.state(*state).into_owned()).collect();
                let there: Vec<_> =
                    cells.into_iter().filter(|cells| cells.iter().any(|us| *us > 0)).collect();
                let counted = (heat.occupancy.lives(), heat.occupancy.samples(), heat.stillness.share());
                (
                    there,
                    counted,
                    format!("{:?}", heat.data_summary),
                    heights.stacked(|z| usize::from(z > 64.0)),
                )
            };
            let expected = told(&direct, &mut heights);
            for slices in [Some(&slices), None] {
                let rounds = (0..rounds.len()).map(|place| (order(place), rounds[place])).collect();
                let placed = PlacedRounds { rounds, slices, is_late: &|| false };
                let mut seen = SeenHeights::default();
                let (found, in_time) = empty.narrowed(&placed, (&filter, &extent), Some(&mut seen)).unwrap();
                assert!(in_time);
                assert!(told(&found, &mut seen) == expected, "{number} {filter:?} {}", slices.is_some());
            }
        }
    }
}
