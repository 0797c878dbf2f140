//! What figures find in all lives of a map, kept for many pictures.

use std::sync::Arc;

#[cfg(feature = "cluster")]
use crate::analysis::lives;
use crate::analysis::{Arrivals, CleanedRound, Filter};
use crate::figure::arrival::{self, ArrivalSpec};
use crate::figure::exits::{ExitSums, ExitsData, ExitsSpec};
use crate::figure::kills::KillSums;
use crate::figure::paths::PathSums;
#[cfg(feature = "cluster")]
use crate::figure::paths::PathsSpec;
use crate::figure::words::data_summary::DataSummary;
use crate::geom::WorldRect;
#[cfg(feature = "cluster")]
use crate::model::Round;
use crate::progress::Silent;
use crate::rounds::{EachRound, RoundsError};

/// Lines, deaths, exits and arrivals of all lives of some rounds on one map: with the rounds'
/// [`HeatSums`](crate::analysis::HeatSums) they answer what filters ask that tell lives apart by kind alone.
#[derive(Debug)]
pub struct FigureSums {
    /// Of the map.
    pub(super) extent: WorldRect,
    pub(super) paths: Option<PathSums>,
    pub(super) kills: Option<KillSums>,
    exits: Option<ExitSums>,
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
                let (paths, kills) = (PathSums::new(extent), Some(KillSums::new(extent)));
                let arrivals = arrival::cells(&extent).map(|cells| ArrivalSpec::default().count_in(cells));
                (Self { extent, paths, kills, exits: None, arrivals }, Vec::new())
            },
            |(sums, kept): &mut (Self, Vec<(u32, Arc<CleanedRound>)>), round| {
                let lives = round.lives(&Filter::everything());
                if let Some(kills) = &mut sums.kills {
                    kills.add(round.order, &lives);
                }
                if let Some(paths) = &mut sums.paths {
                    paths.add(round.order, &lives);
                }
                if let Some(arrivals) = &mut sums.arrivals {
                    arrivals.add(round.order, &round.lives(&Filter::default()));
                }
                kept.push((round.order, round.to_keep()));
            },
            |(all, rounds), (sums, more)| {
                if let (Some(mine), Some(theirs)) = (&mut all.kills, sums.kills) {
                    mine.merge(theirs);
                }
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
        all.exits = Some(ExitSums::of(&kept));
        Ok(all)
    }

    /// The lines alone, of rounds that other processes counted with [`FigureSums::pack_paths`]; `None` where what they packed
    /// is nothing of these.
    #[cfg(feature = "cluster")]
    pub(crate) fn of_paths<'p>(
        extent: WorldRect,
        packed: impl IntoIterator<Item = &'p [u8]>,
    ) -> Option<Self> {
        let mut paths = PathSums::new(extent)?;
        packed.into_iter().try_for_each(|packed| paths.add_packed(packed))?;
        Some(Self { extent, paths: Some(paths), kills: None, exits: None, arrivals: None })
    }

    /// The lines of rounds on a map with this extent, each with its place in the input, for [`FigureSums::of_paths`];
    /// `None` for an extent that no grid can cover.
    #[cfg(feature = "cluster")]
    pub(crate) fn pack_paths<E>(
        extent: WorldRect,
        rounds: impl IntoIterator<Item = Result<(u32, Round), E>>,
    ) -> Result<Option<Vec<u8>>, E> {
        let Some(mut paths) = PathSums::new(extent) else { return Ok(None) };
        for round in rounds {
            let (order, round) = round?;
            paths.add(order, &lives(&round, &Filter::everything()));
        }
        Ok(paths.pack().ok())
    }

    /// Whether the lines alone may be enough for a picture of paths.
    #[cfg(feature = "cluster")]
    pub(super) fn paths_answer(spec: &PathsSpec, filter: &Filter) -> bool {
        PathSums::answer(spec, filter)
    }

    /// What an exits picture collects, but for its data summary; `None` where that cannot be told.
    pub(super) fn exits_of(&self, spec: &ExitsSpec, filter: &Filter) -> Option<ExitsData> {
        let usual = self.exits.as_ref().filter(|_| *spec == ExitsSpec::default());
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
        let kills = self.kills.as_ref().map_or(0, KillSums::bytes);
        paths + kills + self.exits.as_ref().map_or(0, ExitSums::bytes) + arrivals
    }
}
