//! What lives did in slices of their own time, of their rounds' time, and of the season: summed once, so that a window or a choice
//! of rounds is put together from the slices in it and the few steps beside them.

mod blocks;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;

pub(crate) use blocks::BlockSums;
pub(super) use blocks::steps_of_both;

use super::cells::Cells;
use super::heat_sums::{HeightSum, PlaceSums};
use super::lengths;
use super::tiles::{CellSums, Tiles};
use crate::analysis::filter::select::Filter;
use crate::analysis::filter::who::Who;
use crate::analysis::filter::window::count_before;
use crate::analysis::life::cleaned::{Life, StepKind};
use crate::analysis::life::cleaned_round::CleanedRound;
use crate::analysis::life::clock::RoundClock;
use crate::analysis::life::state::State;
use crate::analysis::life::stops::is_still_step;
use crate::analysis::session::dates::{round_number, session_date};
use crate::analysis::session::player::PlayerKey;
use crate::geom::WorldRect;
use crate::model::Sample;

/// So many players' lines are kept apart: twice as many as have a colour of their own.
const PLAYERS: usize = 16;
/// Of each axis: about how many slices lie along it, and edges lie at multiples of this, so that sliders meet them, ms.
const ALONG: [(u64, i64); 2] = [(12, 1_000), (12, 15_000)];
/// Beyond so many multiples there is one slice.
const UNITS: usize = 120;

/// A set of rounds with fewer steps than this part of all is no set: going through its steps is little work.
const LEAST_SET: u64 = 16;

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

/// What the lives of a kind did in a state, in one slice.
#[derive(Debug)]
pub(crate) struct KindSums {
    pub(crate) who: Who,
    pub(crate) state: State,
    /// Time in the cells of heatmaps, µs, and that outside of them.
    pub(crate) times: CellSums,
    pub(crate) outside_us: u64,
    /// Lines in the cells of paths, in the unit of [`Lengths`](lengths::Lengths).
    pub(crate) lines: CellSums,
    /// Time in the wide cells of movement below deaths, µs.
    pub(crate) movement: CellSums,
    /// Where steps began.
    pub(crate) heights: Vec<HeightSum>,
    /// Time of all steps, of those with both ends within the extent, and of these that in which the player stood still, ms.
    pub(crate) walked_ms: u64,
    pub(crate) inside_ms: u64,
    pub(crate) still_ms: u64,
}

/// The lines of a player's lives on a side in a state, in one slice.
#[derive(Debug)]
pub(crate) struct PlayerLines {
    /// Whose: the kind without its class, and the player's place among [`Slices::players`]; one more for all others.
    pub(crate) is_bot: bool,
    pub(crate) team: u8,
    pub(crate) player: usize,
    pub(crate) state: State,
    /// In the cells of paths.
    pub(crate) lines: CellSums,
}

/// What sets of rounds are told apart by.
type Key = (Option<Date>, Option<u32>);

/// Steps that begin in a span of time.
#[derive(Debug)]
struct Slice {
    span: Range<i64>,
    /// How many there are: what it would take to go through them.
    steps: u64,
    kinds: Vec<KindSums>,
    players: Vec<PlayerLines>,
}

/// All steps of some rounds that are likely to be asked for together.
#[derive(Debug)]
struct RoundSet {
    /// The rounds' places, ascending.
    places: Vec<usize>,
    all: Slice,
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
    /// Those of all lives of these rounds, over the cells of heatmaps, of paths and of movement below deaths; `None` where
    /// those are too many to be packed.
    pub(crate) fn of(
        rounds: &[&CleanedRound],
        grids: [Cells; 3],
        is_late: &dyn Fn() -> bool,
    ) -> Option<Self> {
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
        let along = |axis| {
            let spans = spans(rounds, axis, ALONG[axis as usize]).into_iter();
            spans.map(|span| slice(rounds, (axis, span), (&grids, &players), is_late)).collect::<Option<_>>()
        };
        let (life, round) = (along(Axis::Life)?, along(Axis::Round)?);
        let set = |places: Vec<usize>| {
            let rounds: Vec<&CleanedRound> = places.iter().map(|place| rounds[*place]).collect();
            let all = slice(&rounds, (Axis::Life, i64::MIN..i64::MAX), (&grids, &players), is_late)?;
            Some(RoundSet { places, all })
        };
        let mut sets: Vec<RoundSet> = likely_sets(rounds).into_iter().map(set).collect::<Option<_>>()?;
        sets.sort_by_key(|set| Reverse(set.all.steps));
        let blocks = blocks::blocks(rounds, (&grids[1], &players), is_late)?;
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

    /// The span of the slices that lie within `window`, how many steps they hold, and how many the window holds, about.
    pub(super) fn within(&self, axis: Axis, window: &Range<i64>) -> (Range<i64>, u64, u64) {
        let slices = self.along(axis);
        let inside = |slice: &&Slice| window.start <= slice.span.start && slice.span.end <= window.end;
        let span = |slices: &mut dyn Iterator<Item = &Slice>| {
            slices.fold(None::<(Range<i64>, u64)>, |all, slice| match all {
                None => Some((slice.span.clone(), slice.steps)),
                Some((span, steps)) => Some((span.start..slice.span.end, steps + slice.steps)),
            })
        };
        let (core, steps) = span(&mut slices.iter().filter(inside)).unwrap_or((0..0, 0));
        let partly = slices
            .iter()
            .filter(|slice| !inside(slice))
            .map(|slice| (slice.steps as f64 * share_of(&slice.span, window)) as u64);
        (core, steps, steps + partly.sum::<u64>())
    }

    /// The spans of the blocks that lie within a window of the lives' time and one of the rounds', how many steps they hold, and
    /// how many the windows hold, about.
    pub(super) fn within_both(&self, windows: &[Range<i64>; 2]) -> ([Range<i64>; 2], u64, u64) {
        blocks::within(&self.blocks, windows)
    }

    /// The sums of the blocks in two spans.
    pub(crate) fn blocks<'s>(&'s self, spans: &'s [Range<i64>; 2]) -> impl Iterator<Item = &'s BlockSums> {
        blocks::inside(&self.blocks, spans)
    }

    /// The sums of the slices in a span.
    pub(super) fn kinds(&self, axis: Axis, span: &Range<i64>) -> impl Iterator<Item = &KindSums> {
        self.inside(axis, span).flat_map(|slice| &slice.kinds)
    }

    /// The lines of players in the slices in a span.
    pub(super) fn player_lines(&self, axis: Axis, span: &Range<i64>) -> impl Iterator<Item = &PlayerLines> {
        self.inside(axis, span).flat_map(|slice| &slice.players)
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

    /// The sums of a set.
    pub(super) fn kinds_of_set(&self, set: usize) -> &[KindSums] {
        &self.sets[set].all.kinds
    }

    /// The lines of players in a set.
    pub(super) fn player_lines_of_set(&self, set: usize) -> &[PlayerLines] {
        &self.sets[set].all.players
    }

    fn slices(&self) -> impl Iterator<Item = &Slice> {
        self.life.iter().chain(&self.round).chain(self.sets.iter().map(|set| &set.all))
    }

    fn inside(&self, axis: Axis, span: &Range<i64>) -> impl Iterator<Item = &Slice> {
        let inside = |slice: &&Slice| span.start <= slice.span.start && slice.span.end <= span.end;
        self.along(axis).iter().filter(inside)
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let kinds = self.slices().flat_map(|slice| &slice.kinds);
        let of_kind = |kind: &KindSums| {
            size_of::<KindSums>()
                + kind.times.bytes()
                + kind.lines.bytes()
                + kind.movement.bytes()
                + kind.heights.len() * size_of::<HeightSum>()
        };
        let players = self.slices().flat_map(|slice| &slice.players);
        let players: usize = players.map(|player| size_of::<PlayerLines>() + player.lines.bytes()).sum();
        let blocks: usize = self.blocks.iter().map(BlockSums::bytes).sum();
        let lives = (self.off_map.len() + self.unknown_health.len()) * 32;
        (kinds.map(of_kind).sum::<usize>() + players + blocks + lives) as u64
    }
}

/// Sets of rounds that are likely to be asked for: those of one session and number where they are many, and of the others those
/// of one number and those of one session. Each as places.
fn likely_sets(rounds: &[&CleanedRound]) -> Vec<Vec<usize>> {
    let samples = |place: usize| -> u64 {
        rounds[place].round().tracks.iter().map(|track| track.samples.len() as u64).sum()
    };
    let least = (0..rounds.len()).map(samples).sum::<u64>() / LEAST_SET;
    let number = |place: usize| round_number(&rounds[place].round().meta);
    let session = |place: usize| session_date(&rounds[place].round().meta);
    let is_many = |places: &[usize]| places.iter().map(|place| samples(*place)).sum::<u64>() > least;
    let by = |places: &[usize], key: &dyn Fn(usize) -> Key| {
        let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for place in places {
            groups.entry(key(*place)).or_default().push(*place);
        }
        groups.into_values().filter(|group| is_many(group)).collect::<Vec<_>>()
    };
    let all: Vec<usize> = (0..rounds.len()).collect();
    let mut sets = by(&all, &|place| (session(place), number(place)));
    let rest: Vec<usize> =
        all.into_iter().filter(|place| !sets.iter().any(|set| set.contains(place))).collect();
    for set in by(&rest, &|place| (None, number(place)))
        .into_iter()
        .chain(by(&rest, &|place| (session(place), None)))
    {
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

/// Spans that hold about as many steps each; the first begins with all time, the last ends with it.
fn spans(rounds: &[&CleanedRound], axis: Axis, (slices, unit): (u64, i64)) -> Vec<Range<i64>> {
    let mut steps = [0_u64; UNITS];
    for round in rounds {
        let lives = round.lives(&Filter::everything());
        for life in &lives.lives {
            let zero = axis.zero(life, &lives.clock);
            for sample in life.samples() {
                let at = (i64::from(sample.time.0) - zero).div_euclid(unit);
                steps[at.clamp(0, UNITS as i64 - 1) as usize] += 1;
            }
        }
    }
    let enough = steps.iter().sum::<u64>() / slices;
    let (mut spans, mut begin, mut sum) = (Vec::new(), i64::MIN, 0);
    for (at, count) in steps.iter().enumerate() {
        // A slice of its own begins at the clock's zero, where windows begin.
        let edge = at as i64 * unit;
        if (at == 0 && begin == i64::MIN) || (sum > 0 && sum + count > enough) {
            spans.push(begin..edge);
            (begin, sum) = (edge, 0);
        }
        sum += count;
    }
    spans.push(begin..i64::MAX);
    spans
}

/// How much of a span lies in a window.
fn share_of(span: &Range<i64>, window: &Range<i64>) -> f64 {
    let whole = span.end.saturating_sub(span.start).max(1) as f64;
    let (from, to) = (span.start.max(window.start), span.end.min(window.end));
    to.saturating_sub(from).max(0) as f64 / whole
}

/// Sums in the making, of one kind of lives in one state.
#[derive(Default)]
struct Making {
    times: Tiles,
    outside_us: u64,
    lines: Tiles,
    movement: Tiles,
    heights: PlaceSums,
    walked_ms: u64,
    inside_ms: u64,
    still_ms: u64,
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

/// The steps that begin in a span, summed; `None` when it is too late.
fn slice(
    rounds: &[&CleanedRound],
    (axis, span): (Axis, Range<i64>),
    (grids, players): (&[Cells; 3], &[PlayerKey]),
    is_late: &dyn Fn() -> bool,
) -> Option<Slice> {
    let extent = grids[0].extent();
    let mut by_player: BTreeMap<(bool, u8, usize, usize), Tiles> = BTreeMap::new();
    let mut making: BTreeMap<(Who, usize), Making> = BTreeMap::new();
    let mut all = 0;
    for round in rounds {
        if is_late() {
            return None;
        }
        let lives = round.lives(&Filter::everything());
        for life in &lives.lives {
            let who = Who::of(life.track());
            let steps = steps_of(life, axis.zero(life, &lives.clock), &span);
            all += steps.len() as u64;
            if steps.is_empty() {
                continue;
            }
            let player = player_of(life);
            let player = players.iter().position(|known| *known == player).unwrap_or(players.len());
            for step in life.steps().skip(steps.start).take(steps.len()) {
                let StepKind::Segment(state) = step.kind else { continue };
                let (from, to, ms) = (step.from.at, step.to.at, step.dt_ms.max(0) as u64);
                let sums = making.entry((who, state.index())).or_default();
                let own = by_player.entry((who.is_bot, who.team, player, state.index())).or_default();
                own.prepare(grids[1].columns() as usize, grids[1].rows() as usize);
                for (tiles, cells) in
                    [&mut sums.times, &mut sums.lines, &mut sums.movement].into_iter().zip(grids)
                {
                    tiles.prepare(cells.columns() as usize, cells.rows() as usize);
                }
                let (times, lines, movement) = (&mut sums.times, &mut sums.lines, &mut sums.movement);
                let [in_times, in_lines, in_movement] =
                    grids.each_ref().map(|cells| (cells.point(from), cells.point(to)));
                let add = |column, row, us| times.add(column, row, us);
                sums.outside_us += grids[0].spread_by_place(&in_times.0, &in_times.1, ms * 1_000, add);
                let add = |column, row, us| movement.add(column, row, us);
                grids[2].spread_by_place(&in_movement.0, &in_movement.1, ms * 1_000, add);
                let (begin, end) = in_lines;
                if let Some(length) = lengths::length(&begin, &end) {
                    grids[1].spread_by_place(&begin, &end, length, |column, row, part| {
                        lines.add(column, row, part);
                        own.add(column, row, part);
                    });
                }
                sums.heights.add(who, state, from, ms);
                sums.walked_ms += ms;
                if extent.contains(from) && extent.contains(to) {
                    sums.inside_ms += ms;
                    sums.still_ms += if is_still_step(from, to, step.dt_ms) { ms } else { 0 };
                }
            }
        }
    }
    let kinds = making.into_iter().map(|((who, state), sums)| KindSums {
        who,
        state: State::ALL[state],
        times: CellSums::of(&sums.times),
        outside_us: sums.outside_us,
        lines: CellSums::of(&sums.lines),
        movement: CellSums::of(&sums.movement),
        heights: sums.heights.finish(),
        walked_ms: sums.walked_ms,
        inside_ms: sums.inside_ms,
        still_ms: sums.still_ms,
    });
    let players = by_player.into_iter().map(|((is_bot, team, player, state), lines)| PlayerLines {
        is_bot,
        team,
        player,
        state: State::ALL[state],
        lines: CellSums::of(&lines),
    });
    Some(Slice { span, steps: all, kinds: kinds.collect(), players: players.collect() })
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
