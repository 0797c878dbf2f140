//! Recordings of one round put together: demos among each other, and with the tracker file of the same round.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::read::{Hash, header, read_file};
use crate::demo::{Merged, RecordedRound, is_same_round, merge};

/// Rounds that are in memory at a time. More demos than make them are put together with their neighbours in the order
/// in which they are added.
const MOST_TOGETHER: usize = 32;

/// Recordings as they come in, those of one round beside each other.
pub(crate) struct Recordings {
    groups: Vec<Vec<RecordedRound>>,
    trackers: Vec<Tracker>,
}

/// A tracker file that may be of a round that demos tell too.
struct Tracker {
    path: PathBuf,
    map: Box<str>,
    round: Option<i32>,
    is_taken: bool,
}

impl Recordings {
    /// Nothing yet but the tracker files that may tell the same rounds. Reads only the beginning of each.
    pub(crate) fn beside(trackers: &[PathBuf]) -> Self {
        let known = trackers.iter().filter_map(|path| {
            // What cannot be opened or is no tracker file is refused when it is read as one.
            let meta = header(path).ok()??;
            Some(Tracker { path: path.clone(), map: meta.map, round: meta.round_raw, is_taken: false })
        });
        Self { groups: Vec::new(), trackers: known.collect() }
    }

    /// Adds a round of a demo. Gives the oldest one back, with what belongs to it, when there is no room for more.
    pub(crate) fn add(&mut self, recorded: RecordedRound) -> Option<Merged> {
        let is_same =
            |group: &&mut Vec<RecordedRound>| group.iter().any(|known| is_same_round(known, &recorded));
        match self.groups.iter_mut().find(is_same) {
            Some(group) => group.push(recorded),
            None => self.groups.push(vec![recorded]),
        }
        let is_full = self.groups.iter().map(Vec::len).sum::<usize>() > MOST_TOGETHER;
        if is_full { self.oldest() } else { None }
    }

    /// The oldest round that is left, in the order in which each was added first.
    pub(crate) fn oldest(&mut self) -> Option<Merged> {
        if self.groups.is_empty() {
            return None;
        }
        let mut group = self.groups.remove(0);
        let (map, round) = (group[0].round.meta.map.clone(), group[0].round.meta.round_raw);
        let may_be = |tracker: &&mut Tracker| {
            !tracker.is_taken && tracker.round == round && tracker.map.eq_ignore_ascii_case(&map)
        };
        for tracker in self.trackers.iter_mut().filter(may_be) {
            let read = read_file(&tracker.path, Hash::Left, &mut Vec::new());
            let Ok(Ok(told)) = read.map(|read| read.round) else { continue };
            let told = RecordedRound::from_tracker(told);
            if group.iter().any(|known| is_same_round(known, &told)) {
                tracker.is_taken = true;
                group.push(told);
            }
        }
        merge(group)
    }

    /// The tracker files that became part of a demo's round.
    pub(crate) fn taken(&self) -> BTreeSet<&Path> {
        self.trackers.iter().filter(|tracker| tracker.is_taken).map(|tracker| &*tracker.path).collect()
    }
}
