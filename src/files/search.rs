//! Searching folders.

use std::collections::BTreeSet;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use super::{FileError, identity};

/// How far a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SearchLimits {
    /// Folders within folders. Default: 16.
    pub depth: usize,
    /// Entries altogether. Default: 1,048,576.
    pub entries: usize,
}

impl Default for SearchLimits {
    fn default() -> Self {
        Self { depth: 16, entries: 1 << 20 }
    }
}

impl SearchLimits {
    /// As deep as `depth` folders.
    pub fn deep(depth: usize) -> Self {
        Self { depth, ..Self::default() }
    }
}

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder. One that is wanted itself is not searched.
    Folder,
}

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// The wanted files and folders, sorted.
    pub paths: Vec<PathBuf>,
    /// What could not be looked at: it costs itself alone. Wanted names that are no regular files are here, too.
    pub faults: Vec<FileError>,
}

/// Search a folder and those in it for what is wanted.
///
/// Links are followed, for a game or a server's files may be folders of links; a folder that is reached twice is searched
/// once, so links in a circle end.
pub fn search(folder: &Path, limits: &SearchLimits, is_wanted: impl Fn(&Path, Kind) -> bool) -> Found {
    let mut search =
        Search { limits, is_wanted, seen: BTreeSet::new(), left: limits.entries, found: Found::default() };
    match fs::metadata(folder) {
        Ok(about) => {
            search.seen.extend(identity(&about));
            search.folder(folder, 0);
        }
        Err(cause) => search.found.faults.push(FileError::io(folder, cause)),
    }
    let mut found = search.found;
    found.paths.sort();
    found
}

struct Search<'a, W> {
    limits: &'a SearchLimits,
    is_wanted: W,
    /// Folders that were searched.
    seen: BTreeSet<(u64, u64)>,
    /// Entries that may still be looked at.
    left: usize,
    found: Found,
}

impl<W: Fn(&Path, Kind) -> bool> Search<'_, W> {
    fn folder(&mut self, folder: &Path, depth: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(cause) => return self.found.faults.push(FileError::io(folder, cause)),
        };
        let mut inner = Vec::new();
        for entry in entries {
            if self.left == 0 {
                let most = self.limits.entries;
                return self.found.faults.push(FileError::TooMany { path: folder.to_owned(), most });
            }
            self.left -= 1;
            match entry {
                Ok(entry) => inner.extend(self.entry(entry.path(), entry.file_type().ok())),
                Err(cause) => self.found.faults.push(FileError::io(folder, cause)),
            }
        }
        // Of a folder with two names the first in order is searched, on every system.
        inner.sort();
        for path in inner {
            let is_new = match fs::metadata(&path) {
                Ok(about) => identity(&about).is_none_or(|identity| self.seen.insert(identity)),
                Err(_) => false,
            };
            if is_new && depth < self.limits.depth {
                self.folder(&path, depth + 1);
            } else if is_new {
                self.found.faults.push(FileError::TooDeep { path, most: self.limits.depth });
            }
        }
    }

    /// Takes an entry that is wanted; a folder that is to be searched is given back.
    fn entry(&mut self, path: PathBuf, kind: Option<FileType>) -> Option<PathBuf> {
        let kind = match kind {
            Some(kind) if !kind.is_symlink() => kind,
            _ => match fs::metadata(&path) {
                Ok(about) => about.file_type(),
                Err(cause) => {
                    self.found.faults.push(FileError::io(&path, cause));
                    return None;
                }
            },
        };
        if kind.is_dir() && !(self.is_wanted)(&path, Kind::Folder) {
            return Some(path);
        }
        if kind.is_dir() || (kind.is_file() && (self.is_wanted)(&path, Kind::File)) {
            self.found.paths.push(path);
        } else if !kind.is_file() && (self.is_wanted)(&path, Kind::File) {
            self.found.faults.push(FileError::not_regular(&path, kind));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(path: &Path, kind: Kind) -> bool {
        kind == Kind::File && path.extension().is_some_and(|ending| ending == "txt")
    }

    fn found(folder: &Path, limits: SearchLimits) -> (Vec<String>, Vec<String>) {
        let found = search(folder, &limits, texts);
        let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (found.paths.iter().map(name).collect(), found.faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn depth_and_breadth_have_an_end() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("a/b/c")).unwrap();
        for file in ["1.txt", "a/2.txt", "a/b/3.txt", "a/b/c/4.txt", "a/x.csv"] {
            fs::write(home.path().join(file), "").unwrap();
        }
        let (files, faults) = found(home.path(), SearchLimits::default());
        assert_eq!((files.len(), faults.len()), (4, 0));
        let (files, faults) = found(home.path(), SearchLimits::deep(2));
        assert_eq!(files, ["1.txt", "a/2.txt", "a/b/3.txt"]);
        assert!(faults[0].contains("c lies more than 2 folders deep"), "{faults:?}");
        let (_, faults) = found(home.path(), SearchLimits { entries: 2, ..SearchLimits::default() });
        assert!(faults[0].contains("only the first 2 entries"), "{faults:?}");
        let (files, faults) = found(&home.path().join("none"), SearchLimits::default());
        assert_eq!((files.len(), faults.len()), (0, 1));
    }

    #[test]
    fn a_wanted_folder_is_found_and_not_searched() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("x.pk3dir/y.pk3dir")).unwrap();
        let is_wanted = |path: &Path, kind| {
            kind == Kind::Folder && path.extension().is_some_and(|ending| ending == "pk3dir")
        };
        let found = search(home.path(), &SearchLimits::default(), is_wanted);
        assert_eq!(found.paths, [home.path().join("x.pk3dir")]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_searched_once_and_odd_entries_cost_themselves() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir_all(at("real/deep")).unwrap();
        fs::write(at("real/deep/a.txt"), "").unwrap();
        symlink(home.path(), at("real/deep/up")).unwrap();
        for name in ["link1", "link2", "link3"] {
            symlink("real", at(name)).unwrap();
        }
        symlink("nowhere", at("dangling")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe.txt")).status().unwrap().success());
        assert!(std::process::Command::new("mkfifo").arg(at("pipe.csv")).status().unwrap().success());
        let (files, mut faults) = found(home.path(), SearchLimits::default());
        faults.sort();
        assert_eq!(files, ["link1/deep/a.txt"]);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].contains("dangling") && faults[1].ends_with("pipe.txt is a pipe, not a file"));
    }
}
