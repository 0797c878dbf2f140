//! Lines of players by their lives' time and their rounds' time at once, for filters by both: a window of either would leave most
//! steps of its slices to be taken away again.
//!
//! Blocks are wide, and hold no more than pictures of players and numbers ask for: people's lines by player and those weighed by a
//! number, times by state, heights. Told apart by sides, classes and states as well, they would take several times as much memory.

use std::collections::BTreeMap;
use std::ops::Range;

use super::slice::{NUMBERS, share_of, spans};
use super::{Axis, SliceSpec, player_of, steps_of};
use crate::analysis::filter::select::Filter;
use crate::analysis::filter::who::Who;
use crate::analysis::grid::heat_sums::{HeightSum, PlaceSums};
use crate::analysis::grid::lengths;
use crate::analysis::grid::tiles::{CellSums, Tiles};
use crate::analysis::life::cleaned::{Life, StepKind};
use crate::analysis::life::cleaned_round::CleanedRound;
use crate::analysis::life::state::State;
use crate::analysis::session::player::PlayerKey;

/// Of each axis: about how many blocks lie along it, and edges lie at multiples of this, ms.
const ALONG: [(u64, i64); 2] = [(3, 10_000), (8, 30_000)];

/// What people did in a block: steps that begin in a span of their lives' time and in one of their rounds' time.
#[derive(Debug)]
pub(crate) struct BlockSums {
    /// By [`Axis`].
    spans: [Range<i64>; 2],
    /// How many steps there are.
    steps: u64,
    /// Time of all of them by state, ms.
    pub(crate) walked_ms: [u64; State::ALL.len()],
    /// Where they began, of all kinds and states together.
    pub(crate) heights: Vec<HeightSum>,
    /// Lines in the cells of paths, each with the player's place as in [`PlayerLines`](super::PlayerLines).
    pub(crate) lines: Vec<(usize, CellSums)>,
    /// The same lines of all players, each as many times as a number of it says.
    pub(crate) numbers: [CellSums; NUMBERS],
}

impl BlockSums {
    /// Whether it lies within two spans.
    fn is_within(&self, windows: &[Range<i64>; 2]) -> bool {
        let inside =
            |(span, window): (&Range<i64>, &Range<i64>)| window.start <= span.start && span.end <= window.end;
        self.spans.iter().zip(windows).all(inside)
    }

    /// About how much memory it takes, bytes.
    pub(super) fn bytes(&self) -> usize {
        let of_player = |(_, lines): &(usize, CellSums)| size_of::<(usize, CellSums)>() + lines.bytes();
        self.lines.iter().map(of_player).sum::<usize>()
            + self.numbers.iter().map(CellSums::bytes).sum::<usize>()
            + self.heights.len() * size_of::<HeightSum>()
            + size_of::<Self>()
    }
}

/// All blocks with steps in them; `None` when it is too late.
pub(super) fn blocks(
    rounds: &[&CleanedRound],
    what: (&SliceSpec, &[PlayerKey]),
    is_late: &dyn Fn() -> bool,
) -> Option<Vec<BlockSums>> {
    let [of_life, of_round] = [Axis::Life, Axis::Round].map(|axis| spans(rounds, axis, ALONG[axis as usize]));
    let mut blocks = Vec::new();
    for round in of_round {
        for life in &of_life {
            let block = block(rounds, [life.clone(), round.clone()], what, is_late)?;
            blocks.extend(Some(block).filter(|block| block.steps > 0));
        }
    }
    Some(blocks)
}

fn block(
    rounds: &[&CleanedRound],
    spans: [Range<i64>; 2],
    (spec, players): (&SliceSpec, &[PlayerKey]),
    is_late: &dyn Fn() -> bool,
) -> Option<BlockSums> {
    // Heights are told apart by no more than their place.
    let (who, state) = (Who { is_bot: false, team: 0, class: 0 }, State::Unknown);
    let (mut heights, mut all, mut walked_ms) = (PlaceSums::default(), 0, [0; State::ALL.len()]);
    let mut by_player: BTreeMap<usize, Tiles> = BTreeMap::new();
    let cells = &spec.grids[1];
    let (columns, rows) = (cells.columns() as usize, cells.rows() as usize);
    let mut numbers: [Tiles; NUMBERS] = Default::default();
    for lines in &mut numbers {
        lines.prepare(columns, rows);
    }
    for round in rounds {
        if is_late() {
            return None;
        }
        // People only, as filters are without a word about bots.
        let lives = round.lives(&Filter::default());
        for life in &lives.lives {
            let zeros = [Axis::Life, Axis::Round].map(|axis| axis.zero(life, &lives.clock));
            let steps = steps_of_both(life, zeros, &spans);
            all += steps.len() as u64;
            if steps.is_empty() {
                continue;
            }
            let player = player_of(life);
            let player = players.iter().position(|known| *known == player).unwrap_or(players.len());
            let lines = by_player.entry(player).or_default();
            lines.prepare(columns, rows);
            let spawn = life.track().spawn;
            for step in life.steps().skip(steps.start).take(steps.len()) {
                let StepKind::Segment(walked) = step.kind else { continue };
                let ms = step.dt_ms.max(0) as u64;
                walked_ms[walked.index()] += ms;
                heights.add(who, state, step.from.at, ms);
                let (begin, end) = (cells.point(step.from.at), cells.point(step.to.at));
                if let Some(length) = lengths::length(&begin, &end) {
                    let weights = spec.weights(step.from, spawn).unwrap_or_default();
                    cells.spread_by_place(&begin, &end, length, |column, row, part| {
                        lines.add(column, row, part);
                        for (lines, weight) in numbers.iter_mut().zip(weights) {
                            lines.add(column, row, part * weight);
                        }
                    });
                }
            }
        }
    }
    let lines = by_player.into_iter().map(|(player, lines)| (player, CellSums::of(&lines))).collect();
    let (heights, numbers) = (heights.finish(), numbers.each_ref().map(CellSums::of));
    Some(BlockSums { spans, steps: all, walked_ms, heights, lines, numbers })
}

/// The steps of a life that begin in a span of its own time and in one of its round's, by their index.
pub(in crate::analysis::grid) fn steps_of_both(
    life: &Life<'_>,
    zeros: [i64; 2],
    spans: &[Range<i64>; 2],
) -> Range<usize> {
    let [a, b] = [0, 1].map(|axis| steps_of(life, zeros[axis], &spans[axis]));
    let first = a.start.max(b.start);
    first..a.end.min(b.end).max(first)
}

/// The spans of the blocks that lie within two windows, how many steps they hold, and how many the windows hold, about.
pub(super) fn within(blocks: &[BlockSums], windows: &[Range<i64>; 2]) -> ([Range<i64>; 2], u64, u64) {
    let (mut core, mut held, mut partly) = (None::<[Range<i64>; 2]>, 0, 0);
    for block in blocks {
        if !block.is_within(windows) {
            let share: f64 =
                block.spans.iter().zip(windows).map(|(span, window)| share_of(span, window)).product();
            partly += (block.steps as f64 * share) as u64;
            continue;
        }
        held += block.steps;
        core = Some(match core {
            None => block.spans.clone(),
            Some([life, round]) => {
                let joined = |a: Range<i64>, b: &Range<i64>| a.start.min(b.start)..a.end.max(b.end);
                [joined(life, &block.spans[0]), joined(round, &block.spans[1])]
            }
        });
    }
    (core.unwrap_or([0..0, 0..0]), held, held + partly)
}

/// The blocks in two spans.
pub(super) fn inside<'b>(
    blocks: &'b [BlockSums],
    spans: &'b [Range<i64>; 2],
) -> impl Iterator<Item = &'b BlockSums> {
    blocks.iter().filter(|block| block.is_within(spans))
}
