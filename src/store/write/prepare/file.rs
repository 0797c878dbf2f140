//! A round that is ready to be kept.

use jiff::civil::Date;

use crate::analysis::round_number;
use crate::model::{FileStamp, Round};
use crate::store::backend::engine::Value;
use crate::store::row::texts::{self, LongTexts, cut};
use crate::store::write::prepare::rows::{Rows, int, text};

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
    pub(in crate::store) round: Round,
    pub(in crate::store) written_at: FileStamp,
    pub(in crate::store) session_date: Date,
    pub(in crate::store) form: Form,
    /// Rows per table. The first value of each is the file's number, which only the database knows.
    pub(in crate::store) tables: Vec<Rows>,
    pub(in crate::store) long_texts: LongTexts,
}

/// What to call a round in a message.
pub(in crate::store) fn name_of(round: &Round) -> String {
    match &round.meta.file_name {
        Some(name) => name.to_string(),
        None => format!("a round on {}", round.meta.map),
    }
}

impl ImportFile {
    /// The round.
    pub fn round(&self) -> &Round {
        &self.round
    }

    /// The round's number, 0 when it is not known.
    pub(in crate::store) fn number(&self) -> i64 {
        round_number(&self.round.meta).unwrap_or_default().into()
    }

    /// When it was written, as a timestamp's text.
    pub(in crate::store) fn written(&self) -> String {
        self.written_at.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// What PostgreSQL repeats with every life and fight.
    pub(in crate::store) fn context(&self) -> [Value<'static>; 7] {
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
