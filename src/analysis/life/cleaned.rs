//! One life, cleaned: what may be drawn and counted, with its breaks.

use std::borrow::Cow;

use super::breaks::{Break, BreakReason};
use super::state::{State, StateDecoder};
use crate::analysis::filter::floor::Floor;
use crate::analysis::filter::select::StateSet;
use crate::model::{Detail, LevelTime, Round, Sample, Track};

/// A player who never gets farther from the spawn spot than this does not play, units.
const SPOT_UNITS: f64 = 200.0;

/// A cleaned view of one [`Track`]. Samples are borrowed from the round wherever nothing had to be removed.
#[derive(Debug, Clone)]
pub struct Life<'a> {
    pub(crate) round: &'a Round,
    pub(crate) track: &'a Track,
    pub(crate) track_index: usize,
    pub(crate) number: u32,
    pub(crate) of: u32,
    pub(crate) meaning: StateDecoder,
    pub(crate) samples: Cow<'a, [Sample]>,
    pub(crate) origins: Origins,
    pub(crate) breaks: Vec<(usize, BreakReason)>,
    pub(crate) states: StateSet,
    pub(crate) floor: Option<Floor>,
    pub(crate) start: LevelTime,
    pub(crate) end: LevelTime,
    pub(crate) since_live_ms: i64,
    pub(crate) flags: LifeFlags,
}

/// What happened to a life while it was cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LifeFlags {
    /// Its last point was the intermission camera and is gone.
    pub camera_end: bool,
    /// It ran into the same player's next life and was cut there.
    pub overlapped: bool,
    /// Only a window of it is left.
    pub clipped: bool,
}

/// Which of the track's samples a life's samples are.
#[derive(Debug, Clone)]
pub(crate) enum Origins {
    /// The same ones from the first on.
    Contiguous(usize),
    /// So many of them from `first` on; before them stands a point on the window's edge, if `head` is 1, and any behind
    /// them is one too.
    Window { first: usize, count: usize, head: usize },
    /// A selection; `None` for a point placed on the edge of a window.
    Listed(Vec<Option<u32>>),
}

/// The step from one sample to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step<'l> {
    /// Index of `from` within [`Life::samples`].
    pub index: usize,
    /// Where it begins.
    pub from: &'l Sample,
    /// Where it ends.
    pub to: &'l Sample,
    /// How long it took, ms; never negative.
    pub dt_ms: i64,
    /// What it is.
    pub kind: StepKind,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Walked, in this state.
    Segment(State),
    /// Walked, in a state or on a floor that the filter does not want.
    Hidden(State),
    /// Not walked.
    Break(BreakReason),
}

/// A walked step in a wanted state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment<'l> {
    /// Index of `from` within [`Life::samples`].
    pub index: usize,
    /// Where it begins.
    pub from: &'l Sample,
    /// Where it ends.
    pub to: &'l Sample,
    /// Its state: stance of its first sample, sprint of its second ([`StateDecoder::between`]).
    pub state: State,
    /// How long it took, ms; never negative.
    pub dt_ms: i64,
}

/// Where a player was at some moment: never a guess from the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionAt {
    /// Index of the last sample at or before the moment.
    pub index: usize,
    /// How old that sample is, ms.
    pub age_ms: i64,
}

impl<'a> Life<'a> {
    /// The round it belongs to.
    pub fn round(&self) -> &'a Round {
        self.round
    }

    /// The row it was made from: who, side, class, and everything as written.
    pub fn track(&self) -> &'a Track {
        self.track
    }

    /// Index of that row within the round's tracks.
    pub fn track_index(&self) -> usize {
        self.track_index
    }

    /// Which of this player's lives in the round it is, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many usable lives this player has in the round.
    pub fn of(&self) -> u32 {
        self.of
    }

    /// What its stance and sprint columns mean.
    pub fn meaning(&self) -> StateDecoder {
        self.meaning
    }

    /// Usable samples in time order, at least one. In a window, its first and last point may have been placed
    /// exactly on the window's edges, between two recorded samples ([`Life::is_recorded`]).
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Number of samples that were recorded (without points placed on a window's edges).
    pub fn recorded_samples(&self) -> usize {
        match &self.origins {
            Origins::Contiguous(_) => self.samples.len(),
            Origins::Window { count, .. } => *count,
            Origins::Listed(list) => list.iter().flatten().count(),
        }
    }

    /// Index of sample `index` within the track, `None` for a point placed on a window's edge.
    pub fn track_sample(&self, index: usize) -> Option<usize> {
        match &self.origins {
            Origins::Contiguous(first) => (index < self.samples.len()).then_some(first + index),
            Origins::Window { first, count, head } => {
                index.checked_sub(*head).filter(|index| index < count).map(|index| first + index)
            }
            Origins::Listed(list) => list.get(index).copied().flatten().map(|i| i as usize),
        }
    }

    /// Whether sample `index` was recorded, rather than placed on a window's edge.
    pub fn is_recorded(&self, index: usize) -> bool {
        self.track_sample(index).is_some()
    }

    /// What our own module recorded beyond the ten values of sample `index`.
    pub fn detail(&self, index: usize) -> Option<Detail> {
        self.track.detail(self.track_sample(index)?)
    }

    /// When it begins: the spawn, or the beginning of the window.
    pub fn start(&self) -> LevelTime {
        self.start
    }

    /// When it ends (exclusive): death, leaving, the round's end, the next spawn, or the end of the window.
    pub fn end(&self) -> LevelTime {
        self.end
    }

    /// Time alive, ms; never negative.
    pub fn alive_ms(&self) -> i64 {
        self.end.since(self.start).max(0)
    }

    /// Its beginning in milliseconds since the round went live.
    pub fn start_since_live_ms(&self) -> i64 {
        self.since_live_ms
    }

    /// Whether the player never left the spot: alive for the game, but away from it. Such a life wins no prize.
    pub fn is_away(&self) -> bool {
        let spot = self.samples.first().map(|sample| sample.at);
        spot.is_none_or(|spot| self.samples.iter().all(|sample| sample.at.distance_2d(spot) <= SPOT_UNITS))
    }

    /// What happened to it while it was cleaned.
    pub fn flags(&self) -> LifeFlags {
        self.flags
    }

    /// Every step from sample to sample, in order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        let mut breaks = self.breaks.iter().copied().peekable();
        self.samples.windows(2).enumerate().map(move |(index, pair)| {
            let (from, to) = (&pair[0], &pair[1]);
            let kind = match breaks.next_if(|&(at, _)| at == index) {
                Some((_, reason)) => StepKind::Break(reason),
                None => match self.meaning.between(from, to) {
                    state if self.states.contains(state) && self.is_on_floor(from) => {
                        StepKind::Segment(state)
                    }
                    state => StepKind::Hidden(state),
                },
            };
            Step { index, from, to, dt_ms: to.time.since(from.time), kind }
        })
    }

    /// Whether a sample is on the floor that the filter wants.
    pub fn is_on_floor(&self, sample: &Sample) -> bool {
        self.floor.is_none_or(|floor| floor.holds(sample.at.z))
    }

    /// The steps that were walked in a wanted state, on a wanted floor.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.steps().filter_map(|Step { index, from, to, dt_ms, kind }| match kind {
            StepKind::Segment(state) => Some(Segment { index, from, to, state, dt_ms }),
            StepKind::Hidden(_) | StepKind::Break(_) => None,
        })
    }

    /// The breaks, in order. The many steps of one pause count as one break.
    pub fn breaks(&self) -> impl Iterator<Item = Break<'_>> {
        let pause_goes_on = |a: &(usize, BreakReason), b: &(usize, BreakReason)| {
            a.1 == BreakReason::Pause && b.1 == BreakReason::Pause && a.0 + 1 == b.0
        };
        self.breaks.chunk_by(pause_goes_on).map(|run| Break {
            reason: run[0].1,
            from: &self.samples[run[0].0],
            to: &self.samples[run[run.len() - 1].0 + 1],
        })
    }

    /// Whether the step from sample `index` to the next is a break.
    pub fn is_break(&self, index: usize) -> bool {
        self.breaks.binary_search_by_key(&index, |&(at, _)| at).is_ok()
    }

    /// Where the player was at a moment; `None` before the first sample or outside the life.
    pub fn at(&self, time: LevelTime) -> Option<PositionAt> {
        if time < self.start || time >= self.end {
            return None;
        }
        let index = self.samples.partition_point(|s| s.time <= time).checked_sub(1)?;
        Some(PositionAt { index, age_ms: time.since(self.samples[index].time) })
    }

    /// Time alive that no step covers, ms: before the first sample, and after the last (a survivor's last interval,
    /// whose end point is the camera). Segments + hidden + breaks + this = [`Life::alive_ms`].
    pub fn uncovered_ms(&self) -> i64 {
        self.alive_ms() - self.covered_ms()
    }

    fn covered_ms(&self) -> i64 {
        match (self.samples.first(), self.samples.last()) {
            (Some(first), Some(last)) => last.time.since(first.time),
            _ => 0,
        }
    }
}
