//! A round that was recorded in several files: the recording was switched off and on again, or the module was restarted.

use std::collections::BTreeMap;

use crate::model::{
    KillCell, LevelTime, MovementCell, RecordedPart, RecorderView, Recordings, Round, RoundMeta,
};

/// The starts that parts of one round name lie at most this far apart, s. Each is reckoned in whole seconds from the clock
/// of the moment when that part began.
pub(crate) const SAME_START_S: u64 = 2;

/// Whether two headers may be those of parts of one round: map and round number are the same, and so is the start.
pub fn may_be_parts(a: &RoundMeta, b: &RoundMeta) -> bool {
    let same_start = a.start_unix.zip(b.start_unix).is_some_and(|(a, b)| a.abs_diff(b) <= SAME_START_S);
    same_start && a.map.eq_ignore_ascii_case(&b.map) && a.round_raw == b.round_raw
}

/// Whether two files of one round hold parts of it that follow each other on its clock.
pub fn are_parts(a: &Round, b: &Round) -> bool {
    match (span(a), span(b)) {
        (Some(a), Some(b)) => a.1 <= b.0 || b.1 <= a.0,
        _ => false,
    }
}

/// The first and the last moment of a round's lives.
fn span(round: &Round) -> Option<(LevelTime, LevelTime)> {
    let first = round.tracks.iter().map(|track| track.spawn).min()?;
    let ends = round.tracks.iter().filter_map(|track| track.end.or(track.samples.last().map(|s| s.time)));
    Some((first, ends.max()?.max(first)))
}

/// Which of these rounds are parts of one: groups of two or more places, in the order of time. Doubles are to be left out
/// before.
pub fn parts(rounds: &[&Round]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, round) in rounds.iter().enumerate() {
        let follows = |&other: &usize| {
            may_be_parts(&rounds[other].meta, &round.meta) && are_parts(rounds[other], round)
        };
        match groups.iter_mut().find(|group| group.iter().all(follows)) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups.retain(|group| group.len() > 1);
    for group in &mut groups {
        group.sort_by_key(|&index| span(rounds[index]));
    }
    groups
}

/// Parts of one round as that round, in the order of time. Its header is the first one's, with the last one's end; its
/// hash names all parts' hashes, so that it is known again whatever else lies beside its files.
///
/// A life that the hole cuts stays two lives: what happened in between is not known.
pub fn join(first: Round, others: Vec<Round>) -> Round {
    if others.is_empty() {
        return first;
    }
    let mut whole = first;
    let recorded = |part: &Round| {
        let (from, to) = span(part).unwrap_or_default();
        let RoundMeta { file_name, content_hash, .. } = &part.meta;
        RecordedPart { file_name: file_name.clone(), content_hash: content_hash.clone(), from, to }
    };
    let told: Vec<RecordedPart> = std::iter::once(&whole).chain(&others).map(recorded).collect();
    for part in others {
        whole.meta.complete &= part.meta.complete;
        whole.meta.winner = part.meta.winner.or(whole.meta.winner);
        whole.meta.objectives.extend(part.meta.objectives);
        whole.meta.end_unix = part.meta.end_unix.or(whole.meta.end_unix);
        whole.meta.stamp = part.meta.stamp.or(whole.meta.stamp);
        whole.meta.renamed = match (whole.meta.renamed.take(), part.meta.renamed) {
            (Some(first), Some(later)) => Some(format!("{first}+{later}").into()),
            (first, later) => first.or(later),
        };
        whole.meta.recordings = together(whole.meta.recordings.take(), part.meta.recordings);
        whole.meta.recorder_view = added(whole.meta.recorder_view, part.meta.recorder_view);
        whole.tracks.extend(part.tracks);
        whole.engagements.extend(part.engagements);
        whole.revives.extend(part.revives);
        whole.kill_cells.extend(part.kill_cells);
        whole.movement_cells.extend(part.movement_cells);
    }
    // Each file counts its engagements from 1.
    for (number, engagement) in (1..).zip(&mut whole.engagements) {
        engagement.id = number;
    }
    whole.kill_cells = summed(
        whole.kill_cells,
        |cell| (cell.x, cell.y),
        |sum: &mut KillCell, cell| {
            sum.axis_kills = sum.axis_kills.saturating_add(cell.axis_kills);
            sum.allies_kills = sum.allies_kills.saturating_add(cell.allies_kills);
        },
    );
    whole.movement_cells = summed(
        whole.movement_cells,
        |cell| (cell.x, cell.y),
        |sum: &mut MovementCell, cell| {
            sum.traversal = sum.traversal.saturating_add(cell.traversal);
            sum.combat = sum.combat.saturating_add(cell.combat);
            sum.escape = sum.escape.saturating_add(cell.escape);
        },
    );
    let hashes: Vec<&str> = told.iter().map(|part| &*part.content_hash).collect();
    whole.meta.content_hash = hashes.join("+").into();
    whole.meta.parts = told;
    whole
}

/// The view of two parts; a part that shows every player has no bearing on what was missed in the other.
fn added(a: Option<RecorderView>, b: Option<RecorderView>) -> Option<RecorderView> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (one, other) => one.or(other),
    }
}

/// The recordings of two parts.
fn together(a: Option<Recordings>, b: Option<Recordings>) -> Option<Recordings> {
    match (a, b) {
        (Some(mut a), Some(b)) => {
            a.files.extend(b.files);
            a.conflicts = a.conflicts.saturating_add(b.conflicts);
            a.dated_by_file |= b.dated_by_file;
            Some(a)
        }
        (one, other) => one.or(other),
    }
}

/// Cells of one place as one, in the order of their places.
fn summed<C>(cells: Vec<C>, place: impl Fn(&C) -> (i32, i32), add: impl Fn(&mut C, &C)) -> Vec<C> {
    let mut sums: BTreeMap<(i32, i32), C> = BTreeMap::new();
    for cell in cells {
        match sums.get_mut(&place(&cell)) {
            Some(sum) => add(sum, &cell),
            None => {
                sums.insert(place(&cell), cell);
            }
        }
    }
    sums.into_values().collect()
}
