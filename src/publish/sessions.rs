//! The rounds of an input by session, and what tells one state of a session from another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};

use super::error::PublishError;
use crate::analysis::session_date;
use crate::error::Error;
use crate::files;
use crate::rounds::{self, Rounds};

type Result<T> = std::result::Result<T, Error>;

/// A file as it was when it was last read whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    bytes: u64,
    /// When it was changed, nanoseconds since 1970.
    changed_ns: u64,
    sha256: String,
}

/// Hashes of files that need not be read again as long as their size and time stay.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct KnownFiles {
    #[serde(serialize_with = "named_by_text")]
    files: BTreeMap<PathBuf, Known>,
    #[serde(skip)]
    seen: BTreeMap<PathBuf, Known>,
}

/// Writes what is known of files by their paths. A path that is no text has no place in JSON: such a file is looked at anew.
pub(super) fn named_by_text<S: Serializer, T: Serialize>(
    files: &BTreeMap<PathBuf, T>,
    to: S,
) -> std::result::Result<S::Ok, S::Error> {
    to.collect_map(files.iter().filter_map(|(path, known)| Some((path.to_str()?, known))))
}

impl KnownFiles {
    /// What was kept at `path`; nothing when it is not there, or not understood.
    pub fn load(path: &Path) -> Self {
        files::read(path, files::KEPT)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// What was seen since, to be kept.
    ///
    /// # Errors
    /// Never for what was seen; the writer's own error type says it could.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let seen = Self { files: self.seen.clone(), seen: BTreeMap::new() };
        Ok(serde_json::to_vec(&seen).map_err(PublishError::List)?)
    }

    /// The hash of a file's bytes.
    fn hash(&mut self, path: &Path) -> Result<String> {
        // What is packed in an archive, or comes from standard input, has no time of its own.
        let Ok(metadata) = fs::metadata(path) else { return Ok(rounds::content_hash(path)?) };
        let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let changed_ns = changed.map_or(0, |time| time.as_nanos() as u64);
        let same = |known: &&Known| {
            changed_ns > 0 && known.bytes == metadata.len() && known.changed_ns == changed_ns
        };
        let known = match self.files.get(path).filter(same) {
            Some(known) => known.clone(),
            None => Known { bytes: metadata.len(), changed_ns, sha256: rounds::content_hash(path)? },
        };
        let sha256 = known.sha256.clone();
        self.seen.insert(path.to_owned(), known);
        Ok(sha256)
    }
}

/// The input's parts by session date, in the order of time; rounds that say no date come last.
///
/// # Errors
/// A file that cannot be opened.
pub fn by_date(rounds: &Rounds) -> Result<Vec<(Option<Date>, Rounds)>> {
    let dates: Vec<Option<Date>> = match rounds.stored() {
        Some(stored) => stored.iter().map(|round| Some(round.session_date)).collect(),
        None => rounds.headers()?.iter().map(|meta| session_date(meta.as_ref()?)).collect(),
    };
    let mut wanted = dates.clone();
    wanted.sort_unstable_by_key(|date| (date.is_none(), *date));
    wanted.dedup();
    Ok(wanted.into_iter().map(|date| (date, rounds.part(|index| dates[index] == date))).collect())
}

/// What tells this input from another one: names and hashes of its files or rounds, in order.
///
/// # Errors
/// A file that cannot be read.
pub fn identities(rounds: &Rounds, known: &mut KnownFiles) -> Result<Vec<String>> {
    match rounds.stored() {
        Some(stored) => Ok(stored
            .iter()
            .map(|round| format!("{:?} {}", round.meta.file_name, round.meta.content_key()))
            .collect()),
        None => rounds
            .paths()
            .iter()
            .map(|path| Ok(format!("{:?} {}", path.file_name(), known.hash(path)?)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_when_its_size_or_time_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "one").unwrap();
        let mut known = KnownFiles::default();
        let first = known.hash(&path).unwrap();
        let kept = folder.path().join("kept.json");
        fs::write(&kept, known.to_json().unwrap()).unwrap();
        let mut known = KnownFiles::load(&kept);
        assert_eq!(known.hash(&path).unwrap(), first);
        fs::write(&path, "three").unwrap();
        assert_ne!(known.hash(&path).unwrap(), first);
        fs::write(&kept, "no json").unwrap();
        assert!(KnownFiles::load(&kept).files.is_empty());
    }
}
