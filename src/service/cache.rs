//! Pictures that were drawn before, on the disk: each a file of its key, the least recently wanted gone first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::files::{self, FileError, Kind, SearchLimits};

/// Length of a key, hexadecimal digits.
const KEY_LENGTH: usize = 64;
/// The ending of a picture's file.
const ENDING: &str = "png";
/// A larger picture is not kept, bytes.
const LARGEST: u64 = 64 << 20;

/// A folder of pictures under a byte budget.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    most_bytes: u64,
    bytes: u64,
    /// What is there: key, bytes, and when it was last wanted as a running number.
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
            kind == Kind::File && key_of(path).is_some()
        });
        let mut there: Vec<(SystemTime, String, u64)> = found
            .paths
            .iter()
            .filter_map(|path| {
                let stamp = files::Stamp::of(path).ok()?;
                Some((stamp.modified.unwrap_or(SystemTime::UNIX_EPOCH), key_of(path)?, stamp.length))
            })
            .collect();
        there.sort();
        let mut cache =
            Self { folder: folder.to_owned(), most_bytes, bytes: 0, kept: BTreeMap::new(), now: 0 };
        for (_, key, bytes) in there {
            cache.note(&key, bytes);
        }
        cache.shrink();
        Ok(cache)
    }

    /// Bytes on the disk.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The picture of a key. One that is damaged is not there.
    pub(super) fn get(&mut self, key: &str) -> Option<Vec<u8>> {
        let bytes = self.kept.get(key)?.bytes;
        let path = self.path(key);
        match files::read(&path, LARGEST) {
            Ok(picture) if picture.len() as u64 == bytes => {
                self.now += 1;
                let wanted = self.now;
                self.kept.insert(key.to_owned(), Kept { bytes, wanted });
                // The order lasts over a restart; where the time cannot be set, it is that of the drawing.
                let _ = fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
                Some(picture)
            }
            _ => {
                self.remove(key);
                None
            }
        }
    }

    /// Keeps a picture, and lets others go until the budget holds.
    pub(super) fn put(&mut self, key: &str, picture: &[u8]) -> Result<(), FileError> {
        let bytes = picture.len() as u64;
        if bytes > LARGEST.min(self.most_bytes) {
            return Ok(());
        }
        files::replace(&self.path(key), picture)?;
        self.note(key, bytes);
        self.shrink();
        Ok(())
    }

    /// Removes every picture.
    pub(super) fn clear(&mut self) {
        while let Some(key) = self.kept.keys().next().cloned() {
            self.remove(&key);
        }
    }

    fn note(&mut self, key: &str, bytes: u64) {
        self.now += 1;
        let before = self.kept.insert(key.to_owned(), Kept { bytes, wanted: self.now });
        self.bytes = self.bytes + bytes - before.map_or(0, |kept| kept.bytes);
    }

    fn shrink(&mut self) {
        while self.bytes > self.most_bytes {
            let Some(key) = self.kept.iter().min_by_key(|(_, kept)| kept.wanted).map(|(key, _)| key.clone())
            else {
                return;
            };
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &str) {
        if let Some(kept) = self.kept.remove(key) {
            self.bytes -= kept.bytes;
        }
        // It may be gone already; what cannot be removed is replaced when it is drawn again.
        let _ = fs::remove_file(self.path(key));
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(key).with_extension(ENDING)
    }
}

/// The key whose picture a file is, if it is one of ours.
fn key_of(path: &Path) -> Option<String> {
    let key = path.file_stem()?.to_str()?;
    let is_ours = path.extension().is_some_and(|ending| ending == ENDING)
        && key.len() == KEY_LENGTH
        && key.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    is_ours.then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: char) -> String {
        letter.to_string().repeat(KEY_LENGTH)
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
