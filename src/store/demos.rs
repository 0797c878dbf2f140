//! An index of the kills of demos: what is needed to search thousands of them and read only those that are new or have
//! changed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::analysis::PlayerPattern;
use crate::geom::WorldPoint;
use crate::model::PlayerName;
use crate::store::backend::engine::{Engine, Kind, Row, Value, spell};
use crate::store::error::{Result, StoreError};
use crate::store::row::texts::{MAP, NAME, TEAM, cut, sha256};

/// What tells a file from an earlier version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoStamp {
    /// Its length.
    pub bytes: i64,
    /// When it was changed last, ms since 1970.
    pub modified_ms: i64,
    /// Version of what is read out of demos.
    pub reader: i32,
}

/// A file that was read for its kills: a demo, or an archive of demos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoFile {
    /// Its path from the root.
    pub path: String,
    /// The version of it that was read.
    pub stamp: DemoStamp,
    /// Whether it, or one of an archive's demos, could not be read at all.
    pub refused: bool,
    /// A line for each demo in which something was wrong.
    pub complaints: Vec<String>,
}

/// Who was there when a player died.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoParty {
    /// The slot on the server.
    pub slot: u8,
    /// The name with its colour codes.
    pub name: String,
    /// The side; `None` when it is not known.
    pub team: Option<String>,
    /// Where the player was; `None` when that was out of view.
    pub at: Option<WorldPoint>,
}

/// A death that a demo tells of.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoKill {
    /// The demo's name within an archive; empty for a file of its own.
    pub entry: String,
    /// The map.
    pub map: String,
    /// The round's number.
    pub round: Option<i32>,
    /// When, on the round's clock, ms.
    pub time_ms: i32,
    /// When, on the demo's clock, ms.
    pub server_time_ms: i32,
    /// How the death counts, in the words of tracker files.
    pub kind: String,
    /// What the victim died of.
    pub means: String,
    /// The weapon's number in tracker files.
    pub weapon: Option<u8>,
    /// Whether the last hit was a head shot.
    pub head_shot: bool,
    /// Who died.
    pub victim: DemoParty,
    /// Who did it; `None` for the world.
    pub killer: Option<DemoParty>,
    /// Which kill of its run it is; 0 for a death that is no kill of an enemy.
    pub nth: u32,
    /// How many kills the run has; 1 for any other death.
    pub run: u32,
}

/// Which kills are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KillSearch {
    /// Killers, any of them; all when empty.
    pub killers: Vec<PlayerPattern>,
    /// Only those in runs of at least this many.
    pub run: u32,
}

impl Default for KillSearch {
    /// All kills.
    fn default() -> Self {
        Self { killers: Vec::new(), run: 1 }
    }
}

impl KillSearch {
    /// Whether it asks for a kill.
    pub fn wants(&self, kill: &DemoKill) -> bool {
        let by_one = || kill.killer.as_ref().is_some_and(|killer| self.names(&killer.name));
        kill.run >= self.run && (self.killers.is_empty() || by_one())
    }

    fn names(&self, name: &str) -> bool {
        // A demo holds no guids.
        self.killers.iter().any(|pattern| pattern.matches("", &PlayerName::from(name)))
    }
}

/// The columns of kills behind the file's number and the place in it.
const COLUMNS: [(&str, Kind); 25] = [
    ("file_id", Kind::Int4),
    ("place", Kind::Int4),
    ("entry", Kind::Text),
    ("map_name", Kind::Text),
    ("round_raw", Kind::Int4),
    ("time_ms", Kind::Int4),
    ("server_time_ms", Kind::Int4),
    ("kind", Kind::Text),
    ("means", Kind::Text),
    ("weapon", Kind::Int4),
    ("head_shot", Kind::Bool),
    ("victim_slot", Kind::Int4),
    ("victim_name", Kind::Text),
    ("victim_team", Kind::Text),
    ("victim_x", Kind::Real),
    ("victim_y", Kind::Real),
    ("victim_z", Kind::Real),
    ("killer_slot", Kind::Int4),
    ("killer_name", Kind::Text),
    ("killer_team", Kind::Text),
    ("killer_x", Kind::Real),
    ("killer_y", Kind::Real),
    ("killer_z", Kind::Real),
    ("nth", Kind::Int4),
    ("run", Kind::Int4),
];

/// Longer names within an archive and longer complaints are cut, characters.
const LONGEST_TEXT: usize = 4096;

/// The files that were read, by their paths.
pub(in crate::store) fn files<E: Engine>(engine: &mut E) -> Result<Vec<DemoFile>> {
    let sql = spell(engine.dialect(), include_str!("../../schema/query/demo/files.sql"));
    let mut files = Vec::new();
    engine.each(&sql, &[], &mut |row| {
        files.push(DemoFile {
            path: row[0].str()?.to_owned(),
            stamp: DemoStamp {
                bytes: row[1].int()?,
                modified_ms: row[2].int()?,
                reader: row[3].int()? as i32,
            },
            refused: row[4].bool()?,
            complaints: row[5].str()?.lines().map(str::to_owned).collect(),
        });
        Ok(())
    })?;
    Ok(files)
}

/// Keeps files and their kills in the place of what was kept of them.
pub(in crate::store) fn keep<E: Engine>(engine: &mut E, read: &[(DemoFile, Vec<DemoKill>)]) -> Result<()> {
    for (file, kills) in read {
        drop(engine, &file.path)?;
        let complaints: Vec<Cow<str>> =
            file.complaints.iter().map(|line| cut(line, LONGEST_TEXT)).map(one_line).collect();
        let values = [
            Value::text(sha256(&file.path)),
            Value::text(file.path.as_str()),
            Value::Int(file.stamp.bytes),
            Value::Int(file.stamp.modified_ms),
            Value::Int(file.stamp.reader.into()),
            Value::Bool(file.refused),
            Value::text(complaints.join("\n")),
        ];
        let row = engine.first(include_str!("../../schema/query/demo/add_file.sql"), &values)?;
        let id = row.ok_or_else(|| StoreError::Unexpected("a demo got no number".into()))?[0].int()?;
        let rows: Vec<_> = (0..).zip(kills).map(|(place, kill)| values_of(kill, id, place)).collect();
        engine.add("demo_kill", &COLUMNS, &rows)?;
    }
    Ok(())
}

fn one_line(text: Cow<str>) -> Cow<str> {
    if text.contains(['\n', '\r']) { text.replace(['\n', '\r'], " ").into() } else { text }
}

/// Forgets a file.
pub(in crate::store) fn drop<E: Engine>(engine: &mut E, path: &str) -> Result<()> {
    let hash = [Value::text(sha256(path))];
    engine.run(include_str!("../../schema/query/demo/drop_kills.sql"), &hash)?;
    engine.run(include_str!("../../schema/query/demo/drop_file.sql"), &hash)?;
    Ok(())
}

/// Gives the kills that are asked for, each with its file's path, in the order of the paths.
pub(in crate::store) fn search<E: Engine>(
    engine: &mut E,
    search: &KillSearch,
    take: &mut dyn FnMut(&str, DemoKill) -> Result<()>,
) -> Result<()> {
    let mut names = Vec::new();
    if !search.killers.is_empty() {
        engine.each(include_str!("../../schema/query/demo/killers.sql"), &[], &mut |row| {
            names.extend(Some(row[0].str()?).filter(|name| search.names(name)).map(str::to_owned));
            Ok(())
        })?;
    }
    let sql = spell(engine.dialect(), include_str!("../../schema/query/demo/kills.sql"));
    let by_name = Value::Int(i64::from(!search.killers.is_empty()));
    let values =
        [Value::Int(search.run.into()), by_name, Value::text(serde_json::Value::from(names).to_string())];
    engine.each(&sql, &values, &mut |row| take(row[0].str()?, kill_of(&row)?))
}

/// Takes the names of forgotten players out of the index.
pub(in crate::store) fn rename<E: Engine>(engine: &mut E, old: &BTreeSet<String>, new: &str) -> Result<()> {
    let plain = |name: &str| PlayerName::from(name).display().to_lowercase();
    let forgotten: BTreeSet<String> = old.iter().map(|name| plain(name)).collect();
    let mut found = Vec::new();
    engine.each(include_str!("../../schema/query/demo/names.sql"), &[], &mut |row| {
        found.extend(Some(row[0].str()?).filter(|name| forgotten.contains(&plain(name))).map(str::to_owned));
        Ok(())
    })?;
    for name in found {
        for column in ["victim_name", "killer_name"] {
            let sql = format!("UPDATE demo_kill SET {column} = $1 WHERE {column} = $2");
            engine.run(&sql, &[Value::text(new), Value::text(name.as_str())])?;
        }
    }
    Ok(())
}

/// Empties the index: it names players and files.
pub(in crate::store) fn clear<E: Engine>(engine: &mut E) -> Result<()> {
    engine.batch("DELETE FROM demo_kill; DELETE FROM demo_file;")
}

fn values_of(kill: &DemoKill, file: i64, place: i64) -> Vec<Value<'_>> {
    let maybe_int = |value: Option<i32>| Value::or_null(value.map(|value| Value::Int(value.into())));
    let mut values = vec![
        Value::Int(file),
        Value::Int(place),
        Value::text(cut(&kill.entry, LONGEST_TEXT)),
        Value::text(cut(&kill.map, MAP)),
        maybe_int(kill.round),
        Value::Int(kill.time_ms.into()),
        Value::Int(kill.server_time_ms.into()),
        Value::text(kill.kind.as_str()),
        Value::text(kill.means.as_str()),
        maybe_int(kill.weapon.map(i32::from)),
        Value::Bool(kill.head_shot),
    ];
    for party in [Some(&kill.victim), kill.killer.as_ref()] {
        let at = party.and_then(|party| party.at);
        values.push(Value::or_null(party.map(|party| Value::Int(party.slot.into()))));
        values.push(Value::or_null(party.map(|party| Value::text(cut(&party.name, NAME)))));
        let team = party.and_then(|party| party.team.as_deref());
        values.push(Value::or_null(team.map(|team| Value::text(cut(team, TEAM)))));
        let axes = [at.map(|at| at.x), at.map(|at| at.y), at.map(|at| at.z)];
        values.extend(axes.map(|axis| Value::or_null(axis.map(|axis| Value::Real(axis.into())))));
    }
    values.extend([Value::Int(kill.nth.into()), Value::Int(kill.run.into())]);
    values
}

fn kill_of(row: &Row) -> Result<DemoKill> {
    let int = |column: usize| row[column].int().map(|value| value as i32);
    let maybe_int = |column: usize| row[column].maybe_int().map(|value| value.map(|value| value as i32));
    let text = |column: usize| row[column].str().map(str::to_owned);
    let party = |first: usize| -> Result<Option<DemoParty>> {
        let Some(slot) = row[first].maybe_int()? else { return Ok(None) };
        let axis = |column: usize| row[column].real().map(|value| value as f32);
        let at = if row[first + 3].is_null() {
            None
        } else {
            Some(WorldPoint::new(axis(first + 3)?, axis(first + 4)?, axis(first + 5)?))
        };
        let team = row[first + 2].maybe_str()?.map(str::to_owned);
        Ok(Some(DemoParty { slot: slot as u8, name: text(first + 1)?, team, at }))
    };
    Ok(DemoKill {
        entry: text(1)?,
        map: text(2)?,
        round: maybe_int(3)?,
        time_ms: int(4)?,
        server_time_ms: int(5)?,
        kind: text(6)?,
        means: text(7)?,
        weapon: maybe_int(8)?.map(|weapon| weapon as u8),
        head_shot: row[9].bool()?,
        victim: party(10)?.ok_or_else(|| StoreError::Unexpected("a death without a victim".into()))?,
        killer: party(16)?,
        nth: int(22)? as u32,
        run: int(23)? as u32,
    })
}
