//! What figures find in all lives of a map, kept for many pictures.

use std::sync::Arc;

use crate::analysis::{Arrivals, CleanedRound, Filter};
use crate::figure::arrival::{self, ArrivalSpec};
use crate::figure::exits::{ExitSums, ExitsData, ExitsSpec};
use crate::figure::kills::KillSums;
use crate::figure::paths::PathSums;
use crate::figure::words::data_summary::DataSummary;
use crate::geom::WorldRect;
use crate::progress::Silent;
use crate::rounds::{EachRound, RoundsError};

/// Lines, deaths, exits and arrivals of all lives of some rounds on one map: with the rounds'
/// [`HeatSums`](crate::analysis::HeatSums) they answer what filters ask that tell lives apart by kind alone.
#[derive(Debug)]
pub struct FigureSums {
    /// Of the map.
    pub(super) extent: WorldRect,
    pub(super) paths: Option<PathSums>,
    pub(super) kills: KillSums,
    exits: ExitSums,
    /// Of people, by the round's clock.
    arrivals: Option<Arrivals>,
}

impl FigureSums {
    /// Those of rounds on a map with this extent, which stay in memory meanwhile.
    ///
    /// # Errors
    /// Input that cannot be read.
    pub(crate) fn of(rounds: &impl EachRound, extent: WorldRect) -> Result<Self, RoundsError> {
        let (mut all, mut kept) = rounds.look(
            &Silent,
            "summing",
            || {
                let (paths, kills) = (PathSums::new(extent), KillSums::new(extent));
                let arrivals = arrival::cells(&extent).map(|cells| ArrivalSpec::default().count_in(cells));
                (Self { extent, paths, kills, exits: ExitSums::default(), arrivals }, Vec::new())
            },
            |(sums, kept): &mut (Self, Vec<(u32, Arc<CleanedRound>)>), round| {
                let lives = round.lives(&Filter::everything());
                sums.kills.add(round.order, &lives);
                if let Some(paths) = &mut sums.paths {
                    paths.add(round.order, &lives);
                }
                if let Some(arrivals) = &mut sums.arrivals {
                    arrivals.add(round.order, &round.lives(&Filter::default()));
                }
                kept.push((round.order, round.to_keep()));
            },
            |(all, rounds), (sums, more)| {
                all.kills.merge(sums.kills);
                if let (Some(mine), Some(theirs)) = (&mut all.paths, sums.paths) {
                    mine.merge(theirs);
                }
                if let (Some(mine), Some(theirs)) = (&mut all.arrivals, sums.arrivals) {
                    mine.merge(theirs);
                }
                rounds.extend(more);
            },
        )?;
        kept.sort_by_key(|(order, _)| *order);
        let kept: Vec<Arc<CleanedRound>> = kept.into_iter().map(|(_, round)| round).collect();
        all.exits = ExitSums::of(&kept);
        Ok(all)
    }

    /// What an exits picture collects, but for its data summary; `None` where that cannot be told.
    pub(super) fn exits_of(&self, spec: &ExitsSpec, filter: &Filter) -> Option<ExitsData> {
        let usual = Some(&self.exits).filter(|_| *spec == ExitsSpec::default());
        let summed = Some(usual?.collected(self.extent, filter)?);
        Some(ExitsData { summed, ..ExitsData::default() })
    }

    /// What a picture of arrivals collects, but for its data summary; `None` where that cannot be told.
    pub(super) fn arrivals_of(&self, spec: &ArrivalSpec, filter: &Filter) -> Option<(Arrivals, DataSummary)> {
        // How much of it is shown is no question of what is counted.
        let counted = ArrivalSpec { latest_s: None, ..spec.clone() };
        let people = Filter { maps: filter.maps.clone(), ..Filter::default() };
        if counted != ArrivalSpec::default() || *filter != people {
            return None;
        }
        Some((self.arrivals.clone()?, DataSummary::new(self.extent)))
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let paths = self.paths.as_ref().map_or(0, PathSums::bytes);
        let arrivals = self.arrivals.as_ref().map_or(0, Arrivals::bytes);
        paths + self.kills.bytes() + self.exits.bytes() + arrivals
    }
}
