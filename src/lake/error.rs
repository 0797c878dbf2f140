//! What can go wrong with a lake, and what to do then.

use std::path::PathBuf;

use parquet::errors::ParquetError;

use crate::files::FileError;

/// Why a lake could not do its work. What was committed before stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// There is no lake in the folder.
    #[error("there is no lake in {}; `proximity lake init` makes one", .0.display())]
    NotThere(PathBuf),
    /// There is one already.
    #[error("{} holds a lake already", .0.display())]
    AlreadyThere(PathBuf),
    /// The lake is of a version that this program does not know.
    #[error("the lake in {} has version {found}, this program knows only {known}; use a newer proximity", path.display())]
    Newer {
        /// The lake.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// A file of the lake, or its lock, that cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The system refuses.
    #[error("{}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A table that is no Parquet file, or a damaged one.
    #[error("{}: not a readable table", path.display())]
    Table {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// A file of the lake says something that cannot be.
    #[error("{}: {what}; `proximity lake check` looks through the whole lake", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file of sums that is none.
    #[error("{}: {what}; `schema/lake.md` says what a file of sums holds", path.display())]
    Cube {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another program changed a lake that lies elsewhere while this one did.
    #[error("the lake in {} was changed by another program meanwhile; do it again", .0.display())]
    Changed(PathBuf),
    /// Players' numbers of this lake were made with another secret.
    #[error("the lake in {} was made with another secret; the same players would get other numbers", .0.display())]
    OtherSecret(PathBuf),
    /// A round that a lake does not keep.
    #[error("{0}")]
    Unstorable(String),
}

impl LakeError {
    pub(crate) fn damaged(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), what: what.into() }
    }
}

/// What a lake answers with.
pub type Result<T> = std::result::Result<T, LakeError>;
