//! A game folder, or a `.pk3dir`, whose files lie unpacked: the engine reads it like an archive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::pk3::folded;
use crate::files::{self, FileError, SearchLimits};

/// The folders of a game that hold anything about maps.
const PARTS: [&str; 3] = ["maps", "scripts", "levelshots"];

/// The files about maps in a folder, by their names in lower case.
pub struct UnpackedFolder {
    path: PathBuf,
    files: BTreeMap<String, PathBuf>,
}

impl UnpackedFolder {
    /// The files in `maps`, `scripts` and `levelshots` of a folder. What cannot be looked at is added to `faults`.
    pub fn open(path: &Path, faults: &mut Vec<FileError>) -> Self {
        let is_part = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| PARTS.iter().any(|part| part.eq_ignore_ascii_case(name)))
        };
        // A folder of downloads may hold very many files beside; only its folders' names are looked at.
        let parts = files::search(path, &SearchLimits::deep(0), |path, kind| {
            kind == files::Kind::Folder && is_part(path)
        });
        let mut files = BTreeMap::new();
        for part in parts.paths {
            let found = files::search(&part, &SearchLimits::deep(8), |_, kind| kind == files::Kind::File);
            faults.extend(found.faults);
            for file in found.paths {
                let name = file.strip_prefix(path).ok().and_then(Path::to_str).and_then(folded);
                if let Some(name) = name {
                    files.entry(name).or_insert(file);
                }
            }
        }
        Self { path: path.to_owned(), files }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder's own name.
    pub fn file_name(&self) -> String {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let full = || name(&self.path.canonicalize().ok()?);
        name(&self.path).or_else(full).unwrap_or_else(|| self.path.display().to_string())
    }

    /// The names of all files, in lower case and in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// A file's bytes, at most `most` of them; `None` if there is no such file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, FileError> {
        self.files.get(name).map(|path| files::read(path, most)).transpose()
    }
}
