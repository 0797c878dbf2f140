//! Files as they come: read under limits, written whole or not at all, searched for in folders that may be hostile.
//!
//! Every file that a person or a server hands in goes through [`read`], every file that is made through [`write()`] or
//! [`replace`], every folder through [`search`]. What is no regular file is never read: opening a pipe would wait for
//! its other end, and a device may have no end.

mod read;
mod search;
mod write;

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(feature = "lake")]
pub(crate) use read::crc32;
pub use read::{Stamp, open, read, read_text};
pub use search::{Found, Kind, SearchLimits, search};
pub use write::{replace, write, write_with};

/// The largest text that a person writes and that is read whole: configurations, scales, salts, lists. Bytes.
pub const WRITTEN_BY_HAND: u64 = 4 << 20;
/// The largest list that the program keeps for itself, bytes.
pub const KEPT: u64 = 256 << 20;

/// What is wrong with a file. Each message names it and says why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system refuses.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// A folder, pipe, socket or device where a file is needed.
    #[error("{} is {kind}, not a file", path.display())]
    NotRegular {
        /// What was meant to be the file.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// It holds more than is read.
    #[error("{} is larger than {most} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        most: u64,
    },
    /// It is being written at the moment.
    #[error("{} changed while it was read; try again when it is complete", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A link that leads to itself.
    #[error("{} is a link that leads nowhere", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A folder holds more than is looked at.
    #[error("{}: only the first {most} entries are looked at", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// The limit.
        most: usize,
    },
    /// A folder lies deeper than is looked at.
    #[error("{} lies more than {most} folders deep and is not searched", path.display())]
    TooDeep {
        /// The folder.
        path: PathBuf,
        /// The limit.
        most: usize,
    },
}

impl FileError {
    fn io(path: &Path, cause: io::Error) -> Self {
        Self::Io { path: path.to_owned(), cause }
    }

    fn not_regular(path: &Path, kind: FileType) -> Self {
        Self::NotRegular { path: path.to_owned(), kind: word(kind) }
    }

    /// Whether the file is simply not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Io { cause, .. } if cause.kind() == io::ErrorKind::NotFound)
    }
}

/// What something is that is no regular file.
fn word(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "something else" }
}

/// What a file is, whatever it is called: its device and number. `None` where the system has no such thing.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn identity(about: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}
