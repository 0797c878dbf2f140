//! Why rounds cannot be had.

use std::io;
use std::path::PathBuf;

/// The ending of tracker files that a folder is searched for.
pub(crate) const SUFFIX: &str = "_engagements.txt";

/// Why an input gives no rounds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoundsError {
    /// A file or folder that cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder without tracker files.
    #[error("no tracker files (*{}) in {}", SUFFIX, .0.display())]
    NoTrackerFiles(PathBuf),
    /// Nothing of the input could be read.
    #[error("{}", nothing_read(*.0))]
    NothingReadable(usize),
    /// Nothing was given.
    #[error("the input holds no round")]
    Empty,
    /// A filter that leaves nothing; says what there is to choose from.
    #[error("{0}")]
    NothingMatches(String),
    /// Rounds of several maps, where one was wanted.
    #[error("the input has rounds of {count} maps; choose one with --map: {names}")]
    SeveralMaps {
        /// How many.
        count: usize,
        /// Their names, the first few of many.
        names: String,
    },
    /// A map that is not known, and whose rounds hold no position to fit it to.
    #[error("nothing is known about the map {0:?}, and no life in the input tells where it lies")]
    UnknownMap(String),
    /// A store that cannot be opened or read.
    #[cfg(feature = "store")]
    #[error("{url}")]
    Store {
        /// Its URL, without secrets.
        url: String,
        /// Why.
        source: crate::store::StoreError,
    },
}

fn nothing_read(files: usize) -> String {
    match files {
        1 => "the only file cannot be read".to_owned(),
        many => format!("none of the {many} files can be read"),
    }
}
