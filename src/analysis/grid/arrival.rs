//! When each side first got somewhere.

use std::sync::Arc;

use super::cells::{Cells, GridPoint};
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
    /// The rounds that come first in the input, in its order, each with its place in it.
    rounds: Vec<(u32, Arc<RoundTimes>)>,
    /// How many came after those.
    left_out: usize,
    open: Open,
}

/// What is known of a round, of each side (Axis, Allies).
#[derive(Debug)]
struct RoundTimes {
    lives: [u32; 2],
    times: Times,
}

#[derive(Debug)]
enum Times {
    /// The cells that a side came to, in their order.
    OfRound([Vec<Reached>; 2]),
    /// Per life the cells it came to, each with its first time there, ms since the spawn.
    OfLives([Vec<Vec<(usize, u32)>>; 2]),
}

/// A cell that a side came to in a round.
#[derive(Debug, Clone, Copy)]
struct Reached {
    cell: u32,
    /// The first time, ms since the round went live.
    first_ms: u32,
    /// Lives that came there, up to the most that a byte tells.
    visits: u8,
}

/// A round whose lives pass by.
#[derive(Debug, Clone, Default)]
struct Open {
    lives: [u32; 2],
    /// For each side and cell of the grid, or none at all.
    first_ms: [Vec<u32>; 2],
    visits: [Vec<u8>; 2],
    /// The cells that each side came to.
    reached: [Vec<u32>; 2],
    /// Which life came to a cell last, and the one that passes by.
    came: Vec<u32>,
    life: u32,
    side: Option<usize>,
    /// Where its last step ended.
    last: Option<GridPoint>,
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
        Self {
            cells,
            quantile,
            is_since_spawn,
            only: None,
            rounds: Vec::new(),
            left_out: 0,
            open: Open::default(),
        }
    }

    /// The same, counting one side alone: the other never gets anywhere. With `None`, and for a team that is no side, both.
    #[must_use]
    pub fn only(self, team: Option<&Team>) -> Self {
        Self { only: team.and_then(side), ..self }
    }

    /// What would have been counted of one side [alone](Self::only); with `None`, and for a team that is no side, of both.
    #[must_use]
    pub(crate) fn of_side(&self, team: Option<&Team>) -> Self {
        let (rounds, open) = (self.rounds.clone(), Open::default());
        Self { only: team.and_then(side).or(self.only), rounds, open, ..*self }
    }

    /// What would have been counted of some of the rounds: for each of them its place, and the place that it has among those that
    /// are wanted. `None` where rounds were left out.
    #[must_use]
    pub(crate) fn of_rounds(&self, place: impl Fn(u32) -> Option<u32>) -> Option<Self> {
        let wanted =
            self.rounds.iter().filter_map(|(order, round)| Some((place(*order)?, Arc::clone(round))));
        let rounds = wanted.collect();
        (self.left_out == 0).then(|| Self { rounds, open: Open::default(), ..*self })
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
        let lives = |side: usize| {
            let of_round = |(_, round): &(u32, Arc<RoundTimes>)| round.lives[side];
            let rounds = if self.counts(side) { &*self.rounds } else { &[] };
            rounds.iter().map(of_round).fold(0, u32::saturating_add)
        };
        side(team).map_or(LEAST_VISITS, |side| lives(side).clamp(1, LEAST_VISITS))
    }

    /// Whether a side is counted.
    fn counts(&self, side: usize) -> bool {
        self.only.is_none_or(|only| only == side)
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let of_round = |(_, round): &(u32, Arc<RoundTimes>)| match &round.times {
            Times::OfRound(sides) => sides.iter().map(Vec::len).sum::<usize>() * size_of::<Reached>(),
            Times::OfLives(sides) => {
                sides.iter().flatten().map(Vec::len).sum::<usize>() * size_of::<(usize, u32)>()
            }
        };
        self.rounds.iter().map(|round| (of_round(round) + size_of::<RoundTimes>()) as u64).sum()
    }

    /// Adds the lives of the round at place `order` of the input. A round without lives is no round. Of more than 1024 rounds those
    /// are counted that come first.
    pub fn add(&mut self, order: u32, lives: &Lives<'_>) {
        if lives.lives.is_empty() {
            return;
        }
        if self.comes_too_late(order) {
            return;
        }
        if !self.is_since_spawn {
            for life in &lives.lives {
                self.begin_life(&life.track().team);
                for segment in life.segments() {
                    let start_ms = lives.clock.since_live_ms(segment.from.time);
                    self.add_step((segment.from.at, segment.to.at), (start_ms, segment.dt_ms));
                }
            }
            self.end_round(order);
            return;
        }
        let (mut counted, mut of) = ([0_u32; 2], [Vec::new(), Vec::new()]);
        // Of each cell its place among those that the life came to: wrong for one that it has not come to.
        let mut places = vec![0; self.cells.len()];
        for life in &lives.lives {
            let Some(side) = side(&life.track().team).filter(|side| self.counts(*side)) else { continue };
            counted[side] = counted[side].saturating_add(1);
            of[side].push(self.visited(life, &mut places));
        }
        self.push(order, RoundTimes { lives: counted, times: Times::OfLives(of) });
    }

    /// Whether a round counts no more, because it comes after as many as are kept.
    fn comes_too_late(&mut self, order: u32) -> bool {
        let is_late =
            self.rounds.len() == MOST_ROUNDS && self.rounds.last().is_some_and(|(last, _)| *last <= order);
        self.left_out += usize::from(is_late);
        is_late
    }

    /// The next life of a round by the round's clock; its steps follow in time, or behind [`Arrivals::go_back`].
    pub(crate) fn begin_life(&mut self, team: &Team) {
        let (cells, side) = (self.cells.len(), side(team).filter(|side| self.counts(*side)));
        let open = &mut self.open;
        (open.side, open.last) = (side, None);
        open.life = open.life.wrapping_add(1);
        if let Some(side) = side {
            open.lives[side] = open.lives[side].saturating_add(1);
            open.first_ms[side].resize(cells, NEVER);
            open.visits[side].resize(cells, 0);
        }
        // A number that comes again would hide a visit.
        if open.life == 0 || open.came.is_empty() {
            open.came = vec![0; cells];
            open.life = open.life.max(1);
        }
    }

    /// Tells that the next step of the life may be earlier than those before.
    pub(crate) fn go_back(&mut self) {
        self.open.last = None;
    }

    /// Adds a step of the life that passes by: its ends, and when it begins on the round's clock and how long it takes, ms.
    #[inline]
    pub(crate) fn add_step(&mut self, (from, to): (WorldPoint, WorldPoint), (start_ms, ms): (i64, i64)) {
        let open = &mut self.open;
        let Some(side) = open.side else { return };
        let end = self.cells.point(to);
        let last = open.last.replace(end).filter(|last| last.is_at(from));
        // A step that goes on where the last one ended, and stays in that cell, comes nowhere earlier.
        if last.is_some_and(|begin| begin.is_in_cell_of(&end)) {
            return;
        }
        let begin = last.unwrap_or_else(|| self.cells.point(from));
        let (first_ms, visits) = (&mut open.first_ms[side], &mut open.visits[side]);
        self.cells.walk_between(&begin, &end, |cell, t_in, _| {
            let at = start_ms.max(0) + (t_in * ms as f64) as i64;
            let at = u32::try_from(at).unwrap_or(NEVER - 1);
            if visits[cell] == 0 {
                open.reached[side].push(cell as u32);
            }
            first_ms[cell] = at.min(first_ms[cell]);
            let is_new = std::mem::replace(&mut open.came[cell], open.life) != open.life;
            visits[cell] = visits[cell].saturating_add(u8::from(is_new));
        });
    }

    /// Ends the round at place `order` of the input, which had a life.
    pub(crate) fn end_round(&mut self, order: u32) {
        let open = &mut self.open;
        let times = [0, 1].map(|side| {
            open.reached[side].sort_unstable();
            let reached = open.reached[side].drain(..).map(|cell| Reached {
                cell,
                first_ms: std::mem::replace(&mut open.first_ms[side][cell as usize], NEVER),
                visits: std::mem::take(&mut open.visits[side][cell as usize]),
            });
            reached.collect()
        });
        let round = RoundTimes { lives: std::mem::take(&mut open.lives), times: Times::OfRound(times) };
        if !self.comes_too_late(order) {
            self.push(order, round);
        }
    }

    /// Adds the round at place `order` of the input as another one of the same kind has it.
    pub(crate) fn add_as_in(&mut self, order: u32, other: &Self) {
        if let Some((_, round)) = other.rounds.iter().rev().find(|(known, _)| *known == order) {
            self.rounds.push((order, Arc::clone(round)));
            self.keep_the_first();
        }
    }

    fn push(&mut self, order: u32, round: RoundTimes) {
        self.rounds.push((order, Arc::new(round)));
        self.keep_the_first();
    }

    fn keep_the_first(&mut self) {
        self.rounds.sort_by_key(|(order, _)| *order);
        self.left_out += self.rounds.len().saturating_sub(MOST_ROUNDS);
        self.rounds.truncate(MOST_ROUNDS);
    }

    /// The cells that a life came to, each with its first time there since the spawn.
    fn visited(&self, life: &Life<'_>, places: &mut [u32]) -> Vec<(usize, u32)> {
        let mut visited: Vec<(usize, u32)> = Vec::new();
        if !life.track().is_told_from_spawn() {
            return visited;
        }
        for segment in life.segments() {
            let start = segment.from.time.since(life.track().spawn);
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
        let cells = self.cells.len();
        let Some(side) = side(team).filter(|side| self.counts(*side)) else { return vec![None; cells] };
        let least = self.least_visits(team);
        // The times of each cell lie behind those of the cell before: first it is counted how many there are.
        let (mut visits, mut ends) = (vec![0_u32; cells], vec![0_usize; cells]);
        for (cell, _, visited) in self.reached(side) {
            visits[cell] += u32::from(visited);
            ends[cell] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let mut times = vec![0_u32; sum];
        for (cell, ms, _) in self.reached(side) {
            times[ends[cell]] = ms;
            ends[cell] += 1;
        }
        let mut first = 0;
        let of_cell = ends.into_iter().zip(visits).map(|(end, visits)| {
            let times = &mut times[std::mem::replace(&mut first, end)..end];
            if visits < least {
                return None;
            }
            // Rounds in which a side never got there count as the latest ones.
            let all = if self.is_since_spawn { times.len() } else { self.rounds.len() };
            let place = place_of(self.quantile, all).filter(|place| *place < times.len())?;
            Some(*times.select_nth_unstable(place).1)
        });
        of_cell.collect()
    }

    /// Of all rounds or lives of a side the cells they came to, each with its first time, ms, and how many visits that was.
    fn reached(&self, side: usize) -> impl Iterator<Item = (usize, u32, u8)> {
        self.rounds.iter().flat_map(move |(_, round)| {
            let (of_round, of_lives) = match &round.times {
                Times::OfRound(sides) => (sides[side].as_slice(), [].as_slice()),
                Times::OfLives(sides) => ([].as_slice(), sides[side].as_slice()),
            };
            let of_round = of_round.iter().map(|at| (at.cell as usize, at.first_ms, at.visits));
            of_round.chain(of_lives.iter().flatten().map(|(cell, ms)| (*cell, *ms, 1)))
        })
    }

    /// The time by which a side had been anywhere within `reach_units` of a place (by the middles of cells, and the place's
    /// own cell), ms; `None` where it was too seldom.
    pub fn near_ms(&self, team: &Team, place: WorldPoint, reach_units: f64) -> Option<u32> {
        self.near_each_ms(team, &[place], reach_units).into_iter().next().flatten()
    }

    /// The same for several places, in their order.
    pub(crate) fn near_each_ms(
        &self,
        team: &Team,
        places: &[WorldPoint],
        reach_units: f64,
    ) -> Vec<Option<u32>> {
        let Some(side) = side(team).filter(|side| self.counts(*side)) else {
            return vec![None; places.len()];
        };
        let near = Near::new(&self.cells, places, reach_units);
        let mut times: Vec<Vec<u32>> = vec![Vec::new(); places.len()];
        let mut first = vec![NEVER; places.len()];
        for (_, round) in &self.rounds {
            match &round.times {
                Times::OfRound(reached) => {
                    reached[side]
                        .iter()
                        .for_each(|at| near.earlier(at.cell as usize, at.first_ms, &mut first));
                    for (times, first) in times.iter_mut().zip(&mut first) {
                        times.push(std::mem::replace(first, NEVER));
                    }
                }
                Times::OfLives(lives) => {
                    for life in &lives[side] {
                        for (cell, ms) in life {
                            near.earlier(*cell, *ms, &mut first);
                        }
                        for (times, first) in times.iter_mut().zip(&mut first) {
                            times.extend(Some(std::mem::replace(first, NEVER)).filter(|ms| *ms != NEVER));
                        }
                    }
                }
            }
        }
        let least = self.least_visits(team) as usize;
        let is_enough = |times: &Vec<u32>| !self.is_since_spawn || times.len() >= least;
        times
            .into_iter()
            .map(|times| Some(times).filter(is_enough).and_then(|times| self.quantile_of(times)))
            .collect()
    }

    fn quantile_of(&self, mut times: Vec<u32>) -> Option<u32> {
        let place = place_of(self.quantile, times.len())?;
        Some(*times.select_nth_unstable(place).1).filter(|ms| *ms != NEVER)
    }
}

/// Which of some places each cell is near to.
struct Near {
    /// Where those of a cell begin among the places; they end where the next ones begin.
    begins: Vec<u32>,
    places: Vec<u32>,
}

impl Near {
    fn new(cells: &Cells, places: &[WorldPoint], reach_units: f64) -> Self {
        let own: Vec<Option<usize>> = places.iter().map(|place| cells.index(*place)).collect();
        let (mut begins, mut near) = (Vec::with_capacity(cells.len() + 1), Vec::new());
        for cell in 0..cells.len() {
            begins.push(near.len() as u32);
            let center = cells.center(cell);
            let is_near =
                |at: &usize| own[*at] == Some(cell) || center.distance_2d(places[*at]) <= reach_units;
            near.extend((0..places.len()).filter(is_near).map(|at| at as u32));
        }
        begins.push(near.len() as u32);
        Self { begins, places: near }
    }

    /// Lowers the first times of the places that a cell is near to.
    #[inline]
    fn earlier(&self, cell: usize, ms: u32, first: &mut [u32]) {
        for place in &self.places[self.begins[cell] as usize..self.begins[cell + 1] as usize] {
            let first = &mut first[*place as usize];
            *first = ms.min(*first);
        }
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
