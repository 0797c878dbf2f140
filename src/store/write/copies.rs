//! Other copies of a round that are kept already, and which of two is the better one.

use std::collections::BTreeMap;

use jiff::ToSpan;

use crate::analysis::duplicates;
use crate::demo::{
    LifeSpan, RecordedRound, is_same_round as is_same_round_of_demos, may_be_same_round, merge,
};
use crate::model::{Engagement, LevelTime, PlayerName, Recordings, Round, RoundMeta, Track};
use crate::store::backend::engine::{Engine, Row, Value};
use crate::store::error::Result;
use crate::store::read::load;
use crate::store::row::texts::{self, cut};
use crate::store::write::prepare::file::ImportFile;

/// A copy of the round that is kept already.
pub(super) struct Candidate {
    pub id: i64,
    pub hash: String,
    pub round: Round,
}

/// How a new file stands to a kept one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    AnotherRound,
    Better,
    Worse,
    /// Each tells what the other does not: what both are together.
    Together(Box<Round>),
}

/// Two writings of a round lie closer together than this.
const REWRITE_WITHIN_MIN: i64 = 2;

/// How the stand-in for a content hash begins.
const HASH: &str = "january-2026:";

/// Whether a kept file stands for rows of the January database.
pub(in crate::store) fn is_legacy(hash: &str) -> bool {
    hash.starts_with(HASH)
}

/// Whether a file holds the round that such rows came from, and no less of it.
pub(in crate::store) fn is_same_round(file: &Round, old: &Round) -> bool {
    if file.meta.round_raw != old.meta.round_raw || file.tracks.len() < old.tracks.len() {
        return false;
    }
    let same_life =
        |old: &Track| file.tracks.iter().any(|new| new.guid == old.guid && new.spawn == old.spawn);
    let same_engagement = |old: &Engagement| {
        file.engagements.iter().any(|new| new.start == old.start && new.target_guid == old.target_guid)
    };
    match (old.tracks.as_slice(), old.engagements.as_slice()) {
        ([], engagements) => engagements.iter().any(same_engagement),
        (lives, _) => lives.iter().any(same_life),
    }
}

/// Kept files that may hold the same round: their numbers and hashes.
pub(super) fn candidates<E: Engine>(engine: &mut E, file: &ImportFile) -> Result<BTreeMap<i64, String>> {
    let near = |minutes: i64| {
        let moment = file.written_at.checked_add(minutes.minutes()).unwrap_or(file.written_at);
        Value::text(moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    let rows = engine.rows(
        include_str!("../../../schema/query/import/candidates.sql"),
        &[
            Value::text(cut(&file.round.meta.map, texts::MAP)),
            Value::Int(file.round.meta.start_unix.unwrap_or_default()),
            near(-REWRITE_WITHIN_MIN),
            near(REWRITE_WITHIN_MIN),
            Value::text(file.written_at.date().to_string()),
        ],
    )?;
    let meta = &file.round.meta;
    let mut recorded = engine.rows(
        include_str!("../../../schema/query/import/recordings.sql"),
        &[
            Value::text(cut(&meta.map, texts::MAP)),
            meta.round_raw.map_or(Value::Null, |number| Value::Int(number.into())),
            Value::text(if meta.recordings.is_some() { "demo" } else { "" }),
        ],
    )?;
    // Nearly all of them are other rounds on the map, which is seen without reading their paths.
    let wanted = if recorded.is_empty() { Vec::new() } else { spans(&file.round) };
    let mut may_be = Vec::new();
    for row in recorded.drain(..) {
        if may_be_same_round(&wanted, &kept_spans(engine, row[0].int()?)?) {
            may_be.push(row);
        }
    }
    rows.iter().chain(&may_be).map(|row| Ok((row[0].int()?, row[1].str()?.to_owned()))).collect()
}

impl Candidate {
    pub(super) fn load<E: Engine>(engine: &mut E, id: i64, hash: String) -> Result<Self> {
        Ok(Self { id, hash, round: load::by_id(engine, id)? })
    }
}

pub(super) fn verdict(new: &Round, candidate: &Candidate) -> Verdict {
    let old = &candidate.round;
    if is_legacy(&candidate.hash) {
        return if is_same_round(new, old) { Verdict::Better } else { Verdict::AnotherRound };
    }
    // Demos have no date of their own, and each tells its part of the round.
    if let Some(verdict) = together(new, old) {
        return verdict;
    }
    if is_same_file(&new.meta, &old.meta) {
        // The file was written again under its name: the later writing counts, unless it lost its end.
        let longer = new.samples() > old.samples();
        return match (new.meta.complete, old.meta.complete) {
            (true, _) => Verdict::Better,
            (false, false) if longer => Verdict::Better,
            (false, _) => Verdict::Worse,
        };
    }
    match duplicates(&[old, new]).first() {
        None => Verdict::AnotherRound,
        Some(duplicate) if duplicate.keep == 1 => Verdict::Better,
        Some(_) => Verdict::Worse,
    }
}

/// What two recordings of one round are together, when one of them was made of demos and both show the same players at the
/// same places; `None` for anything else.
fn together(new: &Round, old: &Round) -> Option<Verdict> {
    if new.meta.recordings.is_none() && old.meta.recordings.is_none() {
        return None;
    }
    let recorded = |round: &Round| RecordedRound::from_tracker(round.clone());
    let (of_old, of_new) = (recorded(old), recorded(new));
    if !is_same_round_of_demos(&of_old, &of_new) {
        return None;
    }
    let merged = merge(vec![of_old, of_new])?.recorded.round;
    let tells_all =
        |round: &Round| in_order(&merged) == in_order(round) && merged.engagements == round.engagements;
    Some(match () {
        () if tells_all(old) => Verdict::Worse,
        () if tells_all(new) => Verdict::Better,
        () => Verdict::Together(Box::new(merged)),
    })
}

/// The lives of a round by their spawns, whatever the order in which it tells them.
fn in_order(round: &Round) -> Vec<&Track> {
    let mut tracks: Vec<&Track> = round.tracks.iter().collect();
    tracks.sort_by_key(|track| (track.spawn, &track.guid, &track.name));
    tracks
}

/// The lives of a round as far as it takes to know it again.
fn spans(round: &Round) -> Vec<LifeSpan> {
    let span = |track: &Track| Some(LifeSpan { name: track.name.clone(), from: track.spawn, to: track.end? });
    round.tracks.iter().filter_map(span).collect()
}

/// Those of a kept round, without its paths.
fn kept_spans<E: Engine>(engine: &mut E, id: i64) -> Result<Vec<LifeSpan>> {
    let rows = engine.rows(include_str!("../../../schema/query/import/spans.sql"), &[Value::Int(id)])?;
    let time = |row: &Row, column: usize| -> Result<LevelTime> {
        Ok(LevelTime(i32::try_from(row[column].int()?).unwrap_or_default()))
    };
    let span = |row: &Row| -> Result<LifeSpan> {
        Ok(LifeSpan { name: PlayerName::from(row[0].str()?), from: time(row, 1)?, to: time(row, 2)? })
    };
    rows.iter().map(span).collect()
}

/// The identity of a round: map, time of writing, start. Different demos may share all of it, when their dates are those of
/// their files.
fn is_same_file(a: &RoundMeta, b: &RoundMeta) -> bool {
    let share_none = |(a, b): (&Recordings, &Recordings)| !a.files.iter().any(|file| b.files.contains(file));
    let are_of_other_demos = a.recordings.as_ref().zip(b.recordings.as_ref()).is_some_and(share_none);
    a.stamp.is_some()
        && !are_of_other_demos
        && a.stamp == b.stamp
        && a.start_unix == b.start_unix
        && a.round_raw == b.round_raw
        && a.map.eq_ignore_ascii_case(&b.map)
}
