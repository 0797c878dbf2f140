//! Taking players' names away.

mod hidden;
pub(super) mod pseudonym;

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::model::{Guid, GuidKind, PlayerName, Renaming};
use crate::store::backend::engine::{Dialect, Engine, Leftover, Value};
use crate::store::demos;
use crate::store::error::Result;
use crate::store::figures;
use crate::store::privacy::pseudonym::{Pseudonyms, Salt, random_guid};
use crate::store::row::header;
use crate::store::row::texts::{self, LongTexts, fit};
use crate::store::write::prepare::file::ImportFile;
use crate::store::write::prepare::prepare;
use crate::store::write::{posts, shown};
use crate::text::hex;

/// How much was renamed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renamed {
    /// Guids.
    pub players: u64,
    /// Names.
    pub names: u64,
    /// What the disk still holds of the old ones, if that is so.
    pub left: Option<Leftover>,
    /// The old guids and names, as the store kept them: to look for what was published under them.
    pub old: Vec<(String, String)>,
}

/// What a forgotten player is called.
const FORGOTTEN: &str = "forgotten";

/// A player under one of the names, before and after.
struct Change {
    old: (String, String),
    new: (String, String),
}

/// Under how many names a player is in the tables, hidden or not.
pub(in crate::store) fn names_of<E: Engine>(engine: &mut E, guid: &Guid) -> Result<u64> {
    if !is_player(guid) {
        return Ok(0);
    }
    let mut names = named(engine, guid)?.len();
    if let Some(alias) = hidden::alias(engine, guid)? {
        names += named(engine, &alias.guid)?.len();
    }
    Ok(names as u64)
}

/// Takes one player's guid and names out of every table.
pub(in crate::store) fn forget<E: Engine>(engine: &mut E, guid: &Guid) -> Result<Renamed> {
    if !is_player(guid) {
        return Ok(Renamed::default());
    }
    let mut renamed = call(engine, guid, &random_guid(), FORGOTTEN)?;
    // Who was hidden before stands under another guid. The player stays hidden: what `hidden_player` keeps is a hash of the
    // guid and what stands in its place, and without it the next import would show the name again.
    if let Some(alias) = hidden::alias(engine, guid)? {
        let other = call(engine, &alias.guid, &random_guid(), FORGOTTEN)?;
        renamed.players = renamed.players.max(other.players);
        renamed.names += other.names;
        renamed.old.extend(other.old);
    }
    Ok(renamed)
}

/// Shows one player under another guid and name from now on, in every table and in rounds to come.
pub(in crate::store) fn hide<E: Engine>(engine: &mut E, guid: &Guid) -> Result<Renamed> {
    if !is_player(guid) {
        return Ok(Renamed::default());
    }
    let alias = hidden::hide(engine, guid)?;
    call(engine, guid, &alias.guid, alias.name.as_str())
}

/// Shows a hidden player under the own guid again, with this name in every round so far; `None` for a
/// player who is not hidden.
pub(in crate::store) fn unhide<E: Engine>(
    engine: &mut E,
    guid: &Guid,
    name: &PlayerName,
) -> Result<Option<Renamed>> {
    let Some(alias) = hidden::alias(engine, guid)? else { return Ok(None) };
    hidden::unhide(engine, guid)?;
    // Guids of players are written in capitals.
    let own = Guid::from(guid.as_str().trim_end().to_ascii_uppercase().as_str());
    call(engine, &alias.guid, &own, name.as_str()).map(Some)
}

/// The file with other names for the hidden players that are in it.
pub(in crate::store) fn cover<E: Engine>(engine: &mut E, file: ImportFile) -> Result<ImportFile> {
    match hidden::covered(engine, &file.round)? {
        Some(round) => prepare(round, file.session_date, file.form),
        None => Ok(file),
    }
}

/// Whether a guid is a player's; a stand-in means no player.
fn is_player(guid: &Guid) -> bool {
    matches!(guid.kind(), GuidKind::Person | GuidKind::Bot)
}

/// Calls the player of a guid otherwise in every table.
fn call<E: Engine>(engine: &mut E, guid: &Guid, replacement: &Guid, name: &str) -> Result<Renamed> {
    let changes: Vec<Change> = named(engine, guid)?
        .into_iter()
        .map(|old| Change { old, new: (replacement.as_str().to_owned(), name.to_owned()) })
        .collect();
    for guid in changes.iter().flat_map(|change| [&change.old.0, &change.new.0]) {
        figures::mark_player(engine, guid)?;
    }
    let names = changes.iter().map(|change| change.old.1.clone()).filter(|name| !name.is_empty()).collect();
    demos::rename(engine, &names, name)?;
    for change in &changes {
        posts::tell_anew(engine, &change.old.0)?;
        shown::remove_with(engine, &change.old.1)?;
    }
    let mut renamed = rename(engine, &changes)?;
    if let Some(change) = changes.first() {
        let files = ids(engine, include_str!("../../../schema/query/privacy/rounds_of.sql"), &change.new.0)?;
        mark(engine, &files, &changes)?;
    }
    renamed.old = changes.into_iter().map(|change| change.old).collect();
    figures::settle(engine)?;
    Ok(renamed)
}

/// The guid and the names that base rows have of one player.
fn named<E: Engine>(engine: &mut E, guid: &Guid) -> Result<Vec<(String, String)>> {
    let mut long = LongTexts::new();
    let wanted = fit(guid.as_str().trim_end(), texts::GUID, &mut long).into_owned();
    let mut players = players(engine)?;
    players.retain(|(guid, _)| guid.trim_end().eq_ignore_ascii_case(&wanted));
    Ok(players)
}

/// Gives every player a pseudonym.
pub(in crate::store) fn anonymize<E: Engine>(engine: &mut E, salt: &Salt) -> Result<Renamed> {
    let pseudonyms = Pseudonyms::new(salt);
    let changes: Vec<Change> = players(engine)?
        .into_iter()
        .map(|old| {
            let (guid, name) = (Guid::from(old.0.as_str()), PlayerName::from(old.1.as_str()));
            let called = pseudonyms.name(&guid, &name);
            Change { old, new: (pseudonyms.guid(&guid).as_str().to_owned(), called.as_str().to_owned()) }
        })
        // Tables that keep a guid alone have no name to change once it is a pseudonym.
        .filter(|Change { old, new }| old.0 != new.0 || (old.1 != new.1 && !old.1.is_empty()))
        .collect();
    demos::clear(engine)?;
    for change in &changes {
        posts::tell_anew(engine, &change.old.0)?;
        shown::remove_with(engine, &change.old.1)?;
    }
    let mut renamed = rename(engine, &changes)?;
    if !changes.is_empty() {
        let files = ids(engine, "SELECT id FROM tracker_file WHERE $1 = $1 ORDER BY id", "")?;
        mark(engine, &files, &changes)?;
    }
    renamed.old = changes.into_iter().map(|change| change.old).collect();
    figures::mark_all(engine)?;
    figures::settle(engine)?;
    Ok(renamed)
}

/// The files that a query finds for a guid.
fn ids<E: Engine>(engine: &mut E, sql: &str, guid: &str) -> Result<Vec<i64>> {
    engine.rows(sql, &[Value::text(guid)])?.iter().map(|row| row[0].int()).collect()
}

/// Writes into the files' headers that their players have other names now: whatever was made of these rounds before is
/// known to be old. Old names go from what the headers say of objectives.
fn mark<E: Engine>(engine: &mut E, files: &[i64], changes: &[Change]) -> Result<()> {
    let new: BTreeSet<&str> = changes.iter().map(|change| change.new.0.as_str()).collect();
    let renaming = Renaming::of(
        changes
            .iter()
            .map(|Change { old, new }| ([old.0.as_str(), old.1.as_str()], [new.0.as_str(), new.1.as_str()])),
    );
    for &id in files {
        let file = [Value::Int(id)];
        let Some(row) = engine.first(include_str!("../../../schema/query/load/header.sql"), &file)? else {
            continue;
        };
        let mut meta = header::read(row[0].str()?)?;
        let mark = Sha256::digest(format!("{:?} {new:?}", meta.renamed));
        meta.renamed = Some(hex(&mark[..8]).into());
        renaming.apply_to(&mut meta.objectives);
        let values = [Value::text(header::write(&meta)), Value::Int(id)];
        engine.run("UPDATE tracker_file SET header = $1 WHERE id = $2", &values)?;
    }
    Ok(())
}

/// Every guid and name that base rows have, as they stand in their columns.
fn players<E: Engine>(engine: &mut E) -> Result<Vec<(String, String)>> {
    let sql = match engine.dialect() {
        Dialect::Sqlite => "SELECT DISTINCT guid, name FROM player ORDER BY guid, name",
        Dialect::Postgres => include_str!("../../../schema/postgres/query/players.sql"),
    };
    let mut players = Vec::new();
    engine.each(sql, &[], &mut |row| {
        players.push((row[0].str()?.to_owned(), row[1].str()?.to_owned()));
        Ok(())
    })?;
    Ok(players)
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
            for statement in include_str!("../../../schema/postgres/query/rename.sql").split(";\n") {
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
    // Tables that keep a guid alone say no name.
    let names = changes.iter().filter(|change| !change.old.1.is_empty()).count();
    Ok(Renamed { players: guids.len() as u64, names: names as u64, ..Renamed::default() })
}
