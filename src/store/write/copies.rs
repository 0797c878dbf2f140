//! Other copies of a round that are kept already, and which of two is the better one.

use jiff::ToSpan;

use crate::analysis::duplicates;
use crate::model::{Engagement, Round, RoundMeta, Track};
use crate::store::backend::engine::{Engine, Value};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    AnotherRound,
    Better,
    Worse,
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
    let same_fight = |old: &Engagement| {
        file.engagements.iter().any(|new| new.start == old.start && new.target_guid == old.target_guid)
    };
    match (old.tracks.as_slice(), old.engagements.as_slice()) {
        ([], fights) => fights.iter().any(same_fight),
        (lives, _) => lives.iter().any(same_life),
    }
}

/// Kept files that may hold the same round.
pub(super) fn candidates<E: Engine>(engine: &mut E, file: &ImportFile) -> Result<Vec<Candidate>> {
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
    rows.iter()
        .map(|row| {
            let id = row[0].int()?;
            Ok(Candidate { id, hash: row[1].str()?.to_owned(), round: load::by_id(engine, id)? })
        })
        .collect()
}

pub(super) fn verdict(new: &Round, candidate: &Candidate) -> Verdict {
    let old = &candidate.round;
    if is_legacy(&candidate.hash) {
        return if is_same_round(new, old) { Verdict::Better } else { Verdict::AnotherRound };
    }
    if is_same_file(&new.meta, &old.meta) {
        // The file was written again under its name: the later writing counts, unless it lost its end.
        let longer = samples(new) > samples(old);
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

/// The identity of a round: map, time of writing, start.
fn is_same_file(a: &RoundMeta, b: &RoundMeta) -> bool {
    a.stamp.is_some()
        && a.stamp == b.stamp
        && a.start_unix == b.start_unix
        && a.round_raw == b.round_raw
        && a.map.eq_ignore_ascii_case(&b.map)
}

pub(super) fn samples(round: &Round) -> usize {
    round.tracks.iter().map(|track| track.samples.len()).sum()
}
