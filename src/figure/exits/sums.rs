//! The exits of all lives of a map, grouped once: pictures of a side, or of both, are put together from them.

use std::sync::Arc;

use super::exit_area::{ExitArea, named};
use super::trails::Trails;
use crate::analysis::{
    Bots, CleanedRound, ExitOptions, Filter, HeatSums, Life, Lives, SpawnArea, spawn_exits,
};
use crate::figure::words::data_summary::DataSummary;
use crate::geom::WorldRect;
use crate::map::WorldMap;
use crate::model::Team;

/// The spawn areas of all people's lives, with their gates, by the usual [`ExitOptions`].
#[derive(Debug, Clone, Default)]
pub(in crate::figure) struct ExitSums {
    areas: Arc<[(SpawnArea, Trails)]>,
}

impl ExitSums {
    /// Those of these rounds.
    pub(in crate::figure) fn of(rounds: &[Arc<CleanedRound>]) -> Self {
        let people = Filter::default();
        let lives: Vec<Lives<'_>> = rounds.iter().map(|round| round.lives(&people)).collect();
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

    /// What an exits picture collects of the lives of a filter, but for its data summary; `None` where that cannot be told:
    /// where a class or some players leave a spawn, its middle is another one.
    pub(in crate::figure) fn collected(&self, extent: WorldRect, filter: &Filter) -> Option<Summed> {
        let tells = filter.tells_kinds() && filter.classes.is_empty() && filter.bots == Bots::Exclude;
        let sums = || Summed {
            areas: Arc::clone(&self.areas),
            teams: filter.teams.clone(),
            data_summary: DataSummary::new(extent),
        };
        tells.then(sums)
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
    /// Counts rounds of which [`ExitSums`] gave the exits.
    pub(in crate::figure) fn add_sums(&mut self, sums: &HeatSums, filter: &Filter) {
        if let Some(summed) = &mut self.summed {
            summed.data_summary.add_rounds(sums, filter);
        }
    }

    /// Adds other rounds. Sums are of all rounds or of none, so they never meet others.
    pub(in crate::figure) fn merge(&mut self, other: Self) {
        self.rounds.extend(other.rounds);
        self.summed = self.summed.take().or(other.summed);
    }
}
