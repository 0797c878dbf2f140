//! Removing the rounds of a session date.

use jiff::civil::Date;

use crate::store::backend::engine::{Dialect, Engine, Value};
use crate::store::error::Result;
use crate::store::figures;

/// What a cleanup removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Files, known copies included.
    pub files: u64,
    /// Rounds.
    pub rounds: u64,
    /// Lives.
    pub lives: u64,
    /// Samples.
    pub samples: u64,
}

/// Removes every round of a date, within the caller's transaction.
pub(in crate::store) fn cleanup<E: Engine>(engine: &mut E, date: Date) -> Result<Removed> {
    let date = [Value::text(date.to_string())];
    let mut removed = Removed::default();
    for row in engine.rows(include_str!("../../../schema/query/status/of_date.sql"), &date)? {
        let (id, is_round) = (row[0].int()?, row[2].is_null());
        figures::mark_round(engine, id)?;
        removed.files += 1;
        if is_round {
            removed.rounds += 1;
            removed.lives += row[3].int()? as u64;
            removed.samples += row[4].int()? as u64;
        }
        engine.run(include_str!("../../../schema/query/import/drop_file.sql"), &[Value::Int(id)])?;
    }
    if removed.files > 0 {
        if engine.dialect() == Dialect::Sqlite {
            engine.batch(include_str!("../../../schema/sqlite/query/sweep.sql"))?;
        }
        figures::settle(engine)?;
    }
    Ok(removed)
}
