//! When each side first got somewhere.

use super::cells::Cells;
use crate::analysis::life::lives::Lives;
use crate::geom::WorldPoint;
use crate::model::Team;

/// A place that was not reached in a round, ms.
const NEVER: u32 = u32::MAX;
/// Most rounds that are kept apart: one session has far fewer.
const MOST_ROUNDS: usize = 1024;

/// For each side, cell and round the first moment at which a player of the side was in the cell, on the round's clock.
///
/// A side had been somewhere *by* a time if that holds in at least half of the rounds, those counted in which it never
/// got there: one lucky run does not make a place early.
#[derive(Debug, Clone)]
pub struct Arrivals {
    cells: Cells,
    /// Per round and side (Axis, Allies) one moment per cell, ms since the round went live.
    rounds: Vec<[Vec<u32>; 2]>,
}

impl Arrivals {
    /// Nothing seen yet.
    pub fn new(cells: Cells) -> Self {
        Self { cells, rounds: Vec::new() }
    }

    /// The cells.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Number of rounds that were added.
    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }

    /// Adds the lives of a round. A round without lives is no round; beyond 1024 of them no more are taken.
    pub fn add(&mut self, lives: &Lives<'_>) {
        if lives.lives.is_empty() || self.rounds.len() == MOST_ROUNDS {
            return;
        }
        let mut first = [vec![NEVER; self.cells.len()], vec![NEVER; self.cells.len()]];
        for life in &lives.lives {
            let Some(side) = side(&life.track().team) else { continue };
            let first = &mut first[side];
            for segment in life.segments() {
                let start = lives.clock.since_live_ms(segment.from.time).max(0);
                self.cells.walk(segment.from.at, segment.to.at, |cell, t_in, _| {
                    let ms = start + (t_in * segment.dt_ms as f64) as i64;
                    first[cell] = first[cell].min(u32::try_from(ms).unwrap_or(NEVER - 1));
                });
            }
        }
        self.rounds.push(first);
    }

    /// Adds the rounds of other arrivals over the same cells, as long as there is room for them.
    pub fn merge(&mut self, other: Self) {
        let room = MOST_ROUNDS - self.rounds.len();
        self.rounds.extend(other.rounds.into_iter().take(room));
    }

    /// The time by which a side had been in a cell, ms; `None` where it was in fewer than half of the rounds.
    pub fn by_ms(&self, team: &Team, cell: usize) -> Option<u32> {
        let side = side(team)?;
        half(self.rounds.iter().map(|round| round[side][cell]).collect())
    }

    /// The same for anywhere within `reach_units` of a place (by the middles of cells, and the place's own cell).
    pub fn near_ms(&self, team: &Team, place: WorldPoint, reach_units: f64) -> Option<u32> {
        let side = side(team)?;
        let own = self.cells.index(place);
        let near: Vec<usize> = (0..self.cells.len())
            .filter(|&cell| Some(cell) == own || self.cells.center(cell).distance_2d(place) <= reach_units)
            .collect();
        let first = |round: &[Vec<u32>; 2]| near.iter().map(|&cell| round[side][cell]).min().unwrap_or(NEVER);
        half(self.rounds.iter().map(first).collect())
    }
}

/// The time by which half of the rounds had seen it (the lower one of two medians); `None` for never.
fn half(mut times: Vec<u32>) -> Option<u32> {
    times.sort_unstable();
    let middle = times.len().checked_sub(1)? / 2;
    times.get(middle).copied().filter(|ms| *ms != NEVER)
}

fn side(team: &Team) -> Option<usize> {
    match team {
        Team::Axis => Some(0),
        Team::Allies => Some(1),
        Team::Other(_) => None,
    }
}
