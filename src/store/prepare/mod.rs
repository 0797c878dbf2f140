//! From a round to the rows it becomes. Pure work, done on as many cores as there are; no database is touched.

mod fight;
mod life;
mod people;

use std::borrow::Cow;

use jiff::civil::Date;

use super::Result;
use super::engine::{Kind, Value};
use super::error::StoreError;
use super::texts::{self, LongTexts, clamp, cut, fit};
use crate::analysis::{round_number, written_at};
use crate::model::{FileStamp, Guid, GuidKind, PlayerName, Round};

/// How a store keeps paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Packed only.
    Packed,
    /// Packed, and as JSON in the seed's shape.
    PackedAndJson,
}

/// A round, ready to be kept.
#[derive(Debug)]
pub struct ImportFile {
    pub(super) round: Round,
    pub(super) written_at: FileStamp,
    pub(super) session_date: Date,
    pub(super) form: Form,
    /// Rows per table. The first value of each is the file's number, which only the database knows.
    pub(super) tables: Vec<Rows>,
    pub(super) long_texts: LongTexts,
}

/// Rows of one table.
#[derive(Debug)]
pub(super) struct Rows {
    pub table: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    pub lines: Vec<Vec<Value<'static>>>,
}

/// Most lives or fights of a round: SQLite's tables number them within it.
const MOST_ROWS: usize = 1 << 20;

/// Makes a round ready for a store that keeps paths in the given form. `session_date` is the evening it belongs to
/// (`analysis::session_date` says which).
///
/// # Errors
/// [`StoreError::Unstorable`] when the round does not say when it was played, or has no content hash.
pub fn prepare(round: Round, session_date: Date, form: Form) -> Result<ImportFile> {
    let refuse = |reason: &str| Err(StoreError::Unstorable(format!("{}: {reason}", name_of(&round))));
    let Some(written_at) = written_at(&round.meta) else {
        return refuse("neither its name nor its header says when it was played");
    };
    if !(1990..=2200).contains(&written_at.year()) {
        return refuse("it claims to be from another century; a round's date has a year from 1990 to 2200");
    }
    if round.meta.content_hash.is_empty() || round.meta.content_hash.len() > 128 {
        return refuse("its content hash is missing");
    }
    if round.tracks.len().max(round.engagements.len()) > MOST_ROWS {
        return refuse("it has more lives or fights than a round can have");
    }
    let mut file = ImportFile {
        written_at,
        session_date,
        form,
        tables: Vec::new(),
        long_texts: LongTexts::new(),
        round,
    };
    let mut long = LongTexts::new();
    let tables = vec![
        life::tracks(&file, &mut long),
        fight::fights(&file, &mut long),
        fight::attackers(&file.round, &mut long),
        fight::participants(&file.round, &mut long),
        people::players(&file.round, &mut long),
        people::revives(&file.round, &mut long),
        people::kill_cells(&file.round),
        people::movement_cells(&file.round),
    ];
    file.tables = tables;
    file.long_texts = long;
    Ok(file)
}

/// What to call a round in a message.
pub(super) fn name_of(round: &Round) -> String {
    match &round.meta.file_name {
        Some(name) => name.to_string(),
        None => format!("a round on {}", round.meta.map),
    }
}

/// The file's number, not known yet.
const FILE: Value<'static> = Value::Null;

fn text(text: Cow<'_, str>) -> Value<'static> {
    Value::text(text.into_owned())
}

fn int(value: i64) -> Value<'static> {
    Value::Int(value)
}

fn maybe_int(value: Option<i64>) -> Value<'static> {
    value.map_or(Value::Null, |value| int(clamp(value)))
}

/// A figure as a 32-bit float, in both databases.
fn real(value: f64) -> Value<'static> {
    Value::Real(f64::from(value as f32))
}

fn guid(of: &Guid, long: &mut LongTexts) -> Value<'static> {
    text(fit(of.as_str(), texts::GUID, long))
}

fn name(of: &PlayerName, long: &mut LongTexts) -> Value<'static> {
    text(fit(of.as_str(), texts::NAME, long))
}

impl ImportFile {
    /// The round.
    pub fn round(&self) -> &Round {
        &self.round
    }

    /// The round's number, 0 when it is not known.
    pub(super) fn number(&self) -> i64 {
        round_number(&self.round.meta).unwrap_or_default().into()
    }

    /// When it was written, as a timestamp's text.
    pub(super) fn written(&self) -> String {
        self.written_at.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// What PostgreSQL repeats with every life and fight.
    fn context(&self) -> [Value<'static>; 7] {
        let meta = &self.round.meta;
        [
            Value::text(self.session_date.to_string()),
            int(self.number()),
            text(cut(&meta.map, texts::MAP)),
            Value::text(meta.content_hash.to_string()),
            Value::text(self.written()),
            int(meta.start_unix.unwrap_or_default()),
            int(meta.end_unix.unwrap_or_default()),
        ]
    }
}

/// Whether a guid means the same player in every file.
fn is_someone(guid: &Guid) -> bool {
    matches!(guid.kind(), GuidKind::Person | GuidKind::Bot)
}
