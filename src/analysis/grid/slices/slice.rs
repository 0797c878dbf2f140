//! What lives did in one span of time, summed in one pass.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Axis, SliceSpec, player_of, steps_of};
use crate::analysis::filter::select::Filter;
use crate::analysis::filter::who::Who;
use crate::analysis::grid::cells::Cells;
use crate::analysis::grid::heat_sums::{HeightSum, PlaceSums};
use crate::analysis::grid::lengths;
use crate::analysis::grid::tiles::{CellSums, Tiles};
use crate::analysis::life::cleaned::StepKind;
use crate::analysis::life::cleaned_round::CleanedRound;
use crate::analysis::life::state::State;
use crate::analysis::life::stops::is_still_step;
use crate::analysis::session::player::PlayerKey;
use crate::model::Sample;

/// Beyond so many multiples of a unit there is one slice.
const UNITS: usize = 120;

/// How many numbers of a step lines are weighed by.
pub(crate) const NUMBERS: usize = 3;

/// A number of a step: by its first sample, and how long after the spawn that was, ms.
pub(crate) type StepNumber = fn(&Sample, i32) -> u64;

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
    /// Whose: the kind without its class, and the player's place among [`Slices::players`](super::Slices::players); one more for
    /// all others.
    pub(crate) is_bot: bool,
    pub(crate) team: u8,
    pub(crate) player: usize,
    pub(crate) state: State,
    /// In the cells of paths.
    pub(crate) lines: CellSums,
}

/// The lines of a side's lives in a state, in one slice, each as many times as a number of it says.
#[derive(Debug)]
pub(crate) struct NumberLines {
    /// Whose: the kind without its class.
    pub(crate) is_bot: bool,
    pub(crate) team: u8,
    pub(crate) state: State,
    /// In the cells of paths, by number.
    pub(crate) lines: [CellSums; NUMBERS],
}

/// Steps that begin in a span of time.
#[derive(Debug)]
pub(in crate::analysis::grid) struct Slice {
    pub(super) span: Range<i64>,
    /// How many there are: what it would take to go through them.
    pub(super) steps: u64,
    pub(in crate::analysis::grid) kinds: Vec<KindSums>,
    pub(in crate::analysis::grid) players: Vec<PlayerLines>,
    pub(in crate::analysis::grid) numbers: Vec<NumberLines>,
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

impl Slice {
    /// The steps that begin in a span, summed; `None` when it is too late.
    pub(super) fn of(
        rounds: &[&CleanedRound],
        (axis, span): (Axis, Range<i64>),
        (spec, players): (&SliceSpec, &[PlayerKey]),
        is_late: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let grids = &spec.grids;
        let extent = grids[0].extent();
        let mut making: BTreeMap<(Who, usize), Making> = BTreeMap::new();
        let mut by_player: BTreeMap<(bool, u8, usize, usize), Tiles> = BTreeMap::new();
        let mut by_number: BTreeMap<(bool, u8, usize), [Tiles; NUMBERS]> = BTreeMap::new();
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
                let spawn = life.track().spawn;
                for step in life.steps().skip(steps.start).take(steps.len()) {
                    let StepKind::Segment(state) = step.kind else { continue };
                    let (from, to, ms) = (step.from.at, step.to.at, step.dt_ms.max(0) as u64);
                    let sums = making.entry((who, state.index())).or_default();
                    let own = by_player.entry((who.is_bot, who.team, player, state.index())).or_default();
                    prepare(own, &grids[1]);
                    let (times, lines, movement) = (&mut sums.times, &mut sums.lines, &mut sums.movement);
                    prepare(times, &grids[0]);
                    prepare(lines, &grids[1]);
                    prepare(movement, &grids[2]);
                    let [in_times, in_lines, in_movement] =
                        grids.each_ref().map(|cells| (cells.point(from), cells.point(to)));
                    let add = |column, row, us| times.add(column, row, us);
                    sums.outside_us += grids[0].spread_by_place(&in_times.0, &in_times.1, ms * 1_000, add);
                    let add = |column, row, us| movement.add(column, row, us);
                    grids[2].spread_by_place(&in_movement.0, &in_movement.1, ms * 1_000, add);
                    let (begin, end) = in_lines;
                    if let Some(length) = lengths::length(&begin, &end) {
                        let weights = spec.weights(step.from, spawn);
                        let key = (who.is_bot, who.team, state.index());
                        let mut weighed = weights.map(|weights| (weights, by_number.entry(key).or_default()));
                        if let Some((_, numbers)) = &mut weighed {
                            for lines in numbers.iter_mut() {
                                prepare(lines, &grids[1]);
                            }
                        }
                        grids[1].spread_by_place(&begin, &end, length, |column, row, part| {
                            lines.add(column, row, part);
                            own.add(column, row, part);
                            if let Some((weights, numbers)) = &mut weighed {
                                for (lines, weight) in numbers.iter_mut().zip(weights) {
                                    lines.add(column, row, part * *weight);
                                }
                            }
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
        let numbers = by_number.into_iter().map(|((is_bot, team, state), lines)| {
            let lines = lines.each_ref().map(CellSums::of);
            NumberLines { is_bot, team, state: State::ALL[state], lines }
        });
        let (kinds, players, numbers) = (kinds.collect(), players.collect(), numbers.collect());
        Some(Self { span, steps: all, kinds, players, numbers })
    }

    /// Those of all spans, one after the other; `None` when it is too late.
    pub(super) fn of_each(
        rounds: &[&CleanedRound],
        (axis, spans): (Axis, &[Range<i64>]),
        what: (&SliceSpec, &[PlayerKey]),
        is_late: &dyn Fn() -> bool,
    ) -> Option<Vec<Self>> {
        spans.iter().map(|span| Self::of(rounds, (axis, span.clone()), what, is_late)).collect()
    }

    /// About how much memory it takes, bytes.
    pub(super) fn bytes(&self) -> usize {
        let of_kind = |kind: &KindSums| {
            size_of::<KindSums>()
                + kind.times.bytes()
                + kind.lines.bytes()
                + kind.movement.bytes()
                + kind.heights.len() * size_of::<HeightSum>()
        };
        let of_number = |numbers: &NumberLines| numbers.lines.iter().map(CellSums::bytes).sum::<usize>();
        let players = self.players.iter().map(|player| size_of::<PlayerLines>() + player.lines.bytes());
        let numbers = self.numbers.iter().map(|numbers| size_of::<NumberLines>() + of_number(numbers));
        self.kinds.iter().map(of_kind).chain(players).chain(numbers).sum()
    }
}

/// The slices that lie within a window.
pub(super) fn inside<'s>(slices: &'s [Slice], window: &Range<i64>) -> impl Iterator<Item = &'s Slice> {
    slices.iter().filter(move |slice| window.start <= slice.span.start && slice.span.end <= window.end)
}

/// The span of the slices that lie within `window`, how many steps they hold, and how many the window holds, about.
pub(super) fn within(slices: &[Slice], window: &Range<i64>) -> (Range<i64>, u64, u64) {
    let (mut core, mut held, mut partly) = (None::<Range<i64>>, 0, 0);
    for slice in slices {
        if window.start <= slice.span.start && slice.span.end <= window.end {
            held += slice.steps;
            core = Some(core.map_or(slice.span.start, |core| core.start)..slice.span.end);
        } else {
            partly += (slice.steps as f64 * share_of(&slice.span, window)) as u64;
        }
    }
    (core.unwrap_or(0..0), held, held + partly)
}

fn prepare(tiles: &mut Tiles, cells: &Cells) {
    tiles.prepare(cells.columns() as usize, cells.rows() as usize);
}

/// Spans that hold about as many steps each; the first begins with all time, the last ends with it.
pub(super) fn spans(rounds: &[&CleanedRound], axis: Axis, (slices, unit): (u64, i64)) -> Vec<Range<i64>> {
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
pub(super) fn share_of(span: &Range<i64>, window: &Range<i64>) -> f64 {
    let whole = span.end.saturating_sub(span.start).max(1) as f64;
    let (from, to) = (span.start.max(window.start), span.end.min(window.end));
    to.saturating_sub(from).max(0) as f64 / whole
}
