//! Writing into a maps folder: whole files under plain names, never anything outside.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::map::name::MapName;

/// The largest file of a map that is compared before it is written, bytes.
const LARGEST: u64 = 256 << 20;

/// A maps folder cannot be listed, read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FolderError {
    /// The folder or file.
    pub path: PathBuf,
    /// The system's reason.
    pub source: std::io::Error,
}

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
        Self(format!("{map}.{ending}"))
    }

    /// `<map>_<part>.<ending>`
    #[cfg(feature = "import")]
    pub fn part(map: &MapName, part: impl std::fmt::Display, ending: &str) -> Self {
        Self(format!("{map}_{part}.{ending}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl MapsFolder {
    /// Open a folder, making it if it is not there.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let failed = |source| FolderError { path: path.to_owned(), source };
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
    pub fn read(&self, file: &MapFile) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.path(file);
        let failed = |source| FolderError { path: path.clone(), source };
        match fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
            Ok(about) if about.len() > LARGEST => {
                return Err(failed(std::io::Error::from(std::io::ErrorKind::FileTooLarge)));
            }
            Ok(_) => {}
        }
        fs::read(&path).map(Some).map_err(failed)
    }

    /// Write a file: under a temporary name first, then put in its place at once.
    pub fn write(&mut self, file: &MapFile, bytes: &[u8]) -> Result<PathBuf, FolderError> {
        let path = self.path(file);
        let temporary = self.path.join(format!(".{}.{}.new", file.as_str(), std::process::id()));
        let written = fs::File::create(&temporary).and_then(|mut out| {
            out.write_all(bytes)?;
            out.sync_all()
        });
        let placed = written.and_then(|()| fs::rename(&temporary, &path));
        if let Err(source) = placed {
            // Nothing more can be done about a temporary file that cannot be removed.
            let _ = fs::remove_file(&temporary);
            return Err(FolderError { path, source });
        }
        self.names.entry(file.as_str().to_owned()).or_insert_with(|| file.as_str().to_owned());
        Ok(path)
    }
}
