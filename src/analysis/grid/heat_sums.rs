//! What a heatmap needs of many rounds, summed once: by kind of life and state, so that every filter that tells lives apart
//! by no more than those is answered from the sums alone, to the last microsecond.
//!
//! Sums of different rounds are simply added up. They are made with the same arithmetic as [`Occupancy`](super::occupancy::Occupancy)
//! and [`Heights`], of the same lives; captions come from one row per life ([`LifeSum`]).

use std::collections::BTreeMap;

use super::cells::{Cells, GridPoint};
use super::heights::{GroundSum, Heights};
use super::tiles::Tiles;
use crate::analysis::filter::select::Filter;
use crate::analysis::filter::who::Who;
use crate::analysis::life::cleaned::{Life, StepKind};
use crate::analysis::life::cleaned_round::lives;
use crate::analysis::life::dropped::Dropped;
use crate::analysis::life::lives::Lives;
use crate::analysis::life::state::{State, StateDecoder};
use crate::analysis::life::stops::is_still_step;
use crate::geom::WorldPoint;
use crate::model::{Guid, PlayerName, Round, RoundMeta, Track};

/// Number of states.
const STATES: usize = State::ALL.len();
/// Half of the numbers that a place or a height can have.
const HALF: i32 = 0x4000;
/// Heights kept before those of one place are put together.
const COMPACT_AT: usize = 1 << 20;

/// The two grids over a map that sums are made in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatGrids {
    /// For time.
    pub time: Cells,
    /// For the ground, from which a map without a picture is drawn.
    pub ground: Cells,
}

/// Time of some lives' steps in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSum {
    /// Whose.
    pub who: Who,
    /// In which state.
    pub state: State,
    /// The cell; `None` for all that lies outside the grid.
    pub cell: Option<u32>,
    /// Microseconds.
    pub us: u64,
}

/// How long some lives were at a place and height when their steps began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeightSum {
    /// Whose.
    pub who: Who,
    /// In which state.
    pub state: State,
    /// Place and height: whole squares of [`HeightSum::PLACE_UNITS`] east and north, steps of [`HeightSum::STEP_UNITS`] up.
    pub at: [i16; 3],
    /// Milliseconds.
    pub ms: u64,
}

impl HeightSum {
    /// Side of a place, units.
    pub const PLACE_UNITS: f32 = 64.0;
    /// Heights are told apart in steps of this, units.
    pub const STEP_UNITS: f32 = 16.0;

    /// The middle of the place.
    pub fn middle(&self) -> WorldPoint {
        let [x, y, z] = self.at.map(|part| f32::from(part) + 0.5);
        WorldPoint::new(x * Self::PLACE_UNITS, y * Self::PLACE_UNITS, z * Self::STEP_UNITS)
    }
}

/// What a caption counts of a track, whether its life is used or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeSum {
    /// The player's GUID.
    pub guid: Guid,
    /// The player's name.
    pub name: PlayerName,
    /// What kind of life it is.
    pub who: Who,
    /// Samples in the file.
    pub samples: u64,
    /// What cleaning left out of it.
    pub dropped: Dropped,
    /// What is left; `None` where the whole life is left out.
    pub used: Option<UsedLife>,
}

/// What is left of a life after cleaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsedLife {
    /// Samples.
    pub samples: u64,
    /// Of them those outside the extent.
    pub off_map: u64,
    /// Samples that begin a step in each state.
    pub begins: [u64; STATES],
    /// Of them those outside the extent.
    pub begins_off_map: [u64; STATES],
    /// Time of steps with both ends within the extent, by state, ms.
    pub inside_ms: [u64; STATES],
    /// Of the time upright that in which the player stood still, ms.
    pub still_ms: u64,
}

/// A round in sums.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundSums {
    /// Its header.
    pub meta: RoundMeta,
    /// What its stance and sprint mean.
    pub meaning: StateDecoder,
    /// Its tracks, in the file's order.
    pub lives: Vec<LifeSum>,
}

/// The sums of some rounds of one map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeatSums {
    /// By kind, state and cell.
    pub times: Vec<TimeSum>,
    /// By kind, state and place.
    pub heights: Vec<HeightSum>,
    /// By cell.
    pub ground: Vec<GroundSum>,
    /// In the order in which they were added.
    pub rounds: Vec<RoundSums>,
    /// Instead of rounds: what is known of sums that another program made.
    pub elsewhere: Option<Elsewhere>,
}

/// Sums of which nothing is known but their file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The file's name, without folders.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// How many lives were summed, as its maker says.
    pub lives: u64,
}

/// What sums are asked for.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SumsWanted<'a> {
    /// In which grids.
    pub grids: HeatGrids,
    /// Of which lives; it must [tell whole lives apart](Filter::tells_lives).
    pub filter: &'a Filter,
    /// Whether [`HeatSums::heights`] are needed.
    pub heights: bool,
    /// Whether [`HeatSums::ground`] is needed: that of all lives, whatever the filter says.
    pub ground: bool,
}

impl<'a> SumsWanted<'a> {
    /// Time in each state, and no heights.
    pub fn times(grids: HeatGrids, filter: &'a Filter) -> Self {
        Self { grids, filter, heights: false, ground: false }
    }

    /// Time in each state, and heights.
    pub fn all(grids: HeatGrids, filter: &'a Filter) -> Self {
        Self { grids, filter, heights: true, ground: true }
    }
}

/// Sums in the making.
#[derive(Debug)]
pub struct HeatSummer {
    grids: HeatGrids,
    times: BTreeMap<Who, [StateTimes; STATES]>,
    heights: Option<PlaceSums>,
    ground: Option<Heights>,
    rounds: Vec<RoundSums>,
}

/// Time in one state: over the grid, and outside of it, µs.
type StateTimes = (Tiles, u64);

impl HeatSummer {
    /// Nothing yet.
    pub fn new(grids: HeatGrids) -> Self {
        Self::of(&SumsWanted::all(grids, &Filter::everything()))
    }

    /// Nothing yet of what is wanted.
    pub(crate) fn of(wanted: &SumsWanted<'_>) -> Self {
        Self {
            grids: wanted.grids,
            times: BTreeMap::new(),
            heights: wanted.heights.then(PlaceSums::default),
            ground: wanted.ground.then(|| Heights::new(wanted.grids.ground)),
            rounds: Vec::new(),
        }
    }

    /// Adds a round.
    pub fn add(&mut self, round: &Round) {
        self.add_lives(round, &lives(round, &Filter::everything()));
    }

    /// Adds a round whose lives, bots' too, were cleaned before.
    pub(crate) fn add_lives(&mut self, round: &Round, cleaned: &Lives<'_>) {
        let mut used = cleaned.lives.iter().peekable();
        let mut rows = Vec::with_capacity(round.tracks.len());
        for (index, track) in round.tracks.iter().enumerate() {
            let life = used.next_if(|life| life.track_index() == index);
            let used = life.map(|life| self.add_life(track, life));
            rows.push(LifeSum {
                guid: track.guid.clone(),
                name: track.name.clone(),
                who: Who::of(track),
                samples: track.samples.len() as u64,
                dropped: cleaned.dropped_of(index),
                used,
            });
        }
        self.add_round(RoundSums { meta: round.meta.clone(), meaning: cleaned.meaning, lives: rows });
    }

    /// Adds what captions count of a round.
    pub(crate) fn add_round(&mut self, round: RoundSums) {
        self.rounds.push(round);
    }

    fn add_life(&mut self, track: &Track, life: &Life<'_>) -> UsedLife {
        let mut summer = self.life(Who::of(track));
        if let Some(first) = life.samples().first() {
            summer.add(first.at, None);
        }
        for step in life.steps() {
            let led = match step.kind {
                StepKind::Segment(state) => Some((state, step.dt_ms)),
                StepKind::Hidden(_) | StepKind::Break(_) => None,
            };
            summer.add(step.to.at, led);
        }
        summer.finish()
    }

    /// A life whose samples are added one after the other.
    pub(crate) fn life(&mut self, who: Who) -> LifeSummer<'_> {
        let cells = self.grids.time;
        let times = self.times.entry(who).or_insert_with(|| {
            let mut times: [StateTimes; STATES] = Default::default();
            for (tiles, _) in &mut times {
                tiles.prepare(cells.columns() as usize, cells.rows() as usize);
            }
            times
        });
        LifeSummer {
            who,
            cells,
            times,
            heights: self.heights.as_mut(),
            ground: self.ground.as_mut(),
            used: UsedLife::default(),
            last: (cells.point(WorldPoint::default()), WorldPoint::default(), false),
        }
    }

    /// Adds a step of a life that is not wanted: it tells where the ground is, and no more.
    pub(crate) fn add_ground(&mut self, from: WorldPoint, to: WorldPoint, dt_ms: i64) {
        if let Some(ground) = &mut self.ground {
            ground.add_step(from, to, dt_ms);
        }
    }

    /// The sums of all rounds that were added.
    pub fn finish(self) -> HeatSums {
        let mut times = Vec::new();
        let columns = self.grids.time.columns() as usize;
        for (who, by_state) in self.times {
            for (state, (tiles, outside)) in State::ALL.into_iter().zip(by_state) {
                if outside > 0 {
                    times.push(TimeSum { who, state, cell: None, us: outside });
                }
                tiles.for_each(|column, row, us| {
                    times.push(TimeSum { who, state, cell: Some((row * columns + column) as u32), us });
                });
            }
        }
        HeatSums {
            times,
            heights: self.heights.map(PlaceSums::finish).unwrap_or_default(),
            ground: self.ground.iter().flat_map(Heights::sums).collect(),
            rounds: self.rounds,
            elsewhere: None,
        }
    }
}

/// One life on its way into sums.
#[derive(Debug)]
pub(crate) struct LifeSummer<'s> {
    who: Who,
    cells: Cells,
    times: &'s mut [StateTimes; STATES],
    heights: Option<&'s mut PlaceSums>,
    ground: Option<&'s mut Heights>,
    used: UsedLife,
    /// Where the life was last, and whether that is within the extent.
    last: (GridPoint, WorldPoint, bool),
}

impl LifeSummer<'_> {
    /// Adds the life's next sample. `led` is the walked step that led to it: its state, and how long it took, ms.
    #[inline]
    pub(crate) fn add(&mut self, at: WorldPoint, led: Option<(State, i64)>) {
        let is_inside = self.cells.extent().contains(at);
        self.used.samples += 1;
        self.used.off_map += u64::from(!is_inside);
        let to = self.cells.point(at);
        let (begin, from, was_inside) = std::mem::replace(&mut self.last, (to, at, is_inside));
        let Some((state, dt_ms)) = led else { return };
        let (index, ms) = (state.index(), dt_ms.max(0) as u64);
        let (times, outside) = &mut self.times[index];
        *outside +=
            self.cells.spread_by_place(&begin, &to, ms * 1_000, |column, row, us| times.add(column, row, us));
        self.used.begins[index] += 1;
        self.used.begins_off_map[index] += u64::from(!was_inside);
        if was_inside && is_inside {
            self.used.inside_ms[index] += ms;
            if state == State::Upright && is_still_step(from, at, dt_ms) {
                self.used.still_ms += ms;
            }
        }
        if let Some(heights) = &mut self.heights {
            heights.add(self.who, state, from, ms);
        }
        if let Some(ground) = &mut self.ground {
            ground.add_step(from, at, dt_ms);
        }
    }

    /// What is left of the life.
    pub(crate) fn finish(self) -> UsedLife {
        self.used
    }
}

/// Milliseconds by kind, state, place and height, packed so that sorting puts together what is one sum.
#[derive(Debug, Default)]
pub(super) struct PlaceSums {
    sums: Vec<(u64, u64)>,
    compact_at: usize,
}

impl PlaceSums {
    pub(super) fn add(&mut self, who: Who, state: State, at: WorldPoint, ms: u64) {
        if !at.is_plausible() {
            return;
        }
        // The world's half width is 131,072 units, so each number fits into 16 bits.
        let part = |value: f32, size: f32| u64::from(((value / size).floor() as i32 + HALF) as u16);
        let (side, step) = (HeightSum::PLACE_UNITS, HeightSum::STEP_UNITS);
        let kind = u64::from(who.is_bot) << 5 | u64::from(who.team) << 3 | u64::from(who.class);
        let place = part(at.x, side) << 32 | part(at.y, side) << 16 | part(at.z, step);
        let key = (kind << 3 | state.index() as u64) << 48 | place;
        match self.sums.last_mut() {
            Some((last, sum)) if *last == key => *sum += ms,
            _ => self.sums.push((key, ms)),
        }
        if self.sums.len() >= self.compact_at.max(COMPACT_AT) {
            self.compact();
            self.compact_at = 2 * self.sums.len();
        }
    }

    fn compact(&mut self) {
        self.sums.sort_unstable();
        self.sums.dedup_by(|(key, ms), (first, sum)| {
            let same = key == first;
            *sum += if same { *ms } else { 0 };
            same
        });
    }

    pub(super) fn finish(mut self) -> Vec<HeightSum> {
        self.compact();
        let sum = |(key, ms): (u64, u64)| {
            let part = |shift: u32| ((key >> shift & 0xFFFF) as i32 - HALF) as i16;
            let who =
                Who { is_bot: key >> 56 & 1 > 0, team: (key >> 54 & 3) as u8, class: (key >> 51 & 7) as u8 };
            let state = State::ALL[(key >> 48 & 7) as usize % STATES];
            HeightSum { who, state, at: [part(32), part(16), part(0)], ms }
        };
        self.sums.into_iter().map(sum).collect()
    }
}
