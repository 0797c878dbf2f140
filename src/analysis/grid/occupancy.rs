//! Where time was spent: an occupancy grid.
//!
//! Time is what heat means. Each segment's microseconds are spread evenly along the cells it crosses, so files with
//! 200 ms and 500 ms between samples give the same grid. All sums are integers: any order of lives, any number of
//! threads and any order of [`Occupancy::merge`] give the same numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::cell_set::CellSet;
use super::cells::{Cells, GridPoint};
pub use super::split::{Split, Weight};
use super::tiles::{CellSums, Change, Tiles};
use super::time_budget::TimeBudget;
use crate::analysis::filter::who::Who;
use crate::analysis::life::cleaned::{Life, Segment, Step, StepKind};
use crate::analysis::life::state::State;
use crate::analysis::session::player::PlayerKey;
use crate::geom::WorldPoint;

/// Two grids that cannot be added: another extent, another size, or another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these two grids do not count the same thing over the same cells")]
pub struct GridMismatch;

/// An occupancy grid, one plane per part of its [`Split`].
#[derive(Debug, Clone)]
pub struct Occupancy {
    cells: Cells,
    split: Split,
    weight: Weight,
    /// `Weight::Time`: microseconds per plane.
    times: Vec<Tiles>,
    /// `Weight::Visits`: counts per plane; empty until used.
    planes: Vec<Vec<u64>>,
    /// `Weight::Visits` over all planes together.
    union: Vec<u64>,
    /// `Weight::Visits`: the last life seen in each cell, per plane and over all.
    marks: Vec<Vec<u32>>,
    union_marks: Vec<u32>,
    /// `Weight::Players`: where each player was, per plane.
    players: BTreeMap<PlayerKey, Vec<CellSet>>,
    time_budget: TimeBudget,
    lives: u64,
    samples: u64,
}

impl Occupancy {
    /// An empty grid.
    pub fn new(cells: Cells, split: Split, weight: Weight) -> Self {
        let planes = split.planes();
        Self {
            cells,
            split,
            weight,
            times: vec![Tiles::default(); planes],
            planes: vec![Vec::new(); planes],
            union: Vec::new(),
            marks: vec![Vec::new(); planes],
            union_marks: Vec::new(),
            players: BTreeMap::new(),
            time_budget: TimeBudget::default(),
            lives: 0,
            samples: 0,
        }
    }

    /// The grid of some lives.
    pub fn of<'l, 'a: 'l>(
        cells: Cells,
        split: Split,
        weight: Weight,
        lives: impl IntoIterator<Item = &'l Life<'a>>,
    ) -> Self {
        let mut grid = Self::new(cells, split, weight);
        for life in lives {
            grid.add(life);
        }
        grid
    }

    /// Adds one life.
    pub fn add(&mut self, life: &Life<'_>) {
        self.add_and(life, |_| ());
    }

    /// The same, and gives each segment to `also`: one way through a life's samples serves both.
    pub(crate) fn add_and(&mut self, life: &Life<'_>, mut also: impl FnMut(&Segment<'_>)) {
        self.lives += 1;
        self.samples += life.recorded_samples() as u64;
        self.time_budget.alive_us += micros(life.alive_ms());
        self.time_budget.uncovered_us += micros(life.uncovered_ms());
        let who = Who::of(life.track());
        let mut sets = match self.weight {
            Weight::Players => {
                let track = life.track();
                let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
                self.players
                    .remove_entry(&key)
                    .or_else(|| Some((key, vec![CellSet::default(); self.split.planes()])))
            }
            Weight::Time | Weight::Visits => None,
        };
        // Where the last segment ended, by the index of its sample.
        let mut last: Option<(usize, GridPoint)> = None;
        for step in life.steps() {
            let us = micros(step.dt_ms);
            match step.kind {
                StepKind::Segment(state) => {
                    let Step { index, from, to, dt_ms, .. } = step;
                    also(&Segment { index, from, to, state, dt_ms });
                    let plane = self.split.plane(who, state);
                    let set = sets.as_mut().map(|(_, planes)| &mut planes[plane]);
                    let known = last.filter(|(at, _)| *at == index).map(|(_, point)| point);
                    let begin = known.unwrap_or_else(|| self.cells.point(from.at));
                    let end = self.cells.point(to.at);
                    last = Some((index + 1, end));
                    let outside = self.place(plane, &begin, &end, us, set);
                    self.time_budget.outside_us += outside;
                    self.time_budget.placed_us += us - outside;
                }
                StepKind::Hidden(_) => self.time_budget.hidden_us += us,
                StepKind::Break(reason) => self.time_budget.broken_us[reason as usize] += us,
            }
        }
        self.players.extend(sets);
    }

    /// Counts one segment; returns its time outside the grid.
    fn place(
        &mut self,
        plane: usize,
        from: &GridPoint,
        to: &GridPoint,
        us: u64,
        set: Option<&mut CellSet>,
    ) -> u64 {
        let (cells, columns) = (self.cells.len(), self.cells.columns() as usize);
        match (self.weight, set) {
            (Weight::Players, Some(set)) => {
                let add = |column, row, _| set.insert(row * columns + column, columns, cells);
                self.cells.spread_by_place(from, to, us, add)
            }
            (Weight::Visits, _) => {
                let mark = (self.lives % u64::from(u32::MAX)) as u32 + 1;
                let counts = allocated(&mut self.planes[plane], cells, 0);
                let seen = allocated(&mut self.marks[plane], cells, 0);
                let any_count = allocated(&mut self.union, cells, 0);
                let any_seen = allocated(&mut self.union_marks, cells, 0);
                self.cells.spread_by_place(from, to, us, |column, row, _| {
                    let cell = row * columns + column;
                    counts[cell] += u64::from(std::mem::replace(&mut seen[cell], mark) != mark);
                    any_count[cell] += u64::from(std::mem::replace(&mut any_seen[cell], mark) != mark);
                })
            }
            _ => {
                let times = &mut self.times[plane];
                times.prepare(columns, self.cells.rows() as usize);
                self.cells.spread_by_place(from, to, us, |column, row, part| times.add(column, row, part))
            }
        }
    }

    /// Adds time of some lives in a state that was summed over the same cells, µs: in a cell, or outside the grid (`None`).
    /// Of the time budget sums know no more than what was placed and what lies outside.
    pub(crate) fn add_times(
        &mut self,
        who: Who,
        state: State,
        sums: impl IntoIterator<Item = (Option<u32>, u64)>,
    ) {
        let (columns, cells) = (self.cells.columns(), self.cells.len());
        let times = &mut self.times[self.split.plane(who, state)];
        times.prepare(columns as usize, self.cells.rows() as usize);
        let budget = &mut self.time_budget;
        for (cell, us) in sums {
            match cell.filter(|cell| (*cell as usize) < cells) {
                Some(cell) => {
                    times.add((cell % columns) as usize, (cell / columns) as usize, us);
                    budget.placed_us = budget.placed_us.saturating_add(us);
                }
                None => budget.outside_us = budget.outside_us.saturating_add(us),
            }
        }
    }

    /// Adds time that was summed over the same cells, and what of it lies outside of them. For grids of time.
    pub(crate) fn add_cells(&mut self, who: Who, state: State, times: &CellSums, outside_us: u64) {
        let plane = &mut self.times[self.split.plane(who, state)];
        plane.prepare(self.cells.columns() as usize, self.cells.rows() as usize);
        self.time_budget.placed_us += times.add_to(plane);
        self.time_budget.outside_us += outside_us;
    }

    /// Adds the time of a step in a state, or takes it away again. For grids of time.
    pub(crate) fn add_or_take(
        &mut self,
        change: Change,
        who: Who,
        state: State,
        step: (WorldPoint, WorldPoint, u64),
    ) {
        let (from, to, us) = (self.cells.point(step.0), self.cells.point(step.1), step.2);
        let plane = self.split.plane(who, state);
        match change {
            Change::Add => {
                let outside = self.place(plane, &from, &to, us, None);
                self.time_budget.outside_us += outside;
                self.time_budget.placed_us += us - outside;
            }
            Change::Take => {
                let times = &mut self.times[plane];
                times.prepare(self.cells.columns() as usize, self.cells.rows() as usize);
                let take = |column, row, part| times.take(column, row, part);
                let outside = self.cells.spread_by_place(&from, &to, us, take);
                let budget = &mut self.time_budget;
                budget.outside_us = budget.outside_us.wrapping_sub(outside);
                budget.placed_us = budget.placed_us.wrapping_sub(us - outside);
            }
        }
    }

    /// Forgets planes of which nothing is left.
    pub(crate) fn forget_nothing(&mut self) {
        self.times.iter_mut().for_each(Tiles::forget_nothing);
    }

    /// Adds the time of one step in a state, spread along its line. Returns what lies outside the grid. For grids of time.
    #[cfg(feature = "cluster")]
    pub(crate) fn add_step(&mut self, who: Who, state: State, [from, to]: [WorldPoint; 2], us: u64) -> u64 {
        let (from, to) = (self.cells.point(from), self.cells.point(to));
        let outside = self.place(self.split.plane(who, state), &from, &to, us, None);
        self.time_budget.outside_us += outside;
        self.time_budget.placed_us += us - outside;
        outside
    }

    /// Gives the sums of a plane that are not 0, by cell, in the order of the cells. For grids of time.
    #[cfg(feature = "cluster")]
    pub(crate) fn each_time(&self, plane: usize, mut take: impl FnMut(usize, u64)) {
        let columns = self.cells.columns() as usize;
        if let Some(times) = self.times(plane) {
            times.for_each(|column, row, us| take(row * columns + column, us));
        }
    }

    /// Counts lives whose time is added by [`Occupancy::add_times`].
    pub(crate) fn add_lives(&mut self, lives: u64, samples: u64) {
        self.lives += lives;
        self.samples += samples;
    }

    /// Adds another grid. The result does not depend on the order.
    ///
    /// # Errors
    /// [`GridMismatch`] when the grids differ in cells, split or weight; nothing is changed then.
    pub fn merge(&mut self, other: Self) -> Result<(), GridMismatch> {
        if self.cells != other.cells || self.split != other.split || self.weight != other.weight {
            return Err(GridMismatch);
        }
        let cells = self.cells.len();
        let pairs = self.planes.iter_mut().chain([&mut self.union]);
        for (mine, theirs) in pairs.zip(other.planes.iter().chain([&other.union])) {
            add_up(mine, theirs, cells);
        }
        for (mine, theirs) in self.times.iter_mut().zip(other.times) {
            mine.merge(theirs);
        }
        for (player, planes) in other.players {
            let mine = self.players.entry(player).or_insert_with(|| vec![CellSet::default(); planes.len()]);
            for (mine, theirs) in mine.iter_mut().zip(&planes) {
                mine.unite(theirs);
            }
        }
        self.time_budget.merge(&other.time_budget);
        self.lives += other.lives;
        self.samples += other.samples;
        Ok(())
    }

    /// About how much memory the time in it takes, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.times.iter().map(Tiles::bytes).sum()
    }

    /// The cells.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// What its planes stand for.
    pub fn split(&self) -> Split {
        self.split
    }

    /// What is counted.
    pub fn weight(&self) -> Weight {
        self.weight
    }

    /// Where the time went.
    pub fn time_budget(&self) -> &TimeBudget {
        &self.time_budget
    }

    /// Number of lives added.
    pub fn lives(&self) -> u64 {
        self.lives
    }

    /// Number of samples behind it.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// One plane, row by row from the north-west; empty or all 0 when nothing was counted in it.
    pub fn plane(&self, index: usize) -> Cow<'_, [u64]> {
        match self.weight {
            Weight::Time => Cow::Owned(match self.times.get(index) {
                Some(times) if !times.is_empty() => self.sum_of(std::slice::from_ref(times)),
                _ => Vec::new(),
            }),
            Weight::Visits => Cow::Borrowed(self.planes.get(index).map_or(&[], Vec::as_slice)),
            Weight::Players => Cow::Owned(self.count_players(|planes| planes.get(index).cloned())),
        }
    }

    /// The sums of a plane as they are kept, which takes less memory than [`Occupancy::plane`]; `None` where nothing was
    /// counted in it, and for what is not time.
    pub(crate) fn times(&self, index: usize) -> Option<&Tiles> {
        self.times.get(index).filter(|times| !times.is_empty())
    }

    /// The plane of a state (with [`Split::State`]).
    pub fn state(&self, state: State) -> Cow<'_, [u64]> {
        self.plane(state.index())
    }

    /// All planes together, one value per cell: the sum for time; for visits and players each life or player once,
    /// even where the player appears in several planes.
    pub fn total(&self) -> Vec<u64> {
        let mut total = match self.weight {
            Weight::Time => self.sum_of(&self.times),
            Weight::Visits => self.union.clone(),
            Weight::Players => self.count_players(|planes| {
                let mut anywhere = CellSet::default();
                for plane in planes {
                    anywhere.unite(plane);
                }
                Some(anywhere)
            }),
        };
        total.resize(self.cells.len(), 0);
        total
    }

    fn sum_of(&self, times: &[Tiles]) -> Vec<u64> {
        let mut sum = vec![0; self.cells.len()];
        for times in times {
            times.add_to(&mut sum, self.cells.columns() as usize);
        }
        sum
    }

    fn count_players(&self, set: impl Fn(&[CellSet]) -> Option<CellSet>) -> Vec<u64> {
        let mut counts = vec![0; self.cells.len()];
        for set in self.players.values().filter_map(|planes| set(planes)) {
            set.count(&mut counts, self.cells.columns() as usize);
        }
        counts
    }
}

fn micros(ms: i64) -> u64 {
    ms.max(0) as u64 * 1_000
}

fn allocated<T: Clone>(list: &mut Vec<T>, len: usize, value: T) -> &mut [T] {
    if list.is_empty() {
        list.resize(len, value);
    }
    list
}

fn add_up(sum: &mut Vec<u64>, plane: &[u64], len: usize) {
    if !plane.is_empty() {
        for (total, value) in allocated(sum, len, 0).iter_mut().zip(plane) {
            *total += value;
        }
    }
}
