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
    times: Times,
    /// The side that is counted alone.
    only: Option<usize>,
    /// How many rounds were added.
    rounds: usize,
    /// Lives of each side (Axis, Allies), and in each cell.
    lives: [u32; 2],
    visits: [Vec<u32>; 2],
}

#[derive(Debug, Clone)]
enum Times {
    /// Per round and side one moment per cell, ms since the round went live.
    OfRounds(Vec<[Vec<u32>; 2]>),
    /// Per side and life the cells it came to, each with its first time there, ms since the spawn.
    OfLives([Vec<Vec<(usize, u32)>>; 2]),
}

impl Arrivals {
    /// Nothing seen yet; by the round's clock, in half of the rounds.
    pub fn new(cells: Cells) -> Self {
        Self::of(cells, Times::OfRounds(Vec::new()), 0.5)
    }

    /// Nothing seen yet; by the round's clock, in a share of the rounds, 0 … 1.
    pub fn by_clock(cells: Cells, share_of_rounds: f64) -> Self {
        Self::of(cells, Times::OfRounds(Vec::new()), share_of_rounds)
    }

    /// Nothing seen yet; since the spawn, of a share of the lives that come to a place, 0 … 1, the fastest.
    pub fn since_spawn(cells: Cells, share_of_lives: f64) -> Self {
        Self::of(cells, Times::OfLives([Vec::new(), Vec::new()]), share_of_lives)
    }

    fn of(cells: Cells, times: Times, quantile: f64) -> Self {
        let visits = [vec![0; cells.len()], vec![0; cells.len()]];
        Self { cells, quantile, times, only: None, rounds: 0, lives: [0; 2], visits }
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
        let nothing = |value: u32| vec![value; self.cells.len()];
        let mut visits = [nothing(0), nothing(0)];
        visits[only].clone_from(&self.visits[only]);
        let mut lives = [0; 2];
        lives[only] = self.lives[only];
        let times = match &self.times {
            Times::OfRounds(rounds) => Times::OfRounds(
                rounds
                    .iter()
                    .map(|round| {
                        let mut alone = [nothing(NEVER), nothing(NEVER)];
                        alone[only].clone_from(&round[only]);
                        alone
                    })
                    .collect(),
            ),
            Times::OfLives(of) => {
                let mut alone = [Vec::new(), Vec::new()];
                alone[only].clone_from(&of[only]);
                Times::OfLives(alone)
            }
        };
        Self { times, only: Some(only), lives, visits, ..*self }
    }

    /// The cells.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Number of rounds that were added.
    pub fn rounds(&self) -> usize {
        self.rounds
    }

    /// Whether no more rounds are taken.
    pub(crate) fn is_full(&self) -> bool {
        self.rounds >= MOST_ROUNDS
    }

    /// In how many of the rounds a place was reached by its time, at least.
    pub fn rounds_at_least(&self) -> usize {
        place_of(self.quantile, self.rounds).map_or(0, |place| place + 1)
    }

    /// Visits that a cell needs to have a time: three, or as many as a side has lives.
    pub fn least_visits(&self, team: &Team) -> u32 {
        side(team).map_or(LEAST_VISITS, |side| self.lives[side].clamp(1, LEAST_VISITS))
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let of_cells = (self.cells.len() * size_of::<u32>() * 2) as u64;
        let times = match &self.times {
            Times::OfRounds(rounds) => rounds.len() as u64 * of_cells,
            Times::OfLives(sides) => {
                let visits: usize = sides.iter().flatten().map(Vec::len).sum();
                (visits * size_of::<(usize, u32)>()) as u64
            }
        };
        times + of_cells
    }

    /// Adds the lives of a round. A round without lives is no round; beyond 1024 of them no more are taken.
    pub fn add(&mut self, lives: &Lives<'_>) {
        if lives.lives.is_empty() || self.rounds == MOST_ROUNDS {
            return;
        }
        self.rounds += 1;
        if let Times::OfRounds(rounds) = &mut self.times {
            rounds.push([vec![NEVER; self.cells.len()], vec![NEVER; self.cells.len()]]);
        }
        // Of each cell its place among those that the life came to: wrong for one that it has not come to.
        let mut places = vec![0; self.cells.len()];
        for life in &lives.lives {
            let counted = side(&life.track().team).filter(|side| self.only.is_none_or(|only| only == *side));
            let Some(side) = counted else { continue };
            let visited = self.visited(life, lives, &mut places);
            self.lives[side] = self.lives[side].saturating_add(1);
            for (cell, _) in &visited {
                self.visits[side][*cell] = self.visits[side][*cell].saturating_add(1);
            }
            match &mut self.times {
                Times::OfRounds(rounds) => {
                    let Some(round) = rounds.last_mut() else { continue };
                    for (cell, ms) in visited {
                        round[side][cell] = round[side][cell].min(ms);
                    }
                }
                Times::OfLives(of) => of[side].push(visited),
            }
        }
    }

    /// The cells that a life came to, each with its first time there.
    fn visited(&self, life: &Life<'_>, lives: &Lives<'_>, places: &mut [u32]) -> Vec<(usize, u32)> {
        let is_since_spawn = matches!(self.times, Times::OfLives(_));
        let mut visited: Vec<(usize, u32)> = Vec::new();
        if is_since_spawn && !life.track().is_told_from_spawn() {
            return visited;
        }
        for segment in life.segments() {
            let start = if is_since_spawn {
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

    /// Adds the rounds of other arrivals of the same kind over the same cells, as long as there is room for them.
    pub fn merge(&mut self, other: Self) {
        let room = MOST_ROUNDS - self.rounds;
        match (&mut self.times, other.times) {
            (Times::OfRounds(rounds), Times::OfRounds(more)) => rounds.extend(more.into_iter().take(room)),
            (Times::OfLives(lives), Times::OfLives(more)) if other.rounds <= room => {
                for (mine, theirs) in lives.iter_mut().zip(more) {
                    mine.extend(theirs);
                }
            }
            _ => return,
        }
        self.rounds += other.rounds.min(room);
        for side in 0..2 {
            self.lives[side] = self.lives[side].saturating_add(other.lives[side]);
            for (mine, theirs) in self.visits[side].iter_mut().zip(&other.visits[side]) {
                *mine = mine.saturating_add(*theirs);
            }
        }
    }

    /// The time by which a side had been in each cell, ms; `None` where it was too seldom.
    pub fn times_ms(&self, team: &Team) -> Vec<Option<u32>> {
        let Some(side) = side(team) else { return vec![None; self.cells.len()] };
        let least = self.least_visits(team);
        let is_often = |cell: usize| self.visits[side][cell] >= least;
        match &self.times {
            Times::OfRounds(rounds) => {
                let time =
                    |cell: usize| self.quantile_of(rounds.iter().map(|round| round[side][cell]).collect());
                (0..self.cells.len()).map(|cell| is_often(cell).then(|| time(cell)).flatten()).collect()
            }
            Times::OfLives(lives) => {
                let mut of_cell: Vec<Vec<u32>> = vec![Vec::new(); self.cells.len()];
                for (cell, ms) in lives[side].iter().flatten() {
                    of_cell[*cell].push(*ms);
                }
                let time = |(cell, times)| is_often(cell).then(|| self.quantile_of(times)).flatten();
                of_cell.into_iter().enumerate().map(time).collect()
            }
        }
    }

    /// The time by which a side had been anywhere within `reach_units` of a place (by the middles of cells, and the place's
    /// own cell), ms; `None` where it was too seldom.
    pub fn near_ms(&self, team: &Team, place: WorldPoint, reach_units: f64) -> Option<u32> {
        let side = side(team)?;
        let own = self.cells.index(place);
        let near: Vec<usize> = (0..self.cells.len())
            .filter(|&cell| Some(cell) == own || self.cells.center(cell).distance_2d(place) <= reach_units)
            .collect();
        match &self.times {
            Times::OfRounds(rounds) => {
                let first = |round: &[Vec<u32>; 2]| near.iter().map(|&cell| round[side][cell]).min();
                self.quantile_of(rounds.iter().map(|round| first(round).unwrap_or(NEVER)).collect())
            }
            Times::OfLives(lives) => {
                let is_near = |cell: &usize| near.binary_search(cell).is_ok();
                let first = |life: &Vec<(usize, u32)>| {
                    life.iter().filter(|(cell, _)| is_near(cell)).map(|(_, ms)| *ms).min()
                };
                let times: Vec<u32> = lives[side].iter().filter_map(first).collect();
                let is_enough = times.len() >= self.least_visits(team) as usize;
                is_enough.then(|| self.quantile_of(times)).flatten()
            }
        }
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
