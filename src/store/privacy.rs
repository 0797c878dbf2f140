//! Taking people's names away.

use std::collections::BTreeSet;

use super::Result;
use super::aggregate::{self, Touched};
use super::engine::{Dialect, Engine, Value};
use super::pseudonym::nobody;
use super::pseudonym::{Pseudonyms, Salt};
use super::texts::{self, LongTexts, fit};
use crate::model::{Guid, GuidKind, PlayerName};

/// How much was renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Renamed {
    /// Guids.
    pub players: u64,
    /// Names.
    pub names: u64,
}

/// What a forgotten player is called.
const FORGOTTEN: &str = "forgotten";

/// Somebody under one of his names, before and after.
struct Change {
    old: (String, String),
    new: (String, String),
}

/// Takes one player's guid and names out of every table.
pub(super) fn forget<E: Engine>(engine: &mut E, guid: &Guid) -> Result<Renamed> {
    if !matches!(guid.kind(), GuidKind::Person | GuidKind::Bot) {
        // A stand-in is everybody's; there is nobody to forget.
        return Ok(Renamed::default());
    }
    let mut long = LongTexts::new();
    let wanted = fit(guid.as_str().trim_end(), texts::GUID, &mut long).into_owned();
    let replacement = nobody();
    let changes: Vec<Change> = everybody(engine)?
        .into_iter()
        .filter(|(guid, _)| guid.trim_end().eq_ignore_ascii_case(&wanted))
        .map(|old| Change { old, new: (replacement.as_str().to_owned(), FORGOTTEN.to_owned()) })
        .collect();
    let mut touched = Touched::default();
    touched.players.extend(changes.iter().flat_map(|change| [change.old.0.clone(), change.new.0.clone()]));
    let renamed = rename(engine, &changes)?;
    aggregate::recompute(engine, &touched)?;
    Ok(renamed)
}

/// Gives everybody a pseudonym. Aggregates are left to the caller.
pub(super) fn anonymize<E: Engine>(engine: &mut E, salt: &Salt) -> Result<Renamed> {
    let pseudonyms = Pseudonyms::new(salt);
    let changes: Vec<Change> = everybody(engine)?
        .into_iter()
        .map(|old| {
            let (guid, name) = (Guid::from(old.0.as_str()), PlayerName::from(old.1.as_str()));
            let called = pseudonyms.name(&guid, &name);
            Change { old, new: (pseudonyms.guid(&guid).as_str().to_owned(), called.as_str().to_owned()) }
        })
        // Tables that keep a guid alone have no name to change once it is a pseudonym.
        .filter(|Change { old, new }| old.0 != new.0 || (old.1 != new.1 && !old.1.is_empty()))
        .collect();
    rename(engine, &changes)
}

/// Every guid and name that base rows have, as they stand in their columns.
fn everybody<E: Engine>(engine: &mut E) -> Result<Vec<(String, String)>> {
    let sql = match engine.dialect() {
        Dialect::Sqlite => "SELECT DISTINCT guid, name FROM player ORDER BY guid, name",
        Dialect::Postgres => include_str!("../../schema/postgres/query/everybody.sql"),
    };
    let mut everybody = Vec::new();
    engine.each(sql, &[], &mut |row| {
        everybody.push((row[0].str()?.to_owned(), row[1].str()?.to_owned()));
        Ok(())
    })?;
    Ok(everybody)
}

fn rename<E: Engine>(engine: &mut E, changes: &[Change]) -> Result<Renamed> {
    match engine.dialect() {
        Dialect::Sqlite => {
            for Change { old, new } in changes {
                let values = [&new.0, &new.1, &old.0, &old.1].map(|text| Value::text(text.as_str()));
                engine
                    .run("UPDATE player SET guid = $1, name = $2 WHERE guid = $3 AND name = $4", &values)?;
            }
        }
        Dialect::Postgres => {
            let list: Vec<_> = changes
                .iter()
                .map(|Change { old, new }| {
                    serde_json::json!({
                        "old_guid": old.0, "old_name": old.1, "new_guid": new.0, "new_name": new.1,
                    })
                })
                .collect();
            let list = [Value::text(serde_json::Value::from(list).to_string())];
            for statement in include_str!("../../schema/postgres/query/rename.sql").split(";\n") {
                if !statement.trim().is_empty() {
                    engine.run(statement, &list)?;
                }
            }
        }
    }
    for text in changes.iter().flat_map(|change| [&change.old.0, &change.old.1]) {
        engine.run("DELETE FROM long_text WHERE fitted = $1", &[Value::text(text.as_str())])?;
    }
    let guids: BTreeSet<&str> = changes.iter().map(|change| change.old.0.as_str()).collect();
    // Tables that keep a guid alone say no name of his.
    let names = changes.iter().filter(|change| !change.old.1.is_empty()).count();
    Ok(Renamed { players: guids.len() as u64, names: names as u64 })
}
