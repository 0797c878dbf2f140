//! Writing into a maps folder: whole files under plain names, never anything outside.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{self, FileError};
use crate::map::name::MapName;

/// The largest file of a map that is compared before it is written, bytes.
const LARGEST: u64 = 256 << 20;

/// A folder that maps are written to.
#[derive(Debug)]
pub(crate) struct MapsFolder {
    path: PathBuf,
    /// Names as they are written, by lower case.
    names: BTreeMap<String, String>,
}

/// A file name in a maps folder: a map's name with an ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MapFile(String);

impl MapFile {
    /// `<map>.<ending>`
    pub fn of(map: &MapName, ending: &str) -> Self {
        Self(format!("{}.{ending}", map.file_stem()))
    }

    /// `<map>_<part>.<ending>`
    #[cfg(feature = "import")]
    pub fn part(map: &MapName, part: impl std::fmt::Display, ending: &str) -> Self {
        Self(format!("{}_{part}.{ending}", map.file_stem()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl MapsFolder {
    /// Open a folder, making it if it is not there.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let failed = |cause| FileError::Io { path: path.to_owned(), cause };
        fs::create_dir_all(path).map_err(failed)?;
        let mut found = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            found.extend(entry.map_err(failed)?.file_name().into_string());
        }
        found.sort();
        let mut names = BTreeMap::new();
        for name in found {
            names.entry(name.to_ascii_lowercase()).or_insert(name);
        }
        Ok(Self { path: path.to_owned(), names })
    }

    /// Where a file is, in whatever case it is written, or would be.
    pub fn path(&self, file: &MapFile) -> PathBuf {
        self.path.join(self.names.get(file.as_str()).map_or(file.as_str(), String::as_str))
    }

    /// A file's bytes; `None` if it is not there.
    pub fn read(&self, file: &MapFile) -> Result<Option<Vec<u8>>, FileError> {
        match files::read(&self.path(file), LARGEST) {
            Err(error) if error.is_absent() => Ok(None),
            read => read.map(Some),
        }
    }

    /// Write a file. A link of its name is replaced: the names come from archives, and nothing outside may be written.
    pub fn write(&mut self, file: &MapFile, bytes: &[u8]) -> Result<PathBuf, FileError> {
        let path = self.path(file);
        files::replace(&path, bytes)?;
        self.names.entry(file.as_str().to_owned()).or_insert_with(|| file.as_str().to_owned());
        Ok(path)
    }
}
