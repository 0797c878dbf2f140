//! What lives did in slices of their own time, of their rounds' time, and of the season: summed once, so that a window or a choice
//! of rounds is put together from the slices in it and the few steps beside them.

mod blocks;
mod sets;
mod slice;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub(crate) use blocks::BlockSums;
pub(super) use blocks::steps_of_both;
pub(super) use slice::Slice;
pub(crate) use slice::{KindSums, NUMBERS, NumberLines, PlayerLines, StepNumber};

use self::sets::RoundSet;
use self::slice::spans;
use super::cells::Cells;
use crate::analysis::filter::select::Filter;
use crate::analysis::filter::window::count_before;
use crate::analysis::life::cleaned::Life;
use crate::analysis::life::cleaned_round::CleanedRound;
use crate::analysis::life::clock::RoundClock;
use crate::analysis::session::player::PlayerKey;
use crate::geom::WorldRect;
use crate::model::{LevelTime, Sample};

/// So many players' lines are kept apart: twice as many as have a colour of their own.
const PLAYERS: usize = 16;
/// Of each axis: about how many slices lie along it, and edges lie at multiples of this, so that sliders meet them, ms.
const ALONG: [(u64, i64); 2] = [(12, 1_000), (12, 15_000)];

/// What slices are of.
#[derive(Debug, Clone)]
pub(crate) struct SliceSpec {
    /// Cells of heatmaps, of paths and of movement below deaths.
    pub(crate) grids: [Cells; 3],
    /// What lines are weighed by; `None`: by nothing.
    pub(crate) numbers: Option<[StepNumber; NUMBERS]>,
}

impl SliceSpec {
    /// What the line of a step is weighed by, number by number.
    fn weights(&self, from: &Sample, spawn: LevelTime) -> Option<[u64; NUMBERS]> {
        let ms = from.time.since(spawn) as i32;
        self.numbers.map(|numbers| numbers.map(|number| number(from, ms)))
    }
}

/// The clock that slices lie on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    /// Since each life's spawn.
    Life,
    /// Since each round went live.
    Round,
}

impl Axis {
    /// Where the clock of a life begins on this axis, level time in ms.
    pub(super) fn zero(self, life: &Life<'_>, clock: &RoundClock) -> i64 {
        i64::from(match self {
            Self::Life => life.track().spawn.0,
            Self::Round => clock.zero.0,
        })
    }
}

/// The slices of some rounds of one map along both axes, and of sets of these rounds.
#[derive(Debug)]
pub(crate) struct Slices {
    /// Cells of heatmaps, of paths and of movement below deaths.
    grids: [Cells; 3],
    life: Vec<Slice>,
    round: Vec<Slice>,
    /// The sets with the most steps first.
    sets: Vec<RoundSet>,
    /// People by both axes at once.
    blocks: Vec<BlockSums>,
    /// The players with the most lives.
    players: Vec<PlayerKey>,
    /// Lives with samples outside the extent, and those whose health is not told all the time: round and track.
    off_map: BTreeSet<(usize, usize)>,
    unknown_health: BTreeSet<(usize, usize)>,
}

impl Slices {
    /// Those of all lives of these rounds; `None` where the cells are too many to be packed, and when it is too late.
    pub(crate) fn of(rounds: &[&CleanedRound], spec: &SliceSpec, is_late: &dyn Fn() -> bool) -> Option<Self> {
        let grids = spec.grids;
        if grids.iter().any(|cells| cells.columns().max(cells.rows()) > u32::from(u16::MAX)) {
            return None;
        }
        let extent = *grids[0].extent();
        let (mut off_map, mut unknown_health) = (BTreeSet::new(), BTreeSet::new());
        for (place, round) in rounds.iter().enumerate() {
            if is_late() {
                return None;
            }
            for life in &round.lives(&Filter::everything()).lives {
                let key = (place, life.track_index());
                if life.samples().iter().any(|sample| !extent.contains(sample.at)) {
                    off_map.insert(key);
                }
                if life.samples().iter().any(|sample| sample.known_health().is_none()) {
                    unknown_health.insert(key);
                }
            }
        }
        let players = players(rounds);
        // Weighed lines take much memory: those of sets of rounds and of blocks are enough.
        let unweighed = &SliceSpec { numbers: None, ..spec.clone() };
        let what = (unweighed, &*players);
        let along = |axis| {
            let spans = spans(rounds, axis, ALONG[axis as usize]);
            Slice::of_each(rounds, (axis, &spans), what, is_late)
        };
        let (life, round) = (along(Axis::Life)?, along(Axis::Round)?);
        let mut sets = sets::sets(rounds, (spec, &players), is_late)?;
        sets.sort_by_key(|set| Reverse(set.steps()));
        let blocks = blocks::blocks(rounds, (spec, &players), is_late)?;
        Some(Self { grids, life, round, sets, blocks, players, off_map, unknown_health })
    }

    /// The same with no more sets of rounds than `room` bytes hold beside the rest, and without blocks where they do not hold
    /// those; `None` where the rest alone takes more.
    pub(crate) fn within_room(mut self, room: u64) -> Option<Self> {
        if self.bytes() > room {
            self.blocks.clear();
        }
        while self.bytes() > room {
            self.sets.pop()?;
        }
        Some(self)
    }

    /// The extent that they are of.
    pub(crate) fn extent(&self) -> &WorldRect {
        self.grids[0].extent()
    }

    /// The players whose lines are kept apart.
    pub(crate) fn players(&self) -> &[PlayerKey] {
        &self.players
    }

    /// Whether a life has a sample outside the extent.
    pub(super) fn is_off_map(&self, place: usize, track: usize) -> bool {
        self.off_map.contains(&(place, track))
    }

    /// Whether a life's health is unknown at some time.
    pub(super) fn is_of_unknown_health(&self, place: usize, track: usize) -> bool {
        self.unknown_health.contains(&(place, track))
    }

    fn along(&self, axis: Axis) -> &[Slice] {
        match axis {
            Axis::Life => &self.life,
            Axis::Round => &self.round,
        }
    }

    /// Whether health is unknown anywhere.
    pub(crate) fn has_unknown_health(&self) -> bool {
        !self.unknown_health.is_empty()
    }

    /// The span of the slices that lie within `window`, how many steps they hold, and how many the window holds, about.
    pub(super) fn within(&self, axis: Axis, window: &Range<i64>) -> (Range<i64>, u64, u64) {
        slice::within(self.along(axis), window)
    }

    /// The spans of the blocks that lie within a window of the lives' time and one of the rounds', how many steps they hold, and
    /// how many the windows hold, about.
    pub(super) fn within_both(&self, windows: &[Range<i64>; 2]) -> ([Range<i64>; 2], u64, u64) {
        if self.blocks.is_empty() {
            // As if the one told nothing about the other.
            let [of_life, of_round] =
                [Axis::Life, Axis::Round].map(|axis| self.within(axis, &windows[axis as usize]).2 as f64);
            let all: u64 = self.life.iter().map(|slice| slice.steps).sum();
            return ([0..0, 0..0], 0, (of_life * of_round / all.max(1) as f64) as u64);
        }
        blocks::within(&self.blocks, windows)
    }

    /// The sums of the blocks in two spans.
    pub(crate) fn blocks<'s>(&'s self, spans: &'s [Range<i64>; 2]) -> impl Iterator<Item = &'s BlockSums> {
        blocks::inside(&self.blocks, spans)
    }

    /// The slices in a span.
    pub(super) fn inside(&self, axis: Axis, span: &Range<i64>) -> impl Iterator<Item = &Slice> {
        slice::inside(self.along(axis), span)
    }

    /// The sets of which every round is wanted, none of them twice: the sets, and of each round whether it is in one.
    pub(super) fn sets_of(
        &self,
        rounds: usize,
        is_wanted: impl Fn(usize) -> bool,
    ) -> (Vec<usize>, Vec<bool>) {
        let (mut sets, mut held) = (Vec::new(), vec![false; rounds]);
        for (index, set) in self.sets.iter().enumerate() {
            if set.places.iter().all(|place| is_wanted(*place) && !held[*place]) {
                sets.push(index);
                for place in &set.places {
                    held[*place] = true;
                }
            }
        }
        (sets, held)
    }

    /// The span of a set's slices that lie within a window; that of every set is the same.
    pub(super) fn span_of_sets(&self, axis: Axis, window: &Range<i64>) -> Option<Range<i64>> {
        let set = self.sets.first()?;
        Some(slice::within(set.along(axis), window).0)
    }

    /// The slices of a set in a span.
    pub(super) fn inside_set(
        &self,
        set: usize,
        axis: Axis,
        span: &Range<i64>,
    ) -> impl Iterator<Item = &Slice> {
        slice::inside(self.sets[set].along(axis), span)
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let slices = self.life.iter().chain(&self.round).chain(self.sets.iter().flat_map(RoundSet::slices));
        let blocks = self.blocks.iter().map(BlockSums::bytes);
        let lives = (self.off_map.len() + self.unknown_health.len()) * 32;
        (slices.map(Slice::bytes).chain(blocks).sum::<usize>() + lives) as u64
    }
}

/// The players with the most lives: as many as are kept apart.
fn players(rounds: &[&CleanedRound]) -> Vec<PlayerKey> {
    let mut lives: BTreeMap<PlayerKey, u64> = BTreeMap::new();
    for round in rounds {
        for life in &round.lives(&Filter::everything()).lives {
            *lives.entry(player_of(life)).or_default() += 1;
        }
    }
    let mut players: Vec<(PlayerKey, u64)> = lives.into_iter().collect();
    players.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    players.into_iter().map(|(player, _)| player).take(PLAYERS).collect()
}

fn player_of(life: &Life<'_>) -> PlayerKey {
    PlayerKey::of(life.round(), &life.track().guid, life.track().name.as_str())
}

/// The steps of a life that begin in a span, by their index.
pub(super) fn steps_of(life: &Life<'_>, zero: i64, span: &Range<i64>) -> Range<usize> {
    let samples = life.samples();
    let steps = samples.len().saturating_sub(1);
    let before = |edge: i64| match edge {
        i64::MIN => 0,
        i64::MAX => steps,
        edge => {
            let is_before = |sample: &Sample| i64::from(sample.time.0) - zero < edge;
            count_before(samples, edge.saturating_add(zero), is_before).min(steps)
        }
    };
    let (first, after) = (before(span.start), before(span.end));
    first..after.max(first)
}
