//! Lives of rounds in memory, as far as a filter wants them, put together from [`Slices`]: what lies in whole slices comes
//! from their sums, and only the steps between a window's edge and that of a slice are gone through one by one.
//!
//! Each step counts by its beginning. The sums of some slices, or those of blocks, hold the steps that begin in them, of all
//! rounds; of each life the steps that the window holds beside those are added, and those that it does not hold are taken away
//! again. So the result is that of all steps of the window, whichever slices were taken, to the last unit.

use std::collections::BTreeMap;
use std::ops::Range;

use super::slices::{
    Axis, BlockSums, KindSums, NumberLines, PlayerLines, Slice, Slices, steps_of, steps_of_both,
};
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
use crate::analysis::life::runs::StateRuns;
use crate::analysis::life::state::{State, StateDecoder};
use crate::geom::WorldRect;
use crate::model::{Guid, LevelTime, PlayerName, Round, Sample};

/// What takes sums and steps.
pub(crate) trait TakeSteps {
    /// Adds a slice's sums of a kind of lives in a state.
    fn take_kind(&mut self, kind: &KindSums);
    /// Adds a slice's lines of a player. Default: they are not asked for.
    fn take_player(&mut self, _lines: &PlayerLines) {}
    /// Adds a slice's lines of a side, weighed by numbers. Default: they are not asked for.
    fn take_numbers(&mut self, _lines: &NumberLines) {}
    /// Adds a block's sums of people. Default: they are not asked for.
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
    /// Steps, or sums of lines weighed by numbers beside those; of sets of rounds and of blocks.
    NumberSums,
}

/// The sums to begin with.
enum Core {
    None,
    /// Slices of time, of all rounds.
    Span(Axis, Range<i64>),
    /// Blocks in a span of the lives' time and one of the rounds' time, of all rounds.
    Both([Range<i64>; 2]),
    /// Slices of time of some sets of rounds that are wanted, and of each round whether it is in one.
    Sets(Vec<usize>, Vec<bool>, Axis, Range<i64>),
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
            Depth::PlayerSums | Depth::NumberSums => filter.classes.is_empty(),
        };
        let core = match slices.filter(|_| has_sums) {
            Some(slices) => self.core(filter, slices, depth),
            None => Core::None,
        };
        if let Some(slices) = slices {
            let held: Vec<&Slice> = match &core {
                Core::None | Core::Both(_) => Vec::new(),
                Core::Span(axis, span) => slices.inside(*axis, span).collect(),
                Core::Sets(sets, _, axis, span) => {
                    sets.iter().flat_map(|set| slices.inside_set(*set, *axis, span)).collect()
                }
            };
            let is_wanted = |is_bot: bool, team: u8, class: u8| {
                windowless.refuses_who(Who { is_bot, team, class }).is_none()
            };
            held.iter()
                .flat_map(|slice| &slice.kinds)
                .filter(|kind| filter.states.contains(kind.state))
                .filter(|kind| is_wanted(kind.who.is_bot, kind.who.team, kind.who.class))
                .for_each(|kind| to.take_kind(kind));
            if depth == Depth::PlayerSums {
                let players = held.iter().flat_map(|slice| &slice.players);
                let players = players.filter(|lines| filter.states.contains(lines.state));
                let players = players.filter(|lines| is_wanted(lines.is_bot, lines.team, 0));
                let mut players: Vec<&PlayerLines> = players.collect();
                // One player after the other: all of them together are too much for the processor to keep near.
                players.sort_by_key(|lines| lines.player);
                for lines in players {
                    to.take_player(lines);
                }
            }
            if depth == Depth::NumberSums {
                held.iter()
                    .flat_map(|slice| &slice.numbers)
                    .filter(|lines| filter.states.contains(lines.state))
                    .filter(|lines| is_wanted(lines.is_bot, lines.team, 0))
                    .for_each(|lines| to.take_numbers(lines));
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
        if !filter.players.is_empty() {
            return Core::None;
        }
        let span = |window: Option<_>| window.map_or(i64::MIN..i64::MAX, |ms: WindowMs| ms.from..ms.to);
        let windows = [filter.life_window, filter.round_window].map(span);
        let axes: &[Axis] = match (filter.life_window, filter.round_window) {
            (Some(_), Some(_)) => &[Axis::Life, Axis::Round],
            (None, Some(_)) => &[Axis::Round],
            (_, None) => &[Axis::Life],
        };
        // How many steps of all rounds lie within both windows, about.
        let about = |windows: &[Range<i64>; 2]| match axes {
            [axis] => slices.within(*axis, &windows[*axis as usize]).2,
            _ => slices.within_both(windows).2,
        };
        let along = |axis: Axis, span: &Range<i64>| {
            let (mut narrowed, mut only) = (windows.clone(), [i64::MIN..i64::MAX, i64::MIN..i64::MAX]);
            narrowed[axis as usize] = span.clone();
            only[axis as usize] = span.clone();
            [about(&only), about(&narrowed)]
        };
        let all = self.steps(|_| true).max(1) as f64;
        let (sets, in_sets) = slices.sets_of(self.rounds.len(), |place| self.rounds[place].0.is_some());
        let asked = self.steps(|place| self.rounds[place].0.is_some()) as f64 / all;
        let in_set = self.steps(|place| in_sets[place]) as f64 / all;
        let wanted = about(&windows);
        // Of rounds that are wanted, what sums hold beside the windows is taken away, and what they lack is added.
        let beside = |held: u64, inside: u64| {
            held.saturating_sub(inside) as f64 + wanted.saturating_sub(inside) as f64
        };
        let mut best = (Core::None, asked * wanted as f64);
        // Of the same work, sets of rounds hold fewer sums, and blocks fewer than slices.
        let mut consider = |core: Core, work: f64| {
            if work < best.1 {
                best = (core, work);
            }
        };
        if !sets.is_empty() {
            for axis in axes {
                let Some(span) = slices.span_of_sets(*axis, &windows[*axis as usize]) else { continue };
                let [held, inside] = along(*axis, &span);
                let work = in_set * beside(held, inside) + (asked - in_set) * wanted as f64;
                consider(Core::Sets(sets.clone(), in_sets.clone(), *axis, span), work);
            }
        }
        let is_of_all_people =
            filter.bots == Bots::Exclude && filter.teams.is_empty() && filter.states == StateSet::ALL;
        if axes.len() == 2 && is_of_all_people && matches!(depth, Depth::PlayerSums | Depth::NumberSums) {
            let (spans, held, _) = slices.within_both(&windows);
            consider(Core::Both(spans), (1.0 - asked) * held as f64 + asked * beside(held, held));
        }
        // Lines weighed by a number are kept of sets and blocks alone.
        for axis in axes.iter().filter(|_| depth != Depth::NumberSums) {
            let (span, ..) = slices.within(*axis, &windows[*axis as usize]);
            let [held, inside] = along(*axis, &span);
            let work = (1.0 - asked) * held as f64 + asked * beside(held, inside);
            consider(Core::Span(*axis, span), work);
        }
        best.0
    }

    /// How many steps the rounds at some places have, about.
    fn steps(&self, is_wanted: impl Fn(usize) -> bool) -> u64 {
        let samples = |round: &CleanedRound| -> u64 {
            round.round().tracks.iter().map(|track| track.samples.len() as u64).sum()
        };
        let rounds = self.rounds.iter().enumerate().filter(|(place, _)| is_wanted(*place));
        rounds.map(|(_, (_, round))| samples(round)).sum()
    }
}

/// A life, its kind, and its steps by state.
type OfLife<'l, 'r> = (&'l Life<'r>, Who, &'l StateRuns);

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
            self.steps(Change::Take, (life, Who::of(life.track()), round.runs(life)), steps, to);
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
            let of = (life, Who::of(life.track()), round.runs(life));
            let in_sums = self.steps_in_sums(place, life, &lives);
            let cut = self.left(life, &lives);
            if cut.is_none() {
                counted.dropped.add_life(DropReason::Window, life.samples().len());
            }
            let used = cut.filter(|cut| self.count(place, (life, of.2), &lives, cut, &mut counted, to));
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
                self.edge(of, [&from, &to_sample], to);
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
        (life, runs): (&Life<'r>, &StateRuns),
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
            for (steps, state) in runs.within(whole_steps(cut)) {
                if self.filter.states.contains(state) {
                    life.samples()[steps].iter().for_each(&mut show);
                }
            }
            let is_wanted =
                |from: &Sample, to: &Sample| self.filter.states.contains(life.meaning().between(from, to));
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
            Core::Sets(_, held, axis, span) if held[place] => {
                steps_of(life, axis.zero(life, &lives.clock), span)
            }
            Core::Sets(..) | Core::None => 0..0,
        }
    }

    /// Adds whole steps of a life or takes them away.
    fn steps(&self, change: Change, of: OfLife<'_, '_>, steps: Range<usize>, to: &mut impl TakeSteps) {
        if steps.is_empty() {
            return;
        }
        let (life, who, runs) = of;
        to.begin_life(life);
        for (steps, state) in runs.within(steps) {
            if self.filter.states.contains(state) {
                for pair in life.samples()[steps.start..=steps.end].windows(2) {
                    take(change, (life, who, state), [&pair[0], &pair[1]], to);
                }
            }
        }
    }

    /// Adds a step that leads to an edge of the window or from it.
    fn edge(&self, (life, who, _): OfLife<'_, '_>, [from, next]: [&Sample; 2], to: &mut impl TakeSteps) {
        let state = life.meaning().between(from, next);
        if self.filter.states.contains(state) {
            take(Change::Add, (life, who, state), [from, next], to);
        }
    }
}

fn take(
    change: Change,
    (life, who, state): (&Life<'_>, Who, State),
    [from, next]: [&Sample; 2],
    to: &mut impl TakeSteps,
) {
    let ms = next.time.since(from.time).max(0) as u64;
    let spawn = life.track().spawn;
    to.take_step(&NarrowStep { change, who, state, from, to: next, ms, spawn });
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
