//! Paths of sums and single steps: of so many lives that their lines are counted.

use super::counted::{Counting, LineCounts, PlaneStep};
use super::{MOST_LINES, PathsAccumulator, Player};
use crate::analysis::{
    BlockSums, Change, Depth, Filter, KindSums, Life, NarrowLife, NarrowRound, NarrowStep, NumberLines,
    PlacedRounds, PlayerKey, PlayerLines, Slices, State, TakeSteps,
};
use crate::figure::layout::floor_panels;
use crate::geom::WorldRect;
use crate::map::floors::SeenHeights;

/// Steps of a player that are counted together: each player's lines are many, and far from those of the others for the
/// processor. With a quarter of these, a line takes a fifth longer.
const STEPS_AT_ONCE: usize = 1 << 16;

/// Paths in the making.
struct Narrowed<'a> {
    all: PathsAccumulator,
    lines: LineCounts,
    counting: &'a Counting,
    /// The place of the colour of the player whose steps pass by.
    player: usize,
    /// The steps of each colour that are not counted yet, where colours are players'.
    steps: Vec<Vec<PlaneStep>>,
    /// The places of the colours of the players whose lines are summed.
    planes: Vec<usize>,
}

/// Who is there, before their lines are counted.
struct Players(PathsAccumulator);

impl PathsAccumulator {
    /// What these rounds give, all of them in memory; `None` where steps do not tell it: for lives that stand out, and for so few
    /// that each is drawn. The second value is whether it was done in time.
    pub(in crate::figure) fn narrowed(
        &self,
        rounds: &PlacedRounds<'_>,
        (filter, extent): (&Filter, &WorldRect),
        seen: Option<&mut SeenHeights>,
    ) -> Option<(Self, bool)> {
        let counting = self.counting.as_ref().filter(|_| self.highlight.is_empty())?;
        let lines = LineCounts::new(counting);
        let steps = vec![Vec::new(); if counting.is_of_players() { counting.planes() } else { 0 }];
        let mut taken = Narrowed { all: self.clone(), lines, counting, player: 0, steps, planes: Vec::new() };
        // Where a line of each of these players is added that has sums; of the last, all others'.
        let planes: Vec<usize> = match rounds.slices {
            Some(slices) if counting.knows_all(slices.players()) => {
                slices.players().iter().map(|player| counting.player(player)).collect()
            }
            _ => Vec::new(),
        };
        let tells_numbers = |slices: &Slices| !(counting.is_of_health() && slices.has_unknown_health());
        let depth = match rounds.slices {
            Some(_) if counting.is_of_kinds() => Depth::Sums,
            Some(slices) if counting.is_number() && tells_numbers(slices) => Depth::NumberSums,
            Some(_) if !planes.is_empty() => Depth::PlayerSums,
            _ => Depth::Steps,
        };
        taken.planes = planes;
        let in_time = floor_panels::narrowed(rounds, (filter, extent), depth, &mut taken, seen)?;
        let Narrowed { mut all, mut lines, steps, .. } = taken;
        if all.tally.lives <= MOST_LINES as u64 && in_time {
            return None;
        }
        for (plane, steps) in steps.into_iter().enumerate() {
            lines.add_lines(plane, steps);
        }
        lines.forget_nothing();
        all.front.counts = Some(lines);
        Some((all, in_time))
    }

    /// The players of these rounds in the order of their colours; `None` where lives alone do not tell them.
    pub(in crate::figure) fn players_of(
        &self,
        rounds: &PlacedRounds<'_>,
        (filter, extent): (&Filter, &WorldRect),
    ) -> Option<(Vec<Player>, bool)> {
        let mut players = Players(self.clone());
        let in_time = rounds.narrowed(filter, extent, Depth::Lives, &mut players)?;
        Some((players.0.tally.by_lives(), in_time))
    }
}

impl TakeSteps for Narrowed<'_> {
    fn take_kind(&mut self, kind: &KindSums) {
        if !self.counting.is_of_players() {
            self.lines.add_kind(kind, self.counting);
        }
        self.all.tally.add_or_take_time(Change::Add, kind.state, kind.walked_ms);
    }

    fn take_player(&mut self, lines: &PlayerLines) {
        let plane = self.planes.get(lines.player).copied();
        self.lines.add_player(&lines.lines, plane, self.counting);
    }

    fn take_numbers(&mut self, lines: &NumberLines) {
        if let Some(number) = self.counting.number() {
            self.lines.add_weighed(&lines.lines[number]);
        }
    }

    fn take_block(&mut self, sums: &BlockSums) {
        let number = self.counting.number();
        for (player, lines) in &sums.lines {
            let plane = match number {
                Some(_) => Some(0),
                None => self.planes.get(*player).copied(),
            };
            self.lines.add_player(lines, plane, self.counting);
        }
        if let Some(number) = number {
            self.lines.add_weighed(&sums.numbers[number]);
        }
        for (state, ms) in State::ALL.into_iter().zip(sums.walked_ms) {
            self.all.tally.add_or_take_time(Change::Add, state, ms);
        }
    }

    fn begin_life(&mut self, life: &Life<'_>) {
        if self.counting.is_of_players() {
            let track = life.track();
            let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
            self.player = self.counting.player(&key);
        }
    }

    fn take_step(&mut self, step: &NarrowStep<'_>) {
        match self.steps.get_mut(self.player) {
            Some(steps) => {
                steps.push((step.change, [step.from.at, step.to.at]));
                if steps.len() == STEPS_AT_ONCE {
                    self.lines.add_lines(self.player, steps.drain(..));
                }
            }
            None => self.lines.add_step(step, self.counting),
        }
        self.all.tally.add_or_take_time(step.change, step.state, step.ms);
    }

    fn take_life(&mut self, life: &NarrowLife<'_, '_>) {
        let track = life.life.track();
        self.all.tally.add_narrowed(life);
        if life.span.0 == track.spawn && track.is_told_from_spawn() {
            self.lines.add_spawn(life.first.at, self.counting);
        }
    }

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        self.all.tally.add_players(round);
        self.all.data_summary.add_narrowed(round);
    }
}

impl TakeSteps for Players {
    fn take_kind(&mut self, _: &KindSums) {}

    fn take_step(&mut self, _: &NarrowStep<'_>) {}

    fn take_life(&mut self, _: &NarrowLife<'_, '_>) {}

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        self.0.tally.add_players(round);
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::analysis::{Bots, CleanedRound, WindowMs};
    use crate::figure::paths::{PathColor, PathsSpec};
    use crate::figure::request::slice_spec;
    use crate::model::{Class, Team};
    use crate::plane::sparse::SparseField;
    use crate::rounds::Rounds;

    /// All that pictures show of lines and lives, and the floors that were seen.
    fn told(all: &PathsAccumulator, seen: &mut SeenHeights) -> impl PartialEq + use<> {
        let counting = all.counting.as_ref().unwrap();
        let rows = |field: &SparseField| -> Vec<Vec<f32>> {
            let row = |y| {
                let mut row = vec![0.0; field.padded_width()];
                field.add_row(y, 1.0, &mut row);
                row
            };
            (0..field.height()).map(row).collect()
        };
        let fields = all.front.counts.as_ref().unwrap().density(counting).fields;
        let fields: Vec<_> = fields.iter().map(|(plane, field)| (*plane, rows(field))).collect();
        (format!("{:?}", all.tally), fields, seen.stacked(|z| usize::from(z > 64.0)))
    }

    #[test]
    fn lines_of_sums_and_the_steps_beside_them_are_those_of_all_steps() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
        let session = Rounds::open(folder).unwrap().to_vec().unwrap();
        // Each round again and again: enough lives that their lines are counted.
        let rounds: Vec<CleanedRound> =
            session.iter().cycle().take(24).cloned().map(CleanedRound::of).collect();
        let rounds: Vec<&CleanedRound> = rounds.iter().collect();
        let extent = WorldRect::new(-3_000.0, -3_000.0, 1_200.0, 3_000.0).unwrap();
        let slices = Slices::of(&rounds, &slice_spec(&extent).unwrap(), &|| false).unwrap();
        let colors =
            [PathColor::Time, PathColor::State, PathColor::Speed, PathColor::Team, PathColor::Health];
        let (all, both) = (i64::MIN..i64::MAX, (0..20_000, 30_000..180_000));
        let mut of_blocks = 0;
        for (number, ((life, round), filter)) in [
            (both.clone(), Filter::default()),
            ((3_700..41_000, 11_000..170_500), Filter::default()),
            ((0..i64::MAX, 60_000..i64::MAX), Filter { round: Some(1), ..Filter::default() }),
            (both.clone(), Filter { bots: Bots::Include, ..Filter::default() }),
            (both, Filter::new().team(Team::Axis)),
            ((3_000..i64::MAX, all.clone()), Filter::default()),
            ((all.clone(), 15_500..i64::MAX), Filter::new().states(&[State::Upright, State::Sprint])),
            ((5_000..60_000, all.clone()), Filter::new().round(2)),
            ((all.clone(), all.clone()), Filter::new().round(1).states(&[State::Sprint])),
            ((all.clone(), all), Filter::new().class(Class::Medic)),
        ]
        .into_iter()
        .enumerate()
        {
            let window = |span: Range<i64>| {
                (span != (i64::MIN..i64::MAX)).then_some(WindowMs { from: span.start, to: span.end })
            };
            let filter = Filter { life_window: window(life), round_window: window(round), ..filter };
            let placed = |slices| PlacedRounds {
                rounds: rounds
                    .iter()
                    .zip(0..)
                    .map(|(round, place)| (filter.matches_round(round.round()).then_some(place), *round))
                    .collect(),
                slices,
                is_late: &|| false,
            };
            for color in [PathColor::Player, colors[number % 5], colors[(number + 2) % 5]] {
                let spec = PathsSpec { color, ..PathsSpec::default() };
                let empty = PathsAccumulator::new(spec, extent);
                let (players, _) = empty.players_of(&placed(None), (&filter, &extent)).unwrap();
                let empty = if color == PathColor::Player { empty.with_players(players) } else { empty };
                let [found, expected] = [Some(&slices), None].map(|slices| {
                    let mut seen = SeenHeights::default();
                    let asked = (&filter, &extent);
                    let (found, in_time) = empty.narrowed(&placed(slices), asked, Some(&mut seen)).unwrap();
                    assert!(in_time);
                    told(&found, &mut seen)
                });
                assert!(found == expected, "{color:?} {filter:?}");
            }
            let windows = [filter.life_window, filter.round_window].map(|window| {
                let window = window.unwrap_or(WindowMs { from: i64::MIN, to: i64::MAX });
                window.from..window.to
            });
            of_blocks += slices.blocks(&windows).count();
        }
        assert!(of_blocks > 0, "a test of nothing");
    }
}
