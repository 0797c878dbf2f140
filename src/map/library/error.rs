//! What can go wrong when a map is looked up.

use std::path::PathBuf;

use crate::files::FileError;
use crate::map::atlas::AtlasError;
use crate::map::description::DescriptionError;

/// Why a map could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A maps folder cannot be read.
    #[error("maps folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A description cannot be read or understood.
    #[error("{}: {source}", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: DescriptionError,
    },
    /// An `atlas.toml` of the user's cannot be understood.
    #[error("{}: {source}", path.display())]
    Atlas {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: AtlasError,
    },
    /// A file cannot be read, or is larger than a description may be.
    #[error(transparent)]
    File(#[from] FileError),
}
