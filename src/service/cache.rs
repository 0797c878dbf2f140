//! Pictures that were drawn before, on the disk: each a file named by its key, the least recently wanted gone first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::files::{self, FileError, Kind, SearchLimits};

/// Length of a key, hexadecimal digits.
const KEY_LENGTH: usize = 64;
/// The endings of pictures' files.
const ENDINGS: [&str; 2] = [STILL, MOVING];
/// The ending of a PNG.
pub(super) const STILL: &str = "png";
/// The ending of an animation with what it shows.
pub(super) const MOVING: &str = "moving";
/// A larger picture is not kept, bytes.
const LARGEST: u64 = 64 << 20;

/// A folder of pictures under a byte budget.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    most_bytes: u64,
    bytes: u64,
    /// What is there: file name, bytes, and when it was last wanted as a running number.
    kept: BTreeMap<String, Kept>,
    now: u64,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    bytes: u64,
    wanted: u64,
}

impl Cache {
    /// The cache of a folder, with what is in it already. Files that are none of ours stay untouched.
    pub(super) fn open(folder: &Path, most_bytes: u64) -> Result<Self, FileError> {
        fs::create_dir_all(folder).map_err(|cause| FileError::Io { path: folder.to_owned(), cause })?;
        let found = files::search(folder, &SearchLimits::deep(1), |path, kind| {
            kind == Kind::File && name_of(path).is_some()
        });
        let mut there: Vec<(SystemTime, String, u64)> = found
            .paths
            .iter()
            .filter_map(|path| {
                let stamp = files::Stamp::of(path).ok()?;
                Some((stamp.modified.unwrap_or(SystemTime::UNIX_EPOCH), name_of(path)?, stamp.length))
            })
            .collect();
        there.sort();
        let mut cache =
            Self { folder: folder.to_owned(), most_bytes, bytes: 0, kept: BTreeMap::new(), now: 0 };
        for (_, name, bytes) in there {
            cache.note(&name, bytes);
        }
        cache.shrink();
        Ok(cache)
    }

    /// Bytes on the disk.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The picture of a name. One that is damaged is not there.
    pub(super) fn get(&mut self, name: &str) -> Option<Vec<u8>> {
        let bytes = self.kept.get(name)?.bytes;
        let path = self.path(name);
        match files::read(&path, LARGEST) {
            Ok(picture) if picture.len() as u64 == bytes => {
                self.now += 1;
                let wanted = self.now;
                self.kept.insert(name.to_owned(), Kept { bytes, wanted });
                // The order lasts over a restart; where the time cannot be set, it is that of the drawing.
                let _ = fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
                Some(picture)
            }
            _ => {
                self.remove(name);
                None
            }
        }
    }

    /// Keeps a picture, and lets others go until the budget holds.
    pub(super) fn put(&mut self, name: &str, picture: &[u8]) -> Result<(), FileError> {
        let bytes = picture.len() as u64;
        if bytes > LARGEST.min(self.most_bytes) {
            return Ok(());
        }
        files::replace(&self.path(name), picture)?;
        self.note(name, bytes);
        self.shrink();
        Ok(())
    }

    /// Removes every picture.
    pub(super) fn clear(&mut self) {
        while let Some(name) = self.kept.keys().next().cloned() {
            self.remove(&name);
        }
    }

    fn note(&mut self, name: &str, bytes: u64) {
        self.now += 1;
        let before = self.kept.insert(name.to_owned(), Kept { bytes, wanted: self.now });
        self.bytes = self.bytes + bytes - before.map_or(0, |kept| kept.bytes);
    }

    fn shrink(&mut self) {
        while self.bytes > self.most_bytes {
            let Some(name) =
                self.kept.iter().min_by_key(|(_, kept)| kept.wanted).map(|(name, _)| name.clone())
            else {
                return;
            };
            self.remove(&name);
        }
    }

    fn remove(&mut self, name: &str) {
        if let Some(kept) = self.kept.remove(name) {
            self.bytes -= kept.bytes;
        }
        // It may be gone already; what cannot be removed is replaced when it is drawn again.
        let _ = fs::remove_file(self.path(name));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// A picture's file's name: its key and its ending.
pub(super) fn file_name(key: &str, ending: &str) -> String {
    format!("{key}.{ending}")
}

/// The name of a file, if it is one of ours.
fn name_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let (key, ending) = name.split_once('.')?;
    let is_ours = ENDINGS.contains(&ending)
        && key.len() == KEY_LENGTH
        && key.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    is_ours.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: char) -> String {
        let ending = if letter == 'b' { MOVING } else { STILL };
        file_name(&letter.to_string().repeat(KEY_LENGTH), ending)
    }

    #[test]
    fn the_least_recently_wanted_picture_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.png"), "not ours").unwrap();
        let mut cache = Cache::open(folder.path(), 10).unwrap();
        for letter in ['a', 'b'] {
            cache.put(&key(letter), &[1; 4]).unwrap();
        }
        assert!(cache.get(&key('a')).is_some());
        cache.put(&key('c'), &[2; 4]).unwrap();
        assert!(cache.get(&key('b')).is_none());
        assert_eq!((cache.get(&key('a')), cache.get(&key('c'))), (Some(vec![1; 4]), Some(vec![2; 4])));
        assert_eq!(cache.bytes(), 8);
        cache.put(&key('d'), &[0; 11]).unwrap();
        assert!(cache.get(&key('d')).is_none(), "a picture larger than the budget is not kept");
        let mut again = Cache::open(folder.path(), 10).unwrap();
        assert_eq!(again.bytes(), 8);
        again.clear();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["notes.png"]);
    }

    #[test]
    fn a_damaged_picture_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path(), 100).unwrap();
        cache.put(&key('a'), &[1; 4]).unwrap();
        fs::write(cache.path(&key('a')), [1; 3]).unwrap();
        assert_eq!(cache.get(&key('a')), None);
        assert_eq!(cache.bytes(), 0);
    }
}
