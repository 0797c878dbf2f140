//! Demos as inputs: their rounds are laid out as tracker files in a temporary folder, so that whatever reads tracker files
//! reads demos too.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::demos;
use super::error::RoundsError;
use super::error::SUFFIX;
use super::inputs::search;
use crate::demo::{RecordedRound, merge_all};
use crate::files;
use crate::format::{self, TrackerFile};

/// Recordings of one round are put together among this many demos; more would not fit into memory.
const MOST_TOGETHER: usize = 32;

/// Inputs in which every demo is replaced by what was laid out for it.
pub(super) struct LaidOut {
    pub(super) inputs: Vec<PathBuf>,
    /// The folder; it goes when nothing refers to it.
    pub(super) folder: Option<Arc<TempDir>>,
}

/// Lays out the demos among `inputs`: named ones, and those in folders that hold no tracker files. A demo that cannot be
/// read stays an input, and is refused by its name when it is read as a tracker file.
pub(super) fn lay_out(inputs: &[PathBuf]) -> Result<LaidOut, RoundsError> {
    let (mut others, mut found) = (Vec::new(), Vec::new());
    for input in inputs {
        let demos = demos_of(input);
        if demos.is_empty() {
            others.push(input.clone());
        }
        found.extend(demos);
    }
    if found.is_empty() {
        return Ok(LaidOut { inputs: others, folder: None });
    }
    let folder = tempfile::tempdir()
        .map_err(|source| RoundsError::Unreadable { path: std::env::temp_dir(), source })?;
    let mut names = demos::Names::default();
    let mut together = Vec::new();
    let alone = found.len() > MOST_TOGETHER;
    for path in &found {
        let mut failed = None;
        let read = demos::read(path, 0, &mut |_, recorded| {
            if alone {
                failed = failed.take().or(write(&folder, &mut names, recorded).err());
            } else {
                together.push(recorded);
            }
            Ok(())
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if read.is_ok_and(|outcomes| outcomes.iter().all(|outcome| outcome.read.is_err())) {
            others.push(path.clone());
        }
    }
    for merged in merge_all(together) {
        write(&folder, &mut names, merged.recorded)?;
    }
    if !names.is_empty() {
        others.push(folder.path().to_owned());
    }
    Ok(LaidOut { inputs: others, folder: Some(Arc::new(folder)) })
}

/// The demos that an input stands for; none for anything else.
fn demos_of(input: &Path) -> Vec<PathBuf> {
    if input.is_dir() {
        let (tracked, _) = search(input);
        return if tracked.is_empty() { demos::below(input) } else { Vec::new() };
    }
    let tracker = input.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SUFFIX));
    if !tracker && demos::is_demo_file(input) { vec![input.to_owned()] } else { Vec::new() }
}

fn write(folder: &TempDir, names: &mut demos::Names, recorded: RecordedRound) -> Result<(), RoundsError> {
    let path = folder.path().join(names.free(&recorded));
    let bytes = format::write(&TrackerFile::from_round(recorded.round));
    Ok(files::write(&path, &bytes)?)
}
