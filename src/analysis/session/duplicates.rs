//! The same round in several files.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::dates::written_at;
use super::parts::are_parts;
use crate::model::{Guid, LevelTime, Round, RoundMeta};

/// Two writings of one round lie at most this far apart, s. (Seen: 15 s, the first one cut.)
const REWRITE_WITHIN_S: i64 = 60;

/// Whether two headers may be those of one round, written twice: map, round number and Unix start are the same, or,
/// where one of them has no Unix start, map and number are, and they were written within a minute.
///
/// This is the one rule for it. Headers without a Unix start do not decide; there the lives do ([`duplicates`]).
pub fn may_be_same_round(a: &RoundMeta, b: &RoundMeta) -> bool {
    if !a.map.eq_ignore_ascii_case(&b.map) || a.round_raw != b.round_raw {
        return false;
    }
    match (a.start_unix, b.start_unix) {
        (Some(a), Some(b)) => a == b,
        _ => written_at(a)
            .zip(written_at(b))
            .is_none_or(|(a, b)| a.duration_since(b).as_secs().abs() <= REWRITE_WITHIN_S),
    }
}

/// A file that tells nothing new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// Index of the round to leave out.
    pub drop: usize,
    /// Index of the round to use instead.
    pub keep: usize,
}

/// Finds rounds that were written more than once. Of each set the complete, longest, latest file is kept.
///
/// Two files hold the same round when their bytes are the same; when map, round number and Unix start are the same and
/// they are not parts of it that follow each other ([`are_parts`]);
/// or, where there is no Unix start, when map and round number are the same, they were written within a minute, and
/// each life of the one is also in the other.
pub fn duplicates(rounds: &[&Round]) -> Vec<Duplicate> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    let mut by_hash: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_start: BTreeMap<(String, Option<i32>, i64), Vec<usize>> = BTreeMap::new();
    let mut by_name: BTreeMap<(String, Option<i32>), Vec<usize>> = BTreeMap::new();
    for (i, round) in rounds.iter().enumerate() {
        let meta = &round.meta;
        let map = meta.map.to_ascii_lowercase();
        let same_bytes = by_hash.get(&*meta.content_hash).copied().filter(|_| !meta.content_hash.is_empty());
        let rewritten = |&set: &usize| {
            sets[set].iter().any(|&j| rounds[j].meta.start_unix.is_none() && is_rewrite(rounds[j], round))
        };
        let same_round = || {
            if let Some(start) = meta.start_unix {
                let twice = |&set: &usize| sets[set].iter().any(|&j| !are_parts(rounds[j], round));
                by_start.get(&(map.clone(), meta.round_raw, start))?.iter().copied().find(twice)
            } else {
                by_name.get(&(map.clone(), meta.round_raw))?.iter().copied().find(rewritten)
            }
        };
        let set = same_bytes.or_else(same_round);
        let set = set.unwrap_or_else(|| {
            sets.push(Vec::new());
            sets.len() - 1
        });
        sets[set].push(i);
        by_hash.entry(&meta.content_hash).or_insert(set);
        if let Some(start) = meta.start_unix {
            let started = by_start.entry((map.clone(), meta.round_raw, start)).or_default();
            if !started.contains(&set) {
                started.push(set);
            }
        }
        let named = by_name.entry((map, meta.round_raw)).or_default();
        if !named.contains(&set) {
            named.push(set);
        }
    }
    let mut found = Vec::new();
    for set in sets {
        let best = |&&i: &&usize| {
            let round = rounds[i];
            let samples: usize = round.tracks.iter().map(|t| t.samples.len()).sum();
            (round.meta.complete, samples, written_at(&round.meta), Reverse(i))
        };
        let Some(&keep) = set.iter().max_by_key(best) else { continue };
        found.extend(set.iter().filter(|&&i| i != keep).map(|&drop| Duplicate { drop, keep }));
    }
    found.sort_unstable_by_key(|d| d.drop);
    found
}

fn is_rewrite(a: &Round, b: &Round) -> bool {
    let dated = written_at(&a.meta).is_some() && written_at(&b.meta).is_some();
    if !dated || !may_be_same_round(&a.meta, &b.meta) {
        return false;
    }
    let lives = |round: &Round| -> BTreeSet<(Guid, LevelTime)> {
        // The last row of a cut file may have lost its head.
        round.tracks.iter().map(|t| (t.guid.clone(), t.spawn)).collect()
    };
    let (a, b) = (lives(a), lives(b));
    !a.is_empty() && !b.is_empty() && (a.is_subset(&b) || b.is_subset(&a))
}
