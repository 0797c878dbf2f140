//! Which files of a lake count: `_lake.json`, replaced as a whole by whoever holds the lock.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::{LakeError, Result};
use super::rows::CLEANED_BY;
use super::schema::{OLDEST, TABLES, VERSION};
use crate::files::{self, SearchLimits};

/// The manifest's name.
const NAME: &str = "_lake.json";
/// The lock's name.
const LOCK: &str = "_lake.lock";

/// Whether a folder holds a lake.
pub(crate) fn is_lake(folder: &Path) -> bool {
    folder.join(NAME).is_file()
}

/// What `_lake.json` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Version of the tables.
    pub(super) lake: u32,
    /// Counts the changes.
    pub(super) generation: u64,
    /// What tells the secret from another one.
    pub(super) secret: String,
    /// Sets of files, each with whole rounds of one map and month.
    pub(super) parts: Vec<Part>,
    /// The names of the live files of players.
    pub(super) players: Vec<String>,
    /// Their CRC-32, by name; older programs noted none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) players_crc32: BTreeMap<String, u32>,
    /// Sums of the rounds of whole parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) heat: Vec<Sums>,
    /// Files of rounds that another file tells better, by their hashes: and by the hash of the better one.
    #[serde(default)]
    pub(super) superseded: BTreeMap<String, String>,
    /// Parts that were replaced last; whoever began to read before still finds their files.
    #[serde(default)]
    pub(super) retired: Vec<Part>,
    /// Files of players that were replaced last.
    #[serde(default)]
    pub(super) retired_players: Vec<String>,
}

/// Files of one name, one per table that has rows, with the same rounds in the same order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Part {
    /// The map, in lower case.
    pub(super) map: String,
    /// The month, `2026-03`.
    pub(super) month: String,
    /// The files' name, 16 hexadecimal digits.
    pub(super) name: String,
    /// Version of the cleaning.
    pub(super) cleaned_by: i32,
    /// Rows by table; a table without rows has no file.
    pub(super) rows: BTreeMap<String, u64>,
    /// The CRC-32 of each table's file, by the table's name; older programs noted none. Nothing else tells a picture that a value
    /// is another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) crc32: BTreeMap<String, u32>,
}

/// Sums of all rounds of some parts of a map and month, but those that may be parts of a round that was recorded in several
/// files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Sums {
    /// Their files.
    #[serde(flatten)]
    pub(super) files: Part,
    /// The names of the parts. Once one of them is no part of the lake any more the sums are not, either.
    pub(super) of: Vec<String>,
    /// The rounds that are left out, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) left_out: Vec<i64>,
}

impl Sums {
    /// Whether they are sums of this part.
    pub(super) fn hold(&self, part: &Part) -> bool {
        (&self.files.map, &self.files.month) == (&part.map, &part.month) && self.of.contains(&part.name)
    }
}

impl Manifest {
    pub(super) fn new(secret: String) -> Self {
        Self {
            lake: VERSION,
            generation: 0,
            secret,
            parts: Vec::new(),
            players: Vec::new(),
            players_crc32: BTreeMap::new(),
            heat: Vec::new(),
            superseded: BTreeMap::new(),
            retired: Vec::new(),
            retired_players: Vec::new(),
        }
    }

    /// Reads it.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        let text = match files::read_text(&path, files::KEPT) {
            Err(error) if error.is_absent() => return Err(LakeError::NotThere(folder.to_owned())),
            read => read?,
        };
        Self::parse(&text, folder)
    }

    /// Reads the text of a lake's manifest.
    pub(super) fn parse(text: &str, lake: &Path) -> Result<Self> {
        let path = lake.join(NAME);
        let damaged = |what: String| LakeError::damaged(&path, what);
        let version: Version = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        if version.lake > VERSION {
            return Err(LakeError::Newer { path: lake.to_owned(), found: version.lake, known: VERSION });
        }
        let manifest: Self = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        let parts = manifest.files();
        let names = parts.clone().map(|part| &part.name).chain(&manifest.players);
        // Names become paths.
        let odd = names.chain(&manifest.retired_players).find(|name| !is_name(name));
        let odd_month = parts.map(|part| &part.month).find(|month| !is_month(month));
        match odd.or(odd_month) {
            Some(odd) => Err(damaged(format!("{odd:?} cannot be the name of a file"))),
            None => Ok(manifest),
        }
    }

    /// All sets of files that count or may still be read.
    fn files(&self) -> impl Iterator<Item = &Part> + Clone {
        let sums = self.heat.iter().map(|sums| &sums.files);
        self.parts.iter().chain(&self.retired).chain(sums)
    }

    /// Takes away the sums of parts that are no part of the lake any more.
    pub(super) fn drop_old_sums(&mut self) {
        let parts = &self.parts;
        let is_there = |sums: &Sums| {
            let there = parts.iter().filter(|part| sums.hold(part)).count();
            there == sums.of.len() && sums.files.cleaned_by == CLEANED_BY
        };
        let (kept, old) = std::mem::take(&mut self.heat).into_iter().partition(is_there);
        self.heat = kept;
        self.retired.extend(old.into_iter().map(|sums: Sums| sums.files));
    }

    /// Puts it in the place of the one before.
    pub(super) fn write(&mut self, folder: &Path) -> Result<()> {
        Ok(files::write(&folder.join(NAME), self.seal().as_bytes())?)
    }

    /// Its text as the next one.
    pub(super) fn seal(&mut self) -> String {
        self.lake = VERSION;
        self.generation += 1;
        self.players_crc32.retain(|name, _| self.players.contains(name));
        self.parts.sort();
        self.heat.sort();
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Files in the tables' folders that it does not name.
    pub(super) fn orphans(&self, folder: &Path) -> Vec<PathBuf> {
        let live: BTreeSet<PathBuf> = self.paths(folder).into_iter().collect();
        let is_wanted = |path: &Path, kind| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_ours =
                name.ends_with(".parquet") || (name.starts_with(".proximity-") && name.ends_with(".part"));
            kind == files::Kind::File && is_ours && !live.contains(path)
        };
        TABLES
            .iter()
            .map(|table| folder.join(table))
            .filter(|folder| folder.is_dir())
            .flat_map(|folder| files::search(&folder, &SearchLimits::default(), is_wanted).paths)
            .collect()
    }

    /// The paths of all files that count or may still be read.
    pub(super) fn paths(&self, folder: &Path) -> Vec<PathBuf> {
        let tables = self.files().flat_map(|part| part.rows.keys().map(|table| part.path(folder, table)));
        let players = self.players.iter().chain(&self.retired_players);
        tables.chain(players.map(|name| players_path(folder, name))).collect()
    }
}

#[derive(Deserialize)]
struct Version {
    lake: u32,
}

fn is_name(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_month(month: &str) -> bool {
    month.len() == 7
        && month
            .bytes()
            .enumerate()
            .all(|(i, byte)| if i == 4 { byte == b'-' } else { byte.is_ascii_digit() })
}

/// Where a table's files lie.
pub(super) fn table_folder(folder: &Path, table: &str) -> PathBuf {
    folder.join(table).join(format!("v={OLDEST}"))
}

/// The file of players of this name.
pub(super) fn players_path(folder: &Path, name: &str) -> PathBuf {
    table_folder(folder, "players").join(format!("{name}.parquet"))
}

impl Part {
    /// Its file of a table.
    pub(super) fn path(&self, folder: &Path, table: &str) -> PathBuf {
        table_folder(folder, table)
            .join(format!("map={}", encoded(&self.map)))
            .join(format!("month={}", self.month))
            .join(format!("{}.parquet", self.name))
    }

    pub(super) fn rows_of(&self, table: &str) -> u64 {
        self.rows.get(table).copied().unwrap_or_default()
    }

    /// Notes that its file of a table is written.
    pub(super) fn note(&mut self, folder: &Path, table: &str, rows: u64) -> Result<()> {
        self.rows.insert(table.to_owned(), rows);
        self.crc32.insert(table.to_owned(), files::crc32(&self.path(folder, table))?);
        Ok(())
    }
}

/// A map's name as a folder's: all but lower-case letters, digits, `_` and `-` as `%` and two digits, as engines that read
/// such folders expect. Names come from foreign files and may hold anything.
pub(super) fn encoded(map: &str) -> String {
    use std::fmt::Write as _;
    map.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-' {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// Waits until no other program writes to the lake. The lock ends with the program, however it ends.
pub(super) fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let failed = |source| LakeError::Io { path: path.clone(), source };
    if !folder.join(NAME).exists() {
        return Err(LakeError::NotThere(folder.to_owned()));
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

/// Makes an empty lake.
pub(super) fn init(folder: &Path, secret: String) -> Result<()> {
    if folder.join(NAME).exists() {
        return Err(LakeError::AlreadyThere(folder.to_owned()));
    }
    let failed = |source| LakeError::Io { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    Manifest::new(secret).write(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maps_name_cannot_leave_its_folder() {
        assert_eq!(encoded("supply"), "supply");
        assert_eq!(encoded("../Etc/passwd"), "%2E%2E%2F%45tc%2Fpasswd");
        assert_eq!(encoded("té"), "t%C3%A9");
    }

    #[test]
    fn a_manifest_that_names_other_files_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        init(folder.path(), String::new()).unwrap();
        let mut manifest = Manifest::read(folder.path()).unwrap();
        manifest.players.push("../../../secret".to_owned());
        manifest.write(folder.path()).unwrap();
        let said = Manifest::read(folder.path()).unwrap_err().to_string();
        assert!(said.contains("cannot be the name of a file"), "{said}");
    }
}
