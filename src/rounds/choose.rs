//! Which of the rounds a filter wants, and which files tell a round that another one tells better.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::error::RoundsError;
use super::read::{Hash, WorkerState};
use super::{Places, Rounds};
use crate::analysis::{
    Filter, duplicates, may_be_parts, may_be_same_round, parts, playing_order, round_number, session_date,
};
use crate::model::RoundMeta;
use crate::text::{counted, near};

/// More names than this are not listed in a message.
const MOST_NAMES: usize = 24;

/// Rounds and the question put to them, as one value.
#[derive(Debug, Clone)]
pub struct Selection<'r> {
    rounds: &'r Rounds,
    filter: Filter,
}

/// The rounds that a filter wants, each once.
#[derive(Debug, Clone)]
pub struct Selected {
    /// The rounds.
    pub rounds: Rounds,
    /// The filter.
    pub filter: Filter,
    /// Files that were left out because another one tells the same round better.
    pub doubles: usize,
}

impl<'r> Selection<'r> {
    pub(super) fn new(rounds: &'r Rounds, filter: Filter) -> Self {
        Self { rounds, filter }
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The same rounds with another question.
    #[must_use]
    pub fn with_filter(&self, filter: Filter) -> Self {
        Self { filter, ..self.clone() }
    }

    /// The rounds that the filter wants, judged by their headers.
    ///
    /// # Errors
    /// A file that cannot be opened, or a filter that leaves nothing.
    pub fn rounds(&self) -> Result<Selected, RoundsError> {
        let mut rounds = self.rounds.clone();
        let doubles = rounds.choose(&self.filter)?;
        Ok(Selected { rounds, filter: self.filter.clone(), doubles })
    }
}

impl Rounds {
    /// Leaves out the rounds that the filter refuses by their header, and files that tell a round again which another one
    /// tells better (it gives their number), joins the parts of rounds that were recorded in several, and puts the rounds
    /// in the order of play.
    ///
    /// # Errors
    /// A file that cannot be opened, or a filter that leaves nothing.
    pub fn choose(&mut self, filter: &Filter) -> Result<usize, RoundsError> {
        let headers = self.headers()?;
        let wanted: Vec<bool> =
            headers.iter().map(|meta| meta.as_ref().is_none_or(|meta| filter.matches_meta(meta))).collect();
        let same = self.same_rounds(&headers, &wanted)?;
        self.first = (0..self.len()).collect();
        let mut parts_of: BTreeMap<usize, &[usize]> = BTreeMap::new();
        let mut later: BTreeSet<usize> = BTreeSet::new();
        for group in &same.parts {
            for &part in group {
                self.first[part] = group[0];
            }
            parts_of.insert(group[0], group);
            later.extend(&group[1..]);
        }
        let kept = (0..self.len())
            .filter(|index| wanted[*index] && !same.doubles.contains(index) && !later.contains(index));
        let order = in_playing_order(kept, &headers)
            .into_iter()
            .flat_map(|index| parts_of.get(&index).map_or_else(|| vec![index], |group| group.to_vec()));
        *self = self.in_order(order.collect());
        if self.is_empty() {
            return Err(nothing_matches(filter, &headers.into_iter().flatten().collect::<Vec<_>>()));
        }
        Ok(same.doubles.len())
    }

    /// Which files are doubles of others, and which are parts of one round. Only files whose headers say the same are read
    /// whole.
    fn same_rounds(&self, headers: &[Option<RoundMeta>], wanted: &[bool]) -> Result<SameRounds, RoundsError> {
        let mut groups: BTreeMap<(String, Option<i32>), Vec<usize>> = BTreeMap::new();
        for (index, meta) in headers.iter().enumerate() {
            if let (Some(meta), true) = (meta, wanted[index]) {
                groups.entry((meta.map.to_ascii_lowercase(), meta.round_raw)).or_default().push(index);
            }
        }
        // A store keeps the best copy of each round already.
        let are_files = matches!(self.places, Places::Files(_));
        let may_be_double = |a: &RoundMeta, b: &RoundMeta| are_files && may_be_same_round(a, b);
        let mut same = SameRounds::default();
        let mut worker_state = WorkerState::default();
        for group in groups.into_values() {
            let suspects: Vec<usize> = group
                .iter()
                .copied()
                .filter(|i| {
                    group.iter().any(|j| match (&headers[*i], &headers[*j]) {
                        (Some(a), Some(b)) => i != j && (may_be_double(a, b) || may_be_parts(a, b)),
                        _ => false,
                    })
                })
                .collect();
            let mut rounds = Vec::with_capacity(suspects.len());
            for index in suspects {
                if let Ok(round) = self.read_one(index, Hash::Taken, &mut worker_state)?.round {
                    rounds.push((index, round));
                }
            }
            let found = duplicates(&rounds.iter().map(|(_, round)| round).collect::<Vec<_>>());
            let doubles: BTreeSet<usize> = found.iter().map(|double| rounds[double.drop].0).collect();
            rounds.retain(|(index, _)| !doubles.contains(index));
            let found = parts(&rounds.iter().map(|(_, round)| round).collect::<Vec<_>>());
            let place = |part: &usize| rounds[*part].0;
            same.parts.extend(found.iter().map(|parts| parts.iter().map(place).collect::<Vec<_>>()));
            same.doubles.extend(doubles);
        }
        Ok(same)
    }
}

/// Places of an input that tell of one round.
#[derive(Default)]
struct SameRounds {
    /// Files that another one tells better.
    doubles: BTreeSet<usize>,
    /// Parts of one round, in the order of time.
    parts: Vec<Vec<usize>>,
}

/// These rounds in the order in which they were played; those without a header come last.
fn in_playing_order(kept: impl Iterator<Item = usize>, headers: &[Option<RoundMeta>]) -> Vec<usize> {
    let (mut told, mut silent) = (Vec::new(), Vec::new());
    for index in kept {
        match &headers[index] {
            Some(meta) => told.push((index, meta)),
            None => silent.push(index),
        }
    }
    let order = playing_order(&told.iter().map(|(_, meta)| *meta).collect::<Vec<_>>());
    order.into_iter().map(|place| told[place].0).chain(silent).collect()
}

/// What to say when a filter leaves nothing of these rounds: what there is to choose from.
fn nothing_matches(filter: &Filter, rounds: &[RoundMeta]) -> RoundsError {
    if rounds.is_empty() {
        return RoundsError::Empty;
    }
    let there: BTreeSet<String> = rounds.iter().map(|meta| meta.map.to_ascii_lowercase()).collect();
    let mut meant: BTreeSet<String> = filter
        .maps
        .iter()
        .filter(|map| !there.contains(&map.to_ascii_lowercase()))
        .flat_map(|map| near(map, there.iter().map(String::as_str)))
        .map(str::to_owned)
        .collect();
    meant.extend(filter.sessions.into_iter().flat_map(|span| near_sessions(span, rounds)));
    let hint = if meant.is_empty() {
        String::new()
    } else {
        format!(" (did you mean {}?)", meant.into_iter().collect::<Vec<_>>().join(", "))
    };
    let maps = rounds.iter().map(|meta| meta.map.to_ascii_lowercase());
    let dates = rounds.iter().filter_map(session_date).map(|date| date.to_string());
    let numbers = rounds.iter().filter_map(round_number).map(|number| number.to_string());
    let known = [("map", choices(maps)), ("session", choices(dates)), ("round", choices(numbers))];
    let parts = known.iter().filter(|(_, known)| !known.is_empty());
    RoundsError::NothingMatches(format!(
        "no round matches the filters{hint}; of {} in the input there are: {}",
        counted(rounds.len() as u64, "round", "rounds"),
        parts.map(|(word, known)| format!("--{word} {known}")).collect::<Vec<_>>().join("; ")
    ))
}

/// The last session before a span without any, and the first after it.
fn near_sessions((first, last): (Date, Date), rounds: &[RoundMeta]) -> Vec<String> {
    let dates: BTreeSet<Date> = rounds.iter().filter_map(session_date).collect();
    if dates.range(first..=last).next().is_some() {
        return Vec::new();
    }
    let (before, after) = (dates.range(..first).next_back(), dates.range(last..).next());
    before.into_iter().chain(after).map(ToString::to_string).collect()
}

/// Names to choose from, in order and each once; the first two dozen of many.
pub fn choices(names: impl IntoIterator<Item = String>) -> String {
    let names: BTreeSet<String> = names.into_iter().collect();
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    format!("{}{more}", names.into_iter().take(MOST_NAMES).collect::<Vec<_>>().join(", "))
}
