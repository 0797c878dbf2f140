//! Lives of rounds in memory, as far as a filter wants them, put together from [`Slices`]: what lies in whole slices comes
//! from their sums, and only the steps between a window's edge and that of a slice are gone through one by one.
//!
//! Each step counts by its beginning. The sums of some slices, or those of blocks, hold the steps that begin in them, of all
//! rounds; of each life the steps that the window holds beside those are added, and those that it does not hold are taken away
//! again. So the result is that of all steps of the window, whichever slices were taken, to the last unit.

use std::collections::BTreeMap;
use std::ops::Range;

use super::slices::{Axis, BlockSums, KindSums, PlayerLines, Slices, steps_of, steps_of_both};
use super::tiles::Change;
use crate::analysis::filter::select::{Bots, Filter, StateSet, WindowMs};
use crate::analysis::filter::who::Who;
use crate::analysis::filter::window::{self, Cut, Left};
use crate::analysis::life::breaks::BreakReason;
use crate::analysis::life::cleaned::Life;
use crate::analysis::life::cleaned_round::CleanedRound;
use crate::analysis::life::clock::RoundClock;
use crate::analysis::life::dropped::{DropReason, Dropped};
use crate::analysis::life::lives::Lives;
use crate::analysis::life::state::{State, StateDecoder};
use crate::geom::WorldRect;
use crate::model::{Guid, LevelTime, PlayerName, Round, Sample};

/// What takes sums and steps.
pub(crate) trait TakeSteps {
    /// Adds a slice's sums of a kind of lives in a state.
    fn take_kind(&mut self, kind: &KindSums);
    /// Adds a slice's lines of a player. Default: they are not asked for.
    fn take_player(&mut self, _lines: &PlayerLines) {}
    /// Adds a block's sums of people, by player. Default: they are not asked for.
    fn take_block(&mut self, _sums: &BlockSums) {}
    /// Tells whose steps follow. Default: that makes no difference.
    fn begin_life(&mut self, _life: &Life<'_>) {}
    /// Adds a walked step, or takes it away.
    fn take_step(&mut self, step: &NarrowStep<'_>);
    /// Counts a life of which something is left; its steps follow.
    fn take_life(&mut self, life: &NarrowLife<'_, '_>);
    /// Counts a round, behind its lives.
    fn take_round(&mut self, round: &NarrowRound<'_>);
}

/// A walked step in a state that is wanted.
pub(crate) struct NarrowStep<'a> {
    pub(crate) change: Change,
    pub(crate) who: Who,
    pub(crate) state: State,
    pub(crate) from: &'a Sample,
    pub(crate) to: &'a Sample,
    /// How long it took, ms; never negative.
    pub(crate) ms: u64,
    /// The life's spawn.
    pub(crate) spawn: LevelTime,
}

/// A life of which something is left.
pub(crate) struct NarrowLife<'l, 'r> {
    /// All of it.
    pub(crate) life: &'l Life<'r>,
    /// The clock of its round.
    pub(crate) clock: &'l RoundClock,
    /// When what is left begins and ends.
    pub(crate) span: (LevelTime, LevelTime),
    /// Its first point.
    pub(crate) first: &'l Sample,
    /// Recorded samples of it, in whatever state.
    pub(crate) recorded: u64,
    /// Breaks in it, step by step.
    pub(crate) breaks: &'l [(usize, BreakReason)],
    /// Whether health is unknown somewhere in it.
    pub(crate) is_of_unknown_health: bool,
}

/// A player's lives in a round: how many, and the last one's beginning since the round went live and track.
pub(crate) type OfPlayer = (u64, (i64, u32));

/// What captions count of a round.
pub(crate) struct NarrowRound<'r> {
    /// Its place among the rounds that are wanted.
    pub(crate) order: u32,
    pub(crate) round: &'r Round,
    pub(crate) meaning: StateDecoder,
    pub(crate) dropped: Dropped,
    pub(crate) lives: u64,
    /// Recorded samples that are shown, those of the same lives that are not, and of those shown the ones off the map.
    pub(crate) samples: u64,
    pub(crate) hidden: u64,
    pub(crate) off_map: u64,
    pub(crate) players: BTreeMap<(&'r Guid, &'r PlayerName), OfPlayer>,
}

/// The rounds of a map that are in memory.
pub(crate) struct PlacedRounds<'s> {
    /// All of them, in the order in which [`Slices`] have them, each with its place among those that are wanted.
    pub(crate) rounds: Vec<(Option<u32>, &'s CleanedRound)>,
    pub(crate) slices: Option<&'s Slices>,
    /// Whether there is no time left.
    pub(crate) is_late: &'s (dyn Fn() -> bool + Sync),
}

/// What is asked for of lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The lives alone, none of their steps.
    Lives,
    /// Each step.
    Steps,
    /// Steps, or sums of them by kind of life and state.
    Sums,
    /// Steps, or sums of lines by player beside those.
    PlayerSums,
}

/// The sums to begin with.
enum Core {
    None,
    /// Slices of time, of all rounds.
    Span(Axis, Range<i64>),
    /// Blocks in a span of the lives' time and one of the rounds' time, of all rounds.
    Both([Range<i64>; 2]),
    /// All time of some sets of rounds that are wanted, and of each round whether it is in one.
    Sets(Vec<usize>, Vec<bool>),
}

impl PlacedRounds<'_> {
    /// Gives all that a filter wants of the lives to `to`. `None` where it asks for more than steps tell; whether it was done
    /// in time.
    pub(crate) fn narrowed(
        &self,
        filter: &Filter,
        extent: &WorldRect,
        depth: Depth,
        to: &mut impl TakeSteps,
    ) -> Option<bool> {
        let windowless = Filter {
            life_window: None,
            round_window: None,
            states: StateSet::ALL,
            sessions: None,
            round: None,
            ..filter.clone()
        };
        if !windowless.tells_lives() {
            return None;
        }
        let slices = self.slices.filter(|slices| slices.extent() == extent);
        let has_sums = match depth {
            Depth::Lives | Depth::Steps => false,
            Depth::Sums => true,
            Depth::PlayerSums => filter.classes.is_empty(),
        };
        let core = match slices.filter(|_| has_sums) {
            Some(slices) => self.core(filter, slices, depth),
            None => Core::None,
        };
        if let Some(slices) = slices {
            let (kinds, players): (Vec<&KindSums>, Vec<&PlayerLines>) = match &core {
                Core::None | Core::Both(_) => (Vec::new(), Vec::new()),
                Core::Span(axis, span) => {
                    (slices.kinds(*axis, span).collect(), slices.player_lines(*axis, span).collect())
                }
                Core::Sets(sets, _) => (
                    sets.iter().flat_map(|set| slices.kinds_of_set(*set)).collect(),
                    sets.iter().flat_map(|set| slices.player_lines_of_set(*set)).collect(),
                ),
            };
            let is_wanted = |is_bot: bool, team: u8, class: u8| {
                windowless.refuses_who(Who { is_bot, team, class }).is_none()
            };
            kinds
                .into_iter()
                .filter(|kind| filter.states.contains(kind.state))
                .filter(|kind| is_wanted(kind.who.is_bot, kind.who.team, kind.who.class))
                .for_each(|kind| to.take_kind(kind));
            if depth == Depth::PlayerSums {
                let players = players.into_iter().filter(|lines| filter.states.contains(lines.state));
                let players = players.filter(|lines| is_wanted(lines.is_bot, lines.team, 0));
                let mut players: Vec<&PlayerLines> = players.collect();
                // One player after the other: all of them together are too much for the processor to keep near.
                players.sort_by_key(|lines| lines.player);
                for lines in players {
                    to.take_player(lines);
                }
            }
            if let Core::Both(spans) = &core {
                slices.blocks(spans).for_each(|block| to.take_block(block));
            }
        }
        let job = Narrowing { filter, windowless: &windowless, extent, depth, slices, core };
        for (place, (order, round)) in self.rounds.iter().enumerate() {
            if (self.is_late)() {
                return Some(false);
            }
            match order {
                Some(order) => job.add(place, *order, round, to),
                None if matches!(job.core, Core::Span(..) | Core::Both(_)) => job.take_away(place, round, to),
                None => {}
            }
        }
        Some(true)
    }

    /// The sums to begin with: those that leave the fewest steps to go through.
    fn core(&self, filter: &Filter, slices: &Slices, depth: Depth) -> Core {
        let span = |window: Option<_>| window.map_or(i64::MIN..i64::MAX, |ms: WindowMs| ms.from..ms.to);
        if !filter.players.is_empty() {
            return Core::None;
        }
        let windows = [filter.life_window, filter.round_window].map(span);
        let (core, held, inside, wanted) = match (filter.life_window, filter.round_window) {
            (Some(_), Some(_)) => {
                let is_of_all_people =
                    filter.bots == Bots::Exclude && filter.teams.is_empty() && filter.states == StateSet::ALL;
                let (spans, held, wanted) = slices.within_both(&windows);
                if depth == Depth::PlayerSums && is_of_all_people {
                    (Core::Both(spans), held, held, wanted)
                } else {
                    let (core, held, inside) = slice_of_both(slices, &windows);
                    (core, held, inside, wanted)
                }
            }
            (life, round) => {
                let axis = if life.is_some() || round.is_none() { Axis::Life } else { Axis::Round };
                let (span, held, wanted) = slices.within(axis, &windows[axis as usize]);
                (Core::Span(axis, span), held, held, wanted)
            }
        };
        let samples = |(_, round): &(Option<u32>, &CleanedRound)| -> u64 {
            round.round().tracks.iter().map(|track| track.samples.len() as u64).sum()
        };
        let all: u64 = self.rounds.iter().map(samples).sum();
        let asked: u64 = self.rounds.iter().filter(|(order, _)| order.is_some()).map(samples).sum();
        let share = asked as f64 / all.max(1) as f64;
        let without = share * wanted as f64;
        // Of rounds that are wanted, what the sums hold beside the windows is taken away, and what they lack is added.
        let beside = held.saturating_sub(inside) + wanted.saturating_sub(inside);
        let with = (1.0 - share) * held as f64 + share * beside as f64;
        if filter.life_window.is_none() && filter.round_window.is_none() {
            let (sets, in_sets) = slices.sets_of(self.rounds.len(), |place| self.rounds[place].0.is_some());
            let placed = self.rounds.iter().zip(&in_sets);
            let rest = placed.filter(|((order, _), held)| order.is_some() && !**held);
            let rest: u64 = rest.map(|(round, _)| samples(round)).sum();
            // Of the same work, sets hold fewer sums.
            if !sets.is_empty() && rest as f64 <= with {
                return Core::Sets(sets, in_sets);
            }
        }
        if held > 0 && with < without { core } else { Core::None }
    }
}

/// The slices to begin with for a window of the lives' time and one of the rounds': those of the axis along which the other window
/// leaves more of them, how many steps they hold, and how many of these lie within both, about.
fn slice_of_both(slices: &Slices, windows: &[Range<i64>; 2]) -> (Core, u64, u64) {
    let along = |axis: Axis| {
        let (span, ..) = slices.within(axis, &windows[axis as usize]);
        let about = |mut windows: [Range<i64>; 2]| {
            windows[axis as usize] = span.clone();
            slices.within_both(&windows).2
        };
        let (held, inside) = (about([i64::MIN..i64::MAX, i64::MIN..i64::MAX]), about(windows.clone()));
        (Core::Span(axis, span.clone()), held, inside)
    };
    let by_life = along(Axis::Life);
    let by_round = along(Axis::Round);
    let spared = |(_, held, inside): &(Core, u64, u64)| 2 * *inside as i64 - *held as i64;
    if spared(&by_round) > spared(&by_life) { by_round } else { by_life }
}

/// A life, and its kind.
type OfLife<'l, 'r> = (&'l Life<'r>, Who);

/// A filter on its way through lives.
struct Narrowing<'a> {
    filter: &'a Filter,
    /// The same without its windows, states and rounds.
    windowless: &'a Filter,
    extent: &'a WorldRect,
    depth: Depth,
    slices: Option<&'a Slices>,
    core: Core,
}

impl Narrowing<'_> {
    /// Takes the lives of a round that is not wanted out of the sums.
    fn take_away(&self, place: usize, round: &CleanedRound, to: &mut impl TakeSteps) {
        let lives = round.lives(self.windowless);
        for life in &lives.lives {
            let steps = self.steps_in_sums(place, life, &lives);
            self.steps(Change::Take, (life, Who::of(life.track())), steps, to);
        }
    }

    /// Adds the lives of a round.
    fn add(&self, place: usize, order: u32, round: &CleanedRound, to: &mut impl TakeSteps) {
        let lives = round.lives(self.windowless);
        let mut counted = NarrowRound {
            order,
            round: round.round(),
            meaning: lives.meaning,
            dropped: lives.dropped,
            lives: 0,
            samples: 0,
            hidden: 0,
            off_map: 0,
            players: BTreeMap::new(),
        };
        for life in &lives.lives {
            let of = (life, Who::of(life.track()));
            let in_sums = self.steps_in_sums(place, life, &lives);
            let cut = self.left(life, &lives);
            if cut.is_none() {
                counted.dropped.add_life(DropReason::Window, life.samples().len());
            }
            let used = cut.filter(|cut| self.count(place, life, &lives, cut, &mut counted, to));
            if self.depth == Depth::Lives {
                continue;
            }
            let wanted = used.map_or(0..0, |cut| whole_steps(&cut));
            for (change, these, others) in
                [(Change::Add, &wanted, &in_sums), (Change::Take, &in_sums, &wanted)]
            {
                let behind = others.end.clamp(these.start, these.end);
                let before =
                    if others.is_empty() { these.end } else { others.start.clamp(these.start, these.end) };
                self.steps(change, of, these.start..before, to);
                if !others.is_empty() {
                    self.steps(change, of, behind.max(before)..these.end, to);
                }
            }
            if used.is_some_and(|cut| cut.head.is_some() || cut.tail.is_some()) {
                to.begin_life(life);
            }
            for [from, to_sample] in used.iter().flat_map(|cut| edges(life, cut)) {
                self.step(Change::Add, of, (&from, &to_sample), to);
            }
        }
        to.take_round(&counted);
    }

    /// What the windows leave of a life; a life without any is cut nowhere.
    fn left(&self, life: &Life<'_>, lives: &Lives<'_>) -> Option<Cut> {
        let whole = Cut {
            span: (life.start(), life.end()),
            samples: (0, life.samples().len()),
            head: None,
            tail: None,
        };
        match window::bounds(life, &lives.clock, self.filter) {
            None => Some(whole),
            Some(range) => match window::left(life, &range) {
                Left::Nothing => None,
                Left::Whole => Some(whole),
                Left::Part(cut) => Some(cut),
            },
        }
    }

    /// Counts a life of which this is left. `false` where it is not used after all.
    fn count<'r>(
        &self,
        place: usize,
        life: &Life<'r>,
        lives: &Lives<'r>,
        cut: &Cut,
        counted: &mut NarrowRound<'r>,
        to: &mut impl TakeSteps,
    ) -> bool {
        let ((first, after), read) = (cut.samples, life.samples().len());
        let samples = &life.samples()[first..after];
        let recorded = samples.len();
        counted.dropped.add_samples(DropReason::Window, read - recorded);
        let is_off = |sample: &Sample| !self.extent.contains(sample.at);
        let track = life.track_index();
        let may_be_off = self.slices.is_none_or(|slices| slices.is_off_map(place, track));
        let (mut shown, mut off_map) = (recorded as u64, 0);
        if self.filter.states == StateSet::ALL {
            if may_be_off {
                off_map = samples.iter().filter(|sample| is_off(sample)).count() as u64;
            }
        } else {
            shown = 0;
            let mut show = |from: &Sample| {
                shown += 1;
                off_map += u64::from(may_be_off && is_off(from));
            };
            let is_wanted =
                |from: &Sample, to: &Sample| self.filter.states.contains(life.meaning().between(from, to));
            each_walked(life, whole_steps(cut), |from, to| {
                if is_wanted(from, to) {
                    show(from);
                }
            });
            let mut is_seen = false;
            for (at, [from, to]) in edges(life, cut).enumerate() {
                if is_wanted(&from, &to) {
                    is_seen = true;
                    // A step that begins on an edge begins with no recorded sample.
                    if cut.head.is_none() || at > 0 {
                        show(&from);
                    }
                }
            }
            if shown == 0 && !is_seen {
                counted.dropped.add_life(DropReason::Filtered, recorded);
                return false;
            }
        }
        counted.lives += 1;
        counted.samples += shown;
        counted.hidden += recorded as u64 - shown;
        counted.off_map += off_map;
        let since_live_ms = lives.clock.since_live_ms(cut.span.0);
        let last = (since_live_ms, track as u32);
        let player = counted.players.entry((&life.track().guid, &life.track().name)).or_insert((0, last));
        *player = (player.0 + 1, player.1.max(last));
        let breaks = life.breaks.as_slice();
        let begin = breaks.partition_point(|(at, _)| *at < first);
        let end = breaks.partition_point(|(at, _)| at + 1 < after);
        let unknown = self.slices.is_none_or(|slices| slices.is_of_unknown_health(place, track));
        let edge_points = cut.head.iter().chain(&cut.tail);
        let is_of_unknown_health =
            unknown && samples.iter().chain(edge_points).any(|sample| sample.known_health().is_none());
        let point = cut.head.as_ref().or_else(|| samples.first()).or(cut.tail.as_ref());
        if let Some(first) = point {
            to.take_life(&NarrowLife {
                life,
                clock: &lives.clock,
                span: cut.span,
                first,
                recorded: recorded as u64,
                breaks: &breaks[begin.min(end)..end],
                is_of_unknown_health,
            });
        }
        true
    }

    /// Of a life's steps those that the sums hold.
    fn steps_in_sums(&self, place: usize, life: &Life<'_>, lives: &Lives<'_>) -> Range<usize> {
        match &self.core {
            Core::Span(axis, span) => steps_of(life, axis.zero(life, &lives.clock), span),
            Core::Both(spans) => {
                let zeros = [Axis::Life, Axis::Round].map(|axis| axis.zero(life, &lives.clock));
                steps_of_both(life, zeros, spans)
            }
            Core::Sets(_, held) if held[place] => 0..life.samples().len().saturating_sub(1),
            Core::Sets(..) | Core::None => 0..0,
        }
    }

    /// Adds whole steps of a life or takes them away.
    fn steps(&self, change: Change, of: OfLife<'_, '_>, steps: Range<usize>, to: &mut impl TakeSteps) {
        if !steps.is_empty() {
            to.begin_life(of.0);
            each_walked(of.0, steps, |from, next| self.step(change, of, (from, next), to));
        }
    }

    fn step(
        &self,
        change: Change,
        (life, who): OfLife<'_, '_>,
        (from, next): (&Sample, &Sample),
        to: &mut impl TakeSteps,
    ) {
        let state = life.meaning().between(from, next);
        if self.filter.states.contains(state) {
            let ms = next.time.since(from.time).max(0) as u64;
            let spawn = life.track().spawn;
            to.take_step(&NarrowStep { change, who, state, from, to: next, ms, spawn });
        }
    }
}

/// The whole steps that are left of a life.
fn whole_steps(cut: &Cut) -> Range<usize> {
    let (first, after) = cut.samples;
    first..after.saturating_sub(1).max(first)
}

/// The steps that lead from an edge of the window or to it.
fn edges(life: &Life<'_>, cut: &Cut) -> impl Iterator<Item = [Sample; 2]> + use<> {
    let (first, after) = cut.samples;
    let whole = &life.samples()[first..after];
    let steps = match (whole.first(), whole.last()) {
        (Some(first), Some(last)) => {
            [cut.head.map(|head| [head, *first]), cut.tail.map(|tail| [*last, tail])]
        }
        _ => [cut.head.zip(cut.tail).map(|(head, tail)| [head, tail]), None],
    };
    steps.into_iter().flatten()
}

/// Gives the ends of each of these steps that is no break.
fn each_walked(life: &Life<'_>, steps: Range<usize>, mut take: impl FnMut(&Sample, &Sample)) {
    let (samples, breaks) = (life.samples(), life.breaks.as_slice());
    let next_break = breaks.partition_point(|(at, _)| *at < steps.start);
    let mut breaks = breaks[next_break..].iter().map(|(at, _)| *at).peekable();
    for (index, pair) in samples[steps.start..=steps.end].windows(2).enumerate() {
        if breaks.next_if_eq(&(steps.start + index)).is_none() {
            take(&pair[0], &pair[1]);
        }
    }
}
