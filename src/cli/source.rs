//! INPUT: tracker files, folders of them, or a store; read in parallel, one round in memory per worker.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;

use crate::format::{self, OnBadRow, ReadOptions, Warning};
use crate::model::Round;

/// The ending of tracker files that a folder is searched for.
const SUFFIX: &str = "_engagements.txt";
/// Deeper folders than this are not searched; a link that leads back up ends here too.
const MAX_DEPTH: usize = 16;

/// Where rounds come from, in a fixed order.
pub(super) struct Source {
    files: Vec<PathBuf>,
}

/// A round that was read, or why it could not be, with everything that was found wrong on the way.
pub(super) struct Outcome {
    /// The file.
    pub path: PathBuf,
    /// What it holds.
    pub read: Result<Round, format::ReadError>,
    /// What was dropped, each with its place.
    pub warnings: Vec<Warning>,
    /// How many faults there were; more than there are warnings in a very broken file.
    pub faults: usize,
}

impl Source {
    /// The tracker files under `inputs`: files as named, folders searched for `*_engagements.txt`, in the order of
    /// their names (and so of time), each once.
    ///
    /// # Errors
    /// An input that is not there, or a folder without any tracker file.
    pub(super) fn files(inputs: &[PathBuf]) -> Result<Self> {
        let mut files = Vec::new();
        for input in inputs {
            let kind = fs::metadata(input).with_context(|| format!("cannot read {}", input.display()))?;
            if kind.is_dir() {
                let before = files.len();
                search(input, 0, &mut files)?;
                if files.len() == before {
                    bail!("no tracker files (*{SUFFIX}) in {}", input.display());
                }
            } else {
                files.push(input.clone());
            }
        }
        files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
        files.dedup();
        Ok(Self { files })
    }

    /// Number of files.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Reads every file and gives each outcome to `take`, on as many workers as there are cores; results come back in
    /// the order of the files, whatever the number of workers.
    ///
    /// # Errors
    /// A file that cannot be opened, or the first error of `take`.
    pub(super) fn map<T: Send>(
        &self,
        on_bad_row: OnBadRow,
        bar: &ProgressBar,
        take: impl Fn(Outcome) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<T>)>> = Mutex::new(Vec::with_capacity(self.files.len()));
        let workers = rayon::current_num_threads().clamp(1, self.files.len().max(1));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some((index, path)) = {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        self.files.get(index).map(|path| (index, path))
                    } {
                        let result = read(path, on_bad_row).and_then(&take);
                        bar.inc(1);
                        if let Ok(mut done) = done.lock() {
                            done.push((index, result));
                        }
                    }
                });
            }
        });
        bar.finish_and_clear();
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

fn search(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.is_dir() {
            if depth < MAX_DEPTH {
                search(&path, depth + 1, files)?;
            }
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SUFFIX)) {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads one tracker file.
pub(super) fn read(path: &Path, on_bad_row: OnBadRow) -> Result<Outcome> {
    let limits = format::Limits::default();
    let size = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    if size > limits.file_bytes as u64 {
        bail!(
            "{} has {size} bytes; tracker files of more than {} are refused",
            path.display(),
            limits.file_bytes
        );
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let options = ReadOptions { on_bad_row, limits, file_name };
    Ok(match format::read(&bytes, &options) {
        Ok(read) => {
            let mut round = read.file.round;
            round.meta.content_hash = format::content_hash(&bytes).into();
            Outcome { path: path.to_owned(), read: Ok(round), warnings: read.warnings, faults: read.faults }
        }
        Err(error) => Outcome { path: path.to_owned(), read: Err(error), warnings: Vec::new(), faults: 1 },
    })
}
