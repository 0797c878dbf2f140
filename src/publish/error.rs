//! Why a published folder cannot be made.

use std::io;
use std::path::PathBuf;

use crate::report::ReplayError;
use crate::text::counted;

/// Why a published folder cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// A page is in the way that this program did not make.
    #[error("{} was not made by proximity; name another folder with --out", .0.display())]
    Foreign(PathBuf),
    /// It was asked to end.
    #[error("ended before it was whole")]
    Ended,
    /// Some files of the folder could not be made; the others are there.
    #[error("{failed} of {} could not be made; the first: {first}", counted(*wanted as u64, "file", "files"))]
    Files {
        /// How many could not be made.
        failed: usize,
        /// How many had to be made.
        wanted: usize,
        /// What was wrong with the first.
        first: String,
    },
    /// Not one session could be made; says what was wrong with each.
    #[error("{} could not be made: {}", counted(*sessions as u64, "session", "sessions"), complaints.join("; "))]
    NoSession {
        /// How many there were.
        sessions: usize,
        /// What was wrong.
        complaints: Vec<String>,
    },
    /// A folder or file that cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A replay's page that cannot be made.
    #[error("a replay's page")]
    Replay(#[source] ReplayError),
    /// The folder's list cannot be written down.
    #[error("the folder's list")]
    List(#[source] serde_json::Error),
}
