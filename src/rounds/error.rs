//! Why rounds cannot be had.

use std::io;
use std::path::PathBuf;

use crate::files::FileError;

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
    /// A file that is none, is too large, or changed while it was read.
    #[error(transparent)]
    File(#[from] FileError),
    /// An archive, or a file in one, that cannot be read.
    #[error("{}: no readable archive: {what}", path.display())]
    Archive {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A folder or archive without tracker files.
    #[error("no tracker files (*{}, also with .gz or in a .zip) in {}", SUFFIX, .0.display())]
    NoTrackerFiles(PathBuf),
    /// A folder that is a lake, where tracker files were wanted.
    #[cfg(feature = "lake")]
    #[error("{folder} is a lake, not a folder of tracker files: pictures are drawn from it with --lake {folder}, and `proximity lake check {folder}` checks it", folder = .0.display())]
    IsLake(PathBuf),
    /// Nothing of the input could be read.
    #[error("{}", nothing_read(.complaints.len()))]
    NothingReadable {
        /// What is wrong with each file, a sentence each.
        complaints: Vec<String>,
    },
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
    /// The time that was given for it is over.
    #[error("the rounds were not read in time")]
    TooSlow,
    /// A lake that cannot be opened or read.
    #[cfg(feature = "lake")]
    #[error(transparent)]
    Lake(#[from] crate::lake::LakeError),
    /// Machines that were asked and cannot answer.
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Elsewhere(Box<dyn std::error::Error + Send + Sync>),
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
