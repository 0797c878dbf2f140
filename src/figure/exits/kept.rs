//! The exits of lives that were asked for before, or will be: grouping them takes most of a picture's time, and little memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::sums::ExitSums;
use crate::analysis::{CleanedRound, Filter, Lives, PlacedRounds};

/// Exits by the filter that their lives are of, as far as there is room. Of those that came last the eldest goes first.
#[derive(Debug, Default)]
pub(in crate::figure) struct ExitsKept {
    /// The most that they take, bytes.
    room: u64,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Each with the number of its last use.
    exits: BTreeMap<String, (u64, ExitSums)>,
    uses: u64,
}

impl ExitsKept {
    /// None yet, and room for so many bytes.
    pub(in crate::figure) fn new(room: u64) -> Self {
        Self { room, known: Mutex::default() }
    }

    /// Those of the lives of a filter, kept or found now; `rounds` are those that it wants.
    pub(in crate::figure) fn of<'r>(
        &self,
        filter: &Filter,
        rounds: impl Iterator<Item = &'r CleanedRound>,
    ) -> ExitSums {
        let both = Filter { teams: Vec::new(), ..filter.clone() };
        for asked in [&both, filter] {
            if let Some(known) = self.get(&key(asked)) {
                return known;
            }
        }
        let lives: Vec<Lives<'_>> = rounds.map(|round| round.lives(filter)).collect();
        let found = ExitSums::of(&lives);
        self.put(key(filter), found.clone());
        found
    }

    /// The rounds that are wanted of those of a map.
    pub(in crate::figure) fn wanted<'s>(
        rounds: &'s PlacedRounds<'s>,
    ) -> impl Iterator<Item = &'s CleanedRound> {
        rounds.rounds.iter().filter(|(order, _)| order.is_some()).map(|(_, round)| *round)
    }

    fn get(&self, key: &str) -> Option<ExitSums> {
        let mut known = self.lock();
        known.uses += 1;
        let now = known.uses;
        let (used, exits) = known.exits.get_mut(key)?;
        *used = now;
        Some(exits.clone())
    }

    fn put(&self, key: String, exits: ExitSums) {
        let mut known = self.lock();
        known.uses += 1;
        let now = known.uses;
        known.exits.insert(key, (now, exits));
        while known.bytes() > self.room {
            let eldest = known.exits.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone());
            let Some(eldest) = eldest else { return };
            known.exits.remove(&eldest);
        }
    }

    /// About how much memory they take, bytes.
    pub(in crate::figure) fn bytes(&self) -> u64 {
        self.lock().bytes()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn bytes(&self) -> u64 {
        self.exits.iter().map(|(key, (_, exits))| key.len() as u64 + exits.bytes()).sum()
    }
}

/// A filter in words; the rounds are all of one map.
fn key(filter: &Filter) -> String {
    let filter = Filter { maps: Vec::new(), ..filter.clone() };
    // A filter is words and numbers, so this does not fail; what has no key is found anew.
    serde_json::to_string(&filter).unwrap_or_default()
}
