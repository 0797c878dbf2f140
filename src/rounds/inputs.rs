//! From what was named to a list of tracker files.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{RoundsError, SUFFIX};

/// Deeper folders than this are not searched; a link that leads back up ends here too.
const MAX_DEPTH: usize = 16;

/// Files as named, folders searched, each file once, in the order of their names.
pub(crate) fn files(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, RoundsError> {
    let mut files = Vec::new();
    for input in inputs {
        let kind = fs::metadata(input).map_err(|source| unreadable(input, source))?;
        if kind.is_dir() {
            let before = files.len();
            search_folder(input, 0, &mut files)?;
            if files.len() == before {
                return Err(RoundsError::NoTrackerFiles(input.clone()));
            }
        } else {
            files.push(input.clone());
        }
    }
    sort(&mut files);
    files.dedup();
    Ok(files)
}

/// The tracker files below a folder, in the order of their names.
pub(crate) fn search(folder: &Path) -> Result<Vec<PathBuf>, RoundsError> {
    let mut files = Vec::new();
    search_folder(folder, 0, &mut files)?;
    sort(&mut files);
    Ok(files)
}

fn sort(files: &mut [PathBuf]) {
    files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
}

fn search_folder(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), RoundsError> {
    let entries = fs::read_dir(folder).map_err(|source| unreadable(folder, source))?;
    for entry in entries {
        let path = entry.map_err(|source| unreadable(folder, source))?.path();
        if path.is_dir() {
            if depth < MAX_DEPTH {
                search_folder(&path, depth + 1, files)?;
            }
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SUFFIX)) {
            files.push(path);
        }
    }
    Ok(())
}

pub(crate) fn unreadable(path: &Path, source: std::io::Error) -> RoundsError {
    RoundsError::Unreadable { path: path.to_owned(), source }
}

/// The SHA-256 of a file's bytes, in hexadecimal.
pub(crate) fn content_hash(path: &Path) -> Result<String, RoundsError> {
    let bytes = fs::read(path).map_err(|source| unreadable(path, source))?;
    Ok(crate::format::content_hash(&bytes))
}
