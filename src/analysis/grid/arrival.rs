//! When each side first got somewhere.

use super::cells::Cells;
use crate::analysis::life::cleaned::Life;
use crate::analysis::life::lives::Lives;
use crate::geom::WorldPoint;
use crate::model::Team;

/// A place that was not reached in a round, ms.
const NEVER: u32 = u32::MAX;
/// Most rounds that are kept apart: one session has far fewer.
const MOST_ROUNDS: usize = 1024;
/// Cells that fewer lives visited have no time of their own: one lucky run does not make a place early.
const LEAST_VISITS: u32 = 3;

/// For each side and cell when it was first reached: by the round's clock in each round, or since its spawn in each life.
///
/// By the round's clock a side had been somewhere *by* a time if that holds in a share of the rounds, those counted in
/// which it never got there. Since the spawn it is the time by which a share of the lives that came there had come.
#[derive(Debug, Clone)]
pub struct Arrivals {
    cells: Cells,
    quantile: f64,
    is_since_spawn: bool,
    /// The side that is counted alone.
    only: Option<usize>,
    /// The rounds that come first in the input, in its order.
    rounds: Vec<RoundTimes>,
    /// How many came after those.
    left_out: usize,
}

/// What is known of a round, of each side (Axis, Allies).
#[derive(Debug, Clone)]
struct RoundTimes {
    /// Its place in the input.
    order: u32,
    lives: [u32; 2],
    /// Visits of each cell, up to the most that a byte tells.
    visits: [Vec<u8>; 2],
    times: Times,
}

#[derive(Debug, Clone)]
enum Times {
    /// One moment per cell, ms since the round went live.
    OfRound([Vec<u32>; 2]),
    /// Per life the cells it came to, each with its first time there, ms since the spawn.
    OfLives([Vec<Vec<(usize, u32)>>; 2]),
}

impl Arrivals {
    /// Nothing seen yet; by the round's clock, in half of the rounds.
    pub fn new(cells: Cells) -> Self {
        Self::by_clock(cells, 0.5)
    }

    /// Nothing seen yet; by the round's clock, in a share of the rounds, 0 … 1.
    pub fn by_clock(cells: Cells, share_of_rounds: f64) -> Self {
        Self::of(cells, false, share_of_rounds)
    }

    /// Nothing seen yet; since the spawn, of a share of the lives that come to a place, 0 … 1, the fastest.
    pub fn since_spawn(cells: Cells, share_of_lives: f64) -> Self {
        Self::of(cells, true, share_of_lives)
    }

    fn of(cells: Cells, is_since_spawn: bool, quantile: f64) -> Self {
        Self { cells, quantile, is_since_spawn, only: None, rounds: Vec::new(), left_out: 0 }
    }

    /// The same, counting one side alone: the other never gets anywhere. With `None`, and for a team that is no side, both.
    #[must_use]
    pub fn only(self, team: Option<&Team>) -> Self {
        Self { only: team.and_then(side), ..self }
    }

    /// What would have been counted of one side [alone](Self::only); with `None`, and for a team that is no side, of both.
    #[must_use]
    pub(crate) fn of_side(&self, team: Option<&Team>) -> Self {
        let Some(only) = team.and_then(side) else { return self.clone() };
        let (mut alone, other) = (Self { only: Some(only), ..self.clone() }, 1 - only);
        for round in &mut alone.rounds {
            round.lives[other] = 0;
            round.visits[other].fill(0);
            match &mut round.times {
                Times::OfRound(times) => times[other].fill(NEVER),
                Times::OfLives(of) => of[other].clear(),
            }
        }
        alone
    }

    /// The cells.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Number of rounds that are counted.
    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }

    /// Number of rounds that are not counted, because they come after 1024 others.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// In how many of the rounds a place was reached by its time, at least.
    pub fn rounds_at_least(&self) -> usize {
        place_of(self.quantile, self.rounds()).map_or(0, |place| place + 1)
    }

    /// Visits that a cell needs to have a time: three, or as many as a side has lives.
    pub fn least_visits(&self, team: &Team) -> u32 {
        let lives =
            |side: usize| self.rounds.iter().fold(0_u32, |sum, round| sum.saturating_add(round.lives[side]));
        side(team).map_or(LEAST_VISITS, |side| lives(side).clamp(1, LEAST_VISITS))
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let cells = self.cells.len() * 2;
        let of_round = |round: &RoundTimes| match &round.times {
            Times::OfRound(_) => cells * (size_of::<u32>() + 1),
            Times::OfLives(sides) => {
                let visits: usize = sides.iter().flatten().map(Vec::len).sum();
                cells + visits * size_of::<(usize, u32)>()
            }
        };
        self.rounds.iter().map(|round| of_round(round) as u64).sum()
    }

    /// Adds the lives of the round at place `order` of the input. A round without lives is no round. Of more than 1024 rounds those
    /// are counted that come first.
    pub fn add(&mut self, order: u32, lives: &Lives<'_>) {
        if lives.lives.is_empty() {
            return;
        }
        if self.rounds.len() == MOST_ROUNDS && self.rounds.last().is_some_and(|last| last.order <= order) {
            self.left_out += 1;
            return;
        }
        let mut round = RoundTimes {
            order,
            lives: [0; 2],
            visits: [vec![0; self.cells.len()], vec![0; self.cells.len()]],
            times: if self.is_since_spawn {
                Times::OfLives([Vec::new(), Vec::new()])
            } else {
                Times::OfRound([vec![NEVER; self.cells.len()], vec![NEVER; self.cells.len()]])
            },
        };
        // Of each cell its place among those that the life came to: wrong for one that it has not come to.
        let mut places = vec![0; self.cells.len()];
        for life in &lives.lives {
            let counted = side(&life.track().team).filter(|side| self.only.is_none_or(|only| only == *side));
            let Some(side) = counted else { continue };
            let visited = self.visited(life, lives, &mut places);
            round.lives[side] = round.lives[side].saturating_add(1);
            for (cell, _) in &visited {
                round.visits[side][*cell] = round.visits[side][*cell].saturating_add(1);
            }
            match &mut round.times {
                Times::OfRound(times) => {
                    for (cell, ms) in visited {
                        times[side][cell] = times[side][cell].min(ms);
                    }
                }
                Times::OfLives(of) => of[side].push(visited),
            }
        }
        self.rounds.push(round);
        self.keep_the_first();
    }

    fn keep_the_first(&mut self) {
        self.rounds.sort_by_key(|round| round.order);
        self.left_out += self.rounds.len().saturating_sub(MOST_ROUNDS);
        self.rounds.truncate(MOST_ROUNDS);
    }

    /// The cells that a life came to, each with its first time there.
    fn visited(&self, life: &Life<'_>, lives: &Lives<'_>, places: &mut [u32]) -> Vec<(usize, u32)> {
        let mut visited: Vec<(usize, u32)> = Vec::new();
        if self.is_since_spawn && !life.track().is_told_from_spawn() {
            return visited;
        }
        for segment in life.segments() {
            let start = if self.is_since_spawn {
                segment.from.time.since(life.track().spawn)
            } else {
                lives.clock.since_live_ms(segment.from.time)
            };
            self.cells.walk(segment.from.at, segment.to.at, |cell, t_in, _| {
                let ms = start.max(0) + (t_in * segment.dt_ms as f64) as i64;
                let ms = u32::try_from(ms).unwrap_or(NEVER - 1);
                match visited.get_mut(places[cell] as usize) {
                    Some((known, first)) if *known == cell => *first = ms.min(*first),
                    _ => {
                        places[cell] = visited.len() as u32;
                        visited.push((cell, ms));
                    }
                }
            });
        }
        visited
    }

    /// Adds the rounds of other arrivals of the same kind over the same cells; those that do not go together are ignored.
    pub fn merge(&mut self, other: Self) {
        if (self.cells, self.is_since_spawn) == (other.cells, other.is_since_spawn) {
            self.rounds.extend(other.rounds);
            self.left_out += other.left_out;
            self.keep_the_first();
        }
    }

    /// The time by which a side had been in each cell, ms; `None` where it was too seldom.
    pub fn times_ms(&self, team: &Team) -> Vec<Option<u32>> {
        let Some(side) = side(team) else { return vec![None; self.cells.len()] };
        let least = self.least_visits(team);
        let mut visits = vec![0_u32; self.cells.len()];
        let mut of_cell: Vec<Vec<u32>> = vec![Vec::new(); self.cells.len()];
        for round in &self.rounds {
            for (sum, visits) in visits.iter_mut().zip(&round.visits[side]) {
                *sum += u32::from(*visits);
            }
            match &round.times {
                Times::OfRound(times) => {
                    of_cell.iter_mut().zip(&times[side]).for_each(|(all, ms)| all.push(*ms));
                }
                Times::OfLives(lives) => {
                    lives[side].iter().flatten().for_each(|(cell, ms)| of_cell[*cell].push(*ms));
                }
            }
        }
        let time = |(times, visits)| if visits >= least { self.quantile_of(times) } else { None };
        of_cell.into_iter().zip(visits).map(time).collect()
    }

    /// The time by which a side had been anywhere within `reach_units` of a place (by the middles of cells, and the place's
    /// own cell), ms; `None` where it was too seldom.
    pub fn near_ms(&self, team: &Team, place: WorldPoint, reach_units: f64) -> Option<u32> {
        let side = side(team)?;
        let own = self.cells.index(place);
        let near: Vec<usize> = (0..self.cells.len())
            .filter(|&cell| Some(cell) == own || self.cells.center(cell).distance_2d(place) <= reach_units)
            .collect();
        let is_near = |cell: &usize| near.binary_search(cell).is_ok();
        let mut times: Vec<u32> = Vec::new();
        for round in &self.rounds {
            match &round.times {
                Times::OfRound(first) => {
                    times.push(near.iter().map(|&cell| first[side][cell]).min().unwrap_or(NEVER));
                }
                Times::OfLives(lives) => times.extend(lives[side].iter().filter_map(|life| {
                    life.iter().filter(|(cell, _)| is_near(cell)).map(|(_, ms)| *ms).min()
                })),
            }
        }
        let is_enough = !self.is_since_spawn || times.len() >= self.least_visits(team) as usize;
        is_enough.then(|| self.quantile_of(times)).flatten()
    }

    fn quantile_of(&self, mut times: Vec<u32>) -> Option<u32> {
        let place = place_of(self.quantile, times.len())?;
        Some(*times.select_nth_unstable(place).1).filter(|ms| *ms != NEVER)
    }
}

/// The place in a sorted list by which a share of it has come, the lower one of two; `None` for an empty list.
fn place_of(share: f64, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    // A share of 0.1 of ten is one, not a little more.
    Some(((share * count as f64 - 1e-9).ceil().max(1.0) as usize - 1).min(last))
}

fn side(team: &Team) -> Option<usize> {
    match team {
        Team::Axis => Some(0),
        Team::Allies => Some(1),
        Team::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_list_is_a_place_in_it() {
        for (share, count, place) in
            [(0.5, 1, 0), (0.5, 2, 0), (0.5, 3, 1), (0.5, 4, 1), (0.1, 10, 0), (0.1, 11, 1), (1.0, 7, 6)]
        {
            assert_eq!(place_of(share, count), Some(place), "{share} of {count}");
        }
        assert_eq!(place_of(0.5, 0), None);
    }
}
