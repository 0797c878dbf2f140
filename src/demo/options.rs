//! How a demo is read, and what bounds it.

use crate::model::FileStamp;

/// Bounds that no honest demo reaches, so that a hostile one cannot exhaust memory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Samples of one round; the rest is left out. Default: 4 000 000 (an hour of 55 players, each snapshot).
    pub samples_per_round: usize,
    /// Warnings kept; the last one counts the rest. Default: 1 000.
    pub warnings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { samples_per_round: 4_000_000, warnings: 1_000 }
    }
}

/// How to read a demo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Time between two samples of a life, ms; 0 takes every snapshot. Default: 0.
    pub interval_ms: u32,
    /// The file's name, which holds the only date there is; a folder in front of it is ignored. Default: none.
    pub file_name: Option<String>,
    /// When the file was changed last, local time: stands in for a date that the name does not hold. Default: none.
    pub modified: Option<FileStamp>,
    /// Bounds. Default: [`Limits::default`].
    pub limits: Limits,
}

impl ReadOptions {
    /// A sample every so many milliseconds instead of one for each snapshot.
    #[must_use]
    pub fn interval_ms(mut self, interval_ms: u32) -> Self {
        self.interval_ms = interval_ms;
        self
    }

    /// The file's name, for its date.
    #[must_use]
    pub fn file_name(mut self, name: &str) -> Self {
        self.file_name = Some(name.to_owned());
        self
    }

    /// When the file was changed last, for a date that its name does not hold.
    #[must_use]
    pub fn modified(mut self, modified: Option<FileStamp>) -> Self {
        self.modified = modified;
        self
    }
}
