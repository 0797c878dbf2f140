//! The exits of some lives of a map, grouped once: pictures of a side, or of both, are put together from them.

use std::sync::Arc;

use super::exit_area::{ExitArea, named};
use super::trails::Trails;
use crate::analysis::{
    CleanedRound, Depth, ExitOptions, Filter, KindSums, Life, Lives, NarrowLife, NarrowRound, NarrowStep,
    PlacedRounds, SpawnArea, TakeSteps, spawn_exits,
};
use crate::figure::words::data_summary::DataSummary;
use crate::geom::WorldRect;
use crate::map::WorldMap;
use crate::model::Team;

/// The spawn areas of some lives, with their gates, by the usual [`ExitOptions`].
#[derive(Debug, Clone, Default)]
pub(in crate::figure) struct ExitSums {
    areas: Arc<[(SpawnArea, Trails)]>,
}

impl ExitSums {
    /// Those of these lives of a map's rounds.
    pub(in crate::figure) fn of(lives: &[Lives<'_>]) -> Self {
        let all: Vec<&Life<'_>> = lives.iter().flat_map(|lives| &lives.lives).collect();
        let trails = |area: &SpawnArea| Trails::of(&area.paths, area.center, area.ring_units);
        let areas = spawn_exits(&all, &ExitOptions::default()).into_iter();
        let areas = areas.map(|area| {
            let trails = trails(&area);
            (area, trails)
        });
        Self { areas: areas.collect() }
    }

    /// About how much memory they take, bytes.
    pub(in crate::figure) fn bytes(&self) -> u64 {
        let of_area = |(area, trails): &(SpawnArea, Trails)| {
            let points: usize = area.paths.iter().map(|path| path.points.capacity() * 12 + 64).sum();
            trails.bytes() + (points + area.spawns.len() * 8) as u64
        };
        self.areas.iter().map(of_area).sum()
    }

    /// What an exits picture collects, but for its data summary: of these sides, of all where none is named.
    pub(in crate::figure) fn collected(&self, extent: WorldRect, teams: &[Team]) -> ExitsData {
        let (areas, data_summary) = (Arc::clone(&self.areas), DataSummary::new(extent));
        let summed = Some(Summed { areas, teams: teams.to_vec(), data_summary });
        ExitsData { summed, ..ExitsData::default() }
    }
}

/// What sums say of the lives that a filter wants.
#[derive(Debug, Clone)]
pub(in crate::figure) struct Summed {
    areas: Arc<[(SpawnArea, Trails)]>,
    /// Whose areas are wanted; none: all.
    teams: Vec<Team>,
    pub(in crate::figure) data_summary: DataSummary,
}

impl Summed {
    /// The areas that are wanted.
    pub(super) fn areas(&self, map: &WorldMap) -> Vec<ExitArea> {
        let is_wanted = |area: &SpawnArea| self.teams.is_empty() || self.teams.contains(&area.team);
        let wanted = self.areas.iter().filter(|(area, _)| is_wanted(area));
        named(wanted.map(|(area, trails)| ExitArea::of(area, trails.clone(), map)).collect(), map)
    }
}

/// What an exits picture collects: the rounds, in whatever order they came, because lanes are grouped over all lives at
/// once; or what is known of them all.
#[derive(Debug, Clone, Default)]
pub struct ExitsData {
    pub(in crate::figure) rounds: Vec<(u32, Arc<CleanedRound>)>,
    pub(in crate::figure) summed: Option<Summed>,
}

impl ExitsData {
    /// Counts the lives of rounds in memory of which [`ExitSums`] gave the exits. `None` where more is asked for than they tell;
    /// whether it was done in time.
    pub(in crate::figure) fn count(
        &mut self,
        rounds: &PlacedRounds<'_>,
        (filter, extent): (&Filter, &WorldRect),
    ) -> Option<bool> {
        rounds.narrowed(filter, extent, Depth::Lives, self)
    }

    /// Adds other rounds. Sums are of all rounds or of none, so they never meet others.
    pub(in crate::figure) fn merge(&mut self, other: Self) {
        self.rounds.extend(other.rounds);
        self.summed = self.summed.take().or(other.summed);
    }
}

impl TakeSteps for ExitsData {
    fn take_kind(&mut self, _: &KindSums) {}

    fn take_step(&mut self, _: &NarrowStep<'_>) {}

    fn take_life(&mut self, _: &NarrowLife<'_, '_>) {}

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        if let Some(summed) = &mut self.summed {
            summed.data_summary.add_narrowed(round);
        }
    }
}
