//! The game's archives: `.pk3` files, which are ZIP archives, read with mistrust.
//!
//! Nothing is unpacked under its name: an entry's bytes are handed over under limits, and its name is never used as a
//! path.
//! Names are compared in lower case with `/` between parts, as the engine does.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::files::{self, FileError};

/// How a Git-LFS pointer begins.
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// How much is read from an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pk3Limits {
    /// Entries. Default: 65,536.
    pub entries: usize,
    /// Bytes of one entry, unpacked. Default: 128 MiB.
    pub entry_bytes: u64,
    /// Bytes of an archive within an archive, unpacked. Default: 1 GiB.
    pub archive_bytes: u64,
    /// Unpacked bytes for each packed one, above a mebibyte. Default: 1000, near the most that DEFLATE can do.
    pub ratio: u64,
}

impl Default for Pk3Limits {
    fn default() -> Self {
        Self { entries: 65_536, entry_bytes: 128 << 20, archive_bytes: 1 << 30, ratio: 1000 }
    }
}

/// Why an archive or an entry of it cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Pk3Error {
    /// The file cannot be opened.
    #[error(transparent)]
    File(#[from] FileError),
    /// A pointer file of Git LFS, not the archive.
    #[error("{}: this is a Git LFS pointer, not the archive; `git lfs pull` fetches it", path.display())]
    LfsPointer {
        /// The archive.
        path: PathBuf,
    },
    /// Not a ZIP archive, or its directory is damaged.
    #[error("{}: not a readable pk3: {what}", path.display())]
    Directory {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// More entries than the limit.
    #[error("{}: {count} entries, at most {most}", path.display())]
    TooManyEntries {
        /// The archive.
        path: PathBuf,
        /// Entries found.
        count: usize,
        /// [`Pk3Limits::entries`].
        most: usize,
    },
    /// An entry is encrypted.
    #[error("{}: entry {entry} is encrypted", path.display())]
    Encrypted {
        /// The archive.
        path: PathBuf,
        /// The entry.
        entry: String,
    },
    /// An entry is larger than the limit.
    #[error("{}: entry {entry} is larger than {most} bytes", path.display())]
    TooLarge {
        /// The archive.
        path: PathBuf,
        /// The entry.
        entry: String,
        /// The limit.
        most: u64,
    },
    /// An entry unpacks to far more than it is: a bomb.
    #[error("{}: entry {entry} unpacks to more than {most} times its size", path.display())]
    Bomb {
        /// The archive.
        path: PathBuf,
        /// The entry.
        entry: String,
        /// [`Pk3Limits::ratio`].
        most: u64,
    },
    /// An entry is damaged or packed in a way we do not know.
    #[error("{}: entry {entry}: {what}", path.display())]
    Entry {
        /// The archive.
        path: PathBuf,
        /// The entry.
        entry: String,
        /// What is wrong with it.
        what: String,
    },
}

/// An opened archive.
pub struct Pk3 {
    path: PathBuf,
    limits: Pk3Limits,
    archive: ZipArchive<BufReader<File>>,
    /// Numbers of the usable entries by their name in lower case.
    names: BTreeMap<String, usize>,
    refused: Vec<String>,
}

/// Unusable entries that are named; an archive can have very many.
const MOST_REFUSED: usize = 16;

impl Pk3 {
    /// Open an archive and read its directory.
    ///
    /// Folders, links, and entries whose name is absolute or climbs (`..`) are left out: nothing can ask for them.
    /// [`Pk3::refused`] names the last two. What macOS adds about other files (`__MACOSX/`, `._*`) is no part of the
    /// archive.
    ///
    /// # Errors
    /// [`Pk3Error`], if the file is no archive or too large a one.
    pub fn open(path: &Path, limits: Pk3Limits) -> Result<Self, Pk3Error> {
        Self::of_file(files::open(path)?, path.to_owned(), limits)
    }

    /// An archive that is an entry of this one, unpacked to a file without a name.
    ///
    /// # Errors
    /// [`Pk3Error`], of this archive's entry or of the archive in it.
    pub fn inner(&mut self, name: &str) -> Result<Option<Self>, Pk3Error> {
        let path = self.path.join(name);
        let failed = |cause| FileError::Io { path: path.clone(), cause };
        let mut file = tempfile::tempfile().map_err(failed)?;
        let limits = self.limits;
        if self.copy(name, limits.archive_bytes, &mut file)?.is_none() {
            return Ok(None);
        }
        file.rewind().map_err(failed)?;
        Self::of_file(file, path, limits).map(Some)
    }

    fn of_file(file: File, path: PathBuf, limits: Pk3Limits) -> Result<Self, Pk3Error> {
        let failed = |cause| FileError::Io { path: path.clone(), cause };
        let mut file = BufReader::new(file);
        let mut start = Vec::new();
        file.by_ref().take(LFS_POINTER.len() as u64).read_to_end(&mut start).map_err(failed)?;
        if start == LFS_POINTER {
            return Err(Pk3Error::LfsPointer { path });
        }
        file.rewind().map_err(failed)?;
        let archive = ZipArchive::new(file);
        let archive =
            archive.map_err(|error| Pk3Error::Directory { path: path.clone(), what: error.to_string() })?;
        if archive.len() > limits.entries {
            let count = archive.len();
            return Err(Pk3Error::TooManyEntries { path, count, most: limits.entries });
        }
        let (mut names, mut refused) = (BTreeMap::new(), Vec::new());
        for number in 0..archive.len() {
            let Ok(entry) = archive.by_index_data(number) else { continue };
            let Ok(name) = entry.name() else { continue };
            let why = match folded(&name) {
                _ if entry.is_symlink() => "it is a link",
                _ if !entry.is_file() => continue,
                Some(name) if is_macs_own(&name) => continue,
                Some(name) => {
                    names.insert(name, number);
                    continue;
                }
                None => "its name is no plain path within the archive",
            };
            if refused.len() < MOST_REFUSED {
                refused.push(format!("{}: entry {name} is not used: {why}", path.display()));
            }
        }
        Ok(Self { path, limits, archive, names, refused })
    }

    /// Where the archive is; for one within another, the other's path and the entry's name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The archive's file name.
    pub fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Why entries are not used that are no plain files within the archive, the first sixteen of them.
    pub fn refused(&self) -> &[String] {
        &self.refused
    }

    /// The names of all entries, in lower case and in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Whether there is an entry of a name, which must be in lower case.
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// An entry's bytes, at most `most` of them; `None` if there is no such entry.
    ///
    /// # Errors
    /// [`Pk3Error`], naming the entry.
    pub fn read(&mut self, name: &str, most: u64) -> Result<Option<Vec<u8>>, Pk3Error> {
        let mut bytes = Vec::new();
        Ok(self.copy(name, most.min(self.limits.entry_bytes), &mut bytes)?.map(|()| bytes))
    }

    /// Copies an entry of at most `most` bytes; `None` if there is no such entry.
    fn copy(&mut self, name: &str, most: u64, out: &mut impl Write) -> Result<Option<()>, Pk3Error> {
        let Some(&number) = self.names.get(name) else { return Ok(None) };
        let (path, entry) = (|| self.path.clone(), || name.to_owned());
        let wrong = |what: String| Pk3Error::Entry { path: path(), entry: entry(), what };

        let raw = self.archive.by_index_raw(number).map_err(|error| wrong(error.to_string()))?;
        let (packed, size, encrypted) = (raw.compressed_size(), raw.size(), raw.encrypted());
        drop(raw);
        if encrypted {
            return Err(Pk3Error::Encrypted { path: path(), entry: entry() });
        }
        if size > most {
            return Err(Pk3Error::TooLarge { path: path(), entry: entry(), most });
        }
        if size > 1 << 20 && size / packed.max(1) > self.limits.ratio {
            return Err(Pk3Error::Bomb { path: path(), entry: entry(), most: self.limits.ratio });
        }
        let file = self.archive.by_index(number).map_err(|error| wrong(error.to_string()))?;
        // The directory's word on the size is not trusted: one byte more than allowed is asked for.
        let copied = io::copy(&mut file.take(most.saturating_add(1)), out)
            .map_err(|error| wrong(error.to_string()))?;
        if copied > most {
            return Err(Pk3Error::TooLarge { path: path(), entry: entry(), most });
        }
        Ok(Some(()))
    }
}

/// Whether an entry is only what macOS notes about another one.
fn is_macs_own(name: &str) -> bool {
    name.starts_with("__macosx/") || name.rsplit('/').next().is_some_and(|file| file.starts_with("._"))
}

/// A name as it is looked up, or `None` if it is no plain relative path.
pub(crate) fn folded(name: &str) -> Option<String> {
    let name = name.replace('\\', "/").to_ascii_lowercase();
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let is_clean = !name.contains([':', '\0']) && name.chars().all(|c| !c.is_control());
    (is_clean && name.split('/').all(is_plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_and_paths_refused() {
        assert_eq!(folded("Maps\\Supply.BSP").as_deref(), Some("maps/supply.bsp"));
        for bad in ["/etc/passwd", "../x", "a/../b", "a//b", "c:/x", "", "a/.", "a\nb", "a/"] {
            assert_eq!(folded(bad), None, "{bad:?}");
        }
        assert!(is_macs_own("__macosx/maps/x.bsp") && is_macs_own("maps/._x.bsp"));
        assert!(!is_macs_own("maps/x._bsp") && !is_macs_own("maps/_x.bsp"));
    }
}
