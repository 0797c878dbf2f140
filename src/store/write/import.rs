//! Keeping a round: known, better, worse, or new.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::analysis::session_date;
use crate::model::Round;
use crate::store::backend::engine::{Engine, Value};
use crate::store::error::Result;
use crate::store::figures;
use crate::store::row::header;
use crate::store::row::texts::{self, cut};
use crate::store::write::copies::{self, Candidate, Verdict};
use crate::store::write::prepare::file::{ImportFile, name_of};
use crate::store::write::prepare::prepare;
use crate::store::write::prepare::rows::Rows;

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
    /// Another recording of its round was there, and each tells what the other does not: both are one round now.
    Together {
        /// What the other one was called.
        with: String,
        /// The session that the round is of.
        session: Date,
    },
    /// It was there, but damaged, and is whole now.
    Repaired,
    /// It was there; nothing has changed.
    AlreadyThere(Existing),
}

/// Why a round was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existing {
    /// The same bytes are kept, perhaps under another name.
    SameBytes,
    /// The same bytes were seen before, but a better copy of the round is kept.
    BetterBefore,
    /// A better copy of the round is kept: what it is called.
    Better(String),
}

/// Keeps a round, within the caller's transaction; its figures are stale then.
pub(in crate::store) fn import<E: Engine>(engine: &mut E, mut file: ImportFile) -> Result<Imported> {
    let hash = file.round.meta.content_hash.to_string();
    let known = include_str!("../../../schema/query/import/known.sql");
    if let Some(row) = engine.first(known, &[Value::text(&*hash)])? {
        if !row[2].bool()? {
            return Ok(Imported::AlreadyThere(if row[1].is_null() {
                Existing::SameBytes
            } else {
                Existing::BetterBefore
            }));
        }
        let id = row[0].int()?;
        figures::mark_round(engine, id)?;
        engine.run(DROP_FILE, &[Value::Int(id)])?;
        // Recordings that were put together with it can come again.
        engine.run(include_str!("../../../schema/query/import/release.sql"), &[Value::text(&*hash)])?;
        add_round(engine, file)?;
        return Ok(Imported::Repaired);
    }
    let (mut beaten, mut together) = (Vec::new(), None);
    for (id, hash_of_kept) in copies::candidates(engine, &file)? {
        let candidate = Candidate::load(engine, id, hash_of_kept)?;
        match copies::verdict(&file.round, &candidate) {
            Verdict::AnotherRound => {}
            Verdict::Better => beaten.push(candidate),
            Verdict::Together(round) => {
                file = joined(&file, *round)?;
                together =
                    Some(Imported::Together { with: name_of(&candidate.round), session: file.session_date });
                beaten.push(candidate);
            }
            Verdict::Worse => {
                // Remembered, so that the next import knows it by its bytes.
                add_file(engine, &file, Some(&candidate.hash))?;
                return Ok(Imported::AlreadyThere(Existing::Better(name_of(&candidate.round))));
            }
        }
    }
    for candidate in &beaten {
        retire(engine, candidate, &hash)?;
    }
    let instead_of = beaten.first().map(|candidate| name_of(&candidate.round));
    let has_legacy = beaten.iter().any(|candidate| copies::is_legacy(&candidate.hash));
    let map = cut(&file.round.meta.map, texts::MAP).into_owned();
    let id = add_round(engine, file)?;
    if has_legacy {
        for sql in [
            include_str!("../../../schema/query/import/uncarry_kills.sql"),
            include_str!("../../../schema/query/import/uncarry_movement.sql"),
        ] {
            engine.run(sql, &[Value::Int(id), Value::text(&*map)])?;
        }
    }
    if let Some(together) = together {
        return Ok(together);
    }
    Ok(match instead_of {
        Some(instead_of) => Imported::Changed { instead_of },
        None => Imported::New,
    })
}

/// The file with what its round and a kept one are together. It keeps its hash, by which it is known when it comes again.
fn joined(file: &ImportFile, mut round: Round) -> Result<ImportFile> {
    round.meta.content_hash.clone_from(&file.round.meta.content_hash);
    let session = session_date(&round.meta).unwrap_or(file.session_date);
    prepare(round, session, file.form)
}

const DROP_FILE: &str = include_str!("../../../schema/query/import/drop_file.sql");

/// Adds a round's rows and says its number; its figures are stale then.
fn add_round<E: Engine>(engine: &mut E, file: ImportFile) -> Result<i64> {
    let id = add_file(engine, &file, None)?;
    for (fitted, whole) in &file.long_texts {
        let whole = serde_json::Value::from(whole.as_str()).to_string();
        let sql = include_str!("../../../schema/query/import/keep_text.sql");
        engine.run(sql, &[Value::text(fitted.as_str()), Value::text(whole)])?;
    }
    for table in file.tables {
        add_rows(engine, table, id)?;
    }
    figures::mark_round(engine, id)?;
    Ok(id)
}

/// Content hashes of the files that an import would not take again.
pub(in crate::store) fn known<E: Engine>(engine: &mut E) -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    engine.each("SELECT content_hash FROM tracker_file WHERE NOT damaged", &[], &mut |row| {
        known.insert(row[0].str()?.to_owned());
        Ok(())
    })?;
    Ok(known)
}

/// Adds the rows of one table, with the file's number as their first value.
pub(in crate::store) fn add_rows<E: Engine>(engine: &mut E, mut table: Rows, file: i64) -> Result<()> {
    for row in &mut table.lines {
        row[0] = Value::Int(file);
    }
    engine.add(table.table, table.columns, &table.lines)
}

/// Takes a beaten copy's rows away and keeps a note that `hash` stands for it.
fn retire<E: Engine>(engine: &mut E, candidate: &Candidate, hash: &str) -> Result<()> {
    figures::mark_round(engine, candidate.id)?;
    let row =
        engine.first(include_str!("../../../schema/query/import/file.sql"), &[Value::Int(candidate.id)])?;
    engine.run(DROP_FILE, &[Value::Int(candidate.id)])?;
    let redirect = include_str!("../../../schema/query/import/redirect.sql");
    engine.run(redirect, &[Value::text(&*candidate.hash), Value::text(hash)])?;
    if let Some(mut row) = row {
        row[1] = Value::text(hash.to_owned());
        // It answers with the new number, so it is a query to SQLite.
        engine.first(ADD_FILE, &row)?;
    }
    Ok(())
}

const ADD_FILE: &str = include_str!("../../../schema/query/import/add_file.sql");

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
        Value::Int(round.samples() as i64),
        Value::Int(round.engagements.len() as i64),
        Value::text(header::write(meta)),
    ];
    let row = engine.first(ADD_FILE, &parameters)?;
    row.map_or(Ok(0), |row| row[0].int())
}
