//! The lines of all lives of a map, counted once: pictures of a side, of people or of bots are put together from them.

use std::collections::BTreeMap;

use super::counted::{Counting, LineCounts};
use super::life_path::LifePath;
use super::{MOST_LINES, PathColor, PathsAccumulator, Player, Tally};
use crate::analysis::{Filter, Lives, StateSet, Who};
use crate::geom::WorldRect;

/// Colours whose lines are counted. Those of sides are put together from those of states; those of players would take
/// their number of times as much memory.
const COLORS: [PathColor; 4] = [PathColor::State, PathColor::Time, PathColor::Speed, PathColor::Health];

/// Lines by colour, and what captions tell of the lives, each by kind of life: whether it is a bot's, and whose side.
#[derive(Debug, Clone)]
pub(in crate::figure) struct PathSums {
    counting: [Counting; COLORS.len()],
    kinds: BTreeMap<(bool, u8), ([LineCounts; COLORS.len()], Tally)>,
}

impl PathSums {
    /// No lives yet; `None` for an extent that no grid can cover.
    pub(in crate::figure) fn new(extent: WorldRect) -> Option<Self> {
        let state = Counting::new(extent, PathColor::State, Vec::new())?;
        let counting = COLORS.map(|color| state.by(color));
        Some(Self { counting, kinds: BTreeMap::new() })
    }

    /// Adds all lives of the round at place `order` of the input.
    pub(in crate::figure) fn add(&mut self, order: u32, lives: &Lives<'_>) {
        for life in &lives.lives {
            let (who, path) = (Who::of(life.track()), LifePath::of(order, life));
            let kind = self.kinds.entry((who.is_bot, who.team));
            let empty = || (self.counting.each_ref().map(LineCounts::new), Tally::default());
            let (lines, tally) = kind.or_insert_with(empty);
            for (lines, counting) in lines.iter_mut().zip(&self.counting) {
                lines.add(&path, counting);
            }
            tally.add(&path);
        }
    }

    /// Adds other rounds of the same map; the order does not matter.
    pub(in crate::figure) fn merge(&mut self, other: Self) {
        for (kind, (lines, tally)) in other.kinds {
            match self.kinds.get_mut(&kind) {
                Some((known, counted)) => {
                    known.iter_mut().zip(lines).for_each(|(known, lines)| known.merge(lines));
                    counted.merge(tally);
                }
                None => drop(self.kinds.insert(kind, (lines, tally))),
            }
        }
    }

    /// The players of a filter's lives in the order of their colours; `None` where that cannot be told.
    pub(in crate::figure) fn players(&self, filter: &Filter) -> Option<Vec<Player>> {
        if !tells(filter) {
            return None;
        }
        let mut all = Tally::default();
        for (&(is_bot, team), (_, tally)) in &self.kinds {
            if filter.refuses_who(Who { is_bot, team, class: 0 }).is_none() {
                all.merge(tally.clone());
            }
        }
        Some(all.by_lives())
    }

    /// About how much memory they take, bytes.
    pub(in crate::figure) fn bytes(&self) -> u64 {
        self.kinds.values().flat_map(|(lines, _)| lines).map(LineCounts::bytes).sum()
    }

    /// What `empty` would collect of the lives of a filter, but for its data summary; `None` where that cannot be told, or
    /// where lives are so few that each is drawn.
    pub(in crate::figure) fn collected(
        &self,
        empty: &PathsAccumulator,
        filter: &Filter,
    ) -> Option<PathsAccumulator> {
        if !tells(filter) || !empty.highlight.is_empty() {
            return None;
        }
        let by_side = empty.spec.color == PathColor::Team;
        let color = if by_side { PathColor::State } else { empty.spec.color };
        let place = COLORS.iter().position(|counted| *counted == color)?;
        let mut all = empty.clone();
        let mut lines = LineCounts::new(empty.counting.as_ref()?);
        for (&(is_bot, team), (of_kind, tally)) in &self.kinds {
            if filter.refuses_who(Who { is_bot, team, class: 0 }).is_none() {
                let side = Counting::side(team);
                let plane = |plane: usize| if by_side { side } else { plane };
                lines.add_planes(&of_kind[place], std::array::from_fn(plane));
                all.tally.merge(tally.clone());
            }
        }
        all.front.counts = Some(lines);
        (all.tally.lives > MOST_LINES as u64).then_some(all)
    }
}

/// A kind of life with its lines and its tally, on the way from one process to another.
#[cfg(feature = "cluster")]
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct PackedKind {
    is_bot: bool,
    team: u8,
    lines: [super::counted::PackedLines; COLORS.len()],
    tally: Tally,
}

#[cfg(feature = "cluster")]
impl PathSums {
    /// Whether they may answer a question: lines of these colours, of lives that a filter tells apart as they do.
    pub(in crate::figure) fn answer(spec: &super::PathsSpec, filter: &Filter) -> bool {
        tells(filter) && spec.highlight.is_empty() && spec.color != PathColor::Player
    }

    /// The same for another process, as JSON.
    pub(in crate::figure) fn pack(&self) -> serde_json::Result<Vec<u8>> {
        let kinds = self.kinds.iter().map(|(&(is_bot, team), (lines, tally))| PackedKind {
            is_bot,
            team,
            lines: lines.each_ref().map(LineCounts::pack),
            tally: tally.clone(),
        });
        serde_json::to_vec(&kinds.collect::<Vec<_>>())
    }

    /// Adds what another process packed. Nothing in it is believed: `None` where it is nothing that could be added.
    pub(in crate::figure) fn add_packed(&mut self, json: &[u8]) -> Option<()> {
        for packed in serde_json::from_slice::<Vec<PackedKind>>(json).ok()? {
            let mut lines = self.counting.each_ref().map(LineCounts::new);
            for (lines, packed) in lines.iter_mut().zip(&packed.lines) {
                lines.add_packed(packed)?;
            }
            let kinds = BTreeMap::from([((packed.is_bot, packed.team), (lines, packed.tally))]);
            self.merge(Self { counting: self.counting.clone(), kinds });
        }
        Some(())
    }
}

/// Whether a filter tells lives apart by no more than these sums do.
fn tells(filter: &Filter) -> bool {
    filter.tells_kinds() && filter.classes.is_empty() && filter.states == StateSet::ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Filter, State, lives};
    use crate::figure::paths::PathsSpec;
    use crate::model::{Class, Team};
    use crate::plane::sparse::SparseField;
    use crate::rounds::Rounds;

    #[test]
    fn lines_of_sums_are_those_of_the_lives() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
        let session = Rounds::open(folder).unwrap().to_vec().unwrap();
        // Each round again and again: enough lives that their lines are counted.
        let rounds: Vec<_> = (0..).zip(session.iter().cycle().take(16)).collect();
        let extent = WorldRect::new(-3_000.0, -3_000.0, 3_000.0, 3_000.0).unwrap();
        let mut halves = [PathSums::new(extent).unwrap(), PathSums::new(extent).unwrap()];
        for (order, round) in &rounds {
            halves[*order as usize % 2].add(*order, &lives(round, &Filter::everything()));
        }
        let [mut sums, odd] = halves;
        #[cfg(feature = "cluster")]
        {
            // The same by way of another process.
            sums.add_packed(&odd.pack().unwrap()).unwrap();
            assert!(sums.add_packed(b"[]").is_some() && sums.add_packed(b"[{}]").is_none());
        }
        #[cfg(not(feature = "cluster"))]
        sums.merge(odd);
        assert!(sums.bytes() > 0);

        let empty = |color| PathsAccumulator::new(PathsSpec { color, ..PathsSpec::default() }, extent);
        let (people, one_side) = (Filter::default(), Filter::new().team(Team::Axis));
        for (color, filter) in [
            (PathColor::State, people.clone()),
            (PathColor::State, Filter::everything()),
            (PathColor::State, one_side.clone()),
            (PathColor::Team, people.clone()),
            (PathColor::Team, one_side.clone()),
            (PathColor::Time, people.clone()),
            (PathColor::Speed, one_side.clone()),
            (PathColor::Health, people.clone()),
        ] {
            let mut direct = empty(color);
            for (order, round) in &rounds {
                direct.add(*order, round, &filter);
            }
            let found = sums.collected(&empty(color), &filter).unwrap();
            let told = |all: &PathsAccumulator| {
                let counting = all.counting.as_ref().unwrap();
                let fields = all.front.counts.as_ref().unwrap().density(counting).fields;
                let row = |field: &SparseField, y| {
                    let mut row = vec![0.0; field.padded_width()];
                    field.add_row(y, 1.0, &mut row);
                    row
                };
                let rows = |field: &SparseField| (0..field.height()).map(|y| row(field, y)).collect();
                let fields: Vec<(usize, Vec<Vec<f32>>)> =
                    fields.iter().map(|(plane, field)| (*plane, rows(field))).collect();
                (format!("{:?}", all.tally), fields, all.front.each.len())
            };
            assert!(told(&found) == told(&direct), "{color:?} {filter:?}");
            assert_eq!(sums.players(&filter), Some(direct.players()), "{color:?} {filter:?}");
        }
        for (color, filter) in [
            (PathColor::Player, people.clone()),
            (PathColor::State, people.clone().class(Class::Medic)),
            (PathColor::State, people.clone().states(&[State::Sprint])),
            (PathColor::State, people.life_window(0..9_000)),
            (PathColor::State, Filter { bots: crate::analysis::Bots::Only, ..Filter::default() }),
        ] {
            assert!(sums.collected(&empty(color), &filter).is_none(), "{color:?} {filter:?}");
        }
    }
}
