//! Figures of rounds in memory that need not be gone through step by step.

use super::sums::FigureSums;
use super::{Arrival, Exits, Figure, Heatmap, Kills, LifeCard, Paths};
use crate::analysis::{Filter, PlacedRounds};
use crate::figure::arrival::narrowed as arrival;
use crate::figure::exits::ExitsData;
use crate::figure::heatmap::HeatmapAccumulator;
use crate::figure::kills::KillsAccumulator;
use crate::figure::paths::PathsAccumulator;
use crate::geom::WorldRect;
use crate::map::floors::SeenHeights;

/// Rounds in memory, and what is kept of all rounds of their map.
#[derive(Clone, Copy)]
pub(super) struct Placed<'s> {
    pub rounds: &'s PlacedRounds<'s>,
    pub of_map: Option<&'s FigureSums>,
}

/// A figure whose rounds in memory need not be gone through step by step.
pub(super) trait Narrows: Figure {
    /// What is collected of them, whatever filter was asked for, and whether it was done in time; the heights where steps begin
    /// go to `seen`. `None` where steps do not hold all that the figure collects, as is usual.
    fn narrowed(
        &self,
        _empty: &Self::Data,
        _placed: Placed<'_>,
        _asked: (&Filter, &WorldRect),
        _seen: Option<&mut SeenHeights>,
    ) -> Option<(Self::Data, bool)> {
        None
    }
}

impl Narrows for Heatmap {
    fn narrowed(
        &self,
        empty: &HeatmapAccumulator,
        placed: Placed<'_>,
        asked: (&Filter, &WorldRect),
        seen: Option<&mut SeenHeights>,
    ) -> Option<(HeatmapAccumulator, bool)> {
        empty.narrowed(placed.rounds, asked, seen)
    }
}

impl Narrows for Paths {
    fn narrowed(
        &self,
        empty: &PathsAccumulator,
        placed: Placed<'_>,
        asked: (&Filter, &WorldRect),
        seen: Option<&mut SeenHeights>,
    ) -> Option<(PathsAccumulator, bool)> {
        empty.narrowed(placed.rounds, asked, seen)
    }
}

impl Narrows for Exits {
    fn narrowed(
        &self,
        _: &ExitsData,
        placed: Placed<'_>,
        (filter, extent): (&Filter, &WorldRect),
        _: Option<&mut SeenHeights>,
    ) -> Option<(ExitsData, bool)> {
        let mut data = placed.of_map?.exits_of(&self.spec, (filter, extent), placed.rounds)?;
        let in_time = data.count(placed.rounds, (filter, extent))?;
        Some((data, in_time))
    }
}

impl Narrows for Kills {
    fn narrowed(
        &self,
        empty: &KillsAccumulator,
        placed: Placed<'_>,
        asked: (&Filter, &WorldRect),
        _: Option<&mut SeenHeights>,
    ) -> Option<(KillsAccumulator, bool)> {
        empty.narrowed(placed.rounds, asked)
    }
}

impl Narrows for Arrival {
    fn narrowed(
        &self,
        empty: &Self::Data,
        placed: Placed<'_>,
        asked: (&Filter, &WorldRect),
        _: Option<&mut SeenHeights>,
    ) -> Option<(Self::Data, bool)> {
        let (arrivals, summary) = empty.as_ref()?;
        let kept = placed.of_map.and_then(|kept| kept.arrivals_of_rounds(&self.spec, asked, placed.rounds));
        if let Some(arrivals) = kept {
            let (summary, in_time) = arrival::counted(summary, placed.rounds, asked)?;
            return Some((Some((arrivals, summary)), in_time));
        }
        let (found, in_time) = arrival::narrowed(&self.spec, (arrivals, summary), placed.rounds, asked)?;
        Some((Some(found), in_time))
    }
}

impl Narrows for LifeCard {}
