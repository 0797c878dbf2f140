//! The lines of all lives of a map, counted once: pictures of a side, of people or of bots are put together from them.

use std::collections::BTreeMap;

use super::counted::{Counting, LineCounts};
use super::life_path::LifePath;
use super::{MOST_LINES, PathColor, PathsAccumulator, Tally};
use crate::analysis::{Filter, Lives, State, StateSet, Who};
use crate::geom::WorldRect;

/// Lines by state, and what captions tell of the lives, each by kind of life: whether it is a bot's, and whose side.
#[derive(Debug, Clone)]
pub(in crate::figure) struct PathSums {
    counting: Counting,
    kinds: BTreeMap<(bool, u8), (LineCounts, Tally)>,
}

impl PathSums {
    /// No lives yet; `None` for an extent that no grid can cover.
    pub(in crate::figure) fn new(extent: WorldRect) -> Option<Self> {
        let counting = Counting::new(extent, PathColor::State, Vec::new())?;
        Some(Self { counting, kinds: BTreeMap::new() })
    }

    /// Adds all lives of the round at place `order` of the input.
    pub(in crate::figure) fn add(&mut self, order: u32, lives: &Lives<'_>) {
        for life in &lives.lives {
            let (who, path) = (Who::of(life.track()), LifePath::of(order, life));
            let kind = self.kinds.entry((who.is_bot, who.team));
            let (lines, tally) = kind.or_insert_with(|| (LineCounts::new(&self.counting), Tally::default()));
            lines.add(&path, &self.counting);
            tally.add(&path);
        }
    }

    /// Adds other rounds of the same map; the order does not matter.
    pub(in crate::figure) fn merge(&mut self, other: Self) {
        for (kind, (lines, tally)) in other.kinds {
            match self.kinds.get_mut(&kind) {
                Some((known, counted)) => {
                    known.merge(lines);
                    counted.merge(tally);
                }
                None => drop(self.kinds.insert(kind, (lines, tally))),
            }
        }
    }

    /// About how much memory they take, bytes.
    pub(in crate::figure) fn bytes(&self) -> u64 {
        self.kinds.values().map(|(lines, _)| lines.bytes()).sum()
    }

    /// What `empty` would collect of the lives of a filter, but for its data summary; `None` where that cannot be told, or
    /// where lives are so few that each is drawn.
    pub(in crate::figure) fn collected(
        &self,
        empty: &PathsAccumulator,
        filter: &Filter,
    ) -> Option<PathsAccumulator> {
        let tells = filter.tells_kinds() && filter.classes.is_empty() && filter.states == StateSet::ALL;
        if !tells || !empty.highlight.is_empty() {
            return None;
        }
        let by_side = match empty.spec.color {
            PathColor::State => false,
            PathColor::Team => true,
            _ => return None,
        };
        let mut all = empty.clone();
        let mut lines = LineCounts::new(empty.counting.as_ref()?);
        for (&(is_bot, team), (of_kind, tally)) in &self.kinds {
            if filter.refuses_who(Who { is_bot, team, class: 0 }).is_none() {
                let side = Counting::side(team);
                lines.add_planes(of_kind, State::ALL.map(|state| if by_side { side } else { state.index() }));
                all.tally.merge(tally.clone());
            }
        }
        all.front.counts = Some(lines);
        (all.tally.lives > MOST_LINES as u64).then_some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Filter, lives};
    use crate::figure::paths::PathsSpec;
    use crate::model::{Class, Team};
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
        sums.merge(odd);
        assert!(sums.bytes() > 0);

        let empty = |color| PathsAccumulator::new(PathsSpec { color, ..PathsSpec::default() }, extent);
        let (people, one_side) = (Filter::default(), Filter::new().team(Team::Axis));
        for (color, filter) in [
            (PathColor::State, people.clone()),
            (PathColor::State, Filter::everything()),
            (PathColor::State, one_side.clone()),
            (PathColor::Team, people.clone()),
            (PathColor::Team, one_side),
        ] {
            let mut direct = empty(color);
            for (order, round) in &rounds {
                direct.add(*order, round, &filter);
            }
            let found = sums.collected(&empty(color), &filter).unwrap();
            let told = |all: &PathsAccumulator| {
                let counting = all.counting.as_ref().unwrap();
                let fields = all.front.counts.as_ref().unwrap().density(counting).fields;
                let fields: Vec<(usize, Vec<f32>)> =
                    fields.iter().map(|(plane, field)| (*plane, field.values().to_vec())).collect();
                (format!("{:?}", all.tally), fields, all.front.each.len())
            };
            assert!(told(&found) == told(&direct), "{color:?} {filter:?}");
        }
        for (color, filter) in [
            (PathColor::Time, people.clone()),
            (PathColor::State, people.clone().class(Class::Medic)),
            (PathColor::State, people.clone().states(&[State::Sprint])),
            (PathColor::State, people.life_window(0..9_000)),
            (PathColor::State, Filter { bots: crate::analysis::Bots::Only, ..Filter::default() }),
        ] {
            assert!(sums.collected(&empty(color), &filter).is_none(), "{color:?} {filter:?}");
        }
    }
}
