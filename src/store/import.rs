//! Keeping a round: known, better, worse, or new.

use std::collections::BTreeSet;

use jiff::ToSpan;

use super::aggregate;
use super::engine::{Engine, Value};
use super::prepare::{ImportFile, Rows, name_of};
use super::texts::{self, cut};
use super::{Result, header, legacy, load};
use crate::analysis::duplicates;
use crate::model::{Round, RoundMeta};

/// What became of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// It was not there and is now.
    New,
    /// It took the place of a copy that was cut, shorter, or older.
    Changed {
        /// What the copy was called.
        instead_of: String,
    },
    /// It was there; nothing has changed.
    AlreadyThere(Kept),
}

/// Why a round was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The same bytes are kept, perhaps under another name.
    SameBytes,
    /// The same bytes were seen before, but a better copy of the round is kept.
    BetterBefore,
    /// A better copy of the round is kept: what it is called.
    Better(String),
}

/// A copy of the round that is kept already.
struct Rival {
    id: i64,
    hash: String,
    round: Round,
}

/// How a new file stands to a kept one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    AnotherRound,
    Better,
    Worse,
}

/// Two writings of a round lie closer together than this.
const REWRITE_WITHIN_MIN: i64 = 2;

/// Keeps a round, within the caller's transaction; its figures are stale then.
pub(super) fn import<E: Engine>(engine: &mut E, file: ImportFile) -> Result<Imported> {
    let hash = file.round.meta.content_hash.to_string();
    let known = include_str!("../../schema/query/import/known.sql");
    if let Some(row) = engine.first(known, &[Value::text(&*hash)])? {
        return Ok(Imported::AlreadyThere(if row[1].is_null() {
            Kept::SameBytes
        } else {
            Kept::BetterBefore
        }));
    }
    let mut beaten = Vec::new();
    for rival in rivals(engine, &file)? {
        match standing(&file.round, &rival) {
            Standing::AnotherRound => {}
            Standing::Better => beaten.push(rival),
            Standing::Worse => {
                // Remembered, so that the next import knows it by its bytes.
                add_file(engine, &file, Some(&rival.hash))?;
                return Ok(Imported::AlreadyThere(Kept::Better(name_of(&rival.round))));
            }
        }
    }
    for rival in &beaten {
        retire(engine, rival, &hash)?;
    }
    let map = cut(&file.round.meta.map, texts::MAP).into_owned();
    let id = add_file(engine, &file, None)?;
    let instead_of = beaten.first().map(|rival| name_of(&rival.round));
    let has_legacy = beaten.iter().any(|rival| legacy::is_legacy(&rival.hash));
    for (fitted, whole) in &file.long_texts {
        let whole = serde_json::Value::from(whole.as_str()).to_string();
        let sql = include_str!("../../schema/query/import/keep_text.sql");
        engine.run(sql, &[Value::text(fitted.as_str()), Value::text(whole)])?;
    }
    for table in file.tables {
        add_rows(engine, table, id)?;
    }
    if has_legacy {
        for sql in [
            include_str!("../../schema/query/import/uncarry_kills.sql"),
            include_str!("../../schema/query/import/uncarry_movement.sql"),
        ] {
            engine.run(sql, &[Value::Int(id), Value::text(&*map)])?;
        }
    }
    aggregate::mark_round(engine, id)?;
    Ok(match instead_of {
        Some(instead_of) => Imported::Changed { instead_of },
        None => Imported::New,
    })
}

/// Content hashes of the files that an import would not take again.
pub(super) fn known<E: Engine>(engine: &mut E) -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    engine.each("SELECT content_hash FROM tracker_file WHERE NOT damaged", &[], &mut |row| {
        known.insert(row[0].str()?.to_owned());
        Ok(())
    })?;
    Ok(known)
}

/// Adds the rows of one table, with the file's number as their first value.
pub(super) fn add_rows<E: Engine>(engine: &mut E, mut table: Rows, file: i64) -> Result<()> {
    for row in &mut table.lines {
        row[0] = Value::Int(file);
    }
    engine.add(table.table, table.columns, &table.lines)
}

/// Kept files that may hold the same round.
fn rivals<E: Engine>(engine: &mut E, file: &ImportFile) -> Result<Vec<Rival>> {
    let near = |minutes: i64| {
        let moment = file.written_at.checked_add(minutes.minutes()).unwrap_or(file.written_at);
        Value::text(moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    let rows = engine.rows(
        include_str!("../../schema/query/import/rivals.sql"),
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
            Ok(Rival { id, hash: row[1].str()?.to_owned(), round: load::by_id(engine, id)? })
        })
        .collect()
}

fn standing(new: &Round, rival: &Rival) -> Standing {
    let old = &rival.round;
    if legacy::is_legacy(&rival.hash) {
        return if legacy::is_same_round(new, old) { Standing::Better } else { Standing::AnotherRound };
    }
    if is_same_file(&new.meta, &old.meta) {
        // The file was written again under its name: the later writing counts, unless it lost its end.
        let longer = samples(new) > samples(old);
        return match (new.meta.complete, old.meta.complete) {
            (true, _) => Standing::Better,
            (false, false) if longer => Standing::Better,
            (false, _) => Standing::Worse,
        };
    }
    match duplicates(&[old, new]).first() {
        None => Standing::AnotherRound,
        Some(duplicate) if duplicate.keep == 1 => Standing::Better,
        Some(_) => Standing::Worse,
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

fn samples(round: &Round) -> usize {
    round.tracks.iter().map(|track| track.samples.len()).sum()
}

/// Takes a beaten copy's rows away and keeps a note that `hash` stands for it.
fn retire<E: Engine>(engine: &mut E, rival: &Rival, hash: &str) -> Result<()> {
    aggregate::mark_round(engine, rival.id)?;
    let row = engine.first(include_str!("../../schema/query/import/file.sql"), &[Value::Int(rival.id)])?;
    engine.run(include_str!("../../schema/query/import/drop_file.sql"), &[Value::Int(rival.id)])?;
    let redirect = include_str!("../../schema/query/import/redirect.sql");
    engine.run(redirect, &[Value::text(&*rival.hash), Value::text(hash)])?;
    if let Some(mut row) = row {
        row[1] = Value::text(hash.to_owned());
        // It answers with the new number, so it is a query to SQLite.
        engine.first(ADD_FILE, &row)?;
    }
    Ok(())
}

const ADD_FILE: &str = include_str!("../../schema/query/import/add_file.sql");

/// Adds a file's own row and says its number.
fn add_file<E: Engine>(engine: &mut E, file: &ImportFile, replaced_by: Option<&str>) -> Result<i64> {
    let round = &file.round;
    let meta = &round.meta;
    let maybe = |value: Option<i64>| value.map_or(Value::Null, Value::Int);
    let short = |text: &str| Value::text(cut(text, texts::VERSION).into_owned());
    let parameters = [
        Value::text(&*meta.content_hash),
        replaced_by.map_or(Value::Null, Value::text),
        meta.file_name.as_deref().map_or(Value::Null, |name| Value::text(cut(name, 255).into_owned())),
        Value::text(cut(&meta.map, texts::MAP)),
        Value::text(file.written()),
        Value::text(file.session_date.to_string()),
        Value::Int(file.number()),
        maybe(meta.round_raw.map(Into::into)),
        Value::Int(meta.start_unix.unwrap_or_default()),
        Value::Int(meta.end_unix.unwrap_or_default()),
        Value::text(header::family_name(meta.family)),
        meta.tracker_version.as_deref().map_or(Value::Null, short),
        Value::text(cut(header::state_source_name(&meta.state_source), texts::VERSION)),
        maybe(meta.interval_ms.map(Into::into)),
        Value::Bool(meta.complete),
        Value::Int(round.tracks.len() as i64),
        Value::Int(samples(round) as i64),
        Value::Int(round.engagements.len() as i64),
        Value::text(header::write(meta)),
    ];
    let row = engine.first(ADD_FILE, &parameters)?;
    row.map_or(Ok(0), |row| row[0].int())
}
