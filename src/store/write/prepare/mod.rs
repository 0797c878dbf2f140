//! From a round to the rows it becomes. Pure work, done on as many cores as there are; no database is touched.

mod engagement;
pub(in crate::store) mod file;
mod life;
mod round;
pub(in crate::store) mod rows;

use jiff::civil::Date;

use crate::analysis::written_at;
use crate::model::Round;
use crate::store::error::{Result, StoreError};
use crate::store::row::texts::LongTexts;
use crate::store::write::prepare::file::{Form, ImportFile, name_of};

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
        engagement::engagements(&file, &mut long),
        engagement::attackers(&file.round, &mut long),
        engagement::participants(&file.round, &mut long),
        round::players(&file.round, &mut long),
        round::revives(&file.round, &mut long),
        round::kill_cells(&file.round),
        round::movement_cells(&file.round),
    ];
    file.tables = tables;
    file.long_texts = long;
    Ok(file)
}
