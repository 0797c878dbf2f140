//! What figures find in all lives of a map, kept for many pictures.

use crate::analysis::Filter;
use crate::figure::kills::KillSums;
use crate::figure::paths::PathSums;
use crate::geom::WorldRect;
use crate::progress::Silent;
use crate::rounds::{EachRound, RoundsError};

/// Lines and deaths of all lives of some rounds on one map: with the rounds' [`HeatSums`](crate::analysis::HeatSums) they
/// answer what filters ask that tell lives apart by kind alone.
#[derive(Debug)]
pub struct FigureSums {
    /// Of the map.
    pub(super) extent: WorldRect,
    pub(super) paths: Option<PathSums>,
    pub(super) kills: KillSums,
}

impl FigureSums {
    /// Those of rounds on a map with this extent.
    ///
    /// # Errors
    /// Input that cannot be read.
    pub(crate) fn of(rounds: &impl EachRound, extent: WorldRect) -> Result<Self, RoundsError> {
        rounds.look(
            &Silent,
            "summing",
            || Self { extent, paths: PathSums::new(extent), kills: KillSums::new(extent) },
            |sums, round| {
                let lives = round.lives(&Filter::everything());
                sums.kills.add(round.order, &lives);
                if let Some(paths) = &mut sums.paths {
                    paths.add(round.order, &lives);
                }
            },
            |all, sums| {
                all.kills.merge(sums.kills);
                if let (Some(mine), Some(theirs)) = (&mut all.paths, sums.paths) {
                    mine.merge(theirs);
                }
            },
        )
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.kills.bytes() + self.paths.as_ref().map_or(0, PathSums::bytes)
    }
}
