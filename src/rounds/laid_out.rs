//! Demos as inputs: their rounds are laid out as tracker files in a temporary folder, so that whatever reads tracker files
//! reads demos too. A tracker file of the same round gives way to what was put together of both.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::demos;
use super::error::{RoundsError, SUFFIX};
use super::inputs;
use super::recordings::Recordings;
use crate::demo::Merged;
use crate::files::{self, Found};
use crate::format::{self, TrackerFile};

/// Inputs in which every demo is replaced by what was laid out for it.
pub(super) struct LaidOut {
    pub(super) inputs: Vec<PathBuf>,
    /// The folder; it goes when nothing refers to it.
    pub(super) folder: Option<Arc<TempDir>>,
    /// A line about each thing that could not be looked at.
    pub(super) passed_over: Vec<String>,
    /// A line about each demo in which something was wrong.
    pub(super) faults: Vec<String>,
}

/// Lays out the demos among `inputs`: named ones, and those in folders and archives. A demo that cannot be read costs itself
/// alone, unless there is nothing else.
pub(super) fn lay_out(inputs: &[PathBuf]) -> Result<LaidOut, RoundsError> {
    let (mut others, mut demos) = (Vec::new(), Vec::new());
    let (mut passed_over, mut faults) = (Vec::new(), Vec::new());
    for input in inputs {
        let found = demos_of(input);
        let has_demos = !found.paths.is_empty();
        let may_hold_both = input.is_dir() || inputs::is_zip(input);
        if !has_demos || (may_hold_both && inputs::files(std::slice::from_ref(input)).is_ok()) {
            others.push(input.clone());
        } else {
            passed_over.extend(found.faults.iter().map(ToString::to_string));
        }
        demos.extend(found.paths);
    }
    if demos.is_empty() {
        return Ok(LaidOut { inputs: others, folder: None, passed_over, faults });
    }
    let (mut others, odd) = inputs::files(&others)?;
    passed_over.extend(odd);
    demos.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
    demos.dedup();
    let mut recordings = Recordings::beside(&others);
    let mut folder = Folder::new()?;
    for path in demos {
        let mut failed = Ok(());
        let mut add = |recorded| -> Result<(), RoundsError> {
            recordings.add(recorded).map_or(Ok(()), |merged| folder.write(merged))
        };
        let outcomes = demos::read(&path, 0, &mut |_, recorded| {
            if failed.is_ok() {
                failed = add(recorded);
            }
            Ok(())
        });
        failed?;
        let outcomes = outcomes.unwrap_or_default();
        let told = outcomes.iter().filter_map(|demo| Some(format!("{}: {}", demo.name, demo.complaint()?)));
        faults.extend(told);
    }
    while let Some(merged) = recordings.oldest() {
        folder.write(merged)?;
    }
    let taken = recordings.taken();
    others.retain(|path| !taken.contains(&**path));
    others.extend(folder.files);
    if others.is_empty() {
        return Err(RoundsError::NothingReadable { complaints: faults });
    }
    Ok(LaidOut { inputs: others, folder: Some(Arc::new(folder.home)), passed_over, faults })
}

/// The demos that an input stands for; none for anything else.
fn demos_of(input: &Path) -> Found {
    if input.is_dir() {
        return demos::below(input);
    }
    let tracker = input.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SUFFIX));
    let is_demo = !tracker && demos::is_demo_file(input);
    Found { paths: is_demo.then(|| input.to_owned()).into_iter().collect(), faults: Vec::new() }
}

/// Where rounds are laid out.
struct Folder {
    home: TempDir,
    names: demos::Names,
    files: Vec<PathBuf>,
}

impl Folder {
    fn new() -> Result<Self, RoundsError> {
        let home = tempfile::tempdir()
            .map_err(|source| RoundsError::Unreadable { path: std::env::temp_dir(), source })?;
        Ok(Self { home, names: demos::Names::default(), files: Vec::new() })
    }

    fn write(&mut self, Merged { recorded, .. }: Merged) -> Result<(), RoundsError> {
        let path = self.home.path().join(self.names.free(&recorded));
        files::write(&path, &format::write(&TrackerFile::from_round(recorded.round)))?;
        self.files.push(path);
        Ok(())
    }
}
