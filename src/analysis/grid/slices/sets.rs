//! Rounds that are likely to be asked for together, summed for themselves.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::slice::{Slice, spans};
use super::{Axis, SliceSpec};
use crate::analysis::life::cleaned_round::CleanedRound;
use crate::analysis::session::dates::{round_number, session_date};
use crate::analysis::session::player::PlayerKey;

/// A set of rounds with fewer steps than this part of all is no set: going through its steps is little work.
const LEAST_SET: u64 = 16;

/// Of each axis: about how many slices of a set lie along it, and edges lie at multiples of this, ms.
const ALONG: [(u64, i64); 2] = [(4, 5_000), (4, 15_000)];

/// What sets of rounds are told apart by.
type Key = (Option<Date>, Option<u32>);

/// All steps of some rounds that are likely to be asked for together.
#[derive(Debug)]
pub(super) struct RoundSet {
    /// The rounds' places, ascending.
    pub(super) places: Vec<usize>,
    /// By [`Axis`]: fewer and wider than those of all rounds, the same spans in every set.
    pub(super) along: [Vec<Slice>; 2],
}

impl RoundSet {
    /// How many steps it holds.
    pub(super) fn steps(&self) -> u64 {
        self.along[0].iter().map(|slice| slice.steps).sum()
    }

    pub(super) fn along(&self, axis: Axis) -> &[Slice] {
        &self.along[axis as usize]
    }

    pub(super) fn slices(&self) -> impl Iterator<Item = &Slice> {
        self.along.iter().flatten()
    }
}

/// All likely sets; `None` when it is too late.
pub(super) fn sets(
    rounds: &[&CleanedRound],
    what: (&SliceSpec, &[PlayerKey]),
    is_late: &dyn Fn() -> bool,
) -> Option<Vec<RoundSet>> {
    let axes = [Axis::Life, Axis::Round];
    let spans = axes.map(|axis| spans(rounds, axis, ALONG[axis as usize]));
    let set = |places: Vec<usize>| {
        let rounds: Vec<&CleanedRound> = places.iter().map(|place| rounds[*place]).collect();
        let along = |axis: Axis| Slice::of_each(&rounds, (axis, &spans[axis as usize]), what, is_late);
        let along = [along(Axis::Life)?, along(Axis::Round)?];
        Some(RoundSet { places, along })
    };
    likely_sets(rounds).into_iter().map(set).collect()
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
