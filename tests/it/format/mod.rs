//! Tracker files: every version, every fault.

mod bad;
mod cut;
mod example;
mod good;
mod hostile;
mod round_trip;

use std::path::PathBuf;

use proximity::format::{OnBadRow, Read, ReadError, ReadOptions};

/// The files in a folder of `tests/data`, by name.
pub fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

/// One file of `tests/data`.
pub fn file(folder: &str, name: &str) -> Vec<u8> {
    files(folder).into_iter().find(|(file, _)| file == name).unwrap_or_else(|| panic!("{name} is missing")).1
}

/// Reads a file under its name.
pub fn read(name: &str, bytes: &[u8]) -> Result<Read, ReadError> {
    let options = ReadOptions { file_name: Some(name.to_owned()), ..ReadOptions::default() };
    proximity::format::read(bytes, &options)
}

/// Reads a file under its name; the first fault fails it.
pub fn read_strictly(name: &str, bytes: &[u8]) -> Result<Read, ReadError> {
    let file_name = Some(name.to_owned());
    let options = ReadOptions { on_bad_row: OnBadRow::Fail, file_name, ..ReadOptions::default() };
    proximity::format::read(bytes, &options)
}
