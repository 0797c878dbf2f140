//! Which of the rounds a filter wants, and which files tell a round that another one tells better.

use std::collections::{BTreeMap, BTreeSet};

use super::error::RoundsError;
use super::read::{Hash, read_file};
use super::{Places, Rounds};
use crate::analysis::{Filter, duplicates, may_be_same_round, playing_order, round_number, session_date};
use crate::model::RoundMeta;
use crate::text::counted;

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
    /// tells better, and puts the others in the order of play. Gives the number of the latter.
    ///
    /// # Errors
    /// A file that cannot be opened, or a filter that leaves nothing.
    pub fn choose(&mut self, filter: &Filter) -> Result<usize, RoundsError> {
        let headers = self.headers()?;
        let wanted: Vec<bool> =
            headers.iter().map(|meta| meta.as_ref().is_none_or(|meta| filter.matches_meta(meta))).collect();
        let doubles = match &self.places {
            Places::Files(_) => self.doubles(&headers, &wanted)?,
            // A store keeps the best copy of each round already.
            #[cfg(feature = "store")]
            Places::Store(..) => BTreeSet::new(),
            #[cfg(feature = "lake")]
            Places::Lake(..) => BTreeSet::new(),
        };
        let kept = (0..self.len()).filter(|index| wanted[*index] && !doubles.contains(index));
        *self = self.in_order(in_playing_order(kept, &headers));
        if self.is_empty() {
            return Err(nothing_matches(&headers.into_iter().flatten().collect::<Vec<_>>()));
        }
        Ok(doubles.len())
    }

    /// Files that are doubles of others. Only files whose headers say the same are read whole.
    fn doubles(
        &self,
        headers: &[Option<RoundMeta>],
        wanted: &[bool],
    ) -> Result<BTreeSet<usize>, RoundsError> {
        let mut groups: BTreeMap<(String, Option<i32>), Vec<usize>> = BTreeMap::new();
        for (index, meta) in headers.iter().enumerate() {
            if let (Some(meta), true) = (meta, wanted[index]) {
                groups.entry((meta.map.to_ascii_lowercase(), meta.round_raw)).or_default().push(index);
            }
        }
        let mut doubles = BTreeSet::new();
        for group in groups.into_values() {
            let suspects: Vec<usize> = group
                .iter()
                .copied()
                .filter(|i| {
                    group.iter().any(|j| match (&headers[*i], &headers[*j]) {
                        (Some(a), Some(b)) => i != j && may_be_same_round(a, b),
                        _ => false,
                    })
                })
                .collect();
            let mut rounds = Vec::with_capacity(suspects.len());
            let mut bytes = Vec::new();
            for index in suspects {
                if let Ok(round) = read_file(&self.paths()[index], Hash::Taken, &mut bytes)?.round {
                    rounds.push((index, round));
                }
            }
            let found = duplicates(&rounds.iter().map(|(_, round)| round).collect::<Vec<_>>());
            doubles.extend(found.iter().map(|double| rounds[double.drop].0));
        }
        Ok(doubles)
    }
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
fn nothing_matches(rounds: &[RoundMeta]) -> RoundsError {
    let maps = rounds.iter().map(|meta| meta.map.to_ascii_lowercase());
    let dates = rounds.iter().filter_map(session_date).map(|date| date.to_string());
    let numbers = rounds.iter().filter_map(round_number).map(|number| number.to_string());
    let known = [("map", choices(maps)), ("session", choices(dates)), ("round", choices(numbers))];
    let parts = known.iter().filter(|(_, known)| !known.is_empty());
    RoundsError::NothingMatches(format!(
        "no round matches the filters; of {} in the input there are: {}",
        counted(rounds.len() as u64, "round", "rounds"),
        parts.map(|(word, known)| format!("--{word} {known}")).collect::<Vec<_>>().join("; ")
    ))
}

/// Names to choose from, in order and each once; the first two dozen of many.
pub fn choices(names: impl IntoIterator<Item = String>) -> String {
    let names: BTreeSet<String> = names.into_iter().collect();
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    format!("{}{more}", names.into_iter().take(MOST_NAMES).collect::<Vec<_>>().join(", "))
}
