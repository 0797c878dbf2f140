//! What a reader can say about a file: warnings about what it left out, errors when it cannot go on.

use std::fmt;

/// Something in a file that was left out or looks wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Line, counted from 1.
    pub line: usize,
    /// Byte within the line, counted from 1.
    pub column: usize,
    /// What is there and what was expected.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

/// Why a file could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ReadError {
    /// Line, counted from 1.
    pub line: usize,
    /// Byte within the line, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// The kinds of [`ReadError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not a single byte, or nothing but blanks.
    #[error(
        "the file is empty, expected a tracker file that starts with \"# PROXIMITY_TRACKER_V3\" or later"
    )]
    Empty,
    /// Bytes that no text file has.
    #[error("this is not text, expected a tracker file that starts with \"# PROXIMITY_TRACKER_V3\" or later")]
    Binary,
    /// Tracker 1 or 2: kills and positions in another format, without tracks.
    #[error(
        "this is a file of tracker version {version}, which recorded no tracks; version 3 or later is needed"
    )]
    TooOld {
        /// `1` or `2`.
        version: u8,
    },
    /// The debug log that some trackers write beside their tracker file.
    #[error("this is a lifecycle log, expected the `_engagements.txt` file of the same round")]
    LifecycleLog,
    /// Some other text.
    #[error("the file starts with {found}, expected \"# PROXIMITY_TRACKER_V3\" or later")]
    NotATrackerFile {
        /// The start of the first line, quoted.
        found: String,
    },
    /// More bytes than [`crate::format::options::Limits::file_bytes`].
    #[error("the file has more than {limit} bytes, no round's has")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// With [`crate::format::options::OnBadRow::Fail`]: the first thing that would have been left out.
    #[error("{message}")]
    BadRow {
        /// What is there and what was expected.
        message: String,
    },
}
